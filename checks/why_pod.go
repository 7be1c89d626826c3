package checks

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/kube"
)

// whyPod says what is the matter with a pod that was looked at.
func whyPod(ctx context.Context, m *Machine, a kube.Ailing) Why {
	switch {
	case !a.Deleted.IsZero():
		return whyLeaving(a, m.Host.Now())
	case len(a.Troubles) == 0 && len(a.Doubts) > 0:
		return whyDoubt(ctx, m, a)
	case len(a.Troubles) == 0:
		return whyWell(a)
	}
	return whyIll(ctx, m, a)
}

// whyIll is about a pod that is in trouble.
func whyIll(ctx context.Context, m *Machine, a kube.Ailing) Why {
	x := ailmentOf(a)
	id, explain := explainerOf(x.cause)
	f := explain(ctx, m, x)
	w := Why{Status: Fail, Head: headline(f.Summary, a.Pod.Name), Steps: f.Steps, Fix: f.Fix, Link: f.Link, Check: id}
	if x.minor(m.Host.Now()) || x.starts(m.Host.Now()) {
		w.Status = Warn
	}
	if told, ok := toldBy(x.trouble.Tail); ok {
		w.Steps = slices.DeleteFunc(slices.Clone(w.Steps), func(s string) bool { return s == inOneStep(told) })
		w.knows(told)
	} else if id == "pods.crash" {
		w.Says = mostTelling(x.trouble.Tail)
	}
	if told, ok := Telling("linux", x.trouble.Message); ok && w.Known == nil && x.cause == kube.Unknown {
		w.knows(told)
	}
	if at, err := m.Kube.Context(); err == nil && at.Namespace != a.Pod.Namespace {
		w.Steps = inNamespace(w.Steps, a.Pod.Namespace)
	}
	if isPull(x.cause) || x.cause == kube.NeverPull {
		m.sawOfImage(ctx, &w, x)
	}
	w.sawOfContainer(x)
	w.sawOfFinding(f, x)
	w.sawOfEvents(x)
	if len(x.trouble.Tail) > 0 {
		w.Tail, w.TailOf = withoutBlank(x.trouble.Tail), "container "+x.trouble.Container
	}
	return w
}

// headline is a finding's summary without the name of the pod, which stands
// above the card.
func headline(summary, pod string) string {
	return capital(strings.TrimPrefix(summary, pod+" "))
}

// explainerOf is who explains a cause, and the check it belongs to.
func explainerOf(c kube.Cause) (id string, explain explainer) {
	for _, g := range podGroups() {
		if slices.Contains(g.causes, c) {
			return g.check, g.explain
		}
	}
	return "", explainCrash // what a pod is refused for has no pod
}

func isPull(c kube.Cause) bool { return slices.Contains(pullCauses(), c) }

// ofPod is a kubectl command about one pod.
var ofPod = regexp.MustCompile(`kubectl (?:describe|delete) pod \S+|kubectl logs \S+`)

// inNamespace names the namespace in commands about a pod.
func inNamespace(steps []string, namespace string) []string {
	out := slices.Clone(steps)
	for i, s := range out {
		if !strings.Contains(s, " -n ") {
			out[i] = ofPod.ReplaceAllString(s, "$0 -n "+namespace)
		}
	}
	return out
}

// sawOfImage tells which registry said what, whether the image is here, and
// whether the pod's node would see it.
func (m *Machine) sawOfImage(ctx context.Context, w *Why, x ailment) {
	p := m.pullOf(ctx, x)
	who := orElse(p.host, "the registry")
	if x.cause == kube.NeverPull {
		who = "the node"
	}
	w.saw(who+" said", ownWords(x.trouble.Message))
	here := "was not asked"
	switch {
	case p.local:
		here = "has the image"
		if image, err := m.localImage(ctx, x.container.Image); err == nil {
			here += fmt.Sprintf(" (%s/%s)", image.OS, image.Arch)
		}
	case p.known:
		here = "does not have the image"
	}
	w.saw("local engine", here)
	w.saw(p.seesFact())
	w.saw("imagePullPolicy", orElse(x.container.Pull, "not told"))
}

// seesFact says whether the pod's node has what the engine has.
func (p pull) seesFact() (what, got string) {
	what = "its node"
	if p.Pod.Node != "" {
		what = "node " + p.Pod.Node
	}
	switch {
	case !p.known:
		return what, "whether it shares the engine's images is not known"
	case p.shared && p.local:
		return what, "shares the engine's images, so it has this one"
	case p.shared:
		return what, "shares the engine's images: once built or pulled here, it has it"
	case p.loadCommand() != "":
		return what, "has images of its own; the engine's can be loaded into it"
	}
	return what, "has images of its own: what it lacks it pulls from " + orElse(p.host, "a registry")
}

// sawOfContainer tells how the container is, how it ended, and which probe or
// limit it ran into.
func (w *Why) sawOfContainer(x ailment) {
	if len(x.States) == 0 { // no node has it yet
		w.sawSince("pod", x.Pod.Status, x.Pod.Created)
	}
	for _, s := range x.States {
		if s.Name != x.container.Name {
			continue
		}
		now := orElse(s.Now, x.trouble.Reason)
		if s.Restarts > 0 {
			now += ", restarted " + count(s.Restarts, "time", "times")
		}
		w.sawSince("container "+s.Name, now, s.Since)
		if s.Ended != nil {
			w.sawAt("last end", endFact(*s.Ended), s.Ended.At)
		}
	}
	switch limit := bytesOf(x.container.MemoryLimit); {
	case x.cause == kube.OutOfMemory && limit == "":
		w.saw("memory limit", "none: the node itself was short of memory")
	case x.cause == kube.OutOfMemory:
		w.saw("memory limit", limit+", reached")
	case x.cause == kube.Killed:
		w.saw("memory limit", orElse(limit, "none"))
	}
	if x.trouble.Probe != "" {
		p := failing(x)
		w.saw(p.Kind+" probe", probeFact(p, x.trouble))
	}
}

// endFact is how a container ended: exit code 137 (killed), OOMKilled, after 2s.
func endFact(e kube.Ending) string {
	s := fmt.Sprintf("exit code %d%s", e.Code, inWords(e.Code))
	if e.Reason != "" && e.Reason != "Error" {
		s += ", " + e.Reason
	}
	if e.Ran > 0 {
		s += ", after " + short(e.Ran)
	}
	return s
}

// short writes a duration without its small parts: 42s, 3m0s.
func short(d time.Duration) string { return max(d.Round(time.Second), time.Second).String() }

// probeFact is a probe with its figures, and what it got.
func probeFact(p kube.Probe, t kube.Trouble) string {
	s := p.Asks
	switch {
	case p.Port > 0 && strings.HasPrefix(p.Asks, "GET "):
		s = fmt.Sprintf("GET :%d%s", p.Port, strings.TrimPrefix(p.Asks, "GET "))
	case p.Port > 0:
		s = fmt.Sprintf("%s :%d", p.Asks, p.Port)
	}
	if p.Every > 0 {
		s += " every " + p.Every.String()
	}
	if p.Timeout > 0 && (kube.Trouble{Reason: "NotReady", Message: t.Probe}).Cause() == kube.ProbeSlow {
		s += fmt.Sprintf(" (%s for an answer)", p.Timeout)
	}
	if s != "" {
		s += " "
	}
	if t.Count > 0 {
		s += "failed " + count(t.Count, "time", "times")
	} else {
		s += "failed"
	}
	_, said, found := strings.Cut(t.Probe, ": ")
	if !found {
		said = t.Probe
	}
	if p.Failures > 0 && p.Kind != "readiness" {
		s += fmt.Sprintf(" (%d in a row restart it)", p.Failures)
	}
	return strings.TrimSpace(s) + ": " + ownWords(said)
}

// told are the names of evidence that the card tells in its own way.
var told = []string{"last lines", "restarts", "memory limit", "probe"}

// sawOfFinding adds what the explanation looked at beside that.
func (w *Why) sawOfFinding(f Finding, x ailment) {
	for i, e := range f.Evidence {
		if i == 0 || slices.Contains(told, e.What) || strings.HasPrefix(e.What, "docker image inspect") {
			continue
		}
		w.saw(e.What, oneLine(e.Got))
	}
	if what, words := ownMessage(x); !strings.Contains(w.Head, words) {
		w.saw(what, words)
	}
}

// ownMessage is what the node or its runtime says itself, where no other fact
// tells it.
func ownMessage(x ailment) (what, words string) {
	t := x.trouble
	switch end, said, more := strings.Cut(t.Message, ": "); {
	case isPull(x.cause), x.cause == kube.NeverPull, t.Probe != "":
		return "", ""
	case strings.HasPrefix(end, "exit code ") && more: // StartError and what the runtime says of it
		return "the runtime said", ownWords(said)
	case strings.HasPrefix(end, "exit code "), t.Reason == "CrashLoopBackOff":
		return "", ""
	case t.Reason == "RunContainerError", t.Reason == "CreateContainerError":
		return "the runtime said", ownWords(t.Message)
	}
	return t.Reason, ownWords(t.Message)
}

// eventsShown is how many kinds of warnings are told.
const eventsShown = 2

// sawOfEvents adds the newest warnings that say something new.
func (w *Why) sawOfEvents(x ailment) {
	said := w.Head + oneLine(x.trouble.Message) + oneLine(x.trouble.Probe)
	shown := 0
	for _, e := range slices.Backward(x.Events) {
		words := ownWords(e.Message)
		if shown == eventsShown || strings.HasPrefix(e.Reason, "BackOff") || strings.Contains(said, words) || strings.HasPrefix(e.Message, "Error: ") {
			continue
		}
		said += words
		shown++
		times := ""
		if e.Count > 1 {
			times = fmt.Sprintf(" ×%d", e.Count)
		}
		w.sawAt("event "+e.Reason+times, words, e.Last)
	}
}

// whyDoubt is about a pod that is in no trouble now, and worth a look: what dies
// every few minutes is explained by its last end.
func whyDoubt(ctx context.Context, m *Machine, a kube.Ailing) Why {
	t := kube.Telling(a.Doubts)
	if t.Reason == kube.Initializing {
		return whyWaits(a, t, m.Host.Now())
	}
	a.Troubles = a.Doubts
	w := whyIll(ctx, m, a)
	w.Status = Warn
	w.Head = "It is up again: container " + t.Container + " ended a short while ago"
	for _, s := range a.States {
		if s.Name != t.Container || s.Ended == nil {
			continue
		}
		how, why := "ended", fmt.Sprintf("exit code %d", t.ExitCode)
		if t.ExitCode == 137 {
			how = "was killed"
		}
		if s.Ended.Reason != "" && s.Ended.Reason != "Error" {
			why = s.Ended.Reason
		}
		w.Head = fmt.Sprintf("It is up again: container %s %s %s ago (%s), %s", t.Container, how, inMinutes(m.Host.Now().Sub(s.Ended.At)), why, count(s.Restarts, "restart", "restarts"))
	}
	if len(w.Tail) > 0 {
		w.TailOf += ", before it ended"
	}
	return w
}

// whyWaits is about a pod whose init container runs and does not end.
func whyWaits(a kube.Ailing, t kube.Trouble, now time.Time) Why {
	w := whyWell(a)
	w.Status, w.Head = Warn, "Its init container "+t.Container+" runs for "+inMinutes(now.Sub(t.Since))+" already, and the others wait for its end"
	w.Steps = []string{
		"Its last lines say what it waits for: kubectl logs " + a.Pod.Name + " -n " + a.Pod.Namespace + " --container " + t.Container,
		"If that is a service: kubectl get endpointslices -n " + a.Pod.Namespace + " shows whether a pod is ready behind it",
	}
	if told, ok := toldBy(t.Tail); ok {
		w.knows(told)
	} else {
		w.Says = mostTelling(t.Tail)
	}
	if w.Tail = withoutBlank(t.Tail); len(w.Tail) > 0 {
		w.TailOf = "container " + t.Container
	}
	return w
}

// whyWell is about a pod with which nothing is wrong.
func whyWell(a kube.Ailing) Why {
	w := Why{Status: OK, Head: "Nothing is wrong: " + orElse(a.Pod.Status, "it runs")}
	switch a.Pod.Phase {
	case kube.PhaseDone:
		w.Head = "Nothing is wrong: it did its work and ended"
	case kube.PhaseStarting:
		w.Head = "Nothing is wrong so far: it is starting"
		if i := slices.IndexFunc(a.States, func(s kube.ContainerState) bool { return s.Init && s.Now == "running" }); i >= 0 {
			w.Head = "Nothing is wrong so far: its init container " + a.States[i].Name + " runs, and the others wait for its end"
		}
	case kube.PhaseReady:
		w.Head = "Nothing is wrong: it is up and ready"
	default:
		w.Status, w.Head = Warn, "It is not ready, and nothing says why yet"
	}
	for _, s := range a.States {
		now := s.Now
		if s.Restarts > 0 {
			now += ", restarted " + count(s.Restarts, "time", "times")
		}
		w.sawSince("container "+s.Name, now, s.Since)
		if s.Ended != nil {
			w.sawAt("last end", endFact(*s.Ended), s.Ended.At)
		}
	}
	x := ailment{Ailing: a}
	w.sawOfEvents(x)
	return w
}

// leavingLong is how long after its grace period a pod may need to go.
const leavingLong = 30 * time.Second

// whyLeaving is about a pod that was asked to end.
func whyLeaving(a kube.Ailing, now time.Time) Why {
	w := Why{Status: Warn, Head: "It was asked to end, and is ending"}
	w.sawAt("asked to end", "kubectl delete, a rollout or a scale-down", a.Deleted)
	if a.Grace > 0 {
		w.saw("grace period", a.Grace.String())
	}
	name := a.Pod.Name + " -n " + a.Pod.Namespace
	late := now.Sub(a.Deleted) > a.Grace+leavingLong
	runs := slices.ContainsFunc(a.States, func(s kube.ContainerState) bool { return s.Now == "running" })
	switch {
	case len(a.Finalizers) > 0 && (late || !runs):
		w.Head = "It was asked to end, and waits for " + strings.Join(a.Finalizers, ", ")
		w.saw("finalizers", strings.Join(a.Finalizers, ", "))
		w.Steps = []string{
			"Whoever set the finalizer must finish its work: see the log of its controller",
			`If that is gone for good: kubectl patch pod ` + name + ` --type merge -p '{"metadata":{"finalizers":null}}'`,
		}
	case late:
		w.Head = "It was asked to end and does not: its program ignores SIGTERM, or its node does not answer"
		w.Steps = []string{
			"kubectl get nodes shows whether its node answers",
			"kubectl delete pod " + name + " --grace-period=0 --force removes it without waiting",
		}
	default:
		w.Steps = []string{"Wait: it has " + left(a, now) + " to end by itself, and is killed then"}
	}
	w.sawOfEvents(ailment{Ailing: a})
	return w
}

// left is what is left of a pod's grace period.
func left(a kube.Ailing, now time.Time) string { return short(a.Deleted.Add(a.Grace).Sub(now)) }

// whyNoPods is about a workload that lacks pods, as told by itself or by who
// refuses to make them.
func whyNoPods(place string, a []kube.Trouble) Why {
	t := kube.Telling(a)
	w := Why{Status: Fail, Head: "It lacks pods: the API server refuses them", Check: "pods.security"}
	w.saw(orElse(t.Reason, "refused"), oneLine(t.Message))
	again := "Once mended: kubectl delete " + place + ", and apply it again"
	switch t.Cause() {
	case kube.GivenUp:
		w.Check, w.Head = "", "The job was given up: it failed too often"
		w.Steps = []string{"Its pods may be gone, and their logs with them: with restartPolicy: Never, the failed ones stay", again}
	case kube.PastEnd:
		w.Check, w.Head = "", "The job was ended: it ran longer than its activeDeadlineSeconds"
		w.Steps = []string{"Raise spec.activeDeadlineSeconds of " + place + ", or let it do less at once", again}
	case kube.PodSecurity:
		w.Head = "It lacks pods: the namespace's Pod Security level " + securityLevel.FindString(t.Message) + " does not allow them"
		w.Steps = podSecuritySteps(place, t.Message)
	case kube.Quota:
		w.Head = "It lacks pods: the namespace's quota is used up"
		w.Steps = []string{"kubectl describe quota shows what is used up", "Lower resources.requests of " + place + ", or remove what is not needed"}
	default:
		w.Steps = refusedSteps(place, t.Message)
		if told, ok := Telling("linux", t.Message); ok {
			w.Head = "It lacks pods. " + told.Cause
		}
	}
	return w
}
