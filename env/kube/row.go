package kube

import (
	"slices"
	"strings"
	"unique"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// row keeps of a pod what its row shows. Texts that many pods share are
// stored once.
func row(p *corev1.Pod) *Pod {
	s := summarize(p)
	out := &Pod{
		UID:       string(p.UID),
		Namespace: intern(p.Namespace),
		Name:      p.Name,
		Owner:     ownerOf(p.OwnerReferences, p.Labels),
		Status:    intern(s.text),
		Phase:     s.phase,
		Ready:     s.ready,
		Total:     s.total,
		Restarts:  s.restarts,
		Created:   p.CreationTimestamp.Time,
		Node:      intern(p.Spec.NodeName),
		IP:        p.Status.PodIP,
		Images:    make([]PodImage, len(p.Spec.Containers)),
		Labels:    labelsOf(p.Labels),
		Shares:    sharesProcesses(&p.Spec),
		Beside:    runBeside(&p.Status),
	}
	for i := range p.Spec.Containers {
		c := &p.Spec.Containers[i]
		out.Images[i] = PodImage{Container: intern(c.Name), Image: intern(c.Image), Digest: intern(digestOf(p, c.Name))}
	}
	return out
}

// runBeside tells whether containers other than a pod's main ones run. Our own
// debug containers are not meant: one is in them by way of their targets.
func runBeside(s *corev1.PodStatus) bool {
	runs := func(c corev1.ContainerStatus) bool {
		return c.State.Running != nil && !strings.HasPrefix(c.Name, debugPrefix)
	}
	return slices.ContainsFunc(s.InitContainerStatuses, runs) || slices.ContainsFunc(s.EphemeralContainerStatuses, runs)
}

// labelsOf are labels as a filter reads them.
func labelsOf(labels map[string]string) []string {
	if len(labels) == 0 {
		return nil
	}
	out := make([]string, 0, len(labels))
	for key, value := range labels {
		out = append(out, intern(key+"="+value))
	}
	slices.Sort(out)
	return out
}

func intern(s string) string {
	if s == "" {
		return ""
	}
	return unique.Make(s).Value()
}

// keepers are the kinds that keep their pods by way of ReplicaSets, by the
// label of those that has the hash in their names.
var keepers = []struct {
	label string
	kind  Owner
}{
	{templateHash, Owner{Kind: "Deployment"}},
	{"rollouts-pod-template-hash", Owner{Kind: "Rollout", Group: "argoproj.io"}},
}

// ownerIn is the owner that a reference names.
func ownerIn(ref *metav1.OwnerReference) Owner {
	group, _, _ := strings.Cut(ref.APIVersion, "/")
	return Owner{Kind: intern(ref.Kind), Name: intern(ref.Name), Group: intern(customGroup(group))}
}

// ownerOf resolves a pod's controller past the ReplicaSet without asking the
// server: a Deployment names its ReplicaSets NAME-HASH and puts the hash in a
// label. A ReplicaSet that is not so named stands for itself.
func ownerOf(refs []metav1.OwnerReference, labels map[string]string) Owner {
	for i := range refs {
		ref := &refs[i]
		if ref.Controller == nil || !*ref.Controller {
			continue
		}
		owner := ownerIn(ref)
		if ref.Kind != "ReplicaSet" || owner.Group != "" {
			return owner
		}
		for _, k := range keepers {
			hash := labels[k.label]
			if name, ok := strings.CutSuffix(ref.Name, "-"+hash); ok && hash != "" && name != "" {
				owner = k.kind
				owner.Name = intern(name)
			}
		}
		return owner
	}
	return Owner{}
}

// digestOf is the digest the node reports for a container's image. The node
// writes repo@sha256:…, docker-pullable://repo@sha256:… or a bare sha256:….
func digestOf(p *corev1.Pod, container string) string {
	for i := range p.Status.ContainerStatuses {
		s := &p.Status.ContainerStatuses[i]
		if s.Name != container {
			continue
		}
		if at := strings.LastIndex(s.ImageID, "sha256:"); at >= 0 {
			return s.ImageID[at:]
		}
	}
	return ""
}
