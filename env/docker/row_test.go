package docker

import (
	"encoding/json"
	"testing"

	"github.com/moby/moby/api/types/container"
)

func TestKind(t *testing.T) {
	tests := []struct {
		labels map[string]string
		kind   Kind
		pod    string
	}{
		{nil, KindApp, ""},
		{map[string]string{"com.docker.compose.project": "shop"}, KindApp, ""},
		{map[string]string{"io.kubernetes.pod.name": "p", "io.kubernetes.pod.namespace": "n", "io.kubernetes.docker.type": "container"}, KindPod, "n/p"},
		{map[string]string{"io.kubernetes.pod.name": "p", "io.kubernetes.pod.namespace": "n", "io.kubernetes.docker.type": "podsandbox"}, KindSandbox, "n/p"},
		{map[string]string{"io.x-k8s.kind.cluster": "desktop", "io.x-k8s.kind.role": "control-plane"}, KindClusterNode, ""},
		{map[string]string{"k3d.cluster": "dev"}, KindClusterNode, ""},
		{map[string]string{"created_by.minikube.sigs.k8s.io": "true"}, KindClusterNode, ""},
		{map[string]string{"com.docker.desktop.extension": "true"}, KindDesktop, ""},
	}
	for _, tt := range tests {
		if kind, pod := kindOf(tt.labels); kind != tt.kind || pod != tt.pod {
			t.Errorf("%v is %d %q, want %d %q", tt.labels, kind, pod, tt.kind, tt.pod)
		}
	}
}

// TestRowOfOldEngine reads what API 1.40 answers: no health, no manifest,
// names of links.
func TestRowOfOldEngine(t *testing.T) {
	var s container.Summary
	err := json.Unmarshal([]byte(`{"Id":"a1","Names":["/web/db","/db"],"Image":"pg","ImageID":"sha256:1","Created":1,
		"Ports":[{"PrivatePort":5432,"Type":"tcp"},{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"}],
		"State":"running","Status":"Up 2 hours (unhealthy)"}`), &s)
	if err != nil {
		t.Fatal(err)
	}
	c := fromSummary(s)
	if c.Name != "db" || c.Health != "unhealthy" || len(c.Ports) != 2 || c.Ports[1] != (Port{"0.0.0.0", 8080, 80, "tcp"}) || c.Ports[0].HostIP != "" {
		t.Errorf("got %+v", c)
	}
}

func TestExitCode(t *testing.T) {
	for status, want := range map[string]int{
		"Exited (137) 2 hours ago": 137, "Restarting (1) 3 seconds ago": 1, "Exited (-1) now": -1,
		"Up 3 minutes": 0, "Created": 0, "": 0, "Exited (99999999999999999999) x": 0,
	} {
		if got := exitCode(status); got != want {
			t.Errorf("%q: %d, want %d", status, got, want)
		}
	}
}
