package checks

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/kube"
)

// explainPlace is about a pod that no node takes.
func explainPlace(ctx context.Context, m *Machine, a ailment) Finding {
	f := about(a, "%s waits for a node: %s", a.Pod.Name, reasonOfScheduler(a.trouble.Message))
	cpu, memory := requests(a.Containers)
	f = f.saw("it requests", "%s", amounts(cpu, memory))
	text, fits, cordoned := a.trouble.Message, false, "NODE"
	if nodes, err := m.nodes(ctx); err == nil {
		for _, n := range nodes {
			fits = fits || n.CPU >= cpu && n.Memory >= memory
			f = f.saw("node "+n.Name+" has in all", "%s", amounts(n.CPU, n.Memory))
			if n.Closed != "" {
				if n.Closed == "cordoned" {
					cordoned = n.Name
				} else if strings.Contains(text, "untolerated taint(s)") { // newer schedulers do not name it
					text += " untolerated taint {" + n.Closed + "}"
				}
				f = f.saw("node "+n.Name+" keeps pods away", "%s", n.Closed)
			}
		}
	}
	switch {
	case a.cause == kube.NoRoom && !fits:
		return f.byHand("No node is that large: lower resources.requests of "+a.place(),
			"Or give Docker Desktop more: Settings → Resources")
	case a.cause == kube.NoRoom:
		return f.byHand("kubectl describe nodes shows under \"Allocated resources\" what the others request",
			"Lower resources.requests of "+a.place()+", or stop what is not needed",
			"Or give Docker Desktop more: Settings → Resources")
	}
	for _, s := range placeSigns() {
		if s.fits(text) {
			f = f.byHand(s.do(a, cordoned)...)
		}
	}
	if len(f.Steps) == 0 {
		f = f.byHand("kubectl describe pod " + a.Pod.Name + " shows the scheduler's reasons")
	}
	return f
}

// placeSign is a reason of the scheduler's, and what to do. Different nodes may
// have different reasons.
type placeSign struct {
	fits func(text string) bool
	do   func(a ailment, cordoned string) []string // cordoned: a node that is
}

func placeSigns() []placeSign {
	says := func(words ...string) func(string) bool {
		return func(text string) bool {
			return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
		}
	}
	return []placeSign{
		{says("volume node affinity conflict"), func(_ ailment, _ string) []string {
			return []string{
				"Its volume is on another node: kubectl get pv -o wide, under nodeAffinity of kubectl describe pv, tells which",
				"Let that node take pods again, or give up what the volume holds: kubectl delete pvc NAME, and a new one comes where the pod goes",
			}
		}},
		{says("node.kubernetes.io/unschedulable", "were unschedulable"), func(_ ailment, cordoned string) []string {
			return []string{"kubectl uncordon " + cordoned + " lets it take pods again: kubectl cordon or drain closed it"}
		}},
		{says("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable", "node.kubernetes.io/network-unavailable"), func(ailment, string) []string {
			return []string{"The node itself is not ready: kubectl describe nodes tells why under Conditions; its network plugin or its runtime does not run", "twindeck check looks at it"}
		}},
		{says("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"), func(ailment, string) []string {
			return []string{"kubectl taint nodes --all node-role.kubernetes.io/control-plane- lets pods run on the control plane, where there is no other node"}
		}},
		{says("node.kubernetes.io/disk-pressure", "node.kubernetes.io/memory-pressure", "node.kubernetes.io/pid-pressure"), func(ailment, string) []string {
			return []string{"The node rids itself of the taint once it has room: kubectl describe nodes", "docker system df shows what takes the room"}
		}},
		{unnamedTaint, func(ailment, string) []string {
			return []string{"kubectl describe nodes shows the taint: one of node.kubernetes.io (disk-pressure, memory-pressure, not-ready) passes with its cause", "docker system df shows what takes the room"}
		}},
		{meant, func(a ailment, _ string) []string {
			return []string{"A taint that is meant needs a toleration in " + a.place()}
		}},
		{says("didn't match pod anti-affinity", "existing pods anti-affinity"), func(a ailment, _ string) []string {
			return []string{
				"Its podAntiAffinity wants a node without such a pod: fewer replicas, more nodes, or preferredDuringScheduling in " + a.place(),
				"If only a rollout hangs: strategy type Recreate, or maxSurge: 0, ends the old pod first",
			}
		}},
		{says("didn't have free ports"), func(a ailment, _ string) []string {
			return []string{
				"A hostPort of " + a.place() + " is taken on the node: leave it out and use a Service, or end the pod that has it",
				"If the pod before has it: strategy type Recreate, or maxSurge: 0, ends that first",
			}
		}},
		{says("didn't match pod topology spread"), func(a ailment, _ string) []string {
			return []string{"Loosen topologySpreadConstraints of " + a.place() + ": whenUnsatisfiable: ScheduleAnyway"}
		}},
		{says("node affinity/selector", "node(s) didn't match node selector", "didn't match Pod's node affinity"), func(a ailment, _ string) []string {
			return []string{"Mend nodeSelector or affinity of " + a.place(), "kubectl get nodes --show-labels shows what the nodes have"}
		}},
	}
}

// taintKey is the key of a taint that keeps the pod away.
var taintKey = regexp.MustCompile(`untolerated taint \{([^=:}]+)`)

// unnamedTaint reports whether a taint is in the way that neither the scheduler
// nor the node list names.
func unnamedTaint(text string) bool {
	return strings.Contains(text, "untolerated taint") && !taintKey.MatchString(text)
}

// meant reports whether a taint is one that somebody set, and not a state of
// the node or the mark of a control plane. One that is not named may be.
func meant(text string) bool {
	keys := taintKey.FindAllStringSubmatch(text, -1)
	return unnamedTaint(text) || slices.ContainsFunc(keys, func(k []string) bool {
		return !strings.HasPrefix(k[1], "node.kubernetes.io/") && !strings.HasPrefix(k[1], "node-role.kubernetes.io/")
	})
}

// requests is what the scheduler looks for room for: what runs at once, or the
// largest of what runs before it, whichever is more.
func requests(all []kube.Container) (cpu, memory int64) {
	var beside, before kube.Container // beside: sidecars begun so far, then the main ones too
	for _, c := range all {
		if c.Init && !c.Sidecar {
			before.CPU, before.Memory = max(before.CPU, beside.CPU+c.CPU), max(before.Memory, beside.Memory+c.Memory)
			continue
		}
		beside.CPU, beside.Memory = beside.CPU+c.CPU, beside.Memory+c.Memory
	}
	return max(beside.CPU, before.CPU), max(beside.Memory, before.Memory)
}

// reasonOfScheduler leaves out what says nothing: "0/1 nodes are available: 1
// Insufficient memory. preemption: …" becomes "1 Insufficient memory".
func reasonOfScheduler(text string) string {
	if _, after, cut := strings.Cut(text, "available: "); cut {
		text = after
	}
	text, _, _ = strings.Cut(text, ". ")
	return strings.TrimSuffix(oneLine(text), ".")
}

// amounts writes CPU in millicores and memory in bytes as manifests do.
func amounts(cpu, memory int64) string {
	return fmt.Sprintf("cpu %dm, memory %s", cpu, orElse(bytesOf(memory), "0"))
}

// missingObject is what a message says is not there.
var missingObject = regexp.MustCompile(`(?i)(configmap|secret|persistentvolumeclaim) "([^"]+)" not found|couldn't find key (\S+) in (ConfigMap|Secret) (\S+)`)

// explainConfig is about a container that cannot be created.
func explainConfig(ctx context.Context, m *Machine, a ailment) Finding {
	switch a.cause {
	case kube.RunsAsRoot:
		return about(a, "%s may not run as root, and its image does", a.Pod.Name).
			saw("image", "%s", a.container.Image).
			byHand("In the Dockerfile, before CMD: USER 1000", "Or in "+a.place()+": securityContext: {runAsUser: 1000}")
	case kube.NamedUser:
		f := about(a, "%s must not run as root, and the image's user is a name: Kubernetes cannot tell who that is", a.Pod.Name)
		user := "NAME"
		if image, err := m.localImage(ctx, a.container.Image); err == nil && image.User != "" {
			user = image.User
			f = f.saw("USER of the image", "%s", user)
		}
		return f.byHand("In the Dockerfile, its number instead of USER "+user+": USER 1000",
			"docker run --rm --entrypoint id "+a.container.Image+" tells the number")
	}
	f := about(a, "%s does not start: %s", a.Pod.Name, oneLine(orElse(a.trouble.Message, string(a.cause))))
	switch got := missingObject.FindStringSubmatch(a.trouble.Message); {
	case got != nil && got[3] != "":
		kind, name, key := strings.ToLower(got[4]), got[5], got[3]
		f.Summary = fmt.Sprintf("%s does not start: the %s %s has no key %s", a.Pod.Name, got[4], name, key)
		return f.byHand("Add the key, or mend its name in "+a.place(), "kubectl describe "+kind+" "+bare(name)+" shows the keys there are")
	case got != nil:
		kind, name := strings.ToLower(got[1]), got[2]
		f.Summary = fmt.Sprintf("%s does not start: the %s %s does not exist in namespace %s", a.Pod.Name, kind, name, a.Pod.Namespace)
		return f.byHand("Apply its manifest, or mend the name in "+a.place(),
			"kubectl get "+kind+" -n "+a.Pod.Namespace+" shows those there are")
	case a.Unbound != nil:
		return aboutClaim(f, a, *a.Unbound)
	case a.cause == kube.NoVolume:
		return f.byHand("kubectl get pvc,storageclass: the claim needs a storage class that exists")
	}
	return f.byHand("Mend what the message names: command, volume or configuration of "+a.place(), "kubectl describe pod "+a.Pod.Name)
}

// aboutClaim is about a claim that nobody gives a volume.
func aboutClaim(f Finding, a ailment, u kube.Unbound) Finding {
	f.Summary = fmt.Sprintf("%s waits for a volume: its claim %s has none", a.Pod.Name, u.Claim)
	if u.Says != "" {
		f.Summary += ": " + oneLine(u.Says)
	}
	f = f.saw("claim "+u.Claim, "asks for storage class %s", orElse(u.Class, "(the default one)"))
	again := "A claim's class cannot be changed: kubectl delete pvc " + u.Claim + " -n " + a.Pod.Namespace + ", and apply it "
	switch {
	case len(u.Classes) == 0:
		return f.byHand("There is no storage class here: install one that makes volumes, or make a PersistentVolume that fits the claim",
			"kubectl describe pvc "+u.Claim+" -n "+a.Pod.Namespace+" tells more")
	case slices.Contains(u.Classes, u.Class), u.Class == "" && u.Says == "":
		return f.byHand("kubectl describe pvc "+u.Claim+" -n "+a.Pod.Namespace+" tells what its class waits for",
			"See whether the provisioner of the class runs: kubectl get storageclass,pods -A")
	}
	return f.byHand("The storage classes there are: "+strings.Join(u.Classes, ", "), again+"with storageClassName: "+u.Classes[0])
}

// bare is the name in namespace/name.
func bare(name string) string { return name[strings.LastIndex(name, "/")+1:] }

func probeRefused(ctx context.Context, m *Machine) Finding {
	h, err := m.health(ctx)
	if err != nil {
		return notHere("The pods cannot be looked at").saw("GET pods", "%v", err)
	}
	if len(h.Refused) == 0 {
		return ok("All of namespace %s may", h.Namespace).saw("FailedCreate events", "none that still hold")
	}
	r := h.Refused[0]
	place := strings.ToLower(r.Owner.Kind) + "/" + r.Owner.Name
	f := fail("%s lacks pods: the API server refuses them", place)
	for _, each := range h.Refused {
		f = f.saw(each.Owner.Kind+"/"+each.Owner.Name, "%s", each.Message)
	}
	if len(h.Refused) > 1 {
		f.Summary += fmt.Sprintf(" (and those of %d more)", len(h.Refused)-1)
	}
	switch (kube.Trouble{Message: r.Message}).Cause() {
	case kube.PodSecurity:
		level := securityLevel.FindString(r.Message)
		f.Summary = strings.Replace(f.Summary, "the API server refuses them", "the namespace's Pod Security level "+level+" does not allow them", 1)
		f = f.byHand(podSecuritySteps(place, r.Message)...)
		return f.read("https://kubernetes.io/docs/concepts/security/pod-security-standards/")
	case kube.Quota:
		return f.byHand("kubectl describe quota -n "+h.Namespace+" shows what is used up", "Lower resources.requests of "+place+", or remove what is not needed")
	}
	return f.byHand(refusedSteps(place, r.Message)...)
}

// refusedSteps is what to do about pods that the API server refuses for
// another reason than those it has a name for.
func refusedSteps(place, message string) []string {
	describe := "kubectl describe " + place + " tells more"
	if told, ok := Telling("linux", message); ok {
		return append(slices.Clone(told.Do), describe)
	}
	return []string{describe}
}

var securityLevel = regexp.MustCompile(`"[a-z]+:[a-z0-9.]+"`)

// mustSet is a field that Pod Security asks for: "container "web" must set
// securityContext.runAsNonRoot=true".
var mustSet = regexp.MustCompile(`must set (securityContext\.[A-Za-z.]+)(?:=(\S+?)\)|=(\[[^\]]*\])| to "([^"]+)")`)

// podSecuritySteps says which fields to write, as the manifest has them.
func podSecuritySteps(place, message string) []string {
	steps := []string{"In " + place + ", under each container of spec.template.spec.containers, write:"}
	for _, got := range mustSet.FindAllStringSubmatch(message, -1) {
		steps = append(steps, got[1]+": "+got[2]+got[3]+got[4])
	}
	if len(steps) == 1 {
		return []string{"Mend in " + place + " what the message names, or ask who runs the namespace to lower its level: kubectl label namespace NAME pod-security.kubernetes.io/enforce=baseline --overwrite"}
	}
	if strings.Contains(message, "runAsNonRoot") {
		steps = append(steps, "The image must then run as somebody else than root: USER 1000 in its Dockerfile")
	}
	return steps
}

// forbidden reports whether the API server refused a question.
func forbidden(err error) bool { return errors.Is(err, kube.ErrForbidden) }
