package transfer

import (
	"archive/tar"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/link"
)

// Exec runs a command in a container, as env.Docker and env.Kube do.
type Exec func(ctx context.Context, command []string, s link.Streams) (code int, err error)

// Programs is a Box that uses the programs of the container: sh, ls, tar, mkdir,
// mv, cp and rm; cat for single files where there is no tar.
type Programs struct {
	Exec Exec
	Root string // before every path: /proc/1/root in a debug container
}

// tidyTime is how long it may take to remove what is left of a copy that failed.
const tidyTime = 10 * time.Second

// run runs a program to its end; one that fails is an error with what it said.
func (b Programs) run(ctx context.Context, in io.Reader, out io.Writer, command ...string) error {
	said := &link.Said{}
	code, err := b.Exec(ctx, command, link.Streams{In: in, Out: out, Err: said})
	switch {
	case errors.Is(err, link.ErrNoProgram):
		return fmt.Errorf("%w: %s", ErrNoTools, command[0])
	case err != nil:
		return err
	case code == 0:
		return nil
	}
	return &failed{command[0], code, strings.TrimSpace(said.String())}
}

// failed is a program that ran, and ended with an exit code.
type failed struct {
	program string
	code    int
	said    string
}

// Error is what it said.
func (f *failed) Error() string {
	if f.Is(ErrNoFile) {
		return ErrNoFile.Error() + ": " + f.said
	}
	return fmt.Sprintf("%s ended with exit code %d: %s", f.program, f.code, f.said)
}

// Is tells that a file was not there.
func (f *failed) Is(target error) bool {
	return target == ErrNoFile && (strings.Contains(f.said, "No such file") || strings.Contains(f.said, "no such file"))
}

// noLoss are what tars say, although nothing is missing, or once more at the end.
var noLoss = []string{
	"file changed as we read it", "Removing leading", "socket ignored", // GNU's
	"failure status due to previous errors", "rror exit delayed from previous errors", // GNU's; busybox's and BSD's
}

// mostUnread is how many lines of what was not read are told.
const mostUnread = 3

// unread is what a tar said that it left out of an archive which it ended well;
// empty: a file that changed meanwhile, and nothing else.
func (f *failed) unread() string {
	var lines []string
	for line := range strings.Lines(f.said) {
		line = strings.TrimSpace(line)
		if line != "" && !slices.ContainsFunc(noLoss, func(text string) bool { return strings.Contains(line, text) }) {
			lines = append(lines, line)
		}
	}
	switch n := len(lines); {
	case f.said == "":
		return fmt.Sprintf("it ended with exit code %d", f.code)
	case n > mostUnread:
		lines = append(lines[:mostUnread], "…")
	}
	return strings.Join(lines, "; ")
}

// Stat asks ls.
func (b Programs) Stat(ctx context.Context, p string) (File, error) {
	var out strings.Builder
	if err := b.run(ctx, nil, &out, "ls", "-1dpL", "--", b.at(ctx, p)); err != nil {
		return File{}, err
	}
	return File{Name: path.Base(path.Join("/", p)), Dir: strings.HasSuffix(strings.TrimSuffix(out.String(), "\n"), "/"), Size: -1}, nil
}

// ErrWhole says that all of a container was asked for.
var ErrWhole = errors.New("a whole file system is not copied: choose a folder of it")

// Read runs tar; without one, cat. A link that is named itself is followed.
func (b Programs) Read(ctx context.Context, p string) (io.ReadCloser, error) {
	if path.Join("/", p) == "/" {
		return nil, ErrWhole
	}
	at := b.at(ctx, p)
	if _, err := b.Stat(ctx, p); err != nil && !errors.Is(err, ErrNoTools) {
		return nil, err
	}
	var real strings.Builder
	if b.Root == "" && b.run(ctx, nil, &real, "readlink", "-f", "--", at) == nil && real.Len() > 1 {
		at = strings.TrimSuffix(real.String(), "\n")
	}
	err := b.run(ctx, nil, nil, "tar", "--help")
	if errors.Is(err, ErrNoTools) {
		return b.cat(ctx, at)
	}
	ctx, cancel := context.WithCancel(ctx)
	from, to := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err := b.run(ctx, nil, to, "tar", "cf", "-", "-C", path.Dir(at), "./"+path.Base(at))
		_ = to.CloseWithError(err) // nil: the end
	}()
	return &stream{from, func() { cancel(); _ = from.Close(); <-ended }}, nil
}

// stream is an archive that is being made.
type stream struct {
	io.Reader
	end func()
}

// Close ends it.
func (s *stream) Close() error { s.end(); return nil }

// cat reads a single file, and makes an archive of it.
func (b Programs) cat(ctx context.Context, at string) (io.ReadCloser, error) {
	f, err := os.CreateTemp("", "twindeck-copy-*")
	if err != nil {
		return nil, err
	}
	drop := func() { _ = f.Close(); _ = os.Remove(f.Name()) }
	if err := b.run(ctx, nil, f, "cat", "--", at); err != nil {
		drop()
		if errors.Is(err, ErrNoTools) {
			return nil, fmt.Errorf("%w: it has no tar for folders, and no cat for files", ErrNoTools)
		}
		return nil, fmt.Errorf("%w (the image has no tar: only single files can be read)", err)
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if _, back := f.Seek(0, io.SeekStart); err != nil || back != nil {
		drop()
		return nil, first(err, back)
	}
	from, to := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		out := tar.NewWriter(to)
		err := out.WriteHeader(&tar.Header{Name: path.Base(at), Typeflag: tar.TypeReg, Size: size, Mode: 0o644, ModTime: time.Now()})
		if err == nil {
			_, err = io.Copy(out, f)
		}
		_ = to.CloseWithError(first(err, out.Close()))
	}()
	return &stream{from, func() { _ = from.Close(); <-ended; drop() }}, nil
}

// Write unpacks beside the place first, so that a copy that is broken off
// leaves nothing.
func (b Programs) Write(ctx context.Context, dir, name string, archive io.Reader) (err error) {
	var word [4]byte
	_, _ = rand.Read(word[:])
	in := b.at(ctx, dir)
	stage := path.Join(in, ".twindeck-copy-"+hex.EncodeToString(word[:]))
	if err := b.run(ctx, nil, nil, "mkdir", "--", stage); err != nil {
		if errors.Is(err, ErrNoTools) {
			return fmt.Errorf("%w: it has no mkdir and tar", ErrNoTools)
		}
		return err
	}
	defer func() {
		if left := b.Remove(ctx, stage); left != nil {
			err = first(err, fmt.Errorf("%s is left: %w", stage, left))
		}
	}()
	// The end of its input ends tar by itself, and then nothing writes any more
	// while it is removed.
	patient, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(tidyTime, cancel) })()
	if err := b.run(patient, archive, nil, "tar", "xf", "-", "-C", stage); err != nil {
		return first(ctx.Err(), err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	made, to := path.Join(stage, name), path.Join(in, name)
	if there, err := b.Stat(ctx, path.Join(dir, name)); err == nil && there.Dir {
		return b.run(ctx, nil, nil, "cp", "-a", "--", made, in+"/")
	}
	return b.run(ctx, nil, nil, "mv", "-f", "--", made, to)
}

// Remove removes a file or folder, after the end of ctx, too.
func (b Programs) Remove(ctx context.Context, at string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer cancel()
	return b.run(ctx, nil, nil, "rm", "-rf", "--", at)
}
