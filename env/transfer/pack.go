package transfer

import (
	"archive/tar"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Size adds up what Pack would read of a path, in bytes.
func Size(ctx context.Context, from string) (bytes int64, err error) {
	err = filepath.WalkDir(from, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return first(ctx.Err(), err)
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			bytes += info.Size()
		}
		return nil
	})
	return bytes, err
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Pack writes a file or folder of this machine as a tar archive, under a name.
// Links stay links; sockets and devices are left out. news is told how many
// bytes of files are written, from the same goroutine; it may be nil.
func Pack(ctx context.Context, to io.Writer, from, name string, news func(int64)) error {
	out := tar.NewWriter(to)
	var sum int64
	// What is named is meant, also if it is a link; what is in it is taken as it is.
	if real, err := filepath.EvalSymlinks(from); err == nil {
		from = real
	}
	err := filepath.WalkDir(from, func(file string, d fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return first(ctx.Err(), err)
		}
		rel, err := filepath.Rel(from, file)
		if err != nil {
			return err
		}
		return packOne(ctx, out, file, path.Join(name, filepath.ToSlash(rel)), d, news, &sum)
	})
	if err != nil {
		return fmt.Errorf("reading %s: %w", from, err)
	}
	return out.Close()
}

func packOne(ctx context.Context, out *tar.Writer, file, name string, d fs.DirEntry, news func(int64), sum *int64) error {
	info, err := d.Info()
	if err != nil {
		return err
	}
	target := ""
	switch mode := info.Mode(); {
	case mode&fs.ModeSymlink != 0:
		if target, err = os.Readlink(file); err != nil {
			return err
		}
	case !mode.IsRegular() && !mode.IsDir():
		return nil
	}
	h, err := tar.FileInfoHeader(info, filepath.ToSlash(target))
	if err != nil {
		return err
	}
	// Who owns it here means nothing there.
	h.Name, h.Uid, h.Gid, h.Uname, h.Gname = name, 0, 0, "", ""
	if info.IsDir() {
		h.Name += "/"
	}
	h.Format = tar.FormatPAX
	if !info.Mode().IsRegular() {
		return out.WriteHeader(h)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if err := out.WriteHeader(h); err != nil {
		return err
	}
	switch n, err := io.Copy(out, io.LimitReader(counted{ctx, f, news, sum}, h.Size)); {
	case err != nil:
		return err
	case n < h.Size:
		return fmt.Errorf("%s became shorter while it was read", file)
	}
	return nil
}
