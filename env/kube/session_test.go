package kube

import (
	"bufio"
	"context"
	"crypto/sha1" // #nosec G505 -- what WebSocket greets with
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
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
		"the pod names a user":     {pod: &corev1.PodSecurityContext{RunAsUser: &user, RunAsNonRoot: &yes}, user: &user},
		"the target names another": {pod: &corev1.PodSecurityContext{RunAsUser: &user}, target: &corev1.SecurityContext{RunAsUser: &other}, user: &other},
		"not root, and no user":    {pod: &corev1.PodSecurityContext{RunAsNonRoot: &yes}, asRoot: true},
	} {
		p := &corev1.Pod{Spec: corev1.PodSpec{SecurityContext: c.pod, Containers: []corev1.Container{{Name: "app", SecurityContext: c.target}}}}
		got := debugContainer(p, "app", "busybox", General)
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

// Below a Pod Security level it is the user and group that its target is, and has
// what that level asks for. Whether the server takes it is seen on the fixture.
func TestDebugContainerKeepsToTheLevel(t *testing.T) {
	nobody, user, group, root := int64(nobodyUser), int64(1000), int64(2000), int64(0)
	reports := func(uid int64) []corev1.ContainerStatus {
		return []corev1.ContainerStatus{{Name: "app", User: &corev1.ContainerUser{Linux: &corev1.LinuxContainerUser{UID: uid, GID: group}}}}
	}
	as := &corev1.SecurityContext{RunAsUser: &user, RunAsGroup: &group}
	for name, c := range map[string]struct {
		pod        corev1.PodSecurityContext
		target     *corev1.SecurityContext
		status     []corev1.ContainerStatus
		baseline   *int64 // user
		restricted *int64
		group      *int64
	}{
		"nobody says who it is": {restricted: &nobody},
		"its node reports it":   {status: reports(user), baseline: &user, restricted: &user, group: &group},
		"it is root":            {status: reports(root), baseline: &root, restricted: &nobody, group: &group},
		"its manifest names it": {target: as, baseline: &user, restricted: &user, group: &group},
		"its pod names it":      {pod: corev1.PodSecurityContext{RunAsUser: &user, RunAsGroup: &group}, baseline: &user, restricted: &user, group: &group},
	} {
		app := []corev1.Container{{Name: "app", SecurityContext: c.target}}
		for kind, p := range map[string]*corev1.Pod{
			"container": {Spec: corev1.PodSpec{SecurityContext: &c.pod, Containers: app}, Status: corev1.PodStatus{ContainerStatuses: c.status}},
			"sidecar":   {Spec: corev1.PodSpec{SecurityContext: &c.pod, InitContainers: app}, Status: corev1.PodStatus{InitContainerStatuses: c.status}},
		} {
			want := &corev1.SecurityContext{RunAsUser: c.baseline, RunAsGroup: c.group}
			if d := cmp.Diff(want, debugContainer(p, "app", "busybox", Baseline).SecurityContext); d != "" {
				t.Errorf("%s, %s, baseline: %s", name, kind, d)
			}
			no, yes := false, true
			want = &corev1.SecurityContext{
				RunAsUser: c.restricted, RunAsGroup: c.group, RunAsNonRoot: &yes, AllowPrivilegeEscalation: &no,
				Capabilities:   &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
				SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
			}
			if d := cmp.Diff(want, debugContainer(p, "app", "busybox", Restricted).SecurityContext); d != "" {
				t.Errorf("%s, %s, restricted: %s", name, kind, d)
			}
		}
	}
}

// A refusal names the level that made it.
func TestRefusedBy(t *testing.T) {
	forbidden := func(text string) error {
		return apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, "web", errors.New(text))
	}
	for want, errs := range map[Profile][]error{
		Restricted: {forbidden(`violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false`)},
		Baseline:   {forbidden(`violates PodSecurity "baseline:v1.30": non-default capabilities`)},
		General:    {nil, errors.New(`PodSecurity "restricted:latest"`), forbidden(`User "ada" cannot patch resource "pods/ephemeralcontainers"`), forbidden(`violates PodSecurity "odd`)},
	} {
		for _, err := range errs {
			if got := refusedBy(err); got != want {
				t.Errorf("%v: %s, want %s", err, got, want)
			}
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

// How a container ended is what its pod tells, of that instance; where it does not
// tell, that is said, and not that it ended well.
func TestExitCode(t *testing.T) {
	t.Parallel()
	event := func(kind, state, last string) string {
		return fmt.Sprintf(`{"type":%q,"object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web"},"status":{"containerStatuses":[{"name":"main","containerID":"x://1","state":{%s},"lastState":{%s}}]}}}`, kind, state, last) + "\n"
	}
	ended := func(id string, code int) string {
		return fmt.Sprintf(`"terminated":{"exitCode":%d,"containerID":%q}`, code, id)
	}
	runs := event("ADDED", `"running":{}`, "")
	for name, c := range map[string]struct {
		events string
		status int // of the answer; 0: well
		code   int
		err    error
	}{
		"told a little later":  {events: runs + event("MODIFIED", ended("x://1", 5), ""), code: 5},
		"started again":        {events: event("ADDED", `"running":{}`, ended("x://1", 7)), code: 7},
		"deleted at once":      {events: runs + event("DELETED", ended("x://1", 137), ""), code: 137},
		"well":                 {events: event("ADDED", ended("x://1", 0), "")},
		"it runs on":           {events: runs, err: link.ErrNoCode},
		"of another instance":  {events: event("ADDED", ended("x://2", 3), ""), err: link.ErrNoCode},
		"deleted, nobody told": {events: runs + event("DELETED", `"running":{}`, ""), err: link.ErrNoCode},
		"may not be watched":   {status: http.StatusForbidden, err: link.ErrNoCode},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if c.status != 0 {
					w.WriteHeader(c.status)
				}
				_, _ = w.Write([]byte(c.events))
				if strings.Contains(c.events, "DELETED") { // what is deleted tells nothing more
					w.(http.Flusher).Flush()
					<-r.Context().Done()
				}
			}))
			t.Cleanup(srv.Close)
			cn, err := openServer(t, srv.URL, "").connected(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			code, err := cn.exitCode(t.Context(), "shop", "web", PodContainer{Name: "main", ID: "x://1"})
			if code != c.code || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
				t.Errorf("exitCode = %d, %v", code, err)
			}
		})
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	cn, err := openServer(t, "http://127.0.0.1:1", "").connected(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cn.exitCode(over, "shop", "web", PodContainer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("who left is told %v", err)
	}
}

// endingWith is an API server whose programs all write out, and end with a code.
func endingWith(t *testing.T, out string, code int) *Client {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		key := sha1.Sum([]byte(r.Header.Get("Sec-Websocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		to := bufio.NewWriter(c)
		_, _ = fmt.Fprintf(to, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(key[:]))
		frame := func(text string) {
			_, _ = to.Write([]byte{0x82, 126, byte(len(text) >> 8), byte(len(text))})
			_, _ = to.WriteString(text)
		}
		frame("\x01" + out)
		frame(fmt.Sprintf("\x03"+`{"kind":"Status","status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"%d"}]}}`, code))
		_, _ = to.WriteString("\x88\x02\x03\xe8") // a normal end
		_ = to.Flush()
		_, _ = c.Read(make([]byte, 1)) // it has understood
	}))
	t.Cleanup(srv.Close)
	return openServer(t, srv.URL, "")
}

// On nodes that run on Docker a missing program has an exit code, and the
// runtime's words for an output.
func TestExecOnDocker(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		out  string
		code int
		want error
	}{
		"missing": {"OCI runtime exec failed: exec failed: unable to start container process: exec: \"bash\": executable file not found in $PATH: unknown\r\n", 127, link.ErrNoProgram},
		"there":   {"bash: line 1: nothing: command not found\n", 127, nil},
	} {
		var out strings.Builder
		code, err := endingWith(t, c.out, c.code).Exec(deadline(t, callLimit), "shop", "web", "app", []string{"bash"}, link.Streams{Out: &out})
		if !errors.Is(err, c.want) || code != c.code || out.String() != c.out {
			t.Errorf("%s: %d, %v, %q", name, code, err, out.String())
		}
		if told, ok := errors.AsType[*Error](err); c.want != nil && (!ok || told.Do == "" || told.Err.Error() != "the image has no bash") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
