package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Local returns the machine this program runs on.
func Local() Host { return local{} }

type local struct{}

func (local) OS() string     { return runtime.GOOS }
func (local) Arch() string   { return runtime.GOARCH }
func (local) Now() time.Time { return time.Now() }

func (local) Home() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return home
}

func (local) Getenv(name string) (string, bool)          { return os.LookupEnv(name) }
func (local) Setenv(name, value string) error            { return os.Setenv(name, value) }
func (local) Unsetenv(name string) error                 { return os.Unsetenv(name) }
func (local) ReadFile(path string) ([]byte, error)       { return os.ReadFile(path) }
func (local) ReadDir(path string) ([]fs.DirEntry, error) { return os.ReadDir(path) }
func (local) Remove(path string) error                   { return os.Remove(path) }
func (local) Stat(path string) (fs.FileInfo, error)      { return os.Stat(path) }

func (local) Replace(path string, data []byte, perm fs.FileMode) (string, error) {
	return replacer{now: time.Now, rename: os.Rename}.replace(path, data, perm)
}

func (local) Link(target, path string) error {
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.Symlink(target, path)
}

// Which leaves out a second path to the same file: /bin is often a link to
// /usr/bin, and one program found twice is not two programs.
func (local) Which(name string) []string {
	var paths []string
	var seen []fs.FileInfo
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if dir == "" {
			continue
		}
		path, info := executable(filepath.Join(dir, name))
		if info == nil || known(seen, info) {
			continue
		}
		seen = append(seen, info)
		paths = append(paths, path)
	}
	return paths
}

func known(seen []fs.FileInfo, info fs.FileInfo) bool {
	for _, s := range seen {
		if os.SameFile(s, info) {
			return true
		}
	}
	return false
}

func (local) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if network == "npipe" {
		return dialPipe(ctx, strings.ReplaceAll(address, "/", `\`))
	}
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}

func (local) Resolve(ctx context.Context, name string) ([]string, error) {
	return net.DefaultResolver.LookupHost(ctx, name)
}

// Disk asks about the nearest folder that exists: a path that is yet to be
// made lies on the disk its parent lies on.
func (local) Disk(path string) (Space, error) {
	at, err := filepath.Abs(path)
	if err != nil {
		return Space{}, fmt.Errorf("asking how full the disk of %s is: %w", path, err)
	}
	for {
		_, err := os.Stat(at)
		parent := filepath.Dir(at)
		if !errors.Is(err, fs.ErrNotExist) || parent == at {
			break
		}
		at = parent
	}
	space, err := disk(at)
	if err != nil {
		return Space{}, fmt.Errorf("asking how full the disk of %s is: %w", at, err)
	}
	return space, nil
}

func (local) Memory() (Space, error) {
	space, err := memory()
	if err != nil {
		return Space{}, fmt.Errorf("asking how much memory this machine has: %w", err)
	}
	return space, nil
}
