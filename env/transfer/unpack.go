package transfer

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// Unpacked is what Unpack wrote.
type Unpacked struct {
	Files   int
	Bytes   int64
	LeftOut []string // links that lead out of what was copied or may not be made here, and devices
	Unread  string   // what the tar that made the archive could not read, in its words
}

// Unpack makes of a tar archive, all of whose entries lie below one name, the
// file or folder to on this machine. What is there already and is in the
// archive, too, is replaced; other files of a folder stay. All is unpacked
// beside it first: after an error nothing has changed. Errors: ErrEscapes.
func Unpack(ctx context.Context, from io.Reader, to string, news func(int64)) (u Unpacked, err error) {
	stage, err := os.MkdirTemp(filepath.Dir(to), ".twindeck-copy-*")
	if err != nil {
		return u, fmt.Errorf("writing beside %s: %w", to, err)
	}
	defer func() { err = first(err, os.RemoveAll(stage)) }()
	root, err := os.OpenRoot(stage)
	if err != nil {
		return u, err
	}
	defer func() { _ = root.Close() }()
	in := unpacking{root: root, u: &u, ctx: ctx, news: news, link: root.Symlink, mayNotLink: mayNotLink}
	if err := in.all(tar.NewReader(from)); err != nil {
		return u, err
	}
	left := in.drain(from)
	made := filepath.Join(stage, staged)
	info, err := os.Lstat(made)
	switch {
	case err != nil && len(u.LeftOut) > 0:
		return u, fmt.Errorf("there is nothing to copy: %s is a link that leads elsewhere or may not be made here, or a device; copy what it leads to", u.LeftOut[0])
	case err != nil && left != nil:
		return u, first(ctx.Err(), left)
	case err != nil:
		return u, fmt.Errorf("the archive is empty: %w", ErrNoFile)
	}
	if err := ctx.Err(); err != nil {
		return u, err
	}
	if tar, ok := errors.AsType[*failed](left); ok {
		u.Unread = tar.unread()
	} else if left != nil {
		return u, fmt.Errorf("reading the archive: %w", left)
	}
	return u, place(made, to, info)
}

// staged is what the archive's one name is called until it takes its place.
const staged = "it"

type unpacking struct {
	root   *os.Root
	u      *Unpacked
	ctx    context.Context
	news   func(int64)
	name   string // that all entries lie below
	folder map[string]tarTimes

	link       func(target, name string) error
	mayNotLink func(error) bool
}

type tarTimes struct {
	mode fs.FileMode
	at   time.Time
}

func (in *unpacking) all(from *tar.Reader) error {
	in.folder = map[string]tarTimes{}
	for {
		h, err := from.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return first(in.ctx.Err(), fmt.Errorf("reading the archive: %w", err))
		}
		name, err := in.inside(h.Name)
		if err != nil {
			return err
		}
		if err := in.entry(h, name, from); err != nil {
			return first(in.ctx.Err(), err)
		}
	}
	for name, t := range in.folder { // last, or writing into them would fail or change them
		if err := first(in.root.Chmod(name, t.mode), in.root.Chtimes(name, t.at, t.at)); err != nil {
			return err
		}
	}
	return nil
}

// drain reads what is behind the archive's end mark: a tar that left something
// out writes the mark all the same, and fails after it.
func (in *unpacking) drain(from io.Reader) error {
	_, err := io.Copy(io.Discard, counted{in.ctx, from, nil, new(int64)})
	return err
}

// inside is where an entry goes, below the stage.
func (in *unpacking) inside(name string) (string, error) {
	parts := strings.Split(strings.TrimPrefix(name, "./"), "/")
	for _, p := range parts {
		if p == ".." {
			return "", fmt.Errorf("%w: %q", ErrEscapes, name)
		}
	}
	top, rest, _ := strings.Cut(path.Clean(path.Join(parts...)), "/")
	if strings.HasPrefix(name, "/") || top == "" {
		return "", fmt.Errorf("%w: %q", ErrEscapes, name)
	}
	if in.name == "" {
		in.name = top
	}
	if top != in.name {
		return "", fmt.Errorf("%w: %q is beside %q", ErrEscapes, name, in.name)
	}
	return path.Join(staged, rest), nil
}

func (in *unpacking) entry(h *tar.Header, name string, from io.Reader) error {
	if dir := path.Dir(name); dir != "." {
		if err := in.root.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	mode := h.FileInfo().Mode().Perm()
	switch h.Typeflag {
	case tar.TypeDir:
		in.folder[name] = tarTimes{mode | 0o700, h.ModTime}
		return in.root.MkdirAll(name, 0o755)
	case tar.TypeReg:
		in.u.Files++
		return in.file(name, mode, h.ModTime, from)
	case tar.TypeSymlink:
		if leadsOut(name, h.Linkname) {
			break
		}
		if err := in.link(h.Linkname, name); !in.mayNotLink(err) {
			return err
		}
	case tar.TypeLink:
		if target, err := in.inside(h.Linkname); err == nil {
			in.u.Files++
			return in.root.Link(target, name)
		}
	}
	in.u.LeftOut = append(in.u.LeftOut, h.Name)
	return nil
}

// leadsOut reports whether a link points out of what is copied.
func leadsOut(name, target string) bool {
	if target == "" || path.IsAbs(target) || filepath.IsAbs(target) || strings.ContainsRune(target, '\\') {
		return true
	}
	to := path.Join(path.Dir(name), target)
	return to != staged && !strings.HasPrefix(to, staged+"/")
}

func (in *unpacking) file(name string, mode fs.FileMode, at time.Time, from io.Reader) (err error) {
	if err := in.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := in.root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, counted{in.ctx, from, in.news, &in.u.Bytes})
	return first(err, f.Close(), in.root.Chmod(name, mode), in.root.Chtimes(name, at, at))
}

// place moves what was made to where it belongs; a folder into one that is
// there, file by file.
func place(made, to string, info fs.FileInfo) error {
	there, err := os.Lstat(to)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return os.Rename(made, to)
	case err != nil:
		return err
	case !info.IsDir() && there.IsDir(), info.IsDir() && !there.IsDir():
		return fmt.Errorf("%s is there already, and is no %s", to, map[bool]string{true: "folder", false: "file"}[info.IsDir()])
	case !info.IsDir():
		return os.Rename(made, to)
	}
	entries, err := os.ReadDir(made)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return err
		}
		if err := place(filepath.Join(made, e.Name()), filepath.Join(to, e.Name()), info); err != nil {
			return err
		}
	}
	return nil
}
