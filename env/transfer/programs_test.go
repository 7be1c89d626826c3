//go:build unix

package transfer

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/twindeck/twindeck/env/link"
)

// hereWithout runs programs of this machine, as if the image lacked some.
func hereWithout(lacks ...string) Exec {
	return func(ctx context.Context, command []string, s link.Streams) (int, error) {
		if slices.Contains(lacks, command[0]) {
			return 0, link.ErrNoProgram
		}
		c := exec.CommandContext(ctx, command[0], command[1:]...)
		c.Stdin, c.Stdout, c.Stderr = s.In, link.Discard(s.Out), link.Discard(s.Err)
		err := c.Run()
		if bad, ok := errors.AsType[*exec.ExitError](err); ok {
			return bad.ExitCode(), nil
		}
		return 0, err
	}
}

func TestProgramsList(t *testing.T) {
	dir := tree(t, map[string]string{"b.txt": "", "a folder/x": "", ".hidden": "", "..odd": "", "-dash": "", "lost": "->nowhere", "linked": "->a folder", "rooted": "->/a folder"})
	box := Programs{Exec: hereWithout(), Root: dir}
	plain := []string{"a folder/", "linked/", "rooted/", "-dash", "..odd", ".hidden", "b.txt", "lost"}
	for name, c := range map[string]struct {
		box  Programs
		want []string
	}{
		"by sh": {box, plain},
		"by ls": {Programs{Exec: hereWithout("sh"), Root: dir}, []string{"a folder/", "linked/", "-dash", "..odd", ".hidden", "b.txt", "lost", "rooted"}},
	} {
		files, err := c.box.List(t.Context(), "/")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, names(files)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	for at, dir := range map[string]bool{"/a folder": true, "/b.txt": false, "/-dash": false, "/linked": true} {
		if f, err := box.Stat(t.Context(), at); err != nil || f.Dir != dir || "/"+f.Name != at {
			t.Errorf("Stat(%q) = %+v, %v", at, f, err)
		}
	}
	if _, err := box.Stat(t.Context(), "/gone"); !errors.Is(err, ErrNoFile) {
		t.Errorf("Stat of nothing: %v", err)
	}
	for at, want := range map[string]error{"/gone": ErrNoFile, "/b.txt": nil} {
		if files, err := box.List(t.Context(), at); err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("List of %s: %v, %v", at, files, err)
		}
	}
	if _, err := (Programs{Exec: hereWithout("sh", "ls")}).List(t.Context(), "/"); !errors.Is(err, ErrNoTools) {
		t.Errorf("List without sh and ls: %v", err)
	}
	// The runtime's words in the place of the program's are no names.
	wordy := func(_ context.Context, _ []string, s link.Streams) (int, error) {
		_, err := io.WriteString(s.Out, "OCI runtime exec failed: executable file not found in $PATH")
		return 127, errors.Join(link.ErrNoProgram, err)
	}
	if files, err := (Programs{Exec: wordy}).List(t.Context(), "/"); !errors.Is(err, ErrNoTools) {
		t.Errorf("List without sh and ls, told on standard output: %v, %v", files, err)
	}
}

// names writes files as ls does.
func names(files []File) (out []string) {
	for _, f := range files {
		if f.Dir {
			f.Name += "/"
		}
		out = append(out, f.Name)
	}
	return out
}

// Whatever names hold, each is one.
func TestProgramsListHostileNames(t *testing.T) {
	hostile := []string{"two\nlines", "\n", "ends\n", "a\nb/", "*", "[!.]*", "$(reboot)", "`reboot`", "%s%d\\0", "-n", "\x1b[2J", "\xff\xfe", "日本", "...", " ", "'\"", "~"}
	dir := t.TempDir()
	for _, name := range hostile {
		at := filepath.Join(dir, name)
		var err error
		if strings.HasSuffix(name, "/") {
			err = os.Mkdir(at, 0o700)
		} else {
			err = os.WriteFile(at, nil, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	box := Programs{Exec: hereWithout(), Root: dir}
	files, err := box.List(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	got := names(files)
	slices.Sort(got)
	slices.Sort(hostile)
	if d := cmp.Diff(hostile, got); d != "" {
		t.Error(d)
	}
	for _, name := range hostile {
		if f, err := box.Stat(t.Context(), "/"+name); err != nil || f.Dir != strings.HasSuffix(name, "/") {
			t.Errorf("Stat(%q) = %+v, %v", name, f, err)
		}
	}
}

func TestListed(t *testing.T) {
	for name, c := range map[string]struct {
		out, end string
		want     []string
	}{
		"nothing":         {"", "\x00", nil},
		"folders first":   {"b\x00a\x00z/\x00", "\x00", []string{"z/", "a", "b"}},
		"a line break":    {"two\nlines\x00\n/\x00", "\x00", []string{"\n/", "two\nlines"}},
		"lines":           {"b\na/\n", "\n", []string{"a/", "b"}},
		"without its end": {"a\x00b", "\x00", []string{"a", "b"}},
	} {
		if d := cmp.Diff(c.want, names(listed(c.out, c.end))); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// FuzzListed: names that are written are read again, each once.
func FuzzListed(f *testing.F) {
	f.Add("a\x00b c\x00two\nlines", true)
	f.Add("/", false)
	f.Fuzz(func(t *testing.T, text string, folders bool) {
		want := map[string]bool{}
		var out strings.Builder
		for name := range strings.SplitSeq(text, "\x00") {
			if name == "" || strings.Contains(name, "/") || want[name] {
				continue
			}
			want[name] = true
			out.WriteString(name)
			if folders {
				out.WriteByte('/')
			}
			out.WriteByte(0)
		}
		files := listed(out.String(), "\x00")
		if len(files) != len(want) {
			t.Fatalf("%q are read as %+v", out.String(), files)
		}
		for _, file := range files {
			if !want[file.Name] || file.Dir != folders {
				t.Errorf("%q are read as %+v", out.String(), files)
			}
		}
	})
}

// Below another root, links lead where they do for what has that root.
func TestProgramsFollowLinksBelowTheirRoot(t *testing.T) {
	dir := tree(t, map[string]string{
		"data/real/file":  "text",
		"current":         "->/data/real",
		"data/up":         "->../current",
		"far":             "->../../../../../data",
		"data/deep":       "->/data/up/./file",
		"data/again":      "->deep",
		"loop":            "->/loop",
		"out":             "->/etc/hostname",
		"odd\nname\n":     "->/data/real\n",
		"data/real\n/odd": "line",
	})
	box := Programs{Exec: hereWithout(), Root: dir}
	for at, want := range map[string]string{
		"/current/file": "text", "/data/up/file": "text", "/far/real/file": "text", "/data/deep": "text", "/data/again": "text",
		"/odd\nname\n/odd": "line",
	} {
		stream, err := box.Read(t.Context(), at)
		if err != nil {
			t.Errorf("%q: %v", at, err)
			continue
		}
		to := filepath.Join(t.TempDir(), "it")
		_, err = Unpack(t.Context(), stream, to, nil)
		_ = stream.Close()
		if text, _ := os.ReadFile(to); err != nil || string(text) != want {
			t.Errorf("%q is %q, %v; want %q", at, text, err, want)
		}
	}
	for _, at := range []string{"/loop", "/out"} { // the second is there, and not below this root
		if f, err := box.Stat(t.Context(), at); err == nil {
			t.Errorf("%s is %+v", at, f)
		}
	}
	files, err := box.List(t.Context(), "/current")
	if d := cmp.Diff([]string{"file"}, names(files)); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
	var archive bytes.Buffer
	if err := Pack(t.Context(), &archive, tree(t, map[string]string{"new": "n"}), "it", nil); err != nil {
		t.Fatal(err)
	}
	if err := box.Write(t.Context(), "/current", "it", &archive); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "data", "real", "it", "new")); err != nil || string(text) != "n" {
		t.Errorf("what was written is not where the link leads: %q, %v", text, err)
	}
}

// What is written is what is read again, and nothing else is there.
func TestProgramsCarry(t *testing.T) {
	files := map[string]string{"plain": "text", "with space/日本": "wide", "-dash": "d", "two\nlines": "n"}
	from := tree(t, files)
	want := seen(t, from)
	there := t.TempDir()
	box := Programs{Exec: hereWithout(), Root: there}
	for range 2 { // the second time onto what is there
		var archive bytes.Buffer
		if err := Pack(t.Context(), &archive, from, "-odd name", nil); err != nil {
			t.Fatal(err)
		}
		if err := box.Write(t.Context(), "/", "-odd name", &archive); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(want, seen(t, filepath.Join(there, "-odd name"))); d != "" {
		t.Error(d)
	}
	if all := seen(t, there); len(all) != len(want)+1 {
		t.Errorf("there is %v", all)
	}
	stream, err := box.Read(t.Context(), "/-odd name")
	if err != nil {
		t.Fatal(err)
	}
	back := filepath.Join(t.TempDir(), "back")
	if _, err := Unpack(t.Context(), stream, back, nil); err != nil {
		t.Fatal(err)
	}
	_ = stream.Close()
	if d := cmp.Diff(want, seen(t, back)); d != "" {
		t.Error(d)
	}
}

// Without tar a single file can be read all the same, and a folder is said to
// need one.
func TestProgramsWithoutTar(t *testing.T) {
	there := tree(t, map[string]string{"one": "text", "folder/x": ""})
	box := Programs{Exec: hereWithout("tar"), Root: there}
	stream, err := box.Read(t.Context(), "/one")
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "one")
	u, err := Unpack(t.Context(), stream, to, nil)
	_ = stream.Close()
	if err != nil || u.Files != 1 || u.Bytes != 4 {
		t.Errorf("Unpack = %+v, %v", u, err)
	}
	if _, err := box.Read(t.Context(), "/folder"); err == nil || !strings.Contains(err.Error(), "only single files") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := (Programs{Exec: hereWithout("tar", "cat"), Root: there}).Read(t.Context(), "/one"); !errors.Is(err, ErrNoTools) {
		t.Errorf("without cat, too: %v", err)
	}
	if err := box.Write(t.Context(), "/", "new", strings.NewReader("")); !errors.Is(err, ErrNoTools) {
		t.Errorf("writing: %v", err)
	}
	if d := cmp.Diff(map[string]string{"one": "text", "folder/": "", "folder/x": ""}, seen(t, there)); d != "" {
		t.Error(d)
	}
}

// A copy that breaks off, at either end, leaves nothing there.
func TestProgramsBrokenOff(t *testing.T) {
	var archive bytes.Buffer
	if err := Pack(t.Context(), &archive, tree(t, map[string]string{"a": strings.Repeat("x", 1<<20)}), "it", nil); err != nil {
		t.Fatal(err)
	}
	there := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	half := io.MultiReader(io.LimitReader(&archive, 1<<19), endless{cancel})
	if err := (Programs{Exec: hereWithout(), Root: there}).Write(ctx, "/", "it", half); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if left := seen(t, there); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// endless is where somebody cancels.
type endless struct{ cancel func() }

func (e endless) Read([]byte) (int, error) {
	e.cancel()
	return 0, context.Canceled
}

// ends runs programs of this machine; tar says something more, and ends with a code.
func ends(code int, says string) Exec {
	here := hereWithout()
	return func(ctx context.Context, command []string, s link.Streams) (int, error) {
		got, err := here(ctx, command, s)
		if command[0] != "tar" || command[1] != "cf" || err != nil || got != 0 {
			return got, err
		}
		_, err = io.WriteString(link.Discard(s.Err), says)
		return code, err
	}
}

// What a tar could not read is told in its words, although the archive is well
// ended; what lacks nothing is no failure.
func TestProgramsTellWhatWasNotRead(t *testing.T) {
	there := tree(t, map[string]string{"data/a": "one", "data/b": "two"})
	const delayed = "tar: Exiting with failure status due to previous errors\n"
	for name, c := range map[string]struct {
		code       int
		says, want string
	}{
		"all":               {},
		"GNU's":             {2, "tar: ./data/c: Cannot open: Permission denied\n" + delayed, "tar: ./data/c: Cannot open: Permission denied"},
		"busybox's":         {1, "tar: can't open './data/c': Permission denied\ntar: error exit delayed from previous errors\n", "tar: can't open './data/c': Permission denied"},
		"gone meanwhile":    {1, "tar: ./data/c: Cannot stat: No such file or directory\n", "tar: ./data/c: Cannot stat: No such file or directory"},
		"changed":           {1, "tar: ./data/a: file changed as we read it\n", ""},
		"changed, and more": {1, "tar: ./data/a: file changed as we read it\ntar: ./data/c: Read error\n", "tar: ./data/c: Read error"},
		"many":              {2, "tar: 1\ntar: 2\ntar: 3\ntar: 4\n" + delayed, "tar: 1; tar: 2; tar: 3; …"},
		"no word":           {2, "", "it ended with exit code 2"},
	} {
		t.Run(name, func(t *testing.T) {
			stream, err := Programs{Exec: ends(c.code, c.says)}.Read(t.Context(), filepath.Join(there, "data"))
			if err != nil {
				t.Fatal(err)
			}
			to := filepath.Join(t.TempDir(), "it")
			u, err := Unpack(t.Context(), stream, to, nil)
			_ = stream.Close()
			if err != nil || u.Unread != c.want || u.Files != 2 {
				t.Errorf("Unpack = %+v, %v", u, err)
			}
			if d := cmp.Diff(map[string]string{"a": "one", "b": "two"}, seen(t, to)); d != "" {
				t.Error(d)
			}
		})
	}
}

// Where nothing came, it is said why, and not that there is nothing.
func TestUnpackNothingButAnError(t *testing.T) {
	broke := errors.New("the line broke")
	for name, why := range map[string]error{
		"not read": &failed{"tar", 2, "tar: ./secret: Cannot open: Permission denied"},
		"broken":   broke,
	} {
		for what, headers := range map[string][]tar.Header{"nothing": nil, "a file": {{Typeflag: tar.TypeReg, Name: "a"}}} {
			at := t.TempDir()
			_, err := Unpack(t.Context(), io.MultiReader(archived(t, headers...), iotest.ErrReader(why)), filepath.Join(at, "it"), nil)
			if came := headers != nil && !errors.Is(why, broke); came != (err == nil) || !came && (!errors.Is(err, why) || errors.Is(err, ErrNoFile)) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
}
