//go:build linux

package e2e

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// contents is a sum of all below a folder of this machine: names and bytes.
func (w *world) contents(dir string) string {
	w.t.Helper()
	sum := sha256.New()
	err := filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, at)
		bytes, err := os.ReadFile(at)
		fmt.Fprintf(sum, "%q %x\n", rel, sha256.Sum256(bytes))
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

// odd writes a folder with names that shells and archives stumble over.
func (w *world) odd(name string) (dir string) {
	w.t.Helper()
	for file, text := range map[string]string{
		"plain.txt": "text", "with space.txt": "space", "ünïcode/日本.txt": "wide", "-dash": "dash", "two\nlines": "lines", "deep/er/big": strings.Repeat("0123456789abcdef", 1<<16),
	} {
		w.write("work/"+name+"/"+file, text)
	}
	return filepath.Join(w.dir, name)
}

// heap writes a file of random bytes.
func (w *world) heap(name string, size int64) {
	w.t.Helper()
	path := w.write("work/"+name, "")
	f, err := os.Create(path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.CopyN(f, rand.NewChaCha8(sha256.Sum256([]byte(name))), size); err != nil {
		w.t.Fatal(err)
	}
}

// copies fills in the dialog: which way, the path there, the path here.
func (s *session) copies(in bool, there, here string) {
	s.t.Helper()
	s.Press("F")
	s.See("Copy files", "out of the container")
	s.Insist("ctrl+u", "› /")
	s.Type(there)
	s.Press("tab", "ctrl+u")
	s.Type(here)
	if in {
		s.Press("tab", "right")
		s.See("● into it")
	}
	s.Press("enter")
}

// A folder goes into a container and comes out again as it was; what is there
// already is asked about.
func TestCopyContainer(t *testing.T) {
	w := servers(t)
	name := w.container("e2e-copy", "tick")
	dir := w.odd("odd")
	s := w.open(medium)
	s.Press("2")
	s.choose(name)
	s.copies(true, "/tmp", "odd")
	s.See("Copied odd into "+name, "docker")
	s.copies(false, "/tmp/odd", "back")
	s.See("Copied odd out of " + name)
	if w.contents(dir) != w.contents(filepath.Join(w.dir, "back")) {
		t.Error("what came back is not what went in")
	}
	s.copies(false, "/tmp/odd/plain.txt", "back")
	s.See("Replace "+filepath.Join(w.dir, "back", "plain.txt"), "replaced")
	s.Insist("esc", "leave it")
	s.copies(false, "/nowhere", "back")
	s.See("there is no such file")
	s.See("Copy files") // with what was typed
	s.Insist("esc", "leave it")

	w.docker("stop", "--time", "1", name) // a container that does not run has files, too
	s.SeeRow(name, "exited")
	s.copies(false, "/tmp/odd", "again")
	s.See("Copied odd out of " + name)
	if w.contents(dir) != w.contents(filepath.Join(w.dir, "again")) {
		t.Error("what came back is not what went in")
	}
	s.Press("q")
	s.Exits()
}

// The same for a pod, with the browser that finds the path.
func TestCopyPod(t *testing.T) {
	w := servers(t)
	w.podOf("box", "", "  - {name: app, image: '"+base()+"', command: [sleep, '600']}\n")
	dir := w.odd("odd")
	s := w.open(medium)
	s.Press("2", "tab")
	s.choose("box")
	s.copies(true, "/tmp", "odd")
	s.See("Copied odd into box")

	s.Press("F")
	s.See("Copy files", "› /")
	s.Insist("ctrl+u", "› /") // then it takes keys
	s.Press("ctrl+o")
	s.See("take this folder", "etc/", "tmp/")
	s.Type("tmp")
	s.SeeRow("▌", "tmp/")
	s.Press("enter")
	s.See("odd/")
	s.Type("odd")
	s.SeeRow("▌", "odd/")
	s.Press("enter")
	s.See("plain.txt", "ünïcode/")
	s.Press("enter") // this folder
	s.See("› /tmp/odd")
	s.Press("tab", "ctrl+u")
	s.Type("back")
	s.See("kubectl cp " + w.namespace + "/box:/tmp/odd")
	s.Press("enter")
	s.See("Copied odd out of box")
	if w.contents(dir) != w.contents(filepath.Join(w.dir, "back")) {
		t.Error("what came back is not what went in")
	}
	s.copies(true, "/tmp", "odd") // onto what is there
	s.See("Replace /tmp/odd?")
	s.Insist("y", "leave it")
	s.See("Copied odd into box")
	if left := w.kubectl("-n", w.namespace, "exec", "box", "--", "ls", "-A", "/tmp"); strings.TrimSpace(left) != "odd" {
		t.Errorf("in /tmp is %q", left)
	}
	s.Press("q")
	s.Exits()
}

// A copy that is cancelled leaves nothing, on either side.
func TestCopyCancelled(t *testing.T) {
	w := servers(t)
	name := w.container("e2e-cancel", "tick")
	w.podOf("box", "", "  - {name: app, image: '"+base()+"', command: [sleep, '600']}\n")
	w.heap("heap", 1<<30)
	s := w.open(medium)
	s.Press("2")
	cancel := func(what string) {
		t.Helper()
		s.See(what+": ", " of 1.0G")
		s.Press("t")
		s.SeeRow("◐", what)
		s.Press("x")
		s.SeeRow("○", what, "cancelled")
		s.Press("esc")
	}
	s.choose(name)
	s.copies(true, "/tmp", "heap")
	cancel("copy heap into " + name)
	if left := w.docker("exec", name, "ls", "-A", "/tmp"); left != "" {
		t.Errorf("in the container is %q", left)
	}
	s.Press("tab")
	s.choose("box")
	s.copies(true, "/tmp", "heap")
	cancel("copy heap into box")
	if left := w.kubectl("-n", w.namespace, "exec", "box", "--", "ls", "-A", "/tmp"); left != "" {
		t.Errorf("in the pod is %q", left)
	}

	w.kubectl("-n", w.namespace, "exec", "box", "--", "sh", "-c", "mkdir /tmp/zeros && dd if=/dev/zero of=/tmp/zeros/all bs=1M count=0 seek=4000 2>/dev/null")
	s.copies(false, "/tmp/zeros", ".")
	s.See("copy zeros out of box: ")
	s.Press("t")
	s.SeeRow("◐", "copy zeros out of box")
	s.Press("x")
	s.SeeRow("○", "copy zeros out of box", "cancelled")
	s.Press("esc", "q")
	s.Exits()
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.Contains(e.Name(), "copy") || e.IsDir() {
			t.Errorf("left here: %s", e.Name())
		}
	}
}

// An image without tar: the engine reads it all the same; in a pod, a debug
// container does.
func TestCopyWithoutTools(t *testing.T) {
	w := servers(t)
	w.set("TWINDECK_DEBUG_IMAGE", base())
	name := w.bare("e2e-toolless")
	w.podOf("bare", "", "  - {name: app, image: '"+bareImage+"'}\n")
	s := w.open(medium)
	s.Press("2")
	s.choose(name)
	s.copies(false, "/pause", "one")
	s.See("Copied pause out of " + name)

	s.Press("tab")
	s.choose("bare")
	s.copies(false, "/pause", "two")
	s.See("its image lacks the tools to copy", "stays in the pod's spec")
	s.Insist("enter", "leave it")
	s.See("Copied pause out of bare")
	s.Press("q")
	s.Exits()
	one, err := os.ReadFile(filepath.Join(w.dir, "one"))
	if err != nil || len(one) == 0 {
		t.Fatalf("%d bytes, %v", len(one), err)
	}
	if two, err := os.ReadFile(filepath.Join(w.dir, "two")); err != nil || string(two) != string(one) {
		t.Errorf("out of the pod came %d bytes, not %d: %v", len(two), len(one), err)
	}
}

// What tar could not read in a pod is told, and what it could is there; where
// process 1 is another's, nothing is copied through a debug container.
func TestCopyTellsWhatItCannot(t *testing.T) {
	w := servers(t)
	w.set("TWINDECK_DEBUG_IMAGE", base())
	w.podOf("part", "", "  - {name: app, image: '"+base()+"', imagePullPolicy: Never, securityContext: {runAsUser: 1000}, command: [sh, -c, 'mkdir /tmp/d && cd /tmp/d && echo x > open && echo y > closed && chmod 0 closed && sleep 600']}\n")
	w.podOf("bare", "", "  - {name: app, image: '"+bareImage+"'}\n  hostPID: true\n")
	s := w.open(medium)
	s.Press("2", "tab")
	s.choose("part")
	s.copies(false, "/tmp/d", "part")
	s.See("but tar could not read some")
	if text, err := os.ReadFile(filepath.Join(w.dir, "part", "open")); err != nil || string(text) != "x\n" {
		t.Errorf("%q, %v", text, err)
	}
	s.choose("bare")
	s.copies(false, "/pause", "node")
	s.See("its image lacks the tools to copy", "The pod has hostPID")
	s.Insist("enter", "leave it")
	s.See("the pod has hostPID: true")
	s.Press("q")
	s.Exits()
	if _, err := os.Stat(filepath.Join(w.dir, "node")); err == nil {
		t.Error("something was copied")
	}
	if got := w.kubectl("-n", w.namespace, "get", "pod", "bare", "-o", "jsonpath={.spec.ephemeralContainers}"); got != "" {
		t.Errorf("a debug container was made: %s", got)
	}
}
