package checks

// scheduleSymptoms are why the scheduler finds no node for a pod.
func scheduleSymptoms() []Symptom {
	const taints = "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/"
	return []Symptom{
		{
			ID:    "unbound-volume",
			Texts: []string{"unbound immediate persistentvolumeclaims", "persistentvolumeclaim*not found", "no persistent volumes available for this claim", `storageclass.storage.k8s.io "*" not found`, "volume node affinity conflict"},
			Cause: "The pod waits for a volume that nobody provides",
			Do:    []string{"kubectl get pvc,storageclass: the claim's class must be one there is", "Leave storageClassName out to take the default one"},
			Link:  "https://kubernetes.io/docs/concepts/storage/persistent-volumes/",
		},
		{
			ID:    "unschedulable-room",
			Texts: []string{"insufficient cpu", "insufficient memory", "insufficient ephemeral-storage", "too many pods"},
			Check: "docker.resources",
			Cause: "No node has as much free {resource} as the pod requests",
			Do:    []string{"Request less (resources.requests); kubectl describe nodes shows what is allocated", "or stop other pods, or give Docker Desktop more (Settings → Resources)"},
			Link:  "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
		},
		{
			ID:    "unschedulable-port",
			Texts: []string{"didn't have free ports for the requested pod ports"},
			Cause: "The pod's hostPort is taken on every node",
			Do:    []string{"Leave hostPort out and use a Service", "or end the pod that has it: one a node"},
		},
		{
			ID:    "unschedulable-selector",
			Texts: []string{"didn't match pod's node affinity/selector", "didn't match node selector", "didn't match pod affinity", "didn't match pod anti-affinity", "didn't match pod topology spread"},
			Check: "kube.nodes",
			Cause: "No node has the labels that the pod asks for (nodeSelector, affinity)",
			Do:    []string{"kubectl get nodes --show-labels", "Mend the selector, or label the node: kubectl label node NODE KEY=VALUE"},
			Link:  "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/",
		},
		{
			ID:    "unschedulable-taint",
			Texts: []string{"had untolerated taint", "had taint*that the pod didn't tolerate"},
			Check: "kube.nodes",
			Cause: "The nodes do not take this pod: they are tainted {taint}",
			Do:    []string{"kubectl describe nodes shows the taint and why", "control-plane: kubectl taint nodes --all node-role.kubernetes.io/control-plane- lets pods run on a single node"},
			Link:  taints,
		},
	}
}
