//go:build !windows

package host

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// executable reports the file at path if it can be run; info is nil otherwise.
func executable(path string) (string, fs.FileInfo) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || unix.Access(path, unix.X_OK) != nil {
		return "", nil
	}
	return path, info
}

// tree is a process with everything it starts. On Unix it is a process group.
type tree struct{}

func (tree) release() {}

func startTree(cmd *exec.Cmd) (tree, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
	return tree{}, cmd.Start()
}

func dialPipe(context.Context, string) (net.Conn, error) {
	return nil, errors.New("named pipes exist only on Windows")
}

func disk(path string) (Space, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return Space{}, err
	}
	size := uint64(s.Bsize) //nolint:gosec,unconvert // signed or not, 32 or 64 bits by system; never negative
	return Space{Total: s.Blocks * size, Free: s.Bavail * size}, nil
}

// keepOwner matters under sudo: the file would become root's. It fails where
// we are not root, and there the owner is right already.
func keepOwner(f *os.File, old fs.FileInfo) {
	if s, ok := old.Sys().(*syscall.Stat_t); ok {
		_ = f.Chown(int(s.Uid), int(s.Gid))
	}
}

// syncDir makes a rename last through a power cut. Not every file system can;
// the file's own content is safe already.
func syncDir(path string) {
	if d, err := os.Open(path); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
