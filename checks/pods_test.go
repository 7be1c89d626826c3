package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/host/hosttest"
	"github.com/twindeck/twindeck/env/kube"
)

// mended runs a fix and its undo, and returns what was done to the cluster.
func mended(t *testing.T, l *laptop, f *Fix) (did, undone []string) {
	t.Helper()
	if f == nil {
		t.Fatal("there is no fix")
	}
	undo, err := f.Run(t.Context(), func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	did = slices.Clone(l.kube.did)
	if undo != nil {
		if err := undo.Run(t.Context(), func(string) {}); err != nil {
			t.Fatal(err)
		}
	}
	return did, l.kube.did[len(did):]
}

const theWeb = "web-5d9c7b6f4-x2k9p"

func TestFixAddsThePullSecret(t *testing.T) {
	l := mac(t)
	ails(pullOfWeb("denied: denied"))(t, l)
	l.docker.logins = map[string]docker.Login{"ghcr.io": docker.NewLogin("ghcr.io", "ada", "geheim")}
	f := findingOf(t, l, "pods.image")
	if shown := fmt.Sprint(f, f.Fix.Changes, f.Fix.Title); strings.Contains(shown, "geheim") || !strings.Contains(shown, "ada at ghcr.io") {
		t.Errorf("it shows %s", shown)
	}
	did, undone := mended(t, l, f.Fix)
	if !slices.Equal(did, []string{`add secret default/twindeck-ghcr-io for default: {"auths":{"ghcr.io":{"auth":"YWRhOmdlaGVpbQ=="}}}`, "delete pod default/" + theWeb}) {
		t.Errorf("did %v", did)
	}
	if !slices.Equal(undone, []string{"remove secret default/twindeck-ghcr-io for default"}) {
		t.Errorf("undid %v", undone)
	}
}

func TestFixPushesWhatTheEngineHas(t *testing.T) {
	l := mac(t)
	both(ails(pullOfWeb("localhost:5000/web:1.0: not found"), runs("localhost:5000/web:1.0", "IfNotPresent")), has("localhost:5000/web:1.0"))(t, l)
	l.kube.nodes[0].Name = "elsewhere" // a store of its own
	did, _ := mended(t, l, findingOf(t, l, "pods.image").Fix)
	if !slices.Equal(l.docker.pushed, []string{"localhost:5000/web:1.0"}) || !slices.Equal(did, []string{"delete pod default/" + theWeb}) {
		t.Errorf("pushed %v, did %v", l.docker.pushed, did)
	}
}

func TestFixLoadsIntoKind(t *testing.T) {
	l := linux(t)
	both(ails(pullOfWeb("pull access denied, repository does not exist"), runs("web:1.0", "IfNotPresent")), has("web:1.0"), withNodes)(t, l)
	did, _ := mended(t, l, findingOf(t, l, "pods.image").Fix)
	node := l.kube.nodes[0].Name
	if !slices.Equal(l.docker.loaded, []string{"web:1.0 into " + node}) || !slices.Equal(did, []string{"delete pod default/" + theWeb}) {
		t.Errorf("loaded %v, did %v", l.docker.loaded, did)
	}
	if changes := strings.Join(findingOf(t, l, "pods.image").Fix.Changes, "\n"); !strings.Contains(changes, "web:1.0 is loaded into node "+node+" of the kind cluster dev") {
		t.Errorf("the fix says %s", changes)
	}
	l.docker.loadErr = errors.New("no space left on device")
	if _, err := findingOf(t, l, "pods.image").Fix.Run(t.Context(), func(string) {}); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("got %v", err)
	}
	l.docker.nodes = nil // of another engine
	if f := findingOf(t, l, "pods.image"); f.Fix != nil && strings.Contains(f.Fix.Title, "Load") {
		t.Errorf("would load into nodes that are no containers of the engine: %+v", f.Fix)
	}
}

func TestFixChangesThePullPolicy(t *testing.T) {
	l := mac(t)
	both(ails(kube.Trouble{Reason: "ErrImageNeverPull"}, runs("web:1.0", "Never")), has("web:1.0"))(t, l)
	l.kube.nodes[0].Name = "desktop-control-plane"
	f := findingOf(t, l, "pods.never-pull").Fix
	if diff := f.Edits[0].Diff(); !strings.Contains(diff, "-          imagePullPolicy: Never\n+          imagePullPolicy: IfNotPresent") {
		t.Errorf("the diff is\n%s", diff)
	}
	did, undone := mended(t, l, f)
	if !slices.Equal(did, []string{"set IfNotPresent of web in default/web"}) || !slices.Equal(undone, []string{"set Never of web in default/web"}) {
		t.Errorf("did %v, undid %v", did, undone)
	}
}

// A cluster that others depend on is not changed by a key.
func TestNoPodIsMendedFarAway(t *testing.T) {
	l := mac(t)
	ails(pullOfWeb("denied: denied"))(t, l)
	l.docker.logins = map[string]docker.Login{"ghcr.io": docker.NewLogin("ghcr.io", "ada", "geheim")}
	l.kube.context.Local = false
	if f := findingOf(t, l, "pods.image"); f.Fix != nil || len(f.Steps) == 0 {
		t.Errorf("%+v", f)
	}
}

func TestPodsThatAreNoFault(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(*testing.T, *laptop)
		id    string
		want  Status
	}{
		"only starting":        {ails(kube.Trouble{Reason: "NotReady", Message: "running, not ready", Since: now.Add(-5 * time.Second)}), "pods.probe", OK},
		"its probe's first no": {ails(kube.Trouble{Reason: "NotReady", Probe: "Readiness probe failed: x", Count: 1, Since: now.Add(-5 * time.Second)}), "pods.probe", Warn},
		"put out by its node":  {ails(kube.Trouble{Reason: "Evicted", Message: "The node was low on resource: memory."}), "pods.crash", Warn},
		"not mine to see":      {func(_ *testing.T, l *laptop) { l.kube.healthErr = kube.ErrForbidden }, "pods.seen", NotHere},
		"imported by its node": {func(t *testing.T, l *laptop) {
			l.docker.images["registry.example.com/team/my-app:1.0"] = docker.Image{ID: "sha256:id2", Digest: "sha256:newer", Arch: "amd64"}
			l.kube.health.Pods = slices.Clone(l.kube.health.Pods)
			for i, p := range l.kube.health.Pods {
				other := *p
				other.Images = slices.Clone(p.Images)
				for n := range other.Images {
					other.Images[n].Imported = true
				}
				l.kube.health.Pods[i] = &other
			}
		}, "pods.stale", OK},
		"too many to compare": {func(_ *testing.T, l *laptop) { l.kube.health = kube.Health{Count: 10_000} }, "pods.stale", NotHere},
	} {
		t.Run(name, func(t *testing.T) {
			l := mac(t)
			tt.spoil(t, l)
			if f := findingOf(t, l, tt.id); f.Status != tt.want {
				t.Errorf("%s: %s", f.Status, f.Summary)
			}
			s := Summarise(Collect(t.Context(), All(), l.environment()))
			if len(s.Roots) > 0 {
				t.Errorf("%s fails: %s", s.Roots[0].Check.ID, s.Roots[0].Finding.Summary)
			}
		})
	}
}

// An app that crashes for want of a name crashes because of CoreDNS.
func TestCrashForWantOfDNS(t *testing.T) {
	l := mac(t)
	ails(kube.Trouble{Reason: "CrashLoopBackOff", ExitCode: 1, Tail: []string{"Error: getaddrinfo EAI_AGAIN db"}})(t, l)
	if f := findingOf(t, l, "pods.crash"); f.Status != Fail {
		t.Errorf("with CoreDNS up it is %s", f.Status)
	}
	l.kube.dns[0] = 0
	s := Summarise(Collect(t.Context(), All(), l.environment()))
	if len(s.Roots) != 1 || s.Roots[0].Check.ID != "kube.coredns" || !slices.Contains(s.Roots[0].Blocks, "pods.crash") {
		t.Errorf("roots %+v", s.Roots)
	}
}

// The project's own image is told of first; the others are named.
func TestOwnPodComesFirst(t *testing.T) {
	l := mac(t)
	ails(pullOfWeb("not found"))(t, l)
	ails(pullOfWeb("not found"), runs("ghcr.io/acme/my-app:2", "IfNotPresent"), func(a *kube.Ailing) { a.Pod.Name, a.Alike = "my-app-1", 2 })(t, l)
	f := findingOf(t, l, "pods.image")
	if !strings.HasPrefix(f.Summary, "my-app-1 cannot pull") || !strings.HasSuffix(f.Summary, "(and 3 more like it)") {
		t.Errorf("it says %q", f.Summary)
	}
	if last := f.Evidence[len(f.Evidence)-1]; last.What != "default/"+theWeb {
		t.Errorf("the other is not named: %v", f.Evidence)
	}
}

func TestSetupIsNotBrokenByAPod(t *testing.T) {
	l := mac(t)
	ails(pullOfWeb("not found"))(t, l)
	s := Summarise(Collect(t.Context(), All(), l.environment()))
	if s.Status != Fail || s.SetupBroken() {
		t.Errorf("status %s, setup broken: %t", s.Status, s.SetupBroken())
	}
	if s = Summarise(Collect(t.Context(), All(), stopped(t).environment())); !s.SetupBroken() {
		t.Error("a stopped engine breaks no setup")
	}
}

func TestKubectlThatFitsNotForLong(t *testing.T) {
	l := linux(t)
	l.host.Programs["/usr/bin/kubectl"] = hosttest.Prints(`{"clientVersion":{"gitVersion":"v1.35.2"}}`)
	if f := findingOf(t, l, "kube.skew"); f.Status != OK || !strings.Contains(f.Summary, "until the cluster's next upgrade") {
		t.Errorf("%s: %s", f.Status, f.Summary)
	}
}

func TestFixForgetsTheResetCluster(t *testing.T) {
	const path = "/Users/ada/.kube/config"
	l := mac(t)
	l.host.Files[path] = `apiVersion: v1
clusters:
- name: docker-desktop
  cluster: {server: "https://old"}
- name: prod # theirs
  cluster: {server: "https://prod"}
contexts:
- name: docker-desktop
  context: {cluster: docker-desktop, user: docker-desktop}
current-context: docker-desktop
users:
- name: docker-desktop
  user: {token: a}
`
	before := l.host.Files[path]
	l.kube.down = fmt.Errorf("%w: x509: certificate signed by unknown authority", kube.ErrCertificate)
	otherwise := l.host.Programs["/usr/local/bin/docker"]
	restarted := false
	l.host.Programs["/usr/local/bin/docker"] = func(ctx context.Context, c host.Command) (host.Result, error) {
		if strings.HasPrefix(strings.Join(c.Args, " "), "desktop restart") {
			restarted = true
			return host.Result{}, nil
		}
		return otherwise(ctx, c)
	}
	f := findingOf(t, l, "kube.certificate").Fix
	if f == nil || f.Restarts == "" {
		t.Fatalf("%+v", f)
	}
	undo, err := f.Run(t.Context(), func(string) {})
	after := l.host.Files[path]
	if err != nil || !restarted || strings.Contains(after, "name: docker-desktop") || !strings.Contains(after, "name: prod # theirs") {
		t.Errorf("%v, restarted %t\n%s", err, restarted, after)
	}
	if err := undo.Run(t.Context(), func(string) {}); err != nil || l.host.Files[path] != before {
		t.Errorf("%v\n%s", err, l.host.Files[path])
	}
}

func TestFixExportsTheKubeconfig(t *testing.T) {
	const path = "/home/ada/.kube/config"
	l := linux(t)
	before := l.host.Files[path]
	l.host.Programs["/usr/bin/kind"] = func(context.Context, host.Command) (host.Result, error) {
		l.host.Files[path] = "new"
		return host.Result{}, nil
	}
	l.kube.down = fmt.Errorf("%w: x509: certificate signed by unknown authority", kube.ErrCertificate)
	undo, err := findingOf(t, l, "kube.certificate").Fix.Run(t.Context(), func(string) {})
	if err != nil || l.host.Files[path] != "new" || l.host.Files[path+".twindeck-backup-1"] != before {
		t.Fatalf("%v, %v", err, l.host.Files)
	}
	if err := undo.Run(t.Context(), func(string) {}); err != nil || l.host.Files[path] != before {
		t.Errorf("%v, %s", err, l.host.Files[path])
	}
}

func TestProposedNames(t *testing.T) {
	for in, want := range map[string]string{
		"ghcr.io/Acme/Web:V1":      "ghcr.io/acme/web:V1",
		"https://ghcr.io/acme/web": "ghcr.io/acme/web",
		"localhost:5000/My App":    "localhost:5000/my-app",
		"ghcr.io//web:":            "ghcr.io/web",
	} {
		if nameFault(in) == "" {
			t.Errorf("nothing is wrong with %s", in)
		}
		if got := proposed(in); got != want || nameFault(got) != "" {
			t.Errorf("%s: got %s (%s), want %s", in, got, nameFault(got), want)
		}
	}
	for image, want := range map[string]bool{"redis": true, "redis:latest": true, "redis:8": false, "redis@sha256:" + strings.Repeat("a", 64): false} {
		if moving(image) != want {
			t.Errorf("%s moves: %t", image, !want)
		}
	}
}
