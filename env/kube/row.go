package kube

import (
	"regexp"
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
		Images:    imagesOf(p.Spec.Containers, p.Status.ContainerStatuses),
		Helpers:   imagesOf(p.Spec.InitContainers, p.Status.InitContainerStatuses),
		Labels:    labelsOf(p.Labels),
		Shares:    sharesProcesses(&p.Spec),
		Beside:    runBeside(&p.Status),
	}
	return out
}

// imagesOf are the images of containers, as far as the node has told of them.
func imagesOf(containers []corev1.Container, told []corev1.ContainerStatus) []PodImage {
	if len(containers) == 0 {
		return nil // as most pods have it: a list takes room
	}
	out := make([]PodImage, len(containers))
	for i := range containers {
		c := &containers[i]
		out[i] = PodImage{Container: intern(c.Name), Image: intern(c.Image)}
		if n := slices.IndexFunc(told, func(s corev1.ContainerStatus) bool { return s.Name == c.Name }); n >= 0 {
			out[i].Digest, out[i].Imported = intern(digestOf(told[n].ImageID)), imported(told[n].ImageID)
		}
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
var keepers = []keeper{
	{templateHash, Owner{Kind: "Deployment"}},
	{"rollouts-pod-template-hash", Owner{Kind: "Rollout", Group: "argoproj.io"}},
}

type keeper struct {
	label string
	kind  Owner // without a name
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

// digestOf is the digest in what the node reports for an image: it writes
// repo@sha256:…, docker-pullable://repo@sha256:… or a bare sha256:….
func digestOf(imageID string) string {
	if at := strings.LastIndex(imageID, "sha256:"); at >= 0 {
		return imageID[at:]
	}
	return ""
}

// importName is the repository that containerd's import makes up for what has
// none in an archive: import- and the day.
var importName = regexp.MustCompile(`^(docker\.io/library/)?import-\d{4}-\d{2}-\d{2}@`)

// imported tells by what a node reports that it has an image from an archive.
func imported(imageID string) bool { return importName.MatchString(imageID) }
