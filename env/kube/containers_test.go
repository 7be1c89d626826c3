package kube

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestContainersOfAPod(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{"kubectl.kubernetes.io/default-container": "app"}},
		Spec: corev1.PodSpec{
			InitContainers: []corev1.Container{{Name: "migrate"}, {Name: "mesh", RestartPolicy: &always}},
			Containers:     []corev1.Container{{Name: "proxy"}, {Name: "app"}},
			EphemeralContainers: []corev1.EphemeralContainer{
				{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debugger"}},
			},
		},
		Status: corev1.PodStatus{
			InitContainerStatuses: []corev1.ContainerStatus{
				{Name: "migrate", State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed"}}},
				{Name: "mesh", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}},
			},
			ContainerStatuses: []corev1.ContainerStatus{
				{Name: "app", RestartCount: 3, State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Error", ExitCode: 2}}},
				{Name: "proxy", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff"}}},
			},
		},
	}
	want := []PodContainer{
		{Name: "migrate", Role: RoleInit, State: "terminated", Reason: "Completed"},
		{Name: "mesh", Role: RoleSidecar, State: "running"},
		{Name: "proxy", State: "waiting", Reason: "ImagePullBackOff"},
		{Name: "app", Default: true, State: "terminated", Reason: "Error", ExitCode: 2, Restarts: 3},
		{Name: "debugger", Role: RoleEphemeral},
	}
	if d := cmp.Diff(want, podContainersOf(p)); d != "" {
		t.Error(d)
	}
	p.Annotations = nil
	if got := podContainersOf(p); !got[2].Default || got[3].Default {
		t.Errorf("without an annotation the first one is kubectl's choice: %+v", got)
	}
}
