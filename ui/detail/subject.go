// Package detail shows one container or pod: its logs as they are written, and
// what docker and kubectl would describe.
package detail

import (
	"fmt"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

// Tab is one of the views of a subject.
type Tab string

// The tabs.
const (
	Logs     Tab = "Logs"
	Describe Tab = "Describe"
	YAML     Tab = "YAML"
	Events   Tab = "Events"
	Inspect  Tab = "Inspect"
)

// Subject is what the detail shows. The zero Subject is nothing.
type Subject struct {
	id        string
	title     string
	note      string // said in place of content, for a group
	container *docker.Container
	pod       *kube.Pod
}

// Container returns a container as a subject.
func Container(c *docker.Container) Subject {
	return Subject{id: c.ID, title: screen.Clean(c.Name), container: c}
}

// Pod returns a pod as a subject.
func Pod(p *kube.Pod) Subject {
	return Subject{id: p.UID, title: screen.Clean(p.Name), pod: p}
}

// Group returns a group of rows as a subject: there is nothing to show of it
// but how it stands.
func Group(title, note string) Subject { return Subject{title: title, note: note} }

// tabs returns the tabs a subject has.
func (s Subject) tabs() []Tab {
	switch {
	case s.container != nil:
		return []Tab{Logs, Inspect}
	case s.pod != nil:
		return []Tab{Logs, Describe, YAML, Events}
	}
	return nil
}

// same reports whether s and o are the same row in the same state: rows are
// never changed, a change makes a new one.
func (s Subject) same(o Subject) bool {
	return s == o
}

// running reports whether the subject can be writing logs.
func (s Subject) running() bool {
	if s.container != nil {
		return s.container.State == "running" || s.container.State == "restarting"
	}
	return s.pod != nil && s.pod.Phase != kube.PhaseDone
}

// command is what shows a tab without us.
func (s Subject) command(t Tab) string {
	switch {
	case s.container != nil && t == Logs:
		return "docker logs --follow " + s.title
	case s.container != nil:
		return "docker inspect " + s.title
	case s.pod == nil:
		return ""
	}
	ns := screen.Clean(s.pod.Namespace)
	switch t {
	case Logs:
		return fmt.Sprintf("kubectl logs --follow %s -n %s", s.title, ns)
	case Describe:
		return fmt.Sprintf("kubectl describe pod %s -n %s", s.title, ns)
	case YAML:
		return fmt.Sprintf("kubectl get pod %s -n %s -o yaml", s.title, ns)
	}
	return fmt.Sprintf("kubectl events --for pod/%s -n %s", s.title, ns)
}
