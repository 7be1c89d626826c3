package demo

import (
	"archive/tar"
	"context"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/env/transfer"
)

// stat looks a path up in the simulated files.
func stat(at string) (transfer.File, error) {
	if text, ok := files[at]; ok {
		return transfer.File{Name: path.Base(at), Size: int64(len(text))}, nil
	}
	if at == "/" || len(list(at)) > 0 || files[at+"/"] == "" && slices.Contains(list(path.Dir(at)), path.Base(at)+"/") {
		return transfer.File{Name: path.Base(at), Dir: true}, nil
	}
	return transfer.File{}, fmt.Errorf("%s: %w", at, transfer.ErrNoFile)
}

// lists is ls with flags, for a path at the end.
func lists(command []string, s link.Streams) (int, error) {
	at := path.Clean(command[len(command)-1])
	f, err := stat(at)
	if err != nil {
		_, _ = io.WriteString(link.Discard(s.Err), "ls: "+at+": No such file or directory\n")
		return 1, nil
	}
	names := []string{at}
	if f.Dir {
		names[0] += "/"
		if !strings.Contains(command[1], "d") {
			names = list(at)
		}
	}
	_, err = io.WriteString(link.Discard(s.Out), strings.Join(names, "\n")+"\n")
	return 0, err
}

// carries makes an archive of simulated files; what it is given it throws away.
func carries(command []string, s link.Streams) (int, error) {
	if len(command) > 5 && command[1] == "cf" {
		return 0, pack(link.Discard(s.Out), path.Join(command[4], command[5]))
	}
	if s.In != nil {
		_, err := io.Copy(io.Discard, s.In)
		return 0, err
	}
	return 0, nil
}

// pack is the archive of a simulated path.
func pack(to io.Writer, at string) error {
	out := tar.NewWriter(to)
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if file != at && !strings.HasPrefix(file, at+"/") {
			continue
		}
		h := &tar.Header{
			Name: path.Base(at) + strings.TrimPrefix(file, at), Size: int64(len(files[file])),
			Mode: 0o644, ModTime: time.Unix(1_790_000_000, 0), Typeflag: tar.TypeReg,
		}
		if strings.HasSuffix(file, "/") {
			h.Typeflag, h.Mode = tar.TypeDir, 0o755
		}
		if err := out.WriteHeader(h); err != nil {
			return err
		}
		if _, err := io.WriteString(out, files[file]); err != nil {
			return err
		}
	}
	return out.Close()
}

func (e engine) StatPath(ctx context.Context, id, at string) (f transfer.File, err error) {
	return f, e.do(ctx, func(time.Time) error {
		if _, err := e.w.find(id); err != nil {
			return err
		}
		f, err = stat(path.Clean(at))
		return err
	})
}

func (e engine) CopyFrom(ctx context.Context, id, at string) (io.ReadCloser, error) {
	if _, err := e.StatPath(ctx, id, at); err != nil {
		return nil, err
	}
	var b strings.Builder
	err := pack(&b, path.Clean(at))
	return io.NopCloser(strings.NewReader(b.String())), err
}

func (e engine) CopyTo(ctx context.Context, id, dir string, archive io.Reader) error {
	if _, err := e.StatPath(ctx, id, dir); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, archive)
	return err
}
