package kube

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/twindeck/twindeck/env/link"
)

// fixture opens the real cluster that test/fixture starts, and skips the test
// where it does not run.
func fixture(t *testing.T, o Options) *Client {
	t.Helper()
	state := os.Getenv("TWINDECK_FIXTURE")
	if state == "" {
		t.Skip("needs the real cluster: TWINDECK_FIXTURE is not set (make fixture, then eval \"$(make -s fixture-env)\")")
	}
	o.Kubeconfig = filepath.Join(state, "home", ".kube", "config")
	return Open(o)
}

// inNamespace opens the fixture in a namespace that the test alone uses, once it
// has what pods need.
func inNamespace(t *testing.T) *Client {
	t.Helper()
	name := strings.ToLower(fmt.Sprintf("kube-%s-%d", strings.ReplaceAll(t.Name(), "/", "-"), time.Now().UnixNano()%1e6))
	c := fixture(t, Options{Namespace: name})
	ctx := deadline(t, 20*time.Second)
	if _, err := c.Apply(ctx, name, read(t, c, "apiVersion: v1\nkind: Namespace\nmetadata: {name: "+name+"}\n"), nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cn, err := c.connected(t.Context())
		if err == nil {
			err = cn.calls.CoreV1().Namespaces().Delete(context.Background(), name, metav1.DeleteOptions{})
		}
		if err != nil {
			t.Error(err)
		}
	})
	cn, err := c.connected(ctx)
	if err != nil {
		t.Fatal(err)
	}
	w, err := cn.streams.CoreV1().ServiceAccounts(name).Watch(ctx, metav1.SingleObject(metav1.ObjectMeta{Name: "default"}))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	for e := range w.ResultChan() {
		if e.Type == watch.Added {
			return c
		}
	}
	t.Fatalf("namespace %s has no default service account", name)
	return nil
}

func deadline(t *testing.T, limit time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	return ctx
}

// read writes text to a file and reads its manifests.
func read(t *testing.T, c *Client, text string) []Manifest {
	t.Helper()
	file := filepath.Join(t.TempDir(), "app.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ms, err := c.ReadManifests(t.Context(), Source{Files: []string{file}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return ms
}

// app is a workload that runs script in the fixture's base image.
func app(kind, name string, replicas int, script string) string {
	spec := fmt.Sprintf("  replicas: %d\n", replicas)
	if kind == "DaemonSet" {
		spec = ""
	}
	return fmt.Sprintf(`apiVersion: apps/v1
kind: %s
metadata:
  name: %s
spec:
%s  selector:
    matchLabels: {app: %s}
  template:
    metadata:
      labels: {app: %s}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
      - name: main
        image: twindeck.local/base:1
        imagePullPolicy: Never
        env: [{name: DB_PASSWORD, value: hunter2}, {name: PLAIN, value: seen}]
        command: ["sh", "-c", %q]
`, kind, name, spec, name, name, script)
}

func TestFixtureCluster(t *testing.T) {
	c := fixture(t, Options{})
	ctx := deadline(t, 20*time.Second)
	if v, err := c.Version(ctx); err != nil || v.Major != 1 || v.Minor < 30 || !strings.HasPrefix(v.Git, "v1.") || v.Platform == "" {
		t.Errorf("Version() = %+v, %v", v, err)
	}
	if r, err := c.Readyz(ctx); err != nil || !r.OK || !slices.Contains(r.Parts, ReadyzPart{Name: "etcd", OK: true}) {
		t.Errorf("Readyz() = %+v, %v", r, err)
	}
	nodes, err := c.Nodes(ctx)
	if err != nil || len(nodes) == 0 || nodes[0].Name != "docker-desktop" || !nodes[0].Ready || nodes[0].CPU == 0 || nodes[0].Memory == 0 ||
		!strings.HasPrefix(nodes[0].Runtime, "containerd://") || nodes[0].InternalIP == "" {
		t.Errorf("Nodes() = %+v, %v", nodes, err)
	}
	if ns, err := c.Namespaces(ctx); err != nil || !slices.Contains(ns, "kube-system") || !slices.IsSorted(ns) {
		t.Errorf("Namespaces() = %v, %v", ns, err)
	}
	if ok, err := c.CanI(ctx, "default", "create", "apps", "deployments"); err != nil || !ok {
		t.Errorf("CanI() = %v, %v", ok, err)
	}
	if ready, total, err := c.CoreDNS(ctx); err != nil || total == 0 || ready != total {
		t.Errorf("CoreDNS() = %d of %d, %v", ready, total, err)
	}
	at, err := c.Context()
	if err != nil || at.Name != "docker-desktop" || !at.Local || at.Namespace != "default" {
		t.Errorf("Context() = %+v, %v", at, err)
	}
}

func TestFixtureDeploy(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"Deployment", "StatefulSet", "DaemonSet"} {
		t.Run(kind, func(t *testing.T) { t.Parallel(); deployTwice(t, kind) })
	}
}

func deployTwice(t *testing.T, kind string) {
	c := inNamespace(t)
	ctx := deadline(t, 2*time.Minute)
	ms := read(t, c, app(kind, "web", 2, "echo one; exec sleep 1000"))

	dry, err := c.DryRun(ctx, "", ms)
	if err != nil || len(dry) != 1 || dry[0].Change != Created || !strings.Contains(dry[0].Diff, "+kind: "+kind) {
		t.Fatalf("DryRun() = %+v, %v", dry, err)
	}
	if strings.Contains(dry[0].Diff, "hunter2") || !strings.Contains(dry[0].Diff, "seen") {
		t.Errorf("the diff shows a password, or hides what is none:\n%s", dry[0].Diff)
	}
	roll(t, c, ms, Created)
	if again, err := c.Apply(ctx, "", ms, nil); err != nil || again[0].Change != Unchanged || again[0].Diff != "" {
		t.Errorf("the second Apply() = %+v, %v", again, err)
	}
	last := roll(t, c, read(t, c, app(kind, "web", 2, "echo two; exec sleep 1000")), Updated)
	pod := ""
	for _, p := range last.Pods {
		if p.New {
			pod = p.Name
			if len(p.Digests) != 1 || !strings.HasPrefix(p.Digests[0], "sha256:") {
				t.Errorf("%s runs %v", p.Name, p.Digests)
			}
		}
	}
	if got := logged(t, c, pod); got != "two\n" {
		t.Errorf("the new pod logged %q", got)
	}
	if err := c.Undo(ctx, last.Ref); err != nil {
		t.Fatal(err)
	}
	if err := c.Rollout(ctx, []Ref{last.Ref}, nil); err != nil {
		t.Fatal(err)
	}
	diff, err := c.DryRun(ctx, "", ms)
	if err != nil || diff[0].Change != Unchanged {
		t.Errorf("after Undo(): %+v, %v", diff, err)
	}
	// The fields that undoing took over are the manifest's to set again.
	roll(t, c, read(t, c, app(kind, "web", 2, "echo three; exec sleep 1000")), Updated)
}

// roll applies ms and waits for the rollout; it returns the last news.
func roll(t *testing.T, c *Client, ms []Manifest, want Change) Rollout {
	t.Helper()
	ctx := deadline(t, time.Minute)
	applied, err := c.Apply(ctx, "", ms, nil)
	if err != nil || applied[0].Change != want {
		t.Fatalf("Apply() = %+v, %v", applied, err)
	}
	var last Rollout
	if err := c.Rollout(ctx, []Ref{applied[0].Ref}, func(r Rollout) { last = r }); err != nil {
		t.Fatal(err)
	}
	if !last.Done || last.Ready != last.Desired || last.Updated < last.Desired {
		t.Errorf("the last news: %+v", last)
	}
	return last
}

func logged(t *testing.T, c *Client, pod string) string {
	t.Helper()
	at, err := c.Context()
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Logs(t.Context(), at.Namespace, pod, LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestFixturePod(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ctx := deadline(t, time.Minute)
	at, err := c.Context()
	if err != nil {
		t.Fatal(err)
	}
	ns := at.Namespace
	last := roll(t, c, read(t, c, app("Deployment", "web", 1, "echo up; sleep 2; echo more; exec sleep 1000")), Created)
	pod := last.Pods[0].Name

	follow, err := c.Logs(ctx, ns, pod, LogOptions{Follow: true, Timestamps: true})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	buf := make([]byte, 4096)
	for !strings.Contains(text.String(), "more") {
		n, err := follow.Read(buf)
		if err != nil {
			t.Fatalf("following: %v after %q", err, text.String())
		}
		text.Write(buf[:n])
	}
	if err := follow.Close(); err != nil {
		t.Error(err)
	}
	if !strings.HasPrefix(text.String(), time.Now().UTC().Format("2006-")) {
		t.Errorf("no timestamps in %q", text.String())
	}
	described, err := c.Describe(ctx, PodRef(ns, pod))
	if err != nil || !strings.Contains(described, "Containers:") || strings.Contains(described, "hunter2") || !strings.Contains(described, "seen") {
		t.Errorf("Describe() = %s, %v", described, err)
	}
	y, err := c.YAML(ctx, PodRef(ns, pod))
	if err != nil || strings.Contains(y, "managedFields") || strings.Contains(y, "hunter2") || !strings.Contains(y, "kind: Pod") {
		t.Errorf("YAML() = %s, %v", y, err)
	}
	events, err := c.Events(ctx, PodRef(ns, pod))
	if err != nil || len(events) == 0 || events[0].Object != "Pod/"+pod || events[0].Last.IsZero() {
		t.Errorf("Events() = %+v, %v", events, err)
	}
	if now, err := c.Scale(ctx, Owner{Kind: "Deployment", Name: "web"}.Ref(ns), 1); err != nil || now != 2 {
		t.Errorf("Scale() = %d, %v", now, err)
	}
	if err := c.Restart(ctx, PodRef(ns, pod)); err != nil {
		t.Error(err)
	}
	var news Rollout
	if err := c.Rollout(ctx, []Ref{last.Ref}, func(r Rollout) { news = r }); err != nil || news.Ready != 2 {
		t.Errorf("after Restart(): %+v, %v", news, err)
	}
	if slices.ContainsFunc(news.Pods, func(p RolloutPod) bool { return p.New && p.Name == pod }) {
		t.Errorf("%s was not replaced", pod)
	}
	if err := c.Delete(ctx, PodRef(ns, news.Pods[len(news.Pods)-1].Name)); err != nil {
		t.Error(err)
	}
	if _, err := c.Logs(ctx, ns, "no-such-pod", LogOptions{Follow: true}); !errors.Is(err, ErrNotFound) {
		t.Errorf("the log of a pod that is not there: %v", err)
	}
}

func TestFixtureRolloutFails(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text, fails string
		trouble     Trouble
	}{
		"image": {
			text:    strings.Replace(app("Deployment", "web", 2, "exec sleep 1000"), "base:1", "nowhere:1", 1),
			fails:   "ErrImageNeverPull",
			trouble: Trouble{Container: "main", Reason: "ErrImageNeverPull"},
		},
		"crash": {
			text:    app("Deployment", "web", 1, "echo cannot reach the database; exit 3"),
			fails:   "exit code 3",
			trouble: Trouble{Container: "main", Reason: "CrashLoopBackOff", ExitCode: 3, Tail: []string{"cannot reach the database"}},
		},
		"command": {
			text:    strings.Replace(app("Deployment", "web", 1, ""), `"sh"`, `"no-such-program"`, 1),
			fails:   "no-such-program",
			trouble: Trouble{Container: "main", Reason: "CrashLoopBackOff", ExitCode: 128},
		},
		"room": {
			text: strings.Replace(app("Deployment", "web", 1, "exec sleep 1000"), "        env:",
				"        resources: {requests: {cpu: 5000}}\n        env:", 1),
			fails:   "not done in time",
			trouble: Trouble{Reason: "Unschedulable"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := inNamespace(t)
			limit := time.Minute
			if name == "room" {
				limit = 20 * time.Second // nothing but a bigger node helps, and one may come
			}
			applied, err := c.Apply(deadline(t, 20*time.Second), "", read(t, c, tc.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			err = c.Rollout(deadline(t, limit), []Ref{applied[0].Ref}, nil)
			var failed *RolloutError
			if !errors.As(err, &failed) || failed.Ref != applied[0].Ref || failed.Pod == "" || !strings.Contains(err.Error(), tc.fails) {
				t.Fatalf("Rollout() = %v", err)
			}
			found, err := c.Trouble(deadline(t, 20*time.Second), applied[0].Ref)
			if err != nil || len(found) == 0 {
				t.Fatalf("Trouble() = %+v, %v", found, err)
			}
			got, want := found[0], tc.trouble
			if got.Reason != want.Reason || got.Container != want.Container || got.ExitCode != want.ExitCode ||
				got.Message == "" || !slices.Equal(got.Tail, want.Tail) {
				t.Errorf("Trouble() = %+v", got)
			}
		})
	}
}

func TestFixtureWatch(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	defer func() {
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run() = %v", err)
		}
	}()
	await(t, c, "an empty list", func(s Snapshot) bool { return s.Synced && s.Status.State == link.Live && len(s.Pods) == 0 })
	roll(t, c, read(t, c, app("Deployment", "web", 2, "exec sleep 1000")), Created)
	s := await(t, c, "two ready pods", func(s Snapshot) bool {
		return len(s.Pods) == 2 && s.Pods[0].Phase == PhaseReady && s.Pods[1].Phase == PhaseReady
	})
	p := s.Pods[0]
	if p.Owner != (Owner{Kind: "Deployment", Name: "web"}) || p.Status != "Running" || p.Ready != 1 || p.Total != 1 || p.Node != "docker-desktop" ||
		len(p.Images) != 1 || p.Images[0].Image != "twindeck.local/base:1" || !strings.HasPrefix(p.Images[0].Digest, "sha256:") {
		t.Errorf("row %+v", p)
	}
	c.SetNamespace("")
	if s := c.Snapshot(); s.Synced || len(s.Pods) != 0 || s.Namespace != "" {
		t.Errorf("right after SetNamespace: %+v", s)
	}
	await(t, c, "pods of all namespaces", func(s Snapshot) bool {
		return s.Synced && slices.ContainsFunc(s.Pods, func(p *Pod) bool { return p.Namespace == "kube-system" })
	})
}

// await waits for a snapshot that fits, led by Changed.
func await(t *testing.T, c *Client, what string, fits func(Snapshot) bool) Snapshot {
	t.Helper()
	limit := time.After(30 * time.Second)
	for {
		if s := c.Snapshot(); fits(s) {
			return s
		}
		select {
		case <-c.Changed():
		case <-limit:
			t.Fatalf("waited for %s, have %+v", what, c.Snapshot())
		}
	}
}
