package demo

import (
	"context"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// Why tells of one pod what Health tells of those that do badly.
func (c cluster) Why(ctx context.Context, namespace, pod string) (a kube.Ailing, err error) {
	return a, c.withPod(ctx, namespace, pod, func(p *kube.Pod, now time.Time) error {
		a = c.w.ailingOf(p, now)
		if !ailing(a.Pod) {
			a.Troubles = nil
		}
		return nil
	})
}

// ailingOf is all there is to know of a pod that may do badly.
func (w *world) ailingOf(p *kube.Pod, now time.Time) kube.Ailing {
	if l := w.of(p); l != nil && l.fate == crashes && p.Restarts > 1 && p.Status == "Running" {
		again := *p // up for a moment, between two crashes
		again.Status = "CrashLoopBackOff"
		p = &again
	}
	a := kube.Ailing{
		Pod: p, Troubles: []kube.Trouble{troubleOf(p)}, Account: "default", Events: warnings(w.eventsOf(p, now)),
		Containers: []kube.Container{{
			Name: p.Images[0].Container, Image: p.Images[0].Image, Pull: "IfNotPresent",
			Ports: []int{3000}, Memory: 128 << 20, MemoryLimit: 256 << 20,
		}},
	}
	s := stateOf(p)
	state := kube.ContainerState{Name: p.Images[0].Container, Now: s.reason, Restarts: p.Restarts}
	if s.kind == "Running" {
		state.Now, state.Since = "running", p.Created
	}
	if p.Status == "CrashLoopBackOff" || p.Status == "Error" {
		state.Ended = &kube.Ending{Code: 1, Reason: "Error", At: now.Add(-11 * time.Second), Ran: 2 * time.Second}
	}
	a.States = []kube.ContainerState{state}
	return a
}

func warnings(events []kube.Event) (out []kube.Event) {
	for _, e := range events {
		if e.Type == "Warning" {
			out = append(out, e)
		}
	}
	return out
}

// lastWords are what a program that crashes wrote before its end.
func lastWords(image string) []string {
	if strings.HasPrefix(image, "my-app:") {
		return crashTail
	}
	s, lines := scriptFor(image), []string{}
	for i := range s.lines {
		lines = append(lines, s.line(int64(i)))
	}
	return lines
}

// Why tells of the containers that do badly: one ends soon after each start,
// another is up and does not answer its health check.
func (e engine) Why(ctx context.Context, id string) (a docker.Ailment, err error) {
	return a, e.do(ctx, func(now time.Time) error {
		c, err := e.w.find(id)
		if err != nil {
			return err
		}
		a = docker.Ailment{Container: *c, Policy: "unless-stopped", Wanted: c.Ports, ImageArch: "arm64", EngineArch: "arm64", Tail: lastWords(c.Image)}
		switch {
		case c.Restarts > 0 || c.State == "exited":
			a.Finished = now.Add(-time.Second)
			if c.State == "exited" {
				a.Finished, a.Policy = c.Started.Add(2*time.Second), ""
			}
		case c.Health == "unhealthy":
			a.Check = &docker.HealthCheck{
				Asks: "curl -fsS http://localhost:9200/_cluster/health?wait_for_status=yellow", Every: 30 * time.Second, Timeout: 10 * time.Second, Retries: 3, Failed: 79,
				Runs: []docker.HealthRun{{At: now.Add(-21 * time.Second), Code: 1, Output: "curl: (22) The requested URL returned error: 503\n"}},
			}
		}
		return nil
	})
}
