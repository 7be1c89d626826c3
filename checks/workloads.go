package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/kube"
)

func workloadChecks() []*Check {
	seen := []string{"pods.seen"}
	return []*Check{
		{
			ID: "pods.seen", Subject: Workloads, Title: "The namespace's pods can be looked at",
			Why:   "What is wrong with a pod is known to the API server alone.",
			Needs: []string{"kube.nodes", "kube.namespace"}, Command: "kubectl get pods",
			Probe: probePodsSeen,
		},
		{
			ID: "pods.security", Subject: Workloads, Title: "Every workload may make its pods",
			Why:   "A namespace's Pod Security level or quota can refuse them; then there is no pod to look at.",
			Needs: seen, Command: "kubectl get events --field-selector reason=FailedCreate",
			Probe: probeRefused,
		},
		{
			ID: "pods.scheduled", Subject: Workloads, Title: "Every pod has found a node",
			Why:   "A pod without a node waits for ever.",
			Needs: seen, Command: "kubectl get pods --field-selector status.phase=Pending",
			Probe: podsProbe("have found a node", "pods.scheduled"),
		},
		{
			ID: "pods.image", Subject: Workloads, Title: "Every pod's image can be pulled",
			Why:   "A pod without its image never starts.",
			Needs: seen, Command: "kubectl describe pod POD",
			Probe: podsProbe("have their images", "pods.image"),
		},
		{
			ID: "pods.never-pull", Subject: Workloads, Title: "No pod forbids the pull of an image its node lacks",
			Why:   "With imagePullPolicy: Never, the image must be on the node before the pod.",
			Needs: seen, Command: "kubectl get pods", Probe: podsProbe("have their images", "pods.never-pull"),
		},
		{
			ID: "pods.config", Subject: Workloads, Title: "Every container can be created",
			Why:   "A missing ConfigMap, Secret or volume, or a user that is not allowed, keeps it from starting.",
			Needs: seen, Command: "kubectl describe pod POD",
			Probe: podsProbe("could be created", "pods.config"),
		},
		{
			ID: "pods.crash", Subject: Workloads, Title: "No container crashes",
			Why:   "A container that ends is started again, later each time.",
			Needs: seen, After: []string{"kube.coredns"}, Command: "kubectl logs POD --previous",
			Probe: podsProbe("keep running", "pods.crash"),
		},
		{
			ID: "pods.probe", Subject: Workloads, Title: "Every pod answers its probes",
			Why:   "A pod that does not gets no traffic, or is killed.",
			Needs: seen, Command: "kubectl describe pod POD",
			Probe: podsProbe("answer theirs", "pods.probe"),
		},
		{
			ID: "pods.stale", Subject: Workloads, Title: "Pods run the image that was built last",
			Why:   "A node keeps an image it has under the same tag: the old code goes on running.",
			Needs: []string{"pods.seen", "docker.api"}, Command: "kubectl get pods -o jsonpath='{..imageID}'",
			Probe: probeStale,
		},
		{
			ID: "services.pending", Subject: Workloads, Title: "Every load balancer has its address",
			Why:   "Until then the service cannot be reached from outside.",
			Needs: seen, Command: "kubectl get services", Probe: probePendingServices,
		},
		{
			ID: "services.nodeport", Subject: Workloads, Title: "Node ports can be reached from here",
			Why:   "In clusters that run inside a container they often end there.",
			Needs: seen, Command: "kubectl get services", Probe: probeNodePorts,
		},
	}
}

// explainer says what is the matter with a pod, and what to do.
type explainer func(ctx context.Context, m *Machine, a ailment) Finding

// podGroup are the causes that one check looks for, and who explains them.
type podGroup struct {
	check   string
	explain explainer
	causes  []kube.Cause
}

func podGroups() []podGroup {
	return []podGroup{
		{"pods.scheduled", explainPlace, []kube.Cause{kube.NoRoom, kube.NodeKept}},
		{"pods.image", explainPull, pullCauses()},
		{"pods.never-pull", explainNeverPull, []kube.Cause{kube.NeverPull}},
		{"pods.config", explainConfig, []kube.Cause{kube.RunsAsRoot, kube.NamedUser, kube.ConfigMissing, kube.CannotCreate, kube.NoVolume, kube.CannotMount}},
		{"pods.crash", explainCrash, []kube.Cause{
			kube.OutOfMemory, kube.WrongArch, kube.NoCommand, kube.NotExecutable,
			kube.Killed, kube.Segfault, kube.AskedToEnd, kube.EndsByItself, kube.Crashes, kube.Evicted, kube.NodeDown, kube.PastEnd, kube.Unknown,
		}},
		{"pods.probe", explainProbe, []kube.Cause{kube.ProbeKilled, kube.ProbeRefused, kube.ProbeSlow, kube.ProbeAnswer, kube.ProbeFails}},
	}
}

// podGroupOf is the group of a check.
func podGroupOf(check string) podGroup {
	for _, g := range podGroups() {
		if g.check == check {
			return g
		}
	}
	return podGroup{}
}

func pullCauses() []kube.Cause {
	return []kube.Cause{
		kube.NoSpace, kube.StoreBroken, kube.RateLimited, kube.PlainHTTP, kube.NoPlatform, kube.UntrustedTLS, kube.NoSuchHost,
		kube.RegistrySilent, kube.PullDenied, kube.ImageMissing, kube.PullFails, kube.BadImageName,
	}
}

func (m *Machine) health(ctx context.Context) (kube.Health, error) {
	return once(ctx, &m.facts, "pods", func(ctx context.Context) (kube.Health, error) {
		at, err := m.Kube.Context()
		if err != nil {
			return kube.Health{}, err
		}
		return m.Kube.Health(kube.Aim(ctx, at), at.Namespace)
	})
}

func probePodsSeen(ctx context.Context, m *Machine) Finding {
	h, err := m.health(ctx)
	switch {
	case errors.Is(err, kube.ErrForbidden):
		return notHere("You may not look at pods here").saw("GET pods", "%v", err)
	case err != nil:
		return fail("The pods cannot be listed").saw("GET pods", "%v", err)
	}
	return ok("%s in namespace %s", count(h.Count, "pod", "pods"), h.Namespace).
		saw("GET pods -n "+h.Namespace, "%d, of which %d are looked at closely", h.Count, len(h.Ailing))
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// ailment is a pod with the trouble that counts, and the container it is about.
type ailment struct {
	kube.Ailing
	trouble   kube.Trouble
	cause     kube.Cause
	container kube.Container
}

func ailmentOf(a kube.Ailing) ailment {
	x := ailment{Ailing: a, trouble: kube.Telling(a.Troubles)}
	x.cause = x.trouble.Cause()
	for i, c := range a.Containers {
		if c.Name == x.trouble.Container || i == 0 && x.trouble.Container == "" {
			x.container = c
		}
	}
	if x.cause == kube.Unknown && x.trouble.Reason == "NotReady" {
		x.cause = kube.ProbeFails
	}
	return x
}

// starts reports whether a pod may only be slow: it runs for a moment, and its
// probe did not fail yet.
func (a ailment) starts(now time.Time) bool {
	return a.trouble.Reason == "NotReady" && a.trouble.Probe == "" && now.Sub(a.trouble.Since) < time.Minute
}

// minor reports whether the pod is no fault of now: what a Job or a node
// retries by itself, or a probe that may still get its answer.
func (a ailment) minor(now time.Time) bool {
	young := a.trouble.Reason == "NotReady" && a.trouble.Count < 3 && now.Sub(a.trouble.Since) < 10*time.Second
	return a.cause == kube.Evicted || a.cause == kube.NodeDown || a.Pod.Owner.Kind == "Job" && a.trouble.Reason != "CrashLoopBackOff" || young
}

// place is how kubectl would be told of the pod's workload, or of the pod.
func (a ailment) place() string {
	if a.deployable() {
		return strings.ToLower(a.Pod.Owner.Kind) + "/" + a.Pod.Owner.Name
	}
	return "pod/" + a.Pod.Name
}

// deployable reports whether the pod's template can be changed in the cluster.
func (a ailment) deployable() bool {
	return slices.Contains([]string{"Deployment", "StatefulSet", "DaemonSet"}, a.Pod.Owner.Kind)
}

// podsProbe finds the pods that have one of a check's causes and explains the
// first; the others are evidence.
func podsProbe(fine, check string) func(context.Context, *Machine) Finding {
	return func(ctx context.Context, m *Machine) Finding {
		g := podGroupOf(check)
		h, err := m.health(ctx)
		if err != nil {
			return notHere("The pods cannot be looked at").saw("GET pods", "%v", err)
		}
		var found []ailment
		more := 0
		for _, each := range h.Ailing {
			a := ailmentOf(each)
			if !slices.Contains(g.causes, a.cause) || a.starts(m.Host.Now()) {
				continue
			}
			found = append(found, a)
			more += 1 + a.Alike
		}
		if len(found) == 0 {
			return ok("All pods of namespace %s %s", h.Namespace, fine).saw("GET pods -n "+h.Namespace, "%d", h.Count)
		}
		slices.SortStableFunc(found, func(a, b ailment) int { return m.ownFirst(ctx, a) - m.ownFirst(ctx, b) })
		f := g.explain(ctx, m, found[0])
		if f.Status = Warn; slices.ContainsFunc(found, func(a ailment) bool { return !a.minor(m.Host.Now()) }) {
			f.Status = Fail
		}
		if more > 1 {
			f.Summary += fmt.Sprintf(" (and %d more like it)", more-1)
		}
		for _, a := range found[1:] {
			f = f.saw(a.Pod.Namespace+"/"+a.Pod.Name, "%s: %s", a.trouble.Reason, orElse(string(a.cause), oneLine(a.trouble.Message)))
		}
		return f
	}
}

// ownFirst is 0 for the project's own image, which one came for.
func (m *Machine) ownFirst(ctx context.Context, a ailment) int {
	if p, err := m.project(ctx); err == nil && p.Name != "" && p.Builds(imageName(a.container.Image)) {
		return 0
	}
	return 1
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// about is a finding on one pod with what the API server knows of it.
func about(a ailment, format string, args ...any) Finding {
	f := fail(format, args...)
	what := "pod " + a.Pod.Namespace + "/" + a.Pod.Name
	if a.trouble.Container != "" {
		what += ", container " + a.trouble.Container
	}
	return f.saw(what, "%s: %s", a.trouble.Reason, orElse(a.trouble.Message, "no message"))
}

// tailShown is how many of a log's last lines a finding shows.
const tailShown = 6

// withTail adds the last log lines.
func withTail(f Finding, a ailment) Finding {
	if len(a.trouble.Tail) == 0 {
		return f
	}
	return f.saw("last lines", "%s", strings.Join(a.trouble.Tail[max(0, len(a.trouble.Tail)-tailShown):], "\n"))
}
