package docker

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
)

// fromSummary makes a row of what the list says. What only inspect knows
// (Started, Restarts) is missing.
func fromSummary(s container.Summary) Container {
	c := Container{
		ID:      s.ID,
		Name:    rowName(s.Names),
		Image:   s.Image,
		ImageID: s.ImageID,
		State:   string(s.State),
		Status:  s.Status,
		Created: time.Unix(s.Created, 0),
		Project: s.Labels[projectLabel],
		Service: s.Labels["com.docker.compose.service"],
		Ports:   ports(s.Ports),
		Labels:  labels(s.Labels),
	}
	c.Kind, c.Pod = kindOf(s.Labels)
	c.Health = healthOf(s)
	c.ExitCode = exitCode(s.Status)
	return c
}

// rowName picks the container's own name: links add names like /other/alias.
func rowName(names []string) string {
	for _, n := range names {
		if n = strings.TrimPrefix(n, "/"); !strings.Contains(n, "/") {
			return n
		}
	}
	return ""
}

func ports(in []container.PortSummary) []Port {
	var out []Port
	for _, p := range in {
		port := Port{Host: p.PublicPort, Container: p.PrivatePort, Proto: p.Type}
		if p.IP.IsValid() {
			port.HostIP = p.IP.String()
		}
		out = append(out, port)
	}
	return out
}

// kindOf tells by its labels what a container is for.
func kindOf(labels map[string]string) (kind Kind, pod string) {
	if name := labels["io.kubernetes.pod.name"]; name != "" {
		pod = labels["io.kubernetes.pod.namespace"] + "/" + name
		if labels["io.kubernetes.docker.type"] == "podsandbox" {
			return KindSandbox, pod
		}
		return KindPod, pod
	}
	for name := range labels {
		for _, node := range nodeLabels {
			if strings.HasPrefix(name, node) {
				return KindClusterNode, ""
			}
		}
		if strings.HasPrefix(name, "com.docker.desktop.") || strings.HasPrefix(name, "desktop.docker.io/kubernetes") {
			kind = KindDesktop
		}
	}
	return kind, ""
}

// nodeLabels begin the labels of containers that are Kubernetes nodes: those
// of kind (Docker Desktop's included), k3d and minikube.
var nodeLabels = []string{"io.x-k8s.kind.", "k3d.cluster", "created_by.minikube.sigs.k8s.io", "role.minikube.sigs.k8s.io"}

// healthOf reads the health check's verdict; before API 1.52 it is only in
// the words of Status.
func healthOf(s container.Summary) string {
	if s.Health != nil && s.Health.Status != container.NoHealthcheck {
		return string(s.Health.Status)
	}
	switch {
	case strings.HasSuffix(s.Status, "(healthy)"):
		return "healthy"
	case strings.HasSuffix(s.Status, "(unhealthy)"):
		return "unhealthy"
	case strings.HasSuffix(s.Status, "(health: starting)"):
		return "starting"
	}
	return ""
}

var exitWords = regexp.MustCompile(`^(?:Exited|Restarting) \((-?\d+)\)`)

// exitCode reads "Exited (137) 2 hours ago".
func exitCode(status string) int {
	m := exitWords.FindStringSubmatch(status)
	if m == nil {
		return 0
	}
	code, err := strconv.Atoi(m[1])
	if err != nil {
		return 0
	}
	return code
}

// detail is what only inspect tells of a container.
type detail struct {
	image       string // as the user named it, even where the name leads elsewhere by now
	started     time.Time
	restarts    int
	outOfMemory bool
	notStarted  string
}

func toDetail(in container.InspectResponse) detail {
	d := detail{restarts: in.RestartCount}
	if in.Config != nil {
		d.image = in.Config.Image
	}
	if in.State != nil {
		d.outOfMemory, d.notStarted = in.State.OOMKilled && !in.State.Running, in.State.Error
		// The engine writes year 1 for "never".
		if t, err := time.Parse(time.RFC3339Nano, in.State.StartedAt); err == nil && t.Year() > 1 {
			d.started = t
		}
	}
	return d
}
