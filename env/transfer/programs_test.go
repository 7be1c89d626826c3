//go:build unix

package transfer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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
	dir := tree(t, map[string]string{"b.txt": "", "a folder/x": "", ".hidden": "", "-dash": "", "lost": "->nowhere", "linked": "->a folder"})
	box := Programs{Exec: hereWithout(), Root: dir}
	files, err := box.List(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		if f.Dir {
			f.Name += "/"
		}
		names = append(names, f.Name)
	}
	if d := cmp.Diff([]string{"a folder/", "linked/", "-dash", ".hidden", "b.txt", "lost"}, names); d != "" {
		t.Error(d)
	}
	for at, dir := range map[string]bool{"/a folder": true, "/b.txt": false, "/-dash": false, "/linked": true} {
		if f, err := box.Stat(t.Context(), at); err != nil || f.Dir != dir || "/"+f.Name != at {
			t.Errorf("Stat(%q) = %+v, %v", at, f, err)
		}
	}
	if _, err := box.Stat(t.Context(), "/gone"); !errors.Is(err, ErrNoFile) {
		t.Errorf("Stat of nothing: %v", err)
	}
	if _, err := (Programs{Exec: hereWithout("ls")}).List(t.Context(), "/"); !errors.Is(err, ErrNoTools) {
		t.Errorf("List without ls: %v", err)
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
