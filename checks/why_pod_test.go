package checks

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/kube"
)

// Why looks at the one pod that a fault put there.
func (k *fakeKube) Why(ctx context.Context, _, pod string) (kube.Ailing, error) {
	for _, a := range k.health.Ailing {
		if a.Pod.Name == pod {
			return a, k.answer(ctx)
		}
	}
	return kube.Ailing{}, kube.ErrNotFound
}

func (k *fakeKube) Trouble(ctx context.Context, ref kube.Ref) ([]kube.Trouble, error) {
	for _, r := range k.health.Refused {
		if r.Owner.Name == ref.Name {
			return []kube.Trouble{{Reason: "FailedCreate", Message: r.Message}}, nil
		}
	}
	for _, a := range k.health.Ailing {
		if a.Pod.Owner.Name == ref.Name {
			return a.Troubles, k.answer(ctx)
		}
	}
	return nil, k.answer(ctx)
}

// A pod's card says what the check of its fault says, and what to do: of every
// cause there is.
func TestWhyOfEachCause(t *testing.T) {
	seen := map[kube.Cause]bool{}
	for _, f := range podFaults {
		l := f.on(t)
		f.spoil(t, l)
		if len(l.kube.health.Ailing) == 0 {
			continue // a fault that is none of a pod
		}
		t.Run(f.name, func(t *testing.T) {
			a := l.kube.health.Ailing[0]
			seen[ailmentOf(a).cause] = true
			w, err := WhyPod(t.Context(), l.environment(), "default", a.Pod.Name)
			if err != nil {
				t.Fatal(err)
			}
			if w.Status != f.want || w.Check != f.id || !strings.Contains(strings.ToLower(w.Head), strings.ToLower(f.says)) || strings.Contains(w.Head, a.Pod.Name) {
				t.Errorf("%s (%s, %s): want %q", w.Head, w.Status, w.Check, f.says)
			}
			if len(w.Steps) == 0 || !strings.Contains(strings.Join(w.Steps, "\n"), f.do) {
				t.Errorf("it says to do %q, want %q", w.Steps, f.do)
			}
			if f.fix && w.Fix == nil {
				t.Error("there is no fix")
			}
			if len(w.Facts) == 0 {
				t.Error("nothing shows it")
			}
		})
	}
	for _, g := range podGroups() {
		for _, c := range g.causes {
			if !seen[c] && !slices.Contains([]kube.Cause{kube.PullFails, kube.CannotCreate, kube.CannotMount, kube.Evicted, kube.Unknown, kube.ProbeFails, kube.NodeKept}, c) {
				t.Errorf("no fault shows the cause %q", c)
			}
		}
	}
}

// factOf is what a card says of one thing; empty: nothing.
func factOf(w Why, what string) string {
	for _, f := range w.Facts {
		if f.What == what {
			return f.Got
		}
	}
	return ""
}

func whyOfWeb(t *testing.T, on func(*testing.T) *laptop, spoil ...func(*testing.T, *laptop)) Why {
	t.Helper()
	l := on(t)
	both(spoil...)(t, l)
	w, err := WhyPod(t.Context(), l.environment(), "default", theWeb)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// An image that cannot be pulled: which registry said what in its own words,
// whether the engine has it, and whether the node would see that.
func TestWhyOfAPull(t *testing.T) {
	said := `rpc error: code = NotFound desc = failed to pull and unpack image "localhost:5000/web:1.0": failed to resolve reference "localhost:5000/web:1.0": localhost:5000/web:1.0: not found`
	spoiled := ails(pullOfWeb(said), runs("localhost:5000/web:1.0", "IfNotPresent"))
	for name, tc := range map[string]struct {
		on         func(*testing.T) *laptop
		more       func(*testing.T, *laptop)
		here, node string
	}{
		"nobody has it":                  {mac, func(*testing.T, *laptop) {}, "does not have the image", "shares the engine's images: once built or pulled here, it has it"},
		"the engine has it, as the node": {mac, has("localhost:5000/web:1.0"), "has the image", "shares the engine's images, so it has this one"},
		"the node can be given it":       {linux, both(has("localhost:5000/web:1.0"), withNodes), "has the image", "has images of its own; the engine's can be loaded into it"},
		"only a registry leads there": {
			mac, both(has("localhost:5000/web:1.0"), func(_ *testing.T, l *laptop) { l.kube.nodes[0].Name = "elsewhere" }),
			"has the image", "has images of its own: what it lacks it pulls from localhost:5000",
		},
		"no engine": {mac, func(_ *testing.T, l *laptop) { l.docker.down = kube.ErrUnreachable }, "was not asked", "whether it shares the engine's images is not known"},
	} {
		t.Run(name, func(t *testing.T) {
			w := whyOfWeb(t, tc.on, spoiled, tc.more)
			if got := factOf(w, "localhost:5000 said"); got != "localhost:5000/web:1.0: not found" {
				t.Errorf("the registry said %q", got)
			}
			if got := factOf(w, "local engine"); !strings.HasPrefix(got, tc.here) {
				t.Errorf("the engine %s", got)
			}
			if got := factOf(w, "node docker-desktop"); got != tc.node {
				t.Errorf("the node %s", got)
			}
		})
	}
}

// The limit and the probe that hit are named with their figures.
func TestWhyNamesFigures(t *testing.T) {
	at := now.Add(-11 * time.Second)
	ended := func(code int, reason string) func(*kube.Ailing) {
		return func(a *kube.Ailing) {
			a.States = []kube.ContainerState{{Name: "web", Now: "CrashLoopBackOff", Restarts: 6, Ended: &kube.Ending{Code: code, Reason: reason, At: at, Ran: 42 * time.Second}}}
		}
	}
	w := whyOfWeb(t, mac, ails(kube.Trouble{Reason: "OOMKilled", Message: "exit code 137, OOMKilled", ExitCode: 137}, limit(64<<20), ended(137, "OOMKilled")))
	if got := factOf(w, "memory limit"); got != "64Mi, reached" {
		t.Errorf("of the limit it says %q", got)
	}
	if got := factOf(w, "last end"); got != "exit code 137 (killed), OOMKilled, after 42s" {
		t.Errorf("of the end it says %q", got)
	}
	if got := factOf(w, "container web"); got != "CrashLoopBackOff, restarted 6 times" {
		t.Errorf("of the container it says %q", got)
	}
	for kind, tc := range map[string]struct {
		trouble kube.Trouble
		probe   kube.Probe
		want    string
	}{
		"liveness": {
			kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 137", ExitCode: 137, Count: 9, Probe: `Liveness probe failed: Get "http://10.1.0.9:8081/healthz": dial tcp 10.1.0.9:8081: connect: connection refused`},
			kube.Probe{Kind: "liveness", Asks: "GET /healthz", Port: 8081, Every: 10 * time.Second, Timeout: time.Second, Failures: 3},
			"GET :8081/healthz every 10s failed 9 times (3 in a row restart it): dial tcp 10.1.0.9:8081: connect: connection refused",
		},
		"readiness": {
			unready(`Readiness probe failed: Get "http://10.1.0.9:3000/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`),
			kube.Probe{Kind: "readiness", Asks: "GET /", Port: 3000, Every: 5 * time.Second, Timeout: 2 * time.Second, Failures: 3},
			"GET :3000/ every 5s (2s for an answer) failed 4 times: context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
		},
		"startup": {
			kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 137", ExitCode: 137, Probe: "Startup probe failed: not yet"},
			kube.Probe{Kind: "startup", Asks: "run test -e /ready", Every: time.Second, Failures: 30},
			"run test -e /ready every 1s failed (30 in a row restart it): not yet",
		},
	} {
		if got := factOf(whyOfWeb(t, mac, ails(tc.trouble, asks(tc.probe))), kind+" probe"); got != tc.want {
			t.Errorf("of the probe it says\n%s, want\n%s", got, tc.want)
		}
	}
}

// What a program wrote before its end is read: what is known of it comes
// first, else the line that says most.
func TestWhyReadsLastLines(t *testing.T) {
	crash := func(tail ...string) func(*testing.T, *laptop) {
		return ails(kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 1", ExitCode: 1, Tail: tail})
	}
	w := whyOfWeb(t, mac, crash("starting", "dial tcp: lookup queue: no such host", "giving up"))
	if w.Known == nil || w.Known.ID != "pod-names" || w.Says != "dial tcp: lookup queue: no such host" || !strings.Contains(w.Known.Cause, "The name queue does not resolve") {
		t.Errorf("it says %q, known as %+v", w.Says, w.Known)
	}
	if w.Known != nil && (w.Steps[0] != w.Known.Do[0] || slices.Contains(w.Steps, inOneStep(*w.Known))) {
		t.Errorf("the steps are %q", w.Steps)
	}
	for want, tail := range map[string][]string{
		"panic: PAYMENT_URL is not set":                    {"starting", "panic: PAYMENT_URL is not set", "goroutine 1 [running]:", "\tmain.go:41"},
		"Error: Cannot find module '/app/server.js'":       {"  throw err;", "  ^", "Error: Cannot find module '/app/server.js'", "Node.js v24"},
		"ValueError: no port":                              {"Traceback (most recent call last):", `  File "app.py", line 3`, "ValueError: no port"},
		`{"level":"fatal","msg":"no database"}`:            {`{"level":"info","msg":"hello"}`, `{"level":"fatal","msg":"no database"}`},
		"thread 'main' panicked at src/main.rs:2:5: sorry": {"thread 'main' panicked at src/main.rs:2:5: sorry", "note: run with `RUST_BACKTRACE=1`"},
		"all done": {"working", "all done", ""},
	} {
		if got := whyOfWeb(t, mac, crash(tail...)).Says; got != want {
			t.Errorf("the line that says most is %q, want %q", got, want)
		}
	}
}

// Secrets do not reach the card.
func TestWhyMasks(t *testing.T) {
	w := whyOfWeb(t, mac, ails(kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 1", ExitCode: 1, Tail: []string{"error: cannot reach postgres://u:hunter2@db/x"}}))
	if strings.Contains(w.Says+strings.Join(w.Tail, ""), "hunter2") || !strings.Contains(w.Says, "cannot reach") {
		t.Errorf("it shows %q, %q", w.Says, w.Tail)
	}
}

// Commands about a pod of another namespace name it.
func TestWhyNamesTheNamespace(t *testing.T) {
	l := mac(t)
	ails(kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 1", ExitCode: 1}, func(a *kube.Ailing) { a.Pod.Namespace = "shop" })(t, l)
	w, err := WhyPod(t.Context(), l.environment(), "shop", theWeb)
	if err != nil || !strings.Contains(w.Steps[0], "kubectl logs "+theWeb+" -n shop --previous") {
		t.Errorf("%q, %v", w.Steps, err)
	}
}

func TestWhyOfWellPods(t *testing.T) {
	for name, tc := range map[string]struct {
		pod    kube.Pod
		states []kube.ContainerState
		head   string
		fact   string
	}{
		"up":           {kube.Pod{Phase: kube.PhaseReady}, []kube.ContainerState{{Name: "web", Now: "running"}}, "Nothing is wrong: it is up and ready", "running"},
		"once crashed": {kube.Pod{Phase: kube.PhaseReady}, []kube.ContainerState{{Name: "web", Now: "running", Restarts: 1}}, "Nothing is wrong: it is up and ready", "running, restarted 1 time"},
		"done":         {kube.Pod{Phase: kube.PhaseDone}, []kube.ContainerState{{Name: "web", Now: "ended"}}, "Nothing is wrong: it did its work and ended", "ended"},
		"starting":     {kube.Pod{Phase: kube.PhaseStarting}, []kube.ContainerState{{Name: "web", Now: "ContainerCreating"}}, "Nothing is wrong so far: it is starting", "ContainerCreating"},
	} {
		w := whyPod(t.Context(), newMachine(t.Context(), mac(t).environment()), kube.Ailing{Pod: &tc.pod, States: tc.states})
		if w.Status != OK || w.Head != tc.head || factOf(w, "container web") != tc.fact {
			t.Errorf("%s: %s %q, %+v", name, w.Status, w.Head, w.Facts)
		}
	}
}

// What is looked at in one cluster is never mended in another that is chosen
// meanwhile.
func TestAFixGoesWhereThePodWasSeen(t *testing.T) {
	there := kube.Context{Name: "elsewhere", Server: "https://elsewhere", Local: true}
	m := newMachine(t.Context(), mac(t).environment())
	if at := m.pullOf(kube.Aim(t.Context(), there), ailment{}).at; at != there {
		t.Errorf("seen in %s, it would be mended in %s", there.Name, at.Name)
	}
	now, err := m.Kube.Context()
	if at := m.pullOf(t.Context(), ailment{}).at; err != nil || at != now {
		t.Errorf("seen in the context in force, %v, %v, it would be mended in %s", now, err, at.Name)
	}
}

// A pod that does not go.
func TestWhyOfAPodThatStays(t *testing.T) {
	held := kube.Ailing{Pod: &kube.Pod{Namespace: "shop", Name: "web"}, Deleted: now.Add(-time.Minute)}
	for name, tc := range map[string]struct {
		change     func(*kube.Ailing)
		head, does string
	}{
		"a moment":  {func(a *kube.Ailing) { a.Deleted = now.Add(-time.Second) }, "is ending", "Wait"},
		"its grace": {func(a *kube.Ailing) { a.Grace = 10 * time.Minute }, "is ending", "it has 9m0s to end by itself"},
		"past it":   {func(a *kube.Ailing) { a.Deleted, a.Grace = now.Add(-11*time.Minute), 10*time.Minute }, "ignores SIGTERM", "--grace-period=0 --force"},
		"still runs": {func(a *kube.Ailing) {
			a.Grace, a.Finalizers, a.States = 10*time.Minute, []string{"shop/backup"}, []kube.ContainerState{{Name: "web", Now: "running"}}
		}, "is ending", "to end by itself"},
		"too long":   {func(*kube.Ailing) {}, "ignores SIGTERM", "kubectl delete pod web -n shop --grace-period=0 --force"},
		"finalizers": {func(a *kube.Ailing) { a.Finalizers = []string{"shop/backup"} }, "waits for shop/backup", "kubectl patch pod web -n shop"},
	} {
		a := held
		tc.change(&a)
		w := whyPod(t.Context(), newMachine(t.Context(), mac(t).environment()), a)
		if w.Status != Warn || !strings.Contains(w.Head, tc.head) || !strings.Contains(strings.Join(w.Steps, "\n"), tc.does) {
			t.Errorf("%s: %q, %q", name, w.Head, w.Steps)
		}
	}
}

// A pod whose init container works is none that does badly.
func TestWhyOfAPodThatInitializes(t *testing.T) {
	a := kube.Ailing{Pod: &kube.Pod{Namespace: "shop", Name: "web", Phase: kube.PhaseStarting}, States: []kube.ContainerState{
		{Name: "migrate", Init: true, Now: "running", Since: now.Add(-3 * time.Minute)}, {Name: "web", Now: "PodInitializing"},
	}}
	w := whyPod(t.Context(), newMachine(t.Context(), mac(t).environment()), a)
	if w.Status != OK || !strings.Contains(w.Head, "init container migrate runs") {
		t.Errorf("%s: %q", w.Status, w.Head)
	}
}

// A pod that is up between two ends: the last one is explained, with the lines
// before it.
func TestWhyOfAPodThatKeepsDying(t *testing.T) {
	l := mac(t)
	ails(kube.Trouble{Reason: "OOMKilled", Message: "exit code 137, OOMKilled", ExitCode: 137, Tail: []string{"allocating"}}, limit(64<<20))(t, l)
	a := l.kube.health.Ailing[0]
	a.Pod.Phase, a.Doubts, a.Troubles = kube.PhaseReady, a.Troubles, nil
	a.States = []kube.ContainerState{{Name: "web", Now: "running", Restarts: 50, Since: now.Add(-2 * time.Minute), Ended: &kube.Ending{Code: 137, Reason: "OOMKilled", At: now.Add(-3 * time.Minute)}}}
	w := whyPod(t.Context(), newMachine(t.Context(), l.environment()), a)
	if w.Status != Warn || w.Head != "It is up again: container web was killed 3m ago (OOMKilled), 50 restarts" {
		t.Errorf("%s: %q", w.Status, w.Head)
	}
	if !strings.Contains(strings.Join(w.Steps, "\n"), "memory: 128Mi") || !slices.Equal(w.Tail, []string{"allocating"}) || w.TailOf != "container web, before it ended" {
		t.Errorf("%q, %q of %q", w.Steps, w.Tail, w.TailOf)
	}
}

// An init container that does not end: what it waits for is in its last lines.
func TestWhyOfAPodThatWaits(t *testing.T) {
	a := kube.Ailing{
		Pod:    &kube.Pod{Namespace: "shop", Name: "web", Phase: kube.PhaseStarting},
		Doubts: []kube.Trouble{{Container: "wait-db", Reason: kube.Initializing, Since: now.Add(-6 * time.Hour), Tail: []string{"db:5432 - no response", ""}}},
		States: []kube.ContainerState{{Name: "wait-db", Init: true, Now: "running", Since: now.Add(-6 * time.Hour)}},
	}
	w := whyPod(t.Context(), newMachine(t.Context(), mac(t).environment()), a)
	if w.Status != Warn || !strings.HasPrefix(w.Head, "Its init container wait-db runs for 6h already") || w.Says != "db:5432 - no response" || len(w.Tail) != 1 {
		t.Errorf("%s: %q, says %q, %q", w.Status, w.Head, w.Says, w.Tail)
	}
	if !strings.Contains(w.Steps[0], "kubectl logs web -n shop --container wait-db") {
		t.Errorf("%q", w.Steps)
	}
}

// What never ran has no log and is not run by hand.
func TestWhyOfAPodThatNeverRan(t *testing.T) {
	for _, reason := range []string{"FailedCreatePodSandBox", "OutOfcpu"} {
		w := whyOfWeb(t, mac, ails(kube.Trouble{Reason: reason, Message: "the node's words"}))
		if all := strings.Join(w.Steps, "\n"); w.Head != "Does not come up: "+reason || strings.Contains(all, "--previous") || strings.Contains(all, "docker run") {
			t.Errorf("%q: %q", w.Head, w.Steps)
		}
	}
}

// The scheduler looks for room for what runs at once.
func TestRequests(t *testing.T) {
	init := func(memory int64) kube.Container { return kube.Container{Init: true, Memory: memory} }
	sidecar := kube.Container{Init: true, Sidecar: true, Memory: 1}
	for name, tc := range map[string]struct {
		all  []kube.Container
		want int64
	}{
		"two beside":                    {[]kube.Container{{Memory: 2}, {Memory: 3}}, 5},
		"a small one before":            {[]kube.Container{init(5), {Memory: 5}}, 5},
		"a large one before":            {[]kube.Container{init(2), init(9), {Memory: 5}}, 9},
		"a sidecar is there for both":   {[]kube.Container{sidecar, init(9), {Memory: 5}}, 10},
		"one that begins afterwards":    {[]kube.Container{init(9), sidecar, {Memory: 5}}, 9},
		"a sidecar beside the main one": {[]kube.Container{sidecar, init(2), {Memory: 5}}, 6},
	} {
		if _, got := requests(tc.all); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
}

// A fix of the pull policy is one of all containers that run the image, each
// where it stands in the template.
func TestPolicyFixKnowsInitContainers(t *testing.T) {
	l := mac(t)
	both(ails(pullOfWeb(`pull access denied, repository does not exist`), runs("web:latest", "Always"), func(a *kube.Ailing) {
		migrate := kube.Container{Name: "migrate", Init: true, Image: "web:latest", Pull: "Always"}
		a.Containers = append([]kube.Container{migrate}, append(a.Containers, kube.Container{Name: "mesh", Image: "mesh:1", Pull: "Always"})...)
		a.Troubles[0].Container = "migrate"
	}), has("web:latest"))(t, l)
	w, err := WhyPod(t.Context(), l.environment(), "default", theWeb)
	if err != nil || w.Fix == nil {
		t.Fatalf("%+v, %v", w, err)
	}
	const want = `{"spec":{"template":{"spec":{"containers":[{"imagePullPolicy":"IfNotPresent","name":"web"}],"initContainers":[{"imagePullPolicy":"IfNotPresent","name":"migrate"}]}}}}`
	if !strings.Contains(w.Fix.Changes[0], want) {
		t.Errorf("the command is %s", w.Fix.Changes[0])
	}
	if got := string(w.Fix.Edits[0].New); !strings.Contains(got, "initContainers:\n        - name: migrate\n          imagePullPolicy: IfNotPresent\n      containers:\n        - name: web\n") {
		t.Errorf("it shows\n%s", got)
	}
	if _, err := w.Fix.Run(t.Context(), func(string) {}); err != nil || !slices.Equal(l.kube.did, []string{"set IfNotPresent of migrate, web in default/web"}) {
		t.Errorf("it did %v, %v", l.kube.did, err)
	}
}

// A claim without a volume: what its class lacks, and which there are.
func TestWhyOfAnUnboundClaim(t *testing.T) {
	of := func(u kube.Unbound) Why {
		return whyOfWeb(t, mac, ails(kube.Trouble{Reason: "Unschedulable", Message: "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims."}, func(a *kube.Ailing) { a.Unbound = &u }))
	}
	missing := `storageclass.storage.k8s.io "standard" not found`
	for _, tc := range []struct {
		u    kube.Unbound
		does string
	}{
		{kube.Unbound{Claim: "data", Class: "standard", Says: missing, Classes: []string{"local-path", "hostpath"}}, "The storage classes there are: local-path, hostpath\nA claim's class cannot be changed: kubectl delete pvc data -n default, and apply it with storageClassName: local-path"},
		{kube.Unbound{Claim: "data", Class: "standard", Says: missing}, "There is no storage class here"},
		{kube.Unbound{Claim: "data", Class: "standard", Says: "waiting for a volume to be created", Classes: []string{"standard"}}, "See whether the provisioner of the class runs"},
	} {
		w := of(tc.u)
		if w.Head != "Waits for a volume: its claim data has none: "+tc.u.Says || !strings.Contains(strings.Join(w.Steps, "\n"), tc.does) || factOf(w, "claim data") != "asks for storage class standard" {
			t.Errorf("%q, %q, %+v", w.Head, w.Steps, w.Facts)
		}
	}
}

// Whatever the API server refuses pods for, there is something to do.
func TestWhyOfRefusedPods(t *testing.T) {
	for message, want := range map[string]string{
		noAccount: "kubectl create serviceaccount web-sa",
		`Internal error occurred: failed calling webhook "mutate.kyverno.svc-fail": failed to call webhook: Post "https://kyverno-svc.kyverno.svc:443/mutate": dial tcp: connect: connection refused`: "mutatingwebhookconfigurations",
		`pods "web-7d9-" is forbidden: maximum memory usage per Container is 512Mi, but limit is 1Gi`:                                                                                                 "limitrange",
		"words that nobody knows": "kubectl describe deployment/web",
	} {
		w := whyNoPods("deployment/web", []kube.Trouble{{Reason: "FailedCreate", Message: message}})
		if !strings.Contains(strings.Join(w.Steps, "\n"), want) {
			t.Errorf("%s: %q, %q", message, w.Head, w.Steps)
		}
	}
}

// A Job that was given up says so, whether its pods are still there or not.
func TestWhyOfAFailedJob(t *testing.T) {
	for reason, want := range map[string]string{
		"BackoffLimitExceeded": "The job was given up: it failed too often",
		"DeadlineExceeded":     "The job was ended: it ran longer than its activeDeadlineSeconds",
	} {
		w := whyNoPods("job/backup", []kube.Trouble{{Reason: reason, Message: "the server's words"}})
		if w.Status != Fail || w.Head != want || factOf(w, reason) != "the server's words" || !strings.Contains(strings.Join(w.Steps, "\n"), "kubectl delete job/backup") {
			t.Errorf("%s: %+v", reason, w)
		}
	}
}

// A workload is as its worst pod is, or says why it has none.
func TestWhyOfAWorkload(t *testing.T) {
	ref := kube.Ref{Group: "apps", Kind: "Deployment", Name: "web", Namespace: "default"}
	l := mac(t)
	ails(kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 3", ExitCode: 3})(t, l)
	if w, err := WhyWorkload(t.Context(), l.environment(), ref); err != nil || w.Head != "Pod "+theWeb+": Crashes: exit code 3" {
		t.Errorf("%q, %v", w.Head, err)
	}
	l = mac(t)
	l.kube.health.Refused = []kube.Refusal{{Owner: kube.Owner{Kind: "Deployment", Name: "web"}, Message: restricted}}
	w, err := WhyWorkload(t.Context(), l.environment(), ref)
	if err != nil || !strings.Contains(w.Head, `Pod Security level "restricted:latest" does not allow them`) || !strings.Contains(strings.Join(w.Steps, "\n"), "runAsNonRoot: true") {
		t.Errorf("%q, %q, %v", w.Head, w.Steps, err)
	}
	if w, err := WhyWorkload(t.Context(), mac(t).environment(), ref); err != nil || w.Status != OK {
		t.Errorf("%+v, %v", w, err)
	}
}

// A message that is a document is cut.
func TestWhyIsShort(t *testing.T) {
	long := strings.Repeat("漢", 1<<18)
	w := whyOfWeb(t, mac, ails(kube.Trouble{Reason: "CrashLoopBackOff", Message: "exit code 1", ExitCode: 1, Tail: []string{"error: " + long}}))
	if len(w.Says) > longestText+3 || len(w.Tail[0]) > longestText+3 || !strings.HasPrefix(w.Says, "error: 漢") {
		t.Errorf("the line has %d bytes", len(w.Says))
	}
}
