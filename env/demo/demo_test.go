package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// wait lets time pass on a frozen clock.
func wait(t *testing.T, e *env.Environment, d time.Duration) {
	t.Helper()
	w := e.Docker.(engine).w
	if err := w.pass(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

func container(t *testing.T, e *env.Environment, name string) *docker.Container {
	t.Helper()
	for _, c := range e.Docker.Snapshot().Containers {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no container %s", name)
	return nil
}

func pods(e *env.Environment, owner string) []*kube.Pod {
	var out []*kube.Pod
	for _, p := range e.Kube.Snapshot().Pods {
		if p.Owner.Name == owner {
			out = append(out, p)
		}
	}
	return out
}

func TestSameMomentSameWorld(t *testing.T) {
	a, b := OpenAt(noon), OpenAt(noon)
	for range 2 {
		if d := cmp.Diff(a.Docker.Snapshot(), b.Docker.Snapshot()); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(a.Kube.Snapshot(), b.Kube.Snapshot()); d != "" {
			t.Error(d)
		}
		wait(t, a, 90*time.Second)
		wait(t, b, 90*time.Second)
	}
}

func TestCast(t *testing.T) {
	e := OpenAt(noon)
	if s := e.Docker.Snapshot().Status.State; s != link.Live {
		t.Errorf("the engine is %s", s)
	}
	web := container(t, e, "my-app-web-1")
	var same, stale int
	for _, p := range pods(e, "my-app") {
		if p.Images[0].Digest == web.ImageDigest {
			same++
		} else {
			stale++
		}
	}
	if same != 2 || stale != 1 {
		t.Errorf("%d pods run web's image and %d an older one", same, stale)
	}
	phases := map[kube.Phase]bool{}
	for _, p := range e.Kube.Snapshot().Pods {
		phases[p.Phase] = true
	}
	for _, want := range []kube.Phase{kube.PhaseReady, kube.PhaseWarning, kube.PhaseFailed, kube.PhaseDone} {
		if !phases[want] {
			t.Errorf("no pod is in phase %d", want)
		}
	}
	for _, p := range e.Kube.Snapshot().Pods {
		for what, ask := range map[string]func(context.Context, kube.Ref) (string, error){"describe": e.Kube.Describe, "YAML": e.Kube.YAML} {
			if text, err := ask(t.Context(), p.Ref()); err != nil || !strings.Contains(text, p.Name) || strings.Contains(text, "%!") {
				t.Errorf("%s of %s: %v\n%s", what, p.Name, err, text)
			}
		}
	}
	for _, c := range e.Docker.Snapshot().Containers {
		if text, err := e.Docker.Inspect(t.Context(), c.ID); err != nil || !json.Valid([]byte(text)) {
			t.Errorf("inspecting %s: %v", c.Name, err)
		}
	}
}

func TestContainerActions(t *testing.T) {
	e := OpenAt(noon)
	ctx := t.Context()
	before := container(t, e, "grafana")
	if err := e.Docker.Stop(ctx, before.ID); err != nil {
		t.Fatal(err)
	}
	if got := container(t, e, "grafana").State; got != "exited" {
		t.Errorf("stopped, it is %s", got)
	}
	if before.State != "running" {
		t.Error("a row that was handed out has changed")
	}
	if err := e.Docker.Start(ctx, before.ID); err != nil {
		t.Fatal(err)
	}
	if got := container(t, e, "grafana"); got.State != "running" || !got.Started.After(noon) {
		t.Errorf("started, it is %s since %s", got.State, got.Started)
	}
	if err := e.Docker.Remove(ctx, before.ID); err != nil {
		t.Fatal(err)
	}
	if err := e.Docker.Restart(ctx, before.ID); !errors.Is(err, docker.ErrNotFound) {
		t.Errorf("restarting what was removed: %v", err)
	}
}

func TestDeletedPodIsReplaced(t *testing.T) {
	for owner, sameName := range map[string]bool{"redis": true, "checkout": false} {
		t.Run(owner, func(t *testing.T) {
			e := OpenAt(noon)
			was := pods(e, owner)
			if err := e.Kube.Delete(t.Context(), was[0].Ref()); err != nil {
				t.Fatal(err)
			}
			if got := pods(e, owner)[0].Status; got != "Terminating" {
				t.Errorf("deleted, it is %s", got)
			}
			wait(t, e, 30*time.Second)
			now := pods(e, owner)
			if len(now) != len(was) {
				t.Fatalf("%d pods, not %d", len(now), len(was))
			}
			if (now[0].Name == was[0].Name) != sameName || now[0].UID == was[0].UID {
				t.Errorf("%s was replaced by %s", was[0].Name, now[0].Name)
			}
		})
	}
}

func TestRestartRollsOneByOne(t *testing.T) {
	e := OpenAt(noon)
	if err := e.Kube.Restart(t.Context(), pods(e, "my-app")[0].Ref()); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		ready := 0
		for _, p := range pods(e, "my-app") {
			if p.Phase == kube.PhaseReady {
				ready++
			}
		}
		if ready < 3 {
			t.Fatalf("only %d pods ready at %s", ready, e.Host.Now().Sub(noon))
		}
		wait(t, e, 100*time.Millisecond)
	}
	now := pods(e, "my-app")
	if len(now) != 3 {
		t.Errorf("%d pods at the end", len(now))
	}
	for _, p := range now {
		if p.Created.Before(noon) {
			t.Errorf("%s was not replaced", p.Name)
		}
	}
	if err := e.Kube.Restart(t.Context(), kube.PodRef("kube-system", "storage-provisioner")); err == nil {
		t.Error("a pod that nobody owns was restarted")
	}
}

func TestScale(t *testing.T) {
	e := OpenAt(noon)
	ref := kube.Owner{Kind: "Deployment", Name: "my-app"}.Ref("default")
	for _, by := range []int{2, -4} {
		want, err := e.Kube.Scale(t.Context(), ref, by)
		if err != nil {
			t.Fatal(err)
		}
		wait(t, e, time.Minute)
		if got := len(pods(e, "my-app")); got != want {
			t.Errorf("%d pods after scaling by %d, not %d", got, by, want)
		}
	}
	if _, err := e.Kube.Scale(t.Context(), kube.Owner{Kind: "StatefulSet", Name: "redis"}.Ref("default"), 1); err == nil {
		t.Error("scaled what it says it cannot")
	}
}

func TestLogs(t *testing.T) {
	e := OpenAt(noon)
	ctx, cancel := context.WithCancel(t.Context())
	id := container(t, e, "my-app-web-1").ID
	read := func(o docker.LogOptions) []string {
		t.Helper()
		r, err := e.Docker.Logs(ctx, id, o)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	}
	all := read(docker.LogOptions{})
	if len(all) < 300 {
		t.Errorf("%d lines in 5 minutes", len(all))
	}
	if d := cmp.Diff(all[len(all)-7:], read(docker.LogOptions{Tail: 7})); d != "" {
		t.Error(d)
	}
	late := read(docker.LogOptions{Since: noon.Add(-10 * time.Second), Timestamps: true})
	stamp, _, _ := strings.Cut(late[0], " ")
	if at, err := time.Parse(time.RFC3339Nano, stamp); err != nil || len(late) > 12 || at.Before(noon.Add(-10*time.Second)) {
		t.Errorf("since 10 s ago: %q", late)
	}
	for _, l := range all {
		if strings.Contains(l, "%!") {
			t.Fatalf("badly made line %q", l)
		}
	}

	followed, err := e.Docker.Logs(ctx, id, docker.LogOptions{Follow: true, Tail: 1})
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(20*time.Millisecond, cancel)
	if raw, err := io.ReadAll(followed); err != nil || strings.Count(string(raw), "\n") != 1 {
		t.Errorf("followed on a frozen clock: %q, %v", raw, err)
	}
}

func TestLogsTick(t *testing.T) {
	e := Open()
	id := container(t, e, "my-app-api-1").ID
	r, err := e.Docker.Logs(t.Context(), id, docker.LogOptions{Follow: true, Tail: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	lines := bufio.NewScanner(r)
	for range 2 { // the last one, and one that is written now
		if !lines.Scan() {
			t.Fatal("the log ended")
		}
	}
}

func TestPodLogs(t *testing.T) {
	e := OpenAt(noon)
	if _, err := e.Kube.Logs(t.Context(), "default", "thumbs-5b7f9d8c4-q4wzt", kube.LogOptions{}); err == nil {
		t.Error("a pod without an image has a log")
	}
	r, err := e.Kube.Logs(t.Context(), "default", "checkout-6d4cf56db6-x9k2p", kube.LogOptions{Previous: true})
	if err != nil {
		t.Fatal(err)
	}
	if raw, _ := io.ReadAll(r); !strings.Contains(string(raw), "PAYMENT_URL is not set") {
		t.Errorf("log: %s", raw)
	}
}

func TestDesktopStartsEngineAndCluster(t *testing.T) {
	e := OpenAt(noon, EngineOff)
	ctx := t.Context()
	if err := e.Docker.Ping(ctx); err == nil {
		t.Fatal("an engine that is off answers")
	}
	if _, err := e.Host.Stat(socket); err == nil {
		t.Error("its socket is there")
	}
	if got := e.Desktop.Status(ctx); got.State != "stopped" {
		t.Errorf("Desktop is %+v", got)
	}
	if err := e.Desktop.Start(ctx); err != nil {
		t.Fatal(err)
	}
	if err := e.Docker.Ping(ctx); err != nil {
		t.Error(err)
	}
	if _, err := e.Kube.Version(ctx); err == nil {
		t.Error("the cluster is there at once")
	}
	wait(t, e, 10*time.Second)
	if _, err := e.Kube.Version(ctx); err != nil {
		t.Error(err)
	}
}

func TestKubernetesComesOnWithTheSetting(t *testing.T) {
	e := OpenAt(noon, KubernetesOff)
	ctx := t.Context()
	i := e.Desktop.Find(ctx)
	if i.Settings.Kubernetes == nil || *i.Settings.Kubernetes {
		t.Fatalf("settings: %+v", i.Settings)
	}
	raw, err := e.Host.ReadFile(i.Settings.Path)
	if err != nil {
		t.Fatal(err)
	}
	on := strings.Replace(string(raw), `"KubernetesEnabled": false`, `"KubernetesEnabled": true`, 1)
	if _, err := e.Host.Replace(i.Settings.Path, []byte(on), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := e.Desktop.Start(ctx); err != nil {
		t.Fatal(err)
	}
	wait(t, e, 10*time.Second)
	if ready, total, err := e.Kube.CoreDNS(ctx); err != nil || ready != total {
		t.Errorf("CoreDNS %d/%d, %v", ready, total, err)
	}
}

// TestManyAtOnce is for the race detector.
func TestManyAtOnce(t *testing.T) {
	e := Open()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	var all sync.WaitGroup
	all.Go(func() { _ = e.Docker.Run(ctx) })
	all.Go(func() { _ = e.Kube.Run(ctx) })
	for range 4 {
		all.Go(func() {
			for ctx.Err() == nil {
				rows := e.Docker.Snapshot().Containers
				_, _ = e.Docker.Stats(ctx, []string{rows[0].ID, rows[1].ID})
				for _, p := range e.Kube.Snapshot().Pods {
					_, _ = e.Kube.Describe(ctx, p.Ref())
				}
			}
		})
	}
	all.Go(func() {
		for _, p := range pods(e, "my-app") {
			_ = e.Kube.Delete(ctx, p.Ref())
		}
	})
	all.Wait()
}

func TestSpareIsPrunedOnce(t *testing.T) {
	e := OpenAt(noon)
	s, err := e.Docker.Spare(t.Context())
	if err != nil || len(s.Containers) == 0 || s.BuildCache == 0 {
		t.Fatalf("%+v, %v", s, err)
	}
	freed, err := e.Docker.Prune(t.Context(), s, func(string) {})
	if err != nil || freed != s.Size() {
		t.Errorf("freed %d of %d, %v", freed, s.Size(), err)
	}
	if again, err := e.Docker.Spare(t.Context()); err != nil || again.Size() != 0 {
		t.Errorf("afterwards there is %+v, %v", again, err)
	}
	list, err := e.Docker.List(t.Context())
	if err != nil || len(list) != len(e.Docker.Snapshot().Containers) {
		t.Errorf("%d listed, %v", len(list), err)
	}
}
