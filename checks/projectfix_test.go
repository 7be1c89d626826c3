package checks

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/host/hosttest"
	"github.com/twindeck/twindeck/env/project"
)

func TestFixStopsWhoHoldsThePort(t *testing.T) {
	l := mac(t)
	l.docker.containers = []docker.Container{
		{ID: "1", Name: "old-web", State: "running", Ports: []docker.Port{{Host: 8080, Proto: "tcp"}, {Host: 5432, Proto: "tcp"}}},
		{ID: "2", Name: "udp", State: "running", Ports: []docker.Port{{Host: 8080, Proto: "udp"}}},
	}
	_, undo, err := mend(t, l, "project.ports")
	if err != nil || !slices.Equal(l.docker.acted, []string{"stop 1"}) || statusOf(t, l, "project.ports") != OK {
		t.Errorf("%v, asked %v", err, l.docker.acted)
	}
	if err := undo.Run(t.Context(), silently); err != nil || !slices.Equal(l.docker.acted, []string{"stop 1", "start 1"}) {
		t.Errorf("%v, asked %v", err, l.docker.acted)
	}
}

func TestClusterNodeIsNotStoppedForAPort(t *testing.T) {
	l := mac(t)
	l.docker.containers = []docker.Container{
		{ID: "1", Name: "kind-control-plane", State: "running", Kind: docker.KindClusterNode, Ports: []docker.Port{{Host: 8080, Proto: "tcp"}}},
	}
	if f := findingOf(t, l, "project.ports"); f.Status != Warn || f.Fix != nil || !strings.Contains(strings.Join(f.Steps, "\n"), "belongs to a cluster") {
		t.Errorf("%+v", f)
	}
}

func TestComposePorts(t *testing.T) {
	h := &hosttest.Host{
		Env:   map[string]string{"SHELL_PORT": "7000", "EMPTY": ""},
		Files: map[string]string{"/src/My App/.env": "export FILE_PORT='7001'\n#X=1\nSHELL_PORT=1\n"},
	}
	p := project.Project{Dir: "/src/My App"}
	tests := []struct {
		ports string
		want  []uint16
	}{
		{`["3000"]`, nil},
		{`[3000]`, nil},
		{`["8000:3000"]`, []uint16{8000}},
		{`["127.0.0.1:8001:3000/tcp"]`, []uint16{8001}},
		{`["[::1]:8002:3000"]`, []uint16{8002}},
		{`["8003-8005:3000-3002"]`, []uint16{8003, 8004, 8005}},
		{`["127.0.0.1::3000"]`, nil},
		{`["${SHELL_PORT}:1", "$FILE_PORT:1", "${EMPTY:-7002}:1", "${EMPTY-7003}:1", "${NONE}:1"]`, []uint16{7000, 7001, 7002}},
		{`[{target: 80, published: 8006}, {target: 80, published: "8007", protocol: udp}, {target: 80}]`, []uint16{8006, 8007}},
		{`["99999:1", "x:1", "0:1", "9-8:1"]`, nil},
	}
	for _, tt := range tests {
		_, ports, err := composePorts(h, p, []byte("services:\n  web:\n    ports: "+tt.ports+"\n"))
		var got []uint16
		for _, x := range ports {
			got = append(got, x.port)
		}
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, %v; want %v", tt.ports, got, err, tt.want)
		}
	}
	for text, want := range map[string]string{"services: {}": "myapp", "name: ${FILE_PORT}": "7001"} {
		if name, _, err := composePorts(h, p, []byte(text)); name != want || err != nil {
			t.Errorf("%s is called %q, %v", text, name, err)
		}
	}
	if _, _, err := composePorts(h, p, []byte("services:\n\tweb: {}\n")); err == nil {
		t.Error("a broken file can be read")
	}
}

func FuzzComposePorts(f *testing.F) {
	f.Add([]byte(compose))
	f.Add([]byte("services: {a: {ports: ['${X:-1-65535}:1']}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, ports, err := composePorts(&hosttest.Host{}, project.Project{}, data)
		for _, p := range ports {
			if p.port == 0 || err != nil {
				t.Errorf("port %v, %v", p, err)
			}
		}
	})
}

func TestComposeMounts(t *testing.T) {
	h := &hosttest.Host{HomeDir: "/home/ada", Env: map[string]string{"DATA": "/srv/data"}}
	p := project.Project{Dir: "/home/ada/my-app"}
	const text = `services:
  web:
    volumes: [".:/app", "../other/:/other:ro", "node_modules:/app/node_modules", "/anonymous", "~/.aws:/root/.aws", "${DATA}/x:/x"]
  db:
    volumes:
      - {type: bind, source: ./conf, target: /conf}
      - {type: volume, source: data, target: /data}
      - {type: tmpfs, target: /tmp}
`
	want := []string{"/home/ada/.aws", "/home/ada/my-app", "/home/ada/my-app/conf", "/home/ada/other", "/srv/data/x"}
	if got := composeMounts(h, p, []byte(text)); !slices.Equal(got, want) {
		t.Errorf("it mounts %q", got)
	}
}

func TestFixMendsLineEnds(t *testing.T) {
	l := windows(t)
	path := l.project.Context + "/run.sh"
	l.host.Files[path] = "#!/bin/sh\r\necho 1\r\n"
	_, undo, err := mend(t, l, "project.line-ends")
	if err != nil || l.host.Files[path] != "#!/bin/sh\necho 1\n" || statusOf(t, l, "project.line-ends") != OK {
		t.Errorf("%v, %q", err, l.host.Files[path])
	}
	if err := undo.Run(t.Context(), silently); err != nil || l.host.Files[path] != "#!/bin/sh\r\necho 1\r\n" {
		t.Errorf("%v, %q", err, l.host.Files[path])
	}
}

func TestFixLinksThePlugin(t *testing.T) {
	const link = "/Users/ada/.docker/cli-plugins/docker-compose"
	l := mac(t)
	delete(l.host.Files, link)
	_, undo, err := mend(t, l, "docker.compose")
	if _, there := l.host.Files[link]; err != nil || !there || statusOf(t, l, "docker.compose") != OK {
		t.Errorf("%v, linked %v", err, there)
	}
	if err := undo.Run(t.Context(), silently); err != nil || statusOf(t, l, "docker.compose") != Warn {
		t.Error(err)
	}
}

func TestFixPrunesWhatItShowed(t *testing.T) {
	l := mac(t)
	l.host.Disks["/"] = host.Space{Total: 500e9, Free: 5e9}
	l.docker.spare = docker.Spare{
		Containers: []docker.SpareItem{{ID: "1", Name: "old", Size: 1e6}},
		Images:     []docker.SpareItem{{ID: "sha256:a", Name: "aaa", Size: 2e9}, {ID: "sha256:b", Name: "bbb", Size: 1e9}},
		BuildCache: 3e9,
	}
	f := findingOf(t, l, "docker.disk")
	want := []string{
		"docker rm old (1.0 MB)", "docker rmi aaa (2.0 GB, without a name)", "docker rmi bbb (1.0 GB, without a name)",
		"docker builder prune --force (up to 3.0 GB)",
	}
	if f.Fix == nil || !slices.Equal(f.Fix.Changes, want) {
		t.Fatalf("%+v", f.Fix)
	}
	const lost = "1 stopped container with what it wrote (1.0 MB), 2 images without a name (3.0 GB), the build cache (3.0 GB): the next build is slower; volumes, and images with a name, stay"
	if f.Fix.Lost != lost {
		t.Errorf("lost is %q", f.Fix.Lost)
	}
	said, undo, err := mend(t, l, "docker.disk")
	if err != nil || undo != nil || !strings.Contains(said, "6.0 GB are free again") {
		t.Errorf("%v, %v, said %s", err, undo, said)
	}
	if f := findingOf(t, l, "docker.disk"); f.Fix != nil {
		t.Errorf("there is still %+v", f.Fix)
	}
}

func TestSoundDaemonConfig(t *testing.T) {
	for data, sound := range map[string]bool{
		"": true, "\n": true, "{}": true, `{"debug": true, "experimental": {}}`: true, `{"hosts": ["unix:///a"]}`: true,
		`{"log-opts": {"max-file": "3"}}`: true, `{"log-opts": {"max-file": 3}}`: false, `{"dns": "1.1.1.1"}`: false,
		"[]": false, "{": false, `{"debug": "yes"}`: false,
	} {
		if err := soundDaemonConfig([]byte(data)); (err == nil) != sound {
			t.Errorf("%q: %v", data, err)
		}
	}
}

func FuzzSoundDaemonConfig(f *testing.F) {
	f.Add([]byte(`{"dns": ["1.1.1.1"]}`))
	f.Add([]byte("{\n\"log-opts\": 3}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		err := soundDaemonConfig(data)
		if place := jsonPlace("daemon.json", data, err); err != nil && !strings.HasPrefix(place, "daemon.json:") {
			t.Errorf("%q is wrong at %s", data, place)
		}
	})
}

// What was found on one engine is not mended on another that was chosen since.
func TestFixStaysAtItsEngine(t *testing.T) {
	for _, id := range []string{"docker.disk", "project.ports"} {
		l := mac(t)
		l.host.Disks["/"] = host.Space{Total: 500e9, Free: 5e9}
		l.docker.spare = docker.Spare{BuildCache: 3e9}
		l.docker.containers = []docker.Container{{ID: "1", Name: "old-web", Image: "web:1", State: "running", Ports: []docker.Port{{Host: 8080, Container: 80, Proto: "tcp"}}}}
		fix := findingOf(t, l, id).Fix
		if fix == nil {
			t.Fatalf("%s has no fix", id)
		}
		l.docker.endpoint.Context, l.docker.endpoint.Host = "other", "unix:///other.sock"
		if _, err := fix.Run(t.Context(), silently); !errors.Is(err, docker.ErrElsewhere) || l.docker.spare.BuildCache == 0 || len(l.docker.acted) > 0 {
			t.Errorf("%s: %v, did %q", id, err, l.docker.acted)
		}
	}
}
