package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// explainCrash is about a container that ended.
func explainCrash(ctx context.Context, m *Machine, a ailment) Finding {
	image := a.container.Image
	var f Finding
	switch a.cause {
	case kube.OutOfMemory:
		f = about(a, "%s was killed: it used more memory than its limit%s", a.Pod.Name, limitOf(a.container)).
			byHand("Raise resources.limits.memory of container "+a.container.Name+" in "+a.place()+suggestMemory(a.container),
				"Or make the program use less")
	case kube.WrongArch:
		f = aboutArch(ctx, m, a)
	case kube.NoCommand:
		f = about(a, "%s does not start: its command is not in the image %s", a.Pod.Name, image).
			byHand("See command and args of the pod against what the image holds: docker run --rm --entrypoint ls "+image+" -l /",
				"A script that is there and \"not found\" has Windows line ends (CRLF), or names an interpreter the image lacks")
	case kube.NotExecutable:
		f = about(a, "%s does not start: its command may not be executed", a.Pod.Name).
			byHand("In the Dockerfile: COPY --chmod=755", "Or: RUN chmod +x FILE, before USER")
	case kube.Killed:
		f = about(a, "%s was killed (exit code 137)", a.Pod.Name).
			byHand("Its memory limit is "+orElse(bytesOf(a.container.MemoryLimit), "not set")+": raise it, if the node was short of memory",
				"kubectl describe pod "+a.Pod.Name+" tells whether a probe did it")
	case kube.Segfault:
		f = about(a, "%s crashed with a memory fault (exit code 139)", a.Pod.Name).
			byHand("Run it by hand: docker run --rm "+image, "An image built for another system or library (glibc, musl) is a usual cause")
	case kube.AskedToEnd:
		f = about(a, "%s was asked to end (exit code 143) and is started again", a.Pod.Name).
			byHand("kubectl describe pod " + a.Pod.Name + " tells who asked: a probe, the node, or its own script")
	case kube.EndsByItself:
		f = about(a, "%s ends by itself (exit code 0), and is started again", a.Pod.Name).
			byHand("A "+orElse(a.Pod.Owner.Kind, "pod")+" expects a program that keeps running: see CMD and ENTRYPOINT of "+image,
				"What does one thing and ends is a Job")
	case kube.Evicted:
		f = about(a, "%s was put out by its node", a.Pod.Name).
			byHand("kubectl describe nodes shows what the node is short of", "kubectl delete pod "+a.Pod.Name+" removes what is left of it")
	case kube.NodeDown:
		f = about(a, "%s ended with its node, which was shut down", a.Pod.Name).
			byHand("What is owned by a Deployment or the like was started again elsewhere: kubectl delete pod " + a.Pod.Name + " removes what is left of it")
	case kube.PastEnd:
		f = about(a, "%s was ended: it ran longer than its activeDeadlineSeconds", a.Pod.Name).
			byHand("Raise spec.activeDeadlineSeconds, or let it do less at once")
	default:
		if a.trouble.Reason != "CrashLoopBackOff" && a.trouble.ExitCode == 0 { // nothing of it ever ran
			f = about(a, "%s does not come up: %s", a.Pod.Name, orElse(a.trouble.Reason, a.Pod.Status)).
				byHand("kubectl describe pod "+a.Pod.Name+" shows what its node says of it", "kubectl delete pod "+a.Pod.Name+" has it made anew, if it has a workload")
			break
		}
		f = about(a, "%s crashes: exit code %d%s", a.Pod.Name, a.trouble.ExitCode, inWords(a.trouble.ExitCode)).
			byHand("Read its last lines: kubectl logs "+a.Pod.Name+" --previous --container "+orElse(a.container.Name, a.trouble.Container),
				"Run it by hand: docker run --rm "+image)
	}
	f = withTail(f, a)
	if a.container.MemoryLimit > 0 {
		f = f.saw("memory limit", "%s", bytesOf(a.container.MemoryLimit))
	}
	if a.Pod.Restarts > 0 {
		f = f.saw("restarts", "%d", a.Pod.Restarts)
	}
	if told, ok := toldBy(a.trouble.Tail); ok {
		f = f.byHand(inOneStep(told))
	}
	if lacksNames(a.trouble.Tail) {
		f.Because = "kube.coredns"
	}
	return f
}

// toldBy is what is known of the words a program wrote before its end. They are
// read as what they mean where it ran, not here.
func toldBy(tail []string) (e Explanation, ok bool) {
	told := Explain("linux", strings.Join(tail, "\n"))
	if len(told) == 0 || told[0].ID == "out-of-memory" {
		return Explanation{}, false
	}
	return told[0], true
}

// inOneStep is a known text's cause with what to do.
func inOneStep(e Explanation) string { return e.Cause + ": " + strings.Join(e.Do, "; ") }

// lacksNames reports whether a program could not look a name up.
func lacksNames(tail []string) bool {
	text := strings.ToLower(strings.Join(tail, "\n"))
	return slices.ContainsFunc([]string{"no such host", "eai_again", "temporary failure in name resolution", "server misbehaving"},
		func(s string) bool { return strings.Contains(text, s) })
}

func inWords(code int) string {
	if w := kube.ExitWords(code); w != "" {
		return " (" + w + ")"
	}
	return ""
}

// bytesOf writes bytes as manifests do (64Mi); empty for none.
func bytesOf(n int64) string {
	switch {
	case n <= 0:
		return ""
	case n%(1<<30) == 0:
		return fmt.Sprintf("%dGi", n>>30)
	}
	return fmt.Sprintf("%dMi", n>>20)
}

func limitOf(c kube.Container) string {
	if c.MemoryLimit == 0 {
		return ""
	}
	return " of " + bytesOf(c.MemoryLimit)
}

func suggestMemory(c kube.Container) string {
	if c.MemoryLimit == 0 {
		return ""
	}
	return fmt.Sprintf(": memory: %s", bytesOf(2*c.MemoryLimit))
}

// foreign reports whether the engine's image is for another architecture than
// the pod's node, which then acts as if it did not have the image.
func (m *Machine) foreign(ctx context.Context, a ailment) bool {
	image, err := m.localImage(ctx, a.container.Image)
	arch := m.archOf(ctx, a.Pod.Node)
	return err == nil && image.Arch != "" && arch != "" && image.Arch != arch
}

// archOf is the architecture of a node; empty: not known.
func (m *Machine) archOf(ctx context.Context, node string) string {
	nodes, err := m.nodes(ctx)
	if err != nil {
		return ""
	}
	for _, n := range nodes {
		if n.Name == node {
			return n.Arch
		}
	}
	return ""
}

// aboutArch is about an image of another architecture than the node's.
func aboutArch(ctx context.Context, m *Machine, a ailment) Finding {
	f := about(a, "%s does not start: the image %s is for another architecture", a.Pod.Name, a.container.Image)
	arch := m.archOf(ctx, a.Pod.Node)
	if arch != "" {
		f = f.saw("node "+a.Pod.Node, "%s", arch)
	}
	if image, err := m.localImage(ctx, a.container.Image); err == nil {
		f = f.saw("the engine's "+a.container.Image, "%s", image.Arch)
	}
	return f.byHand("Build it for the node: twindeck build --platform linux/"+orElse(arch, "the node's architecture"), "Then deploy it again")
}

// explainProbe is about a pod that does not answer.
func explainProbe(ctx context.Context, m *Machine, a ailment) Finding {
	p := failing(a)
	says := fmt.Sprintf("%s is not ready: %s", a.Pod.Name, orElse(string(a.cause), "its probe fails"))
	if a.cause == kube.ProbeKilled {
		says = fmt.Sprintf("%s is killed again and again: its %s probe fails", a.Pod.Name, orElse(p.Kind, "liveness"))
	}
	if a.trouble.Probe == "" {
		return withTail(about(a, "%s runs and does not become ready", a.Pod.Name), a).
			byHand("kubectl describe pod " + a.Pod.Name + " shows its conditions and probes")
	}
	if p.Port > 0 {
		says += fmt.Sprintf(" (%s on port %d)", p.Asks, p.Port)
	}
	f := about(a, "%s", says)
	f = f.saw("probe", "%s", a.trouble.Probe)
	f = f.saw("ports of the container", "%s", orNone(numbers(a.container.Ports)))
	if image, err := m.localImage(ctx, a.container.Image); err == nil && len(image.Ports) > 0 {
		f = f.saw("EXPOSE of the image", "%s", strings.Join(image.Ports, ", "))
	}
	f = withTail(f, a)
	other := len(a.container.Ports) > 0 && p.Port > 0 && !slices.Contains(a.container.Ports, p.Port)
	switch {
	case other:
		f = f.byHand(fmt.Sprintf("The container opens %s, and the probe asks %d: write port: %d into %sProbe of %s",
			numbers(a.container.Ports), p.Port, a.container.Ports[0], p.Kind, a.place()))
	case strings.Contains(a.trouble.Probe, "connection refused"):
		f = f.byHand("Let the program listen on that port on 0.0.0.0, not on 127.0.0.1 alone",
			"If it takes long to start, give it time: a startupProbe, or initialDelaySeconds")
	case strings.Contains(a.trouble.Probe, "statuscode: 404"):
		f = f.byHand(fmt.Sprintf("The program serves nothing at %s: write the right path into %sProbe of %s", strings.TrimPrefix(p.Asks, "GET "), p.Kind, a.place()))
	case strings.Contains(a.trouble.Probe, "statuscode"):
		f = f.byHand("The program says itself that it is not well: its log tells why", "kubectl logs "+a.Pod.Name)
	default:
		f = f.byHand("Give it longer: timeoutSeconds (1 by default) and failureThreshold of the probe", "kubectl logs "+a.Pod.Name+" shows what keeps it busy")
	}
	return f
}

// failing is the probe that the kubelet's words are about.
func failing(a ailment) kube.Probe {
	kind, _, _ := strings.Cut(strings.ToLower(a.trouble.Probe), " ")
	for _, p := range a.container.Probes {
		if p.Kind == kind {
			return p
		}
	}
	return kube.Probe{Kind: kind}
}

func numbers(ns []int) string {
	var out []string
	for _, n := range ns {
		out = append(out, fmt.Sprint(n))
	}
	return strings.Join(out, ", ")
}

// localImage is an image of the engine, asked for once a run.
func (m *Machine) localImage(ctx context.Context, ref string) (docker.Image, error) {
	return once(ctx, &m.facts, "image "+ref, func(ctx context.Context) (docker.Image, error) { return m.Docker.Image(ctx, ref) })
}
