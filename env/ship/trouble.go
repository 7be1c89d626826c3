package ship

import (
	"fmt"
	"strings"

	"github.com/twindeck/twindeck/env/kube"
)

// adviceFor is what to do about pods in trouble while an image is shipped;
// {image} stands for it.
func adviceFor(c kube.Cause) string {
	switch c {
	case kube.PullDenied:
		return "let the pods log in to the registry: --pull-secret gives them docker's login, or name a secret in imagePullSecrets"
	case kube.PlainHTTP:
		return "the registry speaks plain HTTP: let the node's container runtime use it so (an insecure registry)"
	case kube.NoSuchHost, kube.RegistrySilent:
		return "the node cannot reach the registry: localhost is the node itself there; use an address both know"
	case kube.UntrustedTLS:
		return "let the node's container runtime trust the registry's CA"
	case kube.RateLimited:
		return "let the pods log in to the registry (imagePullSecrets), pull through a mirror, or wait"
	case kube.ImageMissing:
		return "the registry has no {image}: push it, or mend the name in the manifest"
	case kube.NoPlatform, kube.WrongArch:
		return "the image is for another architecture: build with --platform for the node's"
	case kube.PullFails:
		return "make {image} available to the node, or mend the name in the manifest"
	case kube.NoSpace:
		return "make room on the node's disk: with a cluster inside Docker that is the engine's, docker system df shows what takes it"
	case kube.StoreBroken:
		return "the node's image store is damaged, most often after its disk ran full: remove {image} from the node, or restart it"
	case kube.NeverPull:
		return "the node has no {image} and imagePullPolicy: Never forbids pulling it: use IfNotPresent, or deliver the image first"
	case kube.BadImageName:
		return "mend the image's name in the manifest"
	case kube.OutOfMemory:
		return "raise resources.limits.memory, or make the program use less"
	case kube.ProbeKilled:
		return "the probe fails and the container is killed for it: compare its path and port with what the program serves, and allow more time to start"
	case kube.Killed:
		return "it was killed, most often for using more memory than its limit: raise resources.limits.memory, or see why a probe fails"
	case kube.NoCommand:
		return "the command is not in the image: check ENTRYPOINT, CMD and the manifest's command"
	case kube.NotExecutable:
		return "the command may not be executed: check the file's permissions and USER"
	case kube.RunsAsRoot, kube.NamedUser:
		return "give the image a numeric USER other than 0, or set securityContext.runAsUser"
	case kube.ConfigMissing:
		return "create the Secret or ConfigMap that the message names, or mend its name in the manifest"
	case kube.CannotCreate, kube.CannotMount:
		return "mend what the message names: command, volume or configuration"
	case kube.NoRoom:
		return "lower resources.requests, remove other workloads, or give the cluster more CPU and memory"
	case kube.NodeKept, kube.NoVolume:
		return "mend what keeps the pod from every node: see the message (taints, node selectors, volumes)"
	case kube.EndsByItself:
		return "the program ends by itself, and a Deployment expects one that keeps running"
	case kube.Crashes, kube.Segfault, kube.AskedToEnd:
		return "the program starts and ends: read its last lines, and run it by hand: docker run --rm {image}"
	case kube.ProbeRefused:
		return "nothing listens on the probe's port: compare it with the port the program opens, on 0.0.0.0"
	case kube.ProbeSlow, kube.ProbeAnswer, kube.ProbeFails:
		return "the probe fails: compare its path and port with what the program serves, and allow more time to start"
	case kube.PodSecurity, kube.Quota:
		return "write into the manifest what the message asks for, or ask who runs the namespace"
	}
	return ""
}

// explainTrouble fills a card with the trouble that says most; image is what
// the workload runs of ours.
func explainTrouble(f *Failure, image string, troubles []kube.Trouble) {
	t := kube.Telling(troubles)
	f.Step = "pod " + t.Pod
	if t.Container != "" {
		f.Step += ", container " + t.Container
	}
	f.Cause = t.Reason
	if t.Message != "" {
		f.Cause += ": " + t.Message
	}
	if t.ExitCode != 0 && !strings.Contains(t.Message, "exit code") {
		words := kube.ExitWords(t.ExitCode)
		if words != "" {
			words = ", " + words
		}
		f.Cause += fmt.Sprintf(" (exit code %d%s)", t.ExitCode, words)
	}
	f.Tail = t.Tail
	f.Do = strings.ReplaceAll(adviceFor(t.Cause()), "{image}", image)
}
