package host

import (
	"context"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unsafe"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// executable reports the file at path, or path with one of PATHEXT's endings;
// info is nil if there is none.
func executable(path string) (string, fs.FileInfo) {
	endings := os.Getenv("PATHEXT")
	if endings == "" {
		endings = ".com;.exe;.bat;.cmd"
	}
	candidates := []string{}
	if filepath.Ext(path) != "" {
		candidates = append(candidates, path)
	}
	for _, e := range strings.Split(strings.ToLower(endings), ";") {
		candidates = append(candidates, path+e)
	}
	for _, c := range candidates {
		if info, err := os.Stat(c); err == nil && info.Mode().IsRegular() {
			return c, info
		}
	}
	return "", nil
}

// tree is a process with everything it starts. On Windows it is a job object.
type tree struct{ job windows.Handle }

func (t tree) release() {
	if t.job != 0 {
		_ = windows.CloseHandle(t.job)
	}
}

func startTree(cmd *exec.Cmd) (tree, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		job = 0 // still runs; only its children may outlive a cancel
	}
	cmd.Cancel = func() error {
		if job != 0 {
			_ = windows.TerminateJobObject(job, 1)
		}
		return cmd.Process.Kill()
	}
	t := tree{job: job}
	if err := cmd.Start(); err != nil {
		t.release()
		return tree{}, err
	}
	if job == 0 {
		return t, nil
	}
	pid := uint32(cmd.Process.Pid) //nolint:gosec // a process id is 32 bits on Windows
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, pid)
	if err == nil {
		_ = windows.AssignProcessToJobObject(job, process)
		_ = windows.CloseHandle(process)
	}
	return t, nil
}

func dialPipe(ctx context.Context, address string) (net.Conn, error) {
	return winio.DialPipeContext(ctx, address)
}

func disk(path string) (Space, error) {
	p, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return Space{}, err
	}
	var s Space
	if err := windows.GetDiskFreeSpaceEx(p, &s.Free, &s.Total, nil); err != nil {
		return Space{}, err
	}
	return s, nil
}

// memoryStatus is MEMORYSTATUSEX of sysinfoapi.h.
type memoryStatus struct {
	length, load                              uint32
	totalPhys, availPhys                      uint64
	totalPage, availPage                      uint64
	totalVirtual, availVirtual, availExtended uint64
}

func memory() (Space, error) {
	call := windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")
	s := memoryStatus{}
	s.length = uint32(unsafe.Sizeof(s))
	if ok, _, err := call.Call(uintptr(unsafe.Pointer(&s))); ok == 0 {
		return Space{}, err
	}
	return Space{Total: s.totalPhys, Free: s.availPhys}, nil
}

// keepOwner has nothing to do: a file takes its owner and rights from its folder.
func keepOwner(*os.File, fs.FileInfo) {}

// syncDir has nothing to do: Windows has no fsync of a folder.
func syncDir(string) {}
