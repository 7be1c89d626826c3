//go:build linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// oddly puts a folder with names that stretch over lines into a container.
var oddly = []string{"sh", "-c", "mkdir /tmp/odd && cd /tmp/odd && printf text >\"$(printf 'two\\nlines')\" && printf '' >plain && mkdir \"$(printf 'a\\nfolder')\""}

// A file whose name has a line break is one row, on both decks, can be found,
// chosen and copied.
func TestBrowseNamesWithLineBreaks(t *testing.T) {
	w := servers(t)
	name := w.container("e2e-odd", "tick")
	w.docker(append([]string{"exec", name}, oddly...)...)
	w.podOf("odd", "", "  - {name: app, image: '"+base()+"', command: [sleep, '600']}\n")
	w.kubectl(append([]string{"-n", w.namespace, "exec", "odd", "--"}, oddly...)...)
	s := w.open(medium)
	s.Press("2")
	for i, c := range []struct{ row, command string }{
		{name, "docker cp $'" + name + `:/tmp/odd/two\nlines'`},
		{"odd", "kubectl cp $'e2e-browse"}, // too long for one line
	} {
		s.choose(c.row)
		s.Press("F")
		s.See("Copy files", "out of the container")
		s.Insist("ctrl+u", "› /")
		s.Type("/tmp/odd")
		s.Press("ctrl+o")
		s.See("take this folder", `$'a\nfolder'/`, "plain", `$'two\nlines'`)
		for line := range strings.Lines(s.Screen()) {
			if strings.Contains(line, "lines") && !strings.Contains(line, `$'two\nlines'`) {
				t.Errorf("the name stretches over rows\n%s", s.framed())
			}
		}
		s.Type("two")
		s.SeeRow("▌", `$'two\nlines'`)
		s.Press("enter")
		s.See(`› $'/tmp/odd/two\nlines'`)
		to := fmt.Sprintf("back-%d", i)
		s.Press("tab", "ctrl+u")
		s.Type(to)
		s.See(c.command)
		s.Press("enter")
		s.See(`Copied $'two\nlines' out of ` + c.row + " to ")
		if text, err := os.ReadFile(filepath.Join(w.dir, to)); err != nil || string(text) != "text" {
			t.Errorf("%s: it holds %q, %v", c.row, text, err)
		}
		s.Press("tab")
	}
	s.Press("q")
	s.Exits()
}

// Copied through a debug container, a link leads where it does for the target,
// not to what the debug container has there.
func TestCopyFollowsTheTargetsLinks(t *testing.T) {
	w := onFixture(t)
	w.set("TWINDECK_DEBUG_IMAGE", base())
	w.write("linked/Dockerfile", "FROM "+bareImage+"\nCOPY tree /\n")
	w.write("linked/tree/etc/passwd.real", "of the target\n")
	for from, to := range map[string]string{"current": "/etc", "etc/passwd": "/etc/passwd.real"} {
		if err := os.Symlink(to, filepath.Join(w.home, "linked", "tree", from)); err != nil {
			t.Fatal(err)
		}
	}
	image := w.own("linked") + ":1"
	w.docker("build", "--quiet", "--tag="+image, filepath.Join(w.home, "linked"))
	t.Cleanup(func() { w.docker("image", "rm", "--force", image) })
	w.podOf("linked", "", "  - {name: app, image: '"+image+"', imagePullPolicy: Never}\n")
	t.Cleanup(func() { w.kubectl("-n", w.namespace, "delete", "pod/linked") })

	s := w.open(medium)
	s.Press("2", "tab")
	s.choose("linked")
	s.copies(false, "/current/passwd", "got")
	s.See("its image lacks the tools to copy")
	s.Insist("enter", "leave it")
	s.See("Copied passwd out of linked")
	if text, err := os.ReadFile(filepath.Join(w.dir, "got")); err != nil || string(text) != "of the target\n" {
		t.Errorf("it is %q, %v", text, err)
	}
	s.Press("q")
	s.Exits()
}

// In a namespace that allows only restricted pods, a debug container keeps to
// that, and sees the files all the same.
func TestDebugContainerWhereOnlyRestrictedPodsMayRun(t *testing.T) {
	w := onFixture(t)
	w.set("TWINDECK_DEBUG_IMAGE", base())
	w.kubectl("label", "namespace", w.namespace, "pod-security.kubernetes.io/enforce=restricted")
	w.podOf("bare", "", "  - {name: app, image: '"+bareImage+`', securityContext: {runAsNonRoot: true, runAsUser: 4711, runAsGroup: 4712,
       allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}}
`)
	s := w.open(medium)
	s.Press("2", "tab")
	s.choose("bare")
	s.Press("e")
	s.See("its image has no shell")
	s.Insist("enter", "leave it")
	s.See("kubectl debug -it bare", "--profile=restricted")
	s.Type("ls /proc/1/root/ | tr '\\n' ' '; echo $((40+2)) here\n")
	s.See("pause", "42 here")
	s.Type("exit\n")
	s.See("The debug shell in bare ended", "Pods")
	s.copies(false, "/pause", "got")
	s.See("its image lacks the tools to copy")
	s.Insist("enter", "leave it")
	s.See("Copied pause out of bare")
	if info, err := os.Stat(filepath.Join(w.dir, "got")); err != nil || info.Size() == 0 {
		t.Errorf("%v, %v", info, err)
	}
	s.Press("q")
	s.Exits()
}
