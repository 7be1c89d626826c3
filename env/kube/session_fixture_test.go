package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/twindeck/twindeck/env/link"
)

// typist is a person at a terminal.
type typist struct {
	t       *testing.T
	streams link.Streams
	types   *io.PipeWriter
	sizes   chan link.Size

	mu      sync.Mutex
	screen  strings.Builder
	changed chan struct{}
}

func newTypist(t *testing.T) *typist {
	in, types := io.Pipe()
	p := &typist{t: t, types: types, sizes: make(chan link.Size, 4), changed: make(chan struct{}, 1)}
	p.streams = link.Streams{In: in, Out: p, TTY: true, Sizes: p.sizes}
	t.Cleanup(func() { _ = in.Close() })
	p.sizes <- link.Size{Cols: 91, Rows: 31}
	return p
}

func (p *typist) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.screen.Write(b)
	select {
	case p.changed <- struct{}{}:
	default:
	}
	return len(b), nil
}

func (p *typist) line(text string) {
	p.t.Helper()
	if _, err := io.WriteString(p.types, text+"\n"); err != nil {
		p.t.Error(err)
	}
}

// see waits until the screen holds a text.
func (p *typist) see(ctx context.Context, text string) {
	p.t.Helper()
	for {
		p.mu.Lock()
		all := p.screen.String()
		p.mu.Unlock()
		if strings.Contains(all, text) {
			return
		}
		select {
		case <-p.changed:
		case <-ctx.Done():
			p.t.Fatalf("no %q on the screen:\n%s", text, all)
		}
	}
}

type ending struct {
	code int
	err  error
}

func beside(f func() (int, error)) <-chan ending {
	ended := make(chan ending, 1)
	go func() {
		code, err := f()
		ended <- ending{code, err}
	}()
	return ended
}

// runPod runs a pod of one container, main, and waits until it runs.
func runPod(t *testing.T, c *Client, name, container string) {
	t.Helper()
	ctx := deadline(t, 60*time.Second)
	ns := c.options.Namespace
	ms := read(t, c, fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec:\n  terminationGracePeriodSeconds: 0\n  restartPolicy: Never\n  containers:\n  - name: main\n    imagePullPolicy: Never\n%s", name, container))
	if _, err := c.Apply(ctx, ns, ms, nil); err != nil {
		t.Fatal(err)
	}
	cn, err := c.connected(ctx)
	if err != nil {
		t.Fatal(err)
	}
	w, err := cn.streams.CoreV1().Pods(ns).Watch(ctx, metav1.SingleObject(metav1.ObjectMeta{Name: name}))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	for e := range w.ResultChan() {
		if p, ok := e.Object.(*corev1.Pod); ok && p.Status.Phase == corev1.PodRunning {
			return
		}
	}
	t.Fatalf("pod %s does not run", name)
}

func TestFixtureExec(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ns := c.options.Namespace
	ctx := deadline(t, 60*time.Second)
	runPod(t, c, "box", "    image: twindeck.local/base:1\n    command: [sleep, '600']\n")

	var out, errs strings.Builder
	code, err := c.Exec(ctx, ns, "box", "main", []string{"sh", "-c", "cat; echo oops >&2; exit 7"}, link.Streams{In: strings.NewReader("hello"), Out: &out, Err: &errs})
	if code != 7 || err != nil || out.String() != "hello" || errs.String() != "oops\n" {
		t.Errorf("without a terminal: %d, %v, %q, %q", code, err, out.String(), errs.String())
	}

	p := newTypist(t)
	ended := beside(func() (int, error) { return c.Exec(ctx, ns, "box", "", []string{"sh"}, p.streams) })
	p.line("test -t 0 && echo it is a $((6*7)) terminal")
	p.see(ctx, "it is a 42 terminal")
	p.line("exit 3")
	if e := <-ended; e.code != 3 || e.err != nil {
		t.Errorf("with a terminal: %d, %v", e.code, e.err)
	}

	if _, err := c.Exec(ctx, ns, "box", "main", []string{"bash"}, link.Streams{}); !errors.Is(err, link.ErrNoProgram) {
		t.Errorf("a program that is not there: %v", err)
	}
	if _, err := c.Exec(ctx, ns, "nobody", "main", []string{"sh"}, link.Streams{}); !errors.Is(err, ErrNotFound) {
		t.Errorf("in no pod: %v", err)
	}
	if _, err := c.Exec(Aim(ctx, Context{Name: "other"}), ns, "box", "main", []string{"sh"}, link.Streams{}); !errors.Is(err, ErrElsewhere) {
		t.Errorf("asked of another cluster: %v", err)
	}

	leave, left := context.WithCancel(ctx)
	p = newTypist(t)
	ended = beside(func() (int, error) { return c.Exec(leave, ns, "box", "main", []string{"sh"}, p.streams) })
	p.line("echo $((1+1)) are here")
	p.see(ctx, "2 are here")
	left()
	if e := <-ended; !errors.Is(e.err, context.Canceled) {
		t.Errorf("left: %d, %v", e.code, e.err)
	}

	p = newTypist(t)
	ended = beside(func() (int, error) { return c.Exec(ctx, ns, "box", "main", []string{"sh"}, p.streams) })
	p.line("echo $((1+1)) are here")
	p.see(ctx, "2 are here")
	if err := c.Delete(ctx, Ref{Version: "v1", Kind: "Pod", Namespace: ns, Name: "box"}); err != nil {
		t.Fatal(err)
	}
	if e := <-ended; e.code != 137 && !errors.Is(e.err, link.ErrBroken) {
		t.Errorf("the pod was deleted under the shell: %d, %v", e.code, e.err)
	}
}

func TestFixtureAttach(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ns := c.options.Namespace
	ctx := deadline(t, 60*time.Second)
	runPod(t, c, "box", "    image: twindeck.local/base:1\n    stdin: true\n    tty: true\n    command: [sh]\n")
	all, err := c.PodContainers(ctx, ns, "box")
	if err != nil || len(all) != 1 || !all[0].TTY || !all[0].Stdin || !all[0].Running() {
		t.Fatalf("Containers = %+v, %v", all, err)
	}
	p := newTypist(t)
	ended := beside(func() (int, error) { return c.Attach(ctx, ns, "box", "", p.streams) })
	p.line("echo $((6*7))")
	p.see(ctx, "42")
	p.line("exit 5")
	if e := <-ended; e.code != 5 || e.err != nil {
		t.Errorf("the main process ended with %d, %v", e.code, e.err)
	}
	if _, err := c.Attach(ctx, ns, "box", "", link.Streams{}); !errors.Is(err, link.ErrNotRunning) {
		t.Errorf("attaching to what has ended: %v", err)
	}
}

// A container without a shell is looked into from an ephemeral one, which is
// used again.
func TestFixtureDebug(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ns := c.options.Namespace
	ctx := deadline(t, 90*time.Second)
	runPod(t, c, "bare", "    image: registry.k8s.io/pause:3.10.1\n")
	if _, err := c.Exec(ctx, ns, "bare", "main", []string{"sh"}, link.Streams{}); !errors.Is(err, link.ErrNoProgram) {
		t.Errorf("a shell in an image without one: %v", err)
	}
	var said []string
	name, err := c.Debug(ctx, ns, "bare", "main", "twindeck.local/base:1", func(s string) { said = append(said, s) })
	if err != nil {
		t.Fatal(err)
	}
	if len(said) == 0 || !strings.Contains(said[0], name) {
		t.Errorf("it said %q", said)
	}
	p := newTypist(t)
	ended := beside(func() (int, error) { return c.Exec(ctx, ns, "bare", name, []string{"sh"}, p.streams) })
	p.line("tr '\\0' ' ' < /proc/1/cmdline; echo; ls /proc/1/root")
	p.see(ctx, "/pause")
	p.line("exit 4")
	if e := <-ended; e.code != 4 || e.err != nil {
		t.Errorf("the debug shell ended with %d, %v", e.code, e.err)
	}
	again, err := c.Debug(ctx, ns, "bare", "main", "twindeck.local/base:1", func(s string) { t.Errorf("it said %s", s) })
	if again != name || err != nil {
		t.Errorf("the next time it is %s, not %s: %v", again, name, err)
	}
	if _, err := c.Debug(ctx, ns, "bare", "main", "localhost:5050/nobody/has-this:1", func(string) {}); err == nil || !strings.Contains(err.Error(), "choose an image") {
		t.Errorf("an image that nobody has: %v", err)
	}
}

// Where pods may only do what a Pod Security level allows, so does a debug
// container; and it sees the files of its target, being the same user.
func TestFixtureDebugBelowALevel(t *testing.T) {
	t.Parallel()
	for level, as := range map[Profile]string{
		Baseline:   "",
		Restricted: "    securityContext: {runAsNonRoot: true, runAsUser: 4711, runAsGroup: 4712, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}\n",
	} {
		t.Run(string(level), func(t *testing.T) {
			t.Parallel()
			c := inNamespace(t)
			ns := c.options.Namespace
			ctx := deadline(t, 90*time.Second)
			enforce := func(level Profile) {
				t.Helper()
				if _, err := c.Apply(ctx, ns, read(t, c, fmt.Sprintf("apiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {%s: %s}}\n", ns, enforceLabel, level)), nil); err != nil {
					t.Fatal(err)
				}
			}
			enforce(level)
			runPod(t, c, "bare", "    image: registry.k8s.io/pause:3.10.1\n"+as)
			if got := c.DebugProfile(ctx, ns); got != level {
				t.Errorf("DebugProfile = %s", got)
			}
			var said []string
			name, err := c.Debug(ctx, ns, "bare", "main", "twindeck.local/base:1", func(s string) { said = append(said, s) })
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(said[0], "--profile="+string(level)) {
				t.Errorf("it said %q", said)
			}
			var out strings.Builder
			code, err := c.Exec(ctx, ns, "bare", name, []string{"sh", "-c", "ls /proc/1/root"}, link.Streams{Out: &out})
			if code != 0 || err != nil || !strings.Contains(out.String(), "pause") {
				t.Errorf("the target's files: %d, %v, %s", code, err, out.String())
			}
		})
	}
}

// Who may not read the namespace learns of its level from the refusal.
func TestFixtureDebugLearnsTheLevel(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ns := c.options.Namespace
	ctx := deadline(t, 90*time.Second)
	nobody := asNobody(t, c)
	rights := fmt.Sprintf(`apiVersion: v1
kind: Namespace
metadata: {name: %[1]s, labels: {%[2]s: restricted}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: debugger}
rules:
- {apiGroups: [""], resources: [pods, events], verbs: [get, list]}
- {apiGroups: [""], resources: [pods/ephemeralcontainers], verbs: [patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: debugger}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: debugger}
subjects: [{kind: ServiceAccount, name: nobody, namespace: %[1]s}]
`, ns, enforceLabel)
	if _, err := c.Apply(ctx, ns, read(t, c, rights), nil); err != nil {
		t.Fatal(err)
	}
	runPod(t, c, "bare", "    image: registry.k8s.io/pause:3.10.1\n    securityContext: {runAsNonRoot: true, runAsUser: 4711, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}\n")
	if got := nobody.DebugProfile(ctx, ns); got != General {
		t.Errorf("DebugProfile = %s, of a namespace that may not be read", got)
	}
	var said []string
	if _, err := nobody.Debug(ctx, ns, "bare", "main", "twindeck.local/base:1", func(s string) { said = append(said, s) }); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said[0], "--profile=restricted") {
		t.Errorf("it said %q", said)
	}
}
