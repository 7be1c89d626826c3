package hosttest

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/host"
)

var _ host.Host = (*Host)(nil)

// ReadFile implements host.Host.
func (h *Host) ReadFile(path string) ([]byte, error) {
	if err := h.broken(path); err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, data, ok := h.find(path); ok {
		return []byte(data), nil
	}
	return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
}

// Stat implements host.Host. Files, programs and Unix sockets are there, and
// folders that hold one of them.
func (h *Host) Stat(path string) (fs.FileInfo, error) {
	if err := h.broken(path); err != nil {
		return nil, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.entries() {
		if h.same(e.path, path) {
			return e.info(base(e.path)), nil
		}
		if strings.HasPrefix(h.key(e.path), h.key(path)+"/") {
			return info{name: base(path), mode: fs.ModeDir | 0o755}, nil
		}
	}
	return nil, &fs.PathError{Op: "stat", Path: path, Err: fs.ErrNotExist}
}

// ReadDir implements host.Host.
func (h *Host) ReadDir(path string) ([]fs.DirEntry, error) {
	if err := h.broken(path); err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	found := map[string]fs.DirEntry{}
	prefix := h.key(path) + "/"
	for _, e := range h.entries() {
		if !strings.HasPrefix(h.key(e.path), prefix) {
			continue
		}
		name, deeper, below := strings.Cut(slashed(e.path)[len(prefix):], "/")
		i := e.info(name)
		if below && deeper != "" {
			i = info{name: name, mode: fs.ModeDir | 0o755}
		}
		found[name] = fs.FileInfoToDirEntry(i)
	}
	if len(found) == 0 {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	list := make([]fs.DirEntry, 0, len(found))
	for _, e := range found {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}

func (h *Host) broken(path string) error {
	for at, err := range h.Broken {
		if h.same(at, path) {
			return err
		}
	}
	return nil
}

func (h *Host) find(path string) (at, data string, ok bool) {
	for at, data := range h.Files {
		if h.same(at, path) {
			return at, data, true
		}
	}
	return "", "", false
}

// entry is anything that has a path.
type entry struct {
	path string
	size int
	mode fs.FileMode
}

func (e entry) info(name string) info { return info{name: name, size: int64(e.size), mode: e.mode} }

func (h *Host) entries() []entry {
	var all []entry
	for p, data := range h.Files {
		all = append(all, entry{p, len(data), 0o600})
	}
	for p := range h.Programs {
		all = append(all, entry{p, 1, 0o755})
	}
	for s := range h.Sockets {
		if p, ok := strings.CutPrefix(s, "unix:"); ok {
			all = append(all, entry{p, 0, fs.ModeSocket | 0o660})
		}
	}
	return all
}

func slashed(path string) string { return strings.ReplaceAll(path, `\`, "/") }

func base(path string) string {
	path = strings.TrimSuffix(slashed(path), "/")
	return path[strings.LastIndex(path, "/")+1:]
}

// info implements fs.FileInfo.
type info struct {
	name string
	size int64
	mode fs.FileMode
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }
func (i info) String() string     { return fmt.Sprintf("%s %s", i.mode, i.name) }
