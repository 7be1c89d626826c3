// Package host is this machine: its system, files, PATH, processes and
// sockets. Checks touch the machine only through a Host, so that what a
// macOS or Windows laptop looks like can be tested anywhere.
package host

import (
	"context"
	"io/fs"
	"net"
	"time"
)

// Host is a machine. Local returns the one we run on; hosttest has one made of data.
type Host interface {
	OS() string   // as runtime.GOOS: linux, darwin, windows
	Arch() string // as runtime.GOARCH
	Home() string // the user's home directory; empty if unknown
	Getenv(name string) (value string, set bool)
	// Setenv and Unsetenv change our environment and that of programs we run
	// afterwards; nothing of it outlives us.
	Setenv(name, value string) error
	Unsetenv(name string) error
	Now() time.Time

	ReadFile(path string) ([]byte, error)
	ReadDir(path string) ([]fs.DirEntry, error)
	Stat(path string) (fs.FileInfo, error)
	// Replace writes a file atomically (temporary file, fsync, rename),
	// keeping the permissions it had (else perm). Folders that are missing are
	// made. If the file existed, a backup is left beside it first and its path
	// returned.
	Replace(path string, data []byte, perm fs.FileMode) (backup string, err error)
	Remove(path string) error // a file
	// Link makes path a symbolic link to target. A link that leads nowhere is
	// replaced; anything else at path is an error.
	Link(target, path string) error

	// Which returns every executable of that name on PATH, in PATH order.
	Which(name string) []string
	// Run runs a program to its end, or until ctx ends (then the whole
	// process tree is killed). A non-zero exit is no error: see Result.Code.
	Run(ctx context.Context, cmd Command) (Result, error)
	// Dial opens a connection: network is tcp, unix or npipe.
	Dial(ctx context.Context, network, address string) (net.Conn, error)
	// Resolve returns the addresses of a host's name; an address is its own.
	Resolve(ctx context.Context, name string) ([]string, error)

	Disk(path string) (Space, error) // the file system that holds path
	Memory() (Space, error)          // physical memory
}

// Command is a program with its arguments.
type Command struct {
	Path  string   // a name to look up on PATH, or a path
	Args  []string // without the program's name
	Env   []string // added to ours, NAME=value
	Stdin string
	Dir   string
}

// Result is what a finished program left.
type Result struct {
	Stdout, Stderr string // each cut at 1 MiB
	Code           int    // exit code; -1 if ended by a signal
	Took           time.Duration
}

// Space is an amount of bytes and what is free of it.
type Space struct {
	Total, Free uint64 // bytes
}
