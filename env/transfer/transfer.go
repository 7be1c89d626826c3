// Package transfer carries files between this machine and a container: as a
// stream of a tar archive, packed here or there, and unpacked so that nothing
// leads out of where it was meant to go.
package transfer

import (
	"context"
	"errors"
	"io"
)

// File is a file or folder in a container.
type File struct {
	Name string
	Dir  bool
	Size int64 // bytes; -1: not known
}

// Box is the file system of a container.
type Box interface {
	// Stat tells of a path; ErrNoFile.
	Stat(ctx context.Context, path string) (File, error)
	// List is what a folder holds, folders first, then by name.
	List(ctx context.Context, dir string) ([]File, error)
	// Read is a tar archive of a path. All its entries lie below one name, the
	// path's last part. Close ends it.
	Read(ctx context.Context, path string) (io.ReadCloser, error)
	// Write unpacks a tar archive, whose entries all lie below name, into a
	// folder. After an error nothing of it is left, or the error says what is.
	Write(ctx context.Context, dir, name string, archive io.Reader) error
}

// Why files could not be carried. Use errors.Is.
var (
	ErrNoFile  = errors.New("there is no such file or folder")
	ErrNoTools = errors.New("the image lacks the programs it takes")
	ErrEscapes = errors.New("the archive leads out of where it was to go")
)

// counted tells how many bytes have passed, and ends with ctx.
type counted struct {
	ctx  context.Context
	from io.Reader
	news func(int64)
	sum  *int64
}

func (c counted) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.from.Read(p)
	if n > 0 {
		*c.sum += int64(n)
		if c.news != nil {
			c.news(*c.sum)
		}
	}
	return n, err
}
