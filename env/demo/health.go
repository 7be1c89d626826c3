package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

func (c cluster) Metrics(ctx context.Context) (m kube.Metrics, err error) {
	return m, c.do(ctx, func(time.Time) error { m = kube.MetricsThere; return nil })
}

func (c cluster) CertificateEnd(ctx context.Context) (end time.Time, err error) {
	return end, c.do(ctx, func(time.Time) error { end = c.w.opened.Add(300 * day); return nil })
}

func (c cluster) Rules(ctx context.Context, _ string) (rules []string, whole bool, err error) {
	return rules, true, c.do(ctx, func(time.Time) error { rules = []string{"* *"}; return nil })
}

func (c cluster) Services(ctx context.Context, _ string) ([]kube.Service, error) {
	return nil, c.do(ctx, func(time.Time) error { return nil })
}

// Health tells of the pods that crash or cannot be pulled.
func (c cluster) Health(ctx context.Context, namespace string) (h kube.Health, err error) {
	return h, c.do(ctx, func(now time.Time) error {
		h.Namespace = namespace
		for _, p := range c.w.pods {
			if p.Namespace == namespace {
				h.Pods = append(h.Pods, p)
			}
		}
		byName(h.Pods)
		h.Count = len(h.Pods)
		for _, p := range h.Pods {
			if a := c.w.ailingOf(p, now); ailing(a.Pod) {
				h.Ailing = append(h.Ailing, a)
			}
		}
		return nil
	})
}

// troubleOf is what is the matter with a pod's container.
func troubleOf(p *kube.Pod) kube.Trouble {
	s := stateOf(p)
	t := kube.Trouble{Pod: p.Name, Container: p.Images[0].Container, Reason: s.reason, Message: s.message, ExitCode: s.exit}
	if p.Status == "CrashLoopBackOff" || p.Status == "Error" {
		t.ExitCode, t.Tail = 1, lastWords(p.Images[0].Image)
	}
	return t
}

// ailing says whether a pod does badly, and is not only starting or leaving.
func ailing(p *kube.Pod) bool {
	return slices.Contains([]string{"ImagePullBackOff", "ErrImagePull", "CrashLoopBackOff", "Error"}, p.Status)
}

// AddPullSecret lets the pods of the namespace log in to their registry: those
// that could not be pulled will be, once they are made anew.
func (c cluster) AddPullSecret(ctx context.Context, namespace, _, _ string, _ []byte) error {
	return c.turn(ctx, namespace, cannotPull, thrives)
}

// RemovePullSecret takes that back, for the workloads it helped.
func (c cluster) RemovePullSecret(ctx context.Context, namespace, _, _ string) error {
	return c.turn(ctx, namespace, thrives, cannotPull)
}

// turn changes the fate of a namespace's workloads from a private registry.
func (c cluster) turn(ctx context.Context, namespace string, from, to fate) error {
	return c.do(ctx, func(time.Time) error {
		for _, l := range c.w.workloads {
			if l.namespace == namespace && l.fate == from && strings.HasPrefix(l.image, "ghcr.io/") {
				l.fate = to
			}
		}
		return nil
	})
}

func (c cluster) SetPullPolicy(ctx context.Context, namespace string, owner kube.Owner, _ []kube.Container, _ string) error {
	return c.do(ctx, func(now time.Time) error {
		i := slices.IndexFunc(c.w.workloads, func(l *workload) bool { return l.owner == owner && l.namespace == namespace })
		if i < 0 {
			return fmt.Errorf("%s %q not found in namespace %s", owner.Kind, owner.Name, namespace)
		}
		l := c.w.workloads[i]
		c.w.roll(l, l.image, l.digest, l.fate, now)
		return nil
	})
}

// TryLogin implements env.Docker: the simulated registry takes everybody.
func (e engine) TryLogin(context.Context, docker.Login) error { return nil }

// Login knows the registry that the demonstration's private images are in.
func (e engine) Login(ctx context.Context, image string) (l docker.Login, err error) {
	return l, e.do(ctx, func(time.Time) error {
		l = docker.Login{Registry: strings.Split(image, "/")[0]}
		if strings.HasPrefix(image, "ghcr.io") || e.w.has(RegistryPrivate) {
			l = docker.NewLogin(l.Registry, "ada", "not-a-password")
		}
		return nil
	})
}
