package kube

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/util/exec"

	"github.com/twindeck/twindeck/env/link"
)

// A debug container may run where its target does: as the same user, and as
// root only where the pod insists on others and names none.
func TestDebugContainerMayRun(t *testing.T) {
	yes, user, other := true, int64(1000), int64(2000)
	for name, c := range map[string]struct {
		pod    *corev1.PodSecurityContext
		target *corev1.SecurityContext
		user   *int64
		asRoot bool
	}{
		"nothing said":             {},
		"the pod names a user":     {pod: &corev1.PodSecurityContext{RunAsUser: &user, RunAsNonRoot: &yes}},
		"the target names another": {pod: &corev1.PodSecurityContext{RunAsUser: &user}, target: &corev1.SecurityContext{RunAsUser: &other}, user: &other},
		"not root, and no user":    {pod: &corev1.PodSecurityContext{RunAsNonRoot: &yes}, asRoot: true},
	} {
		p := &corev1.Pod{Spec: corev1.PodSpec{SecurityContext: c.pod, Containers: []corev1.Container{{Name: "app", SecurityContext: c.target}}}}
		got := debugContainer(p, "app", "busybox")
		s := got.SecurityContext
		if d := cmp.Diff(c.user, s.RunAsUser); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if asRoot := s.RunAsNonRoot != nil && !*s.RunAsNonRoot; asRoot != c.asRoot {
			t.Errorf("%s: as root: %v", name, asRoot)
		}
		if got.TargetContainerName != "app" || got.Image != "busybox" || s.Capabilities.Add[0] != "SYS_PTRACE" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// How a program ended, or why it could not run, in the servers' own words.
func TestSessionEnding(t *testing.T) {
	cn := &conn{at: Context{Name: "lab"}}
	if code, err := cn.ending("running", nil); code != 0 || err != nil {
		t.Errorf("well: %d, %v", code, err)
	}
	if code, err := cn.ending("running", exec.CodeExitError{Err: errors.New("command terminated"), Code: 7}); code != 7 || err != nil {
		t.Errorf("with a code: %d, %v", code, err)
	}
	for text, kind := range map[string]error{
		`Internal error occurred: error executing command in container: OCI runtime exec failed: exec: "bash": executable file not found in $PATH`: link.ErrNoProgram,
		`unable to upgrade connection: container not found ("app")`:                                                                                link.ErrNotRunning,
		`cannot exec into a container in a completed pod; current phase is Succeeded`:                                                              link.ErrNotRunning,
		`unable to upgrade connection: pods "web-1" not found`:                                                                                     ErrNotFound,
		`pods "web-1" is forbidden: User "ada" cannot create resource "pods/exec"`:                                                                 ErrForbidden,
		`error reading from error stream: next reader: websocket: close 1006 (abnormal closure): unexpected EOF`:                                   link.ErrBroken,
	} {
		_, err := cn.ending("running sh", errors.New(text))
		if !errors.Is(err, kind) {
			t.Errorf("%s\nis %v, want %v", text, err, kind)
		}
		if told, ok := errors.AsType[*Error](err); !ok || told.Do == "" {
			t.Errorf("%s\nsays nothing of what to do: %v", text, err)
		}
	}
}
