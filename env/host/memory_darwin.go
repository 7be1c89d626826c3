package host

import (
	"os"

	"golang.org/x/sys/unix"
)

// memory asks the kernel. Free counts free pages only: macOS keeps few, and
// gives back what it caches when a program asks.
func memory() (Space, error) {
	total, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return Space{}, err
	}
	pages, err := unix.SysctlUint32("vm.page_free_count")
	if err != nil {
		return Space{}, err
	}
	return Space{Total: total, Free: uint64(pages) * uint64(os.Getpagesize())}, nil //nolint:gosec // a page size is small
}
