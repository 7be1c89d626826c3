//go:build unix

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Images are followed like containers: what is tagged, pulled and removed
// elsewhere is on the screen without being asked for.
func TestImagesFollow(t *testing.T) {
	w := onFixture(t)
	registry := os.Getenv("TWINDECK_FIXTURE_REGISTRY")
	local, remote := w.namespace+":1", registry+"/"+w.namespace+":1"
	t.Cleanup(func() { w.command("docker", "rmi", local, remote) })

	s := w.open(medium)
	s.Press("2", "v")
	s.See("Images")
	s.Filter(w.namespace)
	s.See("None of the images match")
	w.docker("tag", base(), local)
	s.SeeRow(base()) // the image, with one name more
	w.docker("tag", base(), remote)
	w.docker("push", remote)
	w.docker("rmi", local)

	s.SeeRow("▌", base())
	s.Press("i")
	s.See(`"RepoTags"`, remote, "docker image inspect")
	s.Press("esc")
	w.docker("rmi", remote)
	s.See("None of the images match")
}

// An engine's image is pulled anew by a key, and what it lacks is told.
func TestPullByKey(t *testing.T) {
	w := onFixture(t)
	remote := os.Getenv("TWINDECK_FIXTURE_REGISTRY") + "/" + w.namespace + ":1"
	w.write("work/Dockerfile", "FROM scratch\nCOPY Dockerfile /\n")
	w.docker("build", "--tag", remote, ".")
	t.Cleanup(func() { w.command("docker", "rmi", "--force", remote) })

	s := w.open(medium)
	s.Press("2", "v")
	s.Filter(w.namespace)
	s.SeeRow("▌", w.namespace)
	s.Press("U")
	s.See("has no such image") // nobody has pushed it
	s.Press("esc")
	w.docker("push", remote)
	s.Press("U")
	s.See("pull "+remote, "done")
}

// What is in a container: environment with secrets masked, use, processes;
// paused, going on, killed.
func TestContainerContents(t *testing.T) {
	w := servers(t)
	name := w.container("e2e-inside", "tick", "--env", "GREETING=hello", "--env", "DB_PASSWORD=hunter2", "--memory", "64m")
	s := w.open(medium)
	s.Press("2")
	s.Filter(name)
	s.SeeRow("▌", name, "up")
	s.Press("]", "]")
	s.See("GREETING=hello", "DB_PASSWORD=********")
	s.Press("]")
	s.See("CPU:", "Memory:", "of 64M", "docker stats "+name)
	s.Press("]")
	s.See("PID", "sleep 1", "docker top "+name)
	if strings.Contains(s.Screen(), "hunter2") {
		t.Errorf("a secret is shown\n%s", s.framed())
	}

	s.Press("P")
	s.SeeRow(name, "paused")
	s.Press("P")
	s.SeeRow(name, "up")
	s.Press("K")
	s.See("Kill container " + name)
	s.Insist("y", "leave it")
	s.SeeRow(name, "exited 137")
}

// Another Docker context without a restart: the former engine's rows are gone,
// what keys do happens at the engine shown, and the docker command's
// configuration stays as it was.
func TestDockerContextSwitched(t *testing.T) {
	w := onFixture(t)
	here := w.container("e2e-here", "tick")
	w.set("DOCKER_CONTEXT", "separate")
	there := w.container("e2e-there", "tack")
	t.Cleanup(func() { w.command("docker", "--context", "separate", "rm", "--force", there) })
	w.unset("DOCKER_CONTEXT")
	t.Cleanup(func() { w.command("docker", "--context", "desktop-linux", "rm", "--force", here) })
	config := filepath.Join(os.Getenv("DOCKER_CONFIG"), "config.json")
	before, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}

	s := w.open(medium)
	s.Press("2")
	s.Filter("e2e-")
	s.SeeRow(here, "up")
	s.Press("c")
	s.See("Where to work", "separate")
	s.Type("separate")
	s.Press("enter")
	s.SeeRow(there, "up")
	s.Gone(here)
	s.Press("l")
	s.See("tack 3")
	s.Press("esc")
	s.Press("S")
	s.SeeRow(there, "exited")
	if out := w.docker("--context", "desktop-linux", "ps", "--quiet", "--filter", "name="+here); out == "" {
		t.Error("the container of the former engine does not run any more")
	}
	s.Press("c")
	s.See("Where to work")
	s.Type("desktop-linux")
	s.Press("enter")
	s.SeeRow(here, "up")
	s.Gone(there)

	if after, err := os.ReadFile(config); err != nil || string(after) != string(before) {
		t.Errorf("config.json is %s, %v", after, err)
	}
}
