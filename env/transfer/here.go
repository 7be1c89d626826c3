package transfer

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// ListHere lists a folder of this machine: folders first. dir is written with slashes.
func ListHere(_ context.Context, dir string) ([]File, error) {
	entries, err := os.ReadDir(filepath.FromSlash(dir))
	if err != nil {
		return nil, err
	}
	var files []File
	for _, e := range entries {
		f := File{Name: e.Name(), Size: -1}
		if info, err := os.Stat(filepath.Join(filepath.FromSlash(dir), e.Name())); err == nil {
			f.Dir = info.IsDir()
			if !f.Dir {
				f.Size = info.Size()
			}
		}
		files = append(files, f)
	}
	slices.SortStableFunc(files, func(a, b File) int {
		rank := func(f File) int {
			if f.Dir {
				return 0
			}
			return 1
		}
		return cmp.Compare(rank(a), rank(b))
	})
	return files, nil
}

// Into is what a thing called name becomes when it is copied to where on this
// machine: where itself, or, if that is a folder, name in it. taken: it is
// there already.
func Into(where, name string) (target string, taken bool, err error) {
	if info, err := os.Stat(where); err == nil && info.IsDir() {
		where = filepath.Join(where, filepath.FromSlash(name))
	} else if info, err := os.Stat(filepath.Dir(where)); err != nil || !info.IsDir() {
		return "", false, fmt.Errorf("%s is no folder of this machine", filepath.Dir(where))
	}
	_, err = os.Lstat(where)
	return where, err == nil, nil
}
