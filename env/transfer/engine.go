package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
)

// Engine is a Box that a Docker Engine reads and writes, whatever the image
// has; only listing and tidying up take its programs.
type Engine struct {
	Programs
	About func(ctx context.Context, path string) (File, error)
	From  func(ctx context.Context, path string) (io.ReadCloser, error)
	To    func(ctx context.Context, dir string, archive io.Reader) error
}

// Stat asks the engine.
func (b Engine) Stat(ctx context.Context, p string) (File, error) {
	return b.About(ctx, path.Join("/", p))
}

// Read asks the engine.
func (b Engine) Read(ctx context.Context, p string) (io.ReadCloser, error) {
	if p = path.Join("/", p); p == "/" {
		return nil, ErrWhole
	}
	return b.From(ctx, p)
}

// Write gives the archive to the engine, which unpacks as it comes.
func (b Engine) Write(ctx context.Context, dir, name string, archive io.Reader) error {
	at := path.Join("/", dir, name)
	_, before := b.Stat(ctx, at)
	err := b.To(ctx, path.Join("/", dir), archive)
	if err == nil {
		return nil
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer cancel()
	if _, now := b.Stat(after, at); errors.Is(now, ErrNoFile) {
		return err
	}
	if !errors.Is(before, ErrNoFile) {
		return fmt.Errorf("%w (%s was there before, and has some of it now)", err, at)
	}
	if left := b.Remove(after, at); left != nil {
		return fmt.Errorf("%w (%s is left with some of it: %w)", err, at, left)
	}
	return err
}
