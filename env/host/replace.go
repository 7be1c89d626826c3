package host

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// replacer writes files so that at no moment a half-written one is in place.
type replacer struct {
	now    func() time.Time
	rename func(from, to string) error
}

func (r replacer) replace(path string, data []byte, perm fs.FileMode) (backup string, err error) {
	target, err := followed(path)
	if err != nil {
		return "", fmt.Errorf("replacing %s: %w", path, err)
	}
	old, err := os.Stat(target)
	switch {
	case err == nil && !old.Mode().IsRegular():
		return "", fmt.Errorf("replacing %s: it is not a regular file", target)
	case err == nil:
		perm = old.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("replacing %s: %w", path, err)
	}

	if old == nil {
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return "", fmt.Errorf("making the folder of %s: %w", target, err)
		}
	}
	tmp, err := writeBeside(target, data, perm, old)
	if err != nil {
		return "", fmt.Errorf("replacing %s, which is left as it was: %w", target, err)
	}
	defer os.Remove(tmp) //nolint:errcheck // gone already when all went well

	if old != nil {
		if backup, err = r.backup(target, perm, old); err != nil {
			return "", fmt.Errorf("backing up %s, which is left as it was: %w", target, err)
		}
	}
	if err := r.rename(tmp, target); err != nil {
		if backup != "" {
			err = errors.Join(err, os.Remove(backup))
		}
		return "", fmt.Errorf("replacing %s, which is left as it was: %w", target, err)
	}
	syncDir(filepath.Dir(target))
	return backup, nil
}

// followed returns where a chain of symbolic links ends, be there a file or
// not: replacing the link itself would cut a dotfile off from its repository.
func followed(path string) (string, error) {
	for range 40 {
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return path, nil //nolint:nilerr // a link to nothing yet: written where it points
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return "", errors.New("too many symbolic links")
}

func (r replacer) backup(target string, perm fs.FileMode, old fs.FileInfo) (string, error) {
	data, err := os.ReadFile(target)
	if err != nil {
		return "", err
	}
	tmp, err := writeBeside(target, data, perm, old)
	if err != nil {
		return "", err
	}
	stem := target + ".twindeck-backup-" + r.now().UTC().Format("20060102T150405Z")
	for n := 1; ; n++ {
		name := stem
		if n > 1 {
			name = fmt.Sprintf("%s-%d", stem, n)
		}
		if _, err := os.Lstat(name); err == nil {
			continue // a backup of the same second: both are kept
		}
		if err := os.Rename(tmp, name); err != nil {
			return "", errors.Join(err, os.Remove(tmp))
		}
		return name, nil
	}
}

// writeBeside writes a temporary file next to target, on disk when it returns.
// old, if there is one, gives the owner.
func writeBeside(target string, data []byte, perm fs.FileMode, old fs.FileInfo) (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".twindeck-*")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	if _, err := f.Write(data); err != nil {
		return "", err
	}
	if err := f.Chmod(perm); err != nil {
		return "", err
	}
	if old != nil {
		keepOwner(f, old)
	}
	if err := f.Sync(); err != nil {
		return "", err
	}
	if err := f.Close(); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}
