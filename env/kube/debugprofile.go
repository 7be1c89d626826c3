package kube

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Profile is how much a debug container may do, by the names of kubectl debug --profile.
type Profile string

// The profiles: General sees into processes of other users; Baseline and
// Restricted keep to the Pod Security levels of these names.
const (
	General    Profile = "general"
	Baseline   Profile = "baseline"
	Restricted Profile = "restricted"
)

// enforceLabel is where a namespace says what its pods may do.
const enforceLabel = "pod-security.kubernetes.io/enforce"

// nobodyUser is the user that a debug container is when it may not be root and
// nobody knows its target's: that of distroless images.
const nobodyUser = 65532

// DebugProfile is how much a debug container may do in a namespace, by its
// label; General where that cannot be read.
func (c *Client) DebugProfile(ctx context.Context, namespace string) Profile {
	cn, err := c.connected(ctx)
	if err != nil {
		return General
	}
	return cn.profileIn(ctx, namespace)
}

func (cn *conn) profileIn(ctx context.Context, namespace string) Profile {
	ctx, cancel := within(ctx)
	defer cancel()
	ns, err := cn.calls.CoreV1().Namespaces().Get(ctx, namespace, metav1.GetOptions{})
	if err != nil {
		return General
	}
	return profileFor(ns.Labels[enforceLabel])
}

func profileFor(level string) Profile {
	switch p := Profile(level); p {
	case Baseline, Restricted:
		return p
	}
	return General
}

// refusedBy is the Pod Security level that an error names: violates PodSecurity
// "restricted:latest". General: it is about something else.
func refusedBy(err error) Profile {
	if !apierrors.IsForbidden(err) {
		return General
	}
	_, level, _ := strings.Cut(err.Error(), `PodSecurity "`)
	level, _, _ = strings.Cut(level, ":")
	return profileFor(level)
}

// debugContainer is made so that it may run where its target does.
func debugContainer(p *corev1.Pod, target, image string, profile Profile) corev1.EphemeralContainer {
	var word [3]byte
	_, _ = rand.Read(word[:])
	may := map[Profile]func(*corev1.Pod, string) *corev1.SecurityContext{General: seesAll, Baseline: asItsTarget, Restricted: restricted}[profile]
	return corev1.EphemeralContainer{
		TargetContainerName: target,
		EphemeralContainerCommon: corev1.EphemeralContainerCommon{
			Name: debugPrefix + hex.EncodeToString(word[:]), Image: image, Command: stay,
			ImagePullPolicy: corev1.PullIfNotPresent, SecurityContext: may(p, target),
			TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
		},
	}
}

// asItsTarget is the target's user, so that it sees its files without rights over
// others: the one that its node reports, or its manifest names. A pod that
// insists on users other than root and names none leaves it to its image; an
// image such as busybox names none.
func asItsTarget(p *corev1.Pod, target string) *corev1.SecurityContext {
	may := &corev1.SecurityContext{}
	may.RunAsUser, may.RunAsGroup = identity(p, target)
	if s := p.Spec.SecurityContext; s != nil && s.RunAsNonRoot != nil && *s.RunAsNonRoot && may.RunAsUser == nil {
		may.RunAsNonRoot = new(bool)
	}
	return may
}

// seesAll may look at the files of processes of any user: it is whoever its own
// image says, unless the target's manifest says who to be.
func seesAll(p *corev1.Pod, target string) *corev1.SecurityContext {
	unknown := p.DeepCopy()
	unknown.Status.ContainerStatuses, unknown.Status.InitContainerStatuses = nil, nil
	may := asItsTarget(unknown, target)
	may.Capabilities = &corev1.Capabilities{Add: []corev1.Capability{"SYS_PTRACE"}}
	return may
}

// restricted is what the strictest level asks for.
func restricted(p *corev1.Pod, target string) *corev1.SecurityContext {
	may := asItsTarget(p, target)
	if may.RunAsUser == nil || *may.RunAsUser == 0 {
		may.RunAsUser = new(int64(nobodyUser))
	}
	may.RunAsNonRoot, may.AllowPrivilegeEscalation = new(true), new(false)
	may.Capabilities = &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}
	may.SeccompProfile = &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}
	return may
}

// identity is who a container runs as; nil where nobody says.
func identity(p *corev1.Pod, container string) (user, group *int64) {
	states := slices.Concat(p.Status.ContainerStatuses, p.Status.InitContainerStatuses) // sidecars are of these
	for i := range states {
		if s := &states[i]; s.Name == container && s.User != nil && s.User.Linux != nil {
			return &s.User.Linux.UID, &s.User.Linux.GID
		}
	}
	if s := p.Spec.SecurityContext; s != nil {
		user, group = s.RunAsUser, s.RunAsGroup
	}
	for _, c := range slices.Concat(p.Spec.Containers, p.Spec.InitContainers) {
		if s := c.SecurityContext; c.Name == container && s != nil {
			user, group = cmp.Or(s.RunAsUser, user), cmp.Or(s.RunAsGroup, group)
		}
	}
	return user, group
}
