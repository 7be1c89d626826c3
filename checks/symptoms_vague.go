package checks

// vagueSymptoms say that something failed, not why: they tell where the
// reason is to be read.
func vagueSymptoms() []Symptom {
	return []Symptom{
		{
			ID: "pull-failed", Vague: true,
			Texts: []string{"errimagepull", "imagepullbackoff", "back-off pulling image", "failed to pull image", "failed to pull and unpack image"},
			Check: "registry.address",
			Cause: "A node cannot fetch {image}: not found, not logged in, no such host, a certificate, or a rate limit",
			Do:    []string{"kubectl describe pod POD: the event `Failed to pull image` says which of them", "If the image is only in your engine: twindeck deploy delivers it"},
			Link:  "https://kubernetes.io/docs/concepts/containers/images/",
		},
		{
			ID: "container-config", Vague: true,
			Texts: []string{"createcontainerconfigerror", "createcontainererror", "runcontainererror", "starterror", "containercannotrun"},
			Cause: "The container cannot be made as the manifest wants it",
			Do:    []string{"kubectl describe pod POD: the last event names what is missing: a Secret, a ConfigMap, a user, a command"},
			Link:  "https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/",
		},
		{
			ID: "crash-loop", Vague: true,
			Texts: []string{"crashloopbackoff", "back-off restarting failed container"},
			Cause: "The program starts and ends again, and Kubernetes waits longer each time before it tries once more",
			Do:    []string{"kubectl logs --previous POD shows its last lines", "kubectl describe pod POD shows the exit code: 137 killed (memory?), 127 command not found, 126 not executable, 139 crashed, 143 asked to end", "Exit code 0: it has nothing to do; a Deployment wants one that keeps running"},
			Link:  "https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/",
		},
		{
			ID: "unschedulable", Vague: true,
			Texts: []string{"failedscheduling", "nodes are available:", "unschedulable"},
			Check: "kube.nodes",
			Cause: "No node takes the pod",
			Do:    []string{"kubectl describe pod POD: the event FailedScheduling counts the reasons"},
		},
		{
			ID: "rollout-stuck", Vague: true,
			Texts: []string{"exceeded its progress deadline", "timed out waiting for the condition", "progressdeadlineexceeded"},
			Cause: "The new pods did not become ready in time",
			Do:    []string{"kubectl get pods, then kubectl describe pod and kubectl logs of one that is not ready", "kubectl rollout undo deployment/NAME goes back"},
		},
		{
			ID: "build-step", Vague: true,
			Texts: []string{"did not complete successfully: exit code", "failed to solve:", "returned a non-zero code"},
			Check: "project.dockerfile",
			Cause: "A step of the Dockerfile failed",
			Do:    []string{"The reason stands above it, in the last lines of the step", "docker build --progress=plain shows them whole"},
		},
		{
			ID: "invalid-object", Vague: true,
			Texts: []string{"(badrequest)", "is invalid:", "error validating data", "error parsing"},
			Check: "project.manifests",
			Cause: "The API server does not accept the manifest as it is written",
			Do:    []string{"The message names the field; kubectl explain KIND.FIELD tells what it takes", "kubectl apply --dry-run=server -f FILE tries it without changing anything"},
		},
	}
}
