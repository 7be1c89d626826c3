package transfer

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree writes files and folders below a new folder. A text that begins with ->
// is a link.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o750); err != nil {
			t.Fatal(err)
		}
		var err error
		switch target, linked := strings.CutPrefix(text, "->"); {
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(at, 0o750)
		case linked:
			err = os.Symlink(target, at)
		default:
			err = os.WriteFile(at, []byte(text), 0o640)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// seen is what is below a folder, as tree writes it.
func seen(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if err != nil || at == dir {
			return err
		}
		rel, _ := filepath.Rel(dir, at)
		switch name := filepath.ToSlash(rel); {
		case d.IsDir():
			files[name+"/"] = ""
		case d.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(at)
			files[name] = "->" + target
			return err
		default:
			text, err := os.ReadFile(at)
			files[name] = string(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// What is packed and unpacked is the same, whatever it is called.
func TestThereAndBack(t *testing.T) {
	files := map[string]string{
		"plain.txt": "text", "with space/naïve 日本.txt": "x", "-dash": "d", "empty/": "", "deep/er/still": strings.Repeat("long ", 50_000), "deep/link": "->er/still",
	}
	if runtime.GOOS != "windows" {
		files["two\nlines"] = "n"
	}
	from := tree(t, files)
	want := seen(t, from)
	var archive bytes.Buffer
	var last int64
	if err := Pack(t.Context(), &archive, from, "some name", func(n int64) { last = n }); err != nil {
		t.Fatal(err)
	}
	if size, err := Size(t.Context(), from); err != nil || size != last || size == 0 {
		t.Errorf("Size = %d, %v; %d were packed", size, err, last)
	}
	to := filepath.Join(t.TempDir(), "other name")
	u, err := Unpack(t.Context(), &archive, to, nil)
	if err != nil || u.Bytes != last || len(u.LeftOut) != 0 {
		t.Fatalf("Unpack = %+v, %v", u, err)
	}
	if d := cmp.Diff(want, seen(t, to)); d != "" {
		t.Error(d)
	}
}

func TestASingleFile(t *testing.T) {
	from := tree(t, map[string]string{"a": "one"})
	var archive bytes.Buffer
	if err := Pack(t.Context(), &archive, filepath.Join(from, "a"), "a", nil); err != nil {
		t.Fatal(err)
	}
	dir := tree(t, map[string]string{"b": "two"})
	if _, err := Unpack(t.Context(), &archive, filepath.Join(dir, "b"), nil); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]string{"b": "one"}, seen(t, dir)); d != "" {
		t.Error(d)
	}
}

// archived is a tar archive of headers; a regular file holds its own name.
func archived(t *testing.T, headers ...tar.Header) io.Reader {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range headers {
		h.Mode = 0o777
		if h.Typeflag == tar.TypeReg {
			h.Size = int64(len(h.Name))
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			_, _ = io.WriteString(w, h.Name)
		}
	}
	_ = w.Close()
	return &b
}

// An archive is made by whoever is in the container: nothing of it may reach
// beyond where it was to go, and what is refused leaves nothing.
func TestUnpackStaysInside(t *testing.T) {
	reg, dir, sym, hard := byte(tar.TypeReg), byte(tar.TypeDir), byte(tar.TypeSymlink), byte(tar.TypeLink)
	h := func(kind byte, name, target string) tar.Header {
		return tar.Header{Typeflag: kind, Name: name, Linkname: target}
	}
	for name, c := range map[string]struct {
		headers []tar.Header
		want    map[string]string // below the target; nil: refused
		out     []string
	}{
		"dots at the start":         {headers: []tar.Header{h(reg, "../evil", "")}},
		"dots in the middle":        {headers: []tar.Header{h(reg, "a/../../evil", "")}},
		"dots that stay inside":     {headers: []tar.Header{h(reg, "a/b/../c", "")}},
		"an absolute path":          {headers: []tar.Header{h(reg, "/tmp/evil", "")}},
		"a second name":             {headers: []tar.Header{h(reg, "a/x", ""), h(reg, "b/x", "")}},
		"nothing":                   {},
		"only a link out":           {headers: []tar.Header{h(sym, "a", "/etc/passwd")}},
		"a link out":                {headers: []tar.Header{h(dir, "a/", ""), h(sym, "a/l", "../../outside"), h(reg, "a/x", "")}, want: map[string]string{"x": "a/x"}, out: []string{"a/l"}},
		"an absolute link":          {headers: []tar.Header{h(dir, "a/", ""), h(sym, "a/l", "/etc")}, want: map[string]string{}, out: []string{"a/l"}},
		"a file through a link out": {headers: []tar.Header{h(dir, "a/", ""), h(sym, "a/l", ".."), h(reg, "a/l/evil", "")}, want: map[string]string{"l/": "", "l/evil": "a/l/evil"}, out: []string{"a/l"}},
		"a file in place of a link": {headers: []tar.Header{h(dir, "a/", ""), h(reg, "a/y", ""), h(sym, "a/l", "y"), h(reg, "a/l", "")}, want: map[string]string{"y": "a/y", "l": "a/l"}},
		"a hard link out":           {headers: []tar.Header{h(dir, "a/", ""), h(hard, "a/l", "/etc/passwd")}, want: map[string]string{}, out: []string{"a/l"}},
		"a hard link":               {headers: []tar.Header{h(dir, "a/", ""), h(reg, "a/x", ""), h(hard, "a/l", "a/x")}, want: map[string]string{"x": "a/x", "l": "a/x"}},
		"a device":                  {headers: []tar.Header{h(dir, "a/", ""), h(byte(tar.TypeChar), "a/null", "")}, want: map[string]string{}, out: []string{"a/null"}},
		"as tar names them":         {headers: []tar.Header{h(dir, "./a/", ""), h(reg, "./a/x", "")}, want: map[string]string{"x": "./a/x"}},
	} {
		t.Run(name, func(t *testing.T) {
			at := t.TempDir()
			to := filepath.Join(at, "target")
			u, err := Unpack(t.Context(), archived(t, c.headers...), to, nil)
			if c.want == nil {
				if err == nil {
					t.Errorf("it was taken: %v", seen(t, at))
				}
				if left := seen(t, at); len(left) != 0 {
					t.Errorf("left: %v", left)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, seen(t, to)); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.out, u.LeftOut); d != "" {
				t.Error(d)
			}
			if all, _ := os.ReadDir(at); len(all) != 1 {
				t.Errorf("beside it: %v", all)
			}
		})
	}
}

// A user without the right to make links gets the rest, and is told which are
// missing; any other failure is one.
func TestUnpackWithoutTheRightToLink(t *testing.T) {
	noRight, noRoom := errors.New("a required privilege is not held by the client"), errors.New("no space left")
	for refusal, want := range map[error]error{noRight: nil, noRoom: noRoom} {
		dir := t.TempDir()
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		var u Unpacked
		in := unpacking{
			root: root, u: &u, ctx: t.Context(),
			link:       func(string, string) error { return refusal },
			mayNotLink: func(err error) bool { return errors.Is(err, noRight) },
		}
		archive := archived(t, tar.Header{Typeflag: tar.TypeSymlink, Name: "a/l", Linkname: "x"}, tar.Header{Typeflag: tar.TypeReg, Name: "a/x"})
		if err := in.all(tar.NewReader(archive)); !errors.Is(err, want) {
			t.Errorf("%v: %v", refusal, err)
		}
		if want != nil {
			continue
		}
		if d := cmp.Diff([]string{"a/l"}, u.LeftOut) + cmp.Diff(map[string]string{"x": "a/x"}, seen(t, filepath.Join(dir, staged))); d != "" {
			t.Error(d)
		}
	}
}

// A folder that is there keeps what the archive does not have; a link in it is
// replaced, never written through.
func TestUnpackOntoWhatIsThere(t *testing.T) {
	outside := tree(t, map[string]string{"kept": "old"})
	at := tree(t, map[string]string{"target/own": "mine", "target/x": "old", "target/l": "->" + filepath.Join(outside, "kept")})
	archive := archived(t, tar.Header{Typeflag: tar.TypeReg, Name: "a/x"}, tar.Header{Typeflag: tar.TypeReg, Name: "a/l"})
	if _, err := Unpack(t.Context(), archive, filepath.Join(at, "target"), nil); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]string{"own": "mine", "x": "a/x", "l": "a/l"}, seen(t, filepath.Join(at, "target"))); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]string{"kept": "old"}, seen(t, outside)); d != "" {
		t.Error(d)
	}
	_, err := Unpack(t.Context(), archived(t, tar.Header{Typeflag: tar.TypeReg, Name: "a"}), filepath.Join(at, "target"), nil)
	if err == nil || !strings.Contains(err.Error(), "is no file") {
		t.Errorf("a file in place of a folder: %v", err)
	}
}

// What is broken off, by a person or the line, leaves nothing.
func TestUnpackBrokenOff(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	whole := archived(t, tar.Header{Typeflag: tar.TypeReg, Name: "a/x"}, tar.Header{Typeflag: tar.TypeReg, Name: "a/y"})
	for name, c := range map[string]struct {
		from io.Reader
		news func(int64)
		is   error
	}{
		"cancelled": {whole, func(int64) { cancel() }, context.Canceled},
		"cut short": {io.LimitReader(archived(t, tar.Header{Typeflag: tar.TypeReg, Name: "a/x"}), 514), nil, io.ErrUnexpectedEOF},
	} {
		at := t.TempDir()
		in := t.Context()
		if c.news != nil {
			in = ctx
		}
		if _, err := Unpack(in, c.from, filepath.Join(at, "target"), c.news); !errors.Is(err, c.is) {
			t.Errorf("%s: %v", name, err)
		}
		if left := seen(t, at); len(left) != 0 {
			t.Errorf("%s: left: %v", name, left)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: "a/l", Linkname: "../.."})
	_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "a/l/x", Size: 1})
	_, _ = io.WriteString(w, "x")
	_ = w.Close()
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, archive []byte) {
		at := t.TempDir()
		_, _ = Unpack(t.Context(), bytes.NewReader(archive), filepath.Join(at, "target"), nil)
		for name := range seen(t, at) {
			if name != "target" && name != "target/" && !strings.HasPrefix(name, "target/") {
				t.Fatalf("%q is beside the target", name)
			}
		}
	})
}
