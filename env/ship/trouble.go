package ship

import (
	"fmt"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/kube"
)

// advice is what to do about pods in trouble: the first whose reason, exit
// code and words all match. An empty condition matches everything.
type advice struct {
	reasons []string
	exit    []int
	says    []string // one of these, in lower case, in the message or the last lines
	do      string   // {image} stands for the image
}

var advices = []advice{
	{
		reasons: pullReasons, says: []string{"unauthorized", "no basic auth", "denied", "authentication required"},
		do: "let the pods log in to the registry: kubectl create secret docker-registry, and name it in imagePullSecrets",
	},
	{
		reasons: pullReasons, says: []string{"http response to https client"},
		do: "the registry speaks plain HTTP: let the node's container runtime use it so (an insecure registry)",
	},
	{
		reasons: pullReasons, says: []string{"connection refused", "no such host", "i/o timeout", "no route to host"},
		do: "the node cannot reach the registry: localhost is the node itself there; use an address both know",
	},
	{
		reasons: pullReasons, says: []string{"not found", "manifest unknown"},
		do: "the registry has no {image}: push it, or mend the name in the manifest",
	},
	{
		reasons: pullReasons, says: []string{"no match for platform", "no matching manifest"},
		do: "the image is for another architecture: build with --platform for the node's",
	},
	{reasons: pullReasons, do: "make {image} available to the node, or mend the name in the manifest"},
	{
		reasons: []string{"ErrImageNeverPull"},
		do:      "the node has no {image} and imagePullPolicy: Never forbids pulling it: use IfNotPresent, or deliver the image first",
	},
	{reasons: []string{"InvalidImageName"}, do: "mend the image's name in the manifest"},
	{reasons: []string{"OOMKilled"}, do: "raise resources.limits.memory, or make the program use less"},
	{exit: []int{137}, do: "it was killed, most often for using more memory than its limit: raise resources.limits.memory, or see why a probe fails"},
	{says: []string{"exec format error"}, do: "the image is for another architecture: build with --platform for the node's"},
	{exit: []int{127}, do: "the command is not in the image: check ENTRYPOINT, CMD and the manifest's command"},
	{exit: []int{126}, do: "the command may not be executed: check the file's permissions and USER"},
	{
		reasons: []string{"CreateContainerConfigError"}, says: []string{"runasnonroot", "run as root", "non-numeric user"},
		do: "give the image a numeric USER other than 0, or set securityContext.runAsUser",
	},
	{
		reasons: []string{"CreateContainerConfigError"}, says: []string{"not found"},
		do: "create the Secret or ConfigMap that the message names, or mend its name in the manifest",
	},
	{
		reasons: []string{"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError"},
		do:      "mend what the message names: command, volume or configuration",
	},
	{
		reasons: []string{"Unschedulable", "FailedScheduling"}, says: []string{"insufficient"},
		do: "lower resources.requests, remove other workloads, or give the cluster more CPU and memory",
	},
	{
		reasons: []string{"Unschedulable", "FailedScheduling"},
		do:      "mend what keeps the pod from every node: see the message (taints, node selectors, volumes)",
	},
	{
		reasons: []string{"CrashLoopBackOff", "Error", "Completed"}, exit: []int{0},
		do: "the program ends by itself, and a Deployment expects one that keeps running",
	},
	{
		reasons: []string{"CrashLoopBackOff", "Error"},
		do:      "the program starts and ends: read its last lines, and run it by hand: docker run --rm {image}",
	},
	{
		reasons: []string{"Unhealthy"}, says: []string{"connection refused"},
		do: "nothing listens on the probe's port: compare it with the port the program opens, on 0.0.0.0",
	},
	{
		reasons: []string{"Unhealthy"},
		do:      "the probe fails: compare its path and port with what the program serves, and allow more time to start",
	},
}

var pullReasons = []string{"ErrImagePull", "ImagePullBackOff"}

func (a advice) fits(t kube.Trouble) bool {
	if len(a.reasons) > 0 && !slices.Contains(a.reasons, t.Reason) {
		return false
	}
	if len(a.exit) > 0 && !slices.Contains(a.exit, t.ExitCode) {
		return false
	}
	if len(a.says) == 0 {
		return true
	}
	words := strings.ToLower(t.Message + "\n" + strings.Join(t.Tail, "\n"))
	return slices.ContainsFunc(a.says, func(s string) bool { return strings.Contains(words, s) })
}

// explainTrouble fills a card with the trouble that says most.
func explainTrouble(f *Failure, p Plan, troubles []kube.Trouble) {
	t, rank := troubles[0], len(advices)
	for _, each := range troubles {
		if i := slices.IndexFunc(advices, func(a advice) bool { return a.fits(each) }); i >= 0 && i < rank {
			t, rank = each, i
		}
	}
	f.Step = "pod " + t.Pod
	if t.Container != "" {
		f.Step += ", container " + t.Container
	}
	f.Cause = t.Reason
	if t.Message != "" {
		f.Cause += ": " + t.Message
	}
	if t.ExitCode != 0 && !strings.Contains(t.Message, "exit code") {
		f.Cause += fmt.Sprintf(" (exit code %d%s)", t.ExitCode, exitWords[t.ExitCode])
	}
	f.Tail = t.Tail
	if rank < len(advices) {
		f.Do = strings.ReplaceAll(advices[rank].do, "{image}", p.Image)
	}
}

// exitWords are exit codes in words, as shells and kernels use them.
var exitWords = map[int]string{
	126: ", may not be executed",
	127: ", command not found",
	134: ", aborted",
	137: ", killed",
	139: ", segmentation fault",
	143: ", asked to end",
}
