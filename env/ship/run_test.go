package ship_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/ship"
)

// record runs a plan and keeps its events.
func record(ctx context.Context, e *engine, c *cluster, plan ship.Plan) (ship.Report, []ship.Event, error) {
	var events []ship.Event
	report, err := ship.Run(ctx, e, c, plan, func(ev ship.Event) { events = append(events, ev) })
	return report, events, err
}

func kinds(events []ship.Event) string {
	var words []string
	for _, e := range events {
		words = append(words, string(e.Kind))
	}
	return strings.Join(words, " ")
}

func commands(events []ship.Event) []string {
	var out []string
	for _, e := range events {
		if e.Kind == ship.Command {
			out = append(out, e.Text)
		}
	}
	return out
}

func TestShipToASharedStore(t *testing.T) {
	e, c, p := world(t)
	plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Namespace: "dev", Build: docker.BuildRequest{Target: "app", Args: map[string]string{"TOKEN": "hush"}}})
	report, events, err := record(t.Context(), e, c, plan)
	if err != nil {
		t.Fatal(err)
	}
	want := "stage command build-step build-log build-warning built stage-done " +
		"skipped stage command applied applied stage-done stage command rollout stage-done shipped"
	if got := kinds(events); got != want {
		t.Errorf("events\n%s\nwant\n%s", got, want)
	}
	image := plan.Image
	if d := cmp.Diff([]string{
		"docker --context desktop-linux build -t " + image + " --target app --build-arg TOKEN .",
		"kubectl --context docker-desktop -n dev apply --server-side --field-manager=twindeck -f k8s  # with image: " + image,
		"kubectl --context docker-desktop -n dev rollout status deployment/web",
	}, commands(events)); d != "" {
		t.Errorf("commands (-want +got):\n%s", d)
	}
	ref := kube.Ref{Group: "apps", Version: "v1", Kind: "Deployment", Namespace: "dev", Name: "web"}
	wantReport := ship.Report{Image: image, Digest: newDigest, Took: report.Took, Workloads: []ship.Workload{
		{Ref: ref, Ready: 1, Desired: 1, Verified: true, Digests: []string{newDigest}},
	}}
	if d := cmp.Diff(wantReport, report); d != "" {
		t.Errorf("report (-want +got):\n%s", d)
	}
	if !slices.Equal(e.did, []string{"build " + image}) {
		t.Errorf("the engine did %v", e.did)
	}
}

// The command that is shown has every option, quoted for the shell, and of
// secrets their names alone.
func TestBuildCommand(t *testing.T) {
	e, c, p := world(t)
	r := docker.BuildRequest{
		Target: "app", Pull: true, Args: map[string]string{"TOKEN": "hush"}, Labels: map[string]string{"note": "it's $5"},
		Secrets: []docker.BuildSecret{{ID: "npm", Env: "PATH"}}, CacheFrom: []docker.BuildCache{{Type: "registry", Attrs: map[string]string{"ref": "acme/web:cache"}}},
		Attests: map[string]string{"provenance": "mode=max"},
	}
	plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Stages: []ship.Stage{ship.Build}, Tag: "v1", Build: r})
	_, events, err := record(t.Context(), e, c, plan)
	want := `docker --context desktop-linux build -t web:v1 --target app --pull --build-arg TOKEN --label 'note=it'\''s $5' ` +
		`--attest type=provenance,mode=max --secret id=npm --cache-from acme/web:cache .`
	if got := commands(events); err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}
}

func TestShipThroughARegistry(t *testing.T) {
	e, c, p := world(t)
	plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Registry: "localhost:5000"})
	report, events, err := record(t.Context(), e, c, plan)
	if err != nil || !report.Workloads[0].Verified {
		t.Fatalf("%+v, %v", report, err)
	}
	image := "localhost:5000/web:" + tag
	if !slices.Equal(e.did, []string{"build " + image, "push " + image}) || !strings.Contains(kinds(events), "layer pushed") {
		t.Errorf("the engine did %v; events %s", e.did, kinds(events))
	}
}

func TestSingleStages(t *testing.T) {
	ref := "localhost:5000/web:" + tag
	tests := []struct {
		name   string
		stages []ship.Stage
		images map[string]docker.Image
		engine []string
		deploy bool
	}{
		{name: "build", stages: []ship.Stage{ship.Build}, engine: []string{"build " + ref}},
		{name: "push", stages: []ship.Stage{ship.Deliver}, images: map[string]docker.Image{ref: {}}, engine: []string{"push " + ref}},
		{
			name: "push of what was built under its plain name", stages: []ship.Stage{ship.Deliver},
			images: map[string]docker.Image{"web:" + tag: {}}, engine: []string{"tag web:" + tag + " " + ref, "push " + ref},
		},
		{name: "deploy", stages: []ship.Stage{ship.Deploy}, images: map[string]docker.Image{ref: {ID: imageID, Digest: newDigest}}, deploy: true},
		{name: "deploy, known by the registry's digest", stages: []ship.Stage{ship.Deploy}, images: map[string]docker.Image{ref: {ID: imageID, Digests: []string{"localhost:5000/web@" + newDigest}}}, deploy: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, c, p := world(t)
			e.images = tt.images
			plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Registry: "localhost:5000", Stages: tt.stages})
			report, _, err := record(t.Context(), e, c, plan)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(e.did, tt.engine) || (len(c.did) > 0) != tt.deploy {
				t.Errorf("did %v and %v", e.did, c.did)
			}
			if tt.deploy && (len(report.Workloads) != 1 || !report.Workloads[0].Verified) {
				t.Errorf("report %+v", report)
			}
		})
	}
}

func TestPushIsNotNeededInASharedStore(t *testing.T) {
	e, c, p := world(t)
	e.images["web:"+tag] = docker.Image{}
	plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Stages: []ship.Stage{ship.Deliver}})
	_, events, err := record(t.Context(), e, c, plan)
	if err != nil || len(e.did) > 0 || kinds(events) != "skipped shipped" || !strings.Contains(events[0].Text, "share one image store") {
		t.Errorf("%v, did %v, events %+v", err, e.did, events)
	}
}

func TestDeployOfAnImageTheEngineDoesNotHave(t *testing.T) {
	e, c, p := world(t)
	plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Registry: "localhost:5000", Stages: []ship.Stage{ship.Deploy}})
	report, _, err := record(t.Context(), e, c, plan)
	if err != nil || report.Workloads[0].Verified {
		t.Errorf("with nothing to compare with, nothing can be verified: %+v, %v", report, err)
	}
}

func TestFailureCards(t *testing.T) {
	undo := "kubectl --context docker-desktop -n default rollout undo deployment/web"
	remove := "kubectl --context docker-desktop -n default delete "
	tests := []struct {
		name    string
		set     func(*engine, *cluster, *ship.Options)
		want    ship.Failure // Cause and Do are searched for, the rest must be equal
		applied int
	}{
		{
			"a step of the build", func(e *engine, _ *cluster, _ *ship.Options) {
				e.buildErr = &docker.BuildError{Step: "[2/3] RUN false", File: "/src/web/Dockerfile", Line: 4, Tail: []string{"no"}, Err: errors.New("exit code: 1")}
			},
			ship.Failure{Stage: ship.Build, Step: "[2/3] RUN false", Cause: "exit code: 1", Do: "last lines", File: "/src/web/Dockerfile", Line: 4, Tail: []string{"no"}},
			0,
		},
		{
			"the Dockerfile", func(e *engine, _ *cluster, _ *ship.Options) {
				e.buildErr = &docker.BuildError{File: "/src/web/Dockerfile", Line: 2, Err: errors.New("unknown instruction: RNU")}
			},
			ship.Failure{Stage: ship.Build, Cause: "unknown instruction: RNU", Do: "mend the Dockerfile", File: "/src/web/Dockerfile", Line: 2},
			0,
		},
		{
			"the engine goes away", func(e *engine, _ *cluster, _ *ship.Options) {
				e.buildErr = &docker.Error{Kind: docker.ErrUnreachable, Tried: "building at unix:///x", Happened: "there is no /x", Do: "start Docker"}
			},
			ship.Failure{Stage: ship.Build, Cause: "building at unix:///x: there is no /x", Do: "start Docker"},
			0,
		},
		{
			"the registry's password", func(e *engine, _ *cluster, o *ship.Options) {
				o.Registry = "localhost:5001"
				e.pushErr = &docker.Error{Kind: docker.ErrDenied, Tried: "pushing", Happened: "unauthorized", Do: "docker login localhost:5001"}
			},
			ship.Failure{Stage: ship.Deliver, Step: "push localhost:5001/web:" + tag, Cause: "pushing: unauthorized", Do: "docker login localhost:5001"},
			0,
		},
		{
			"an object is refused", func(_ *engine, c *cluster, _ *ship.Options) {
				c.applyErr = &kube.ManifestError{File: "/src/web/k8s/web.yaml", Line: 9, Ref: kube.Ref{Kind: "Deployment", Name: "web"}, Err: errors.New("a conflict with helm"), Hint: "let helm have it"}
			},
			ship.Failure{Stage: ship.Deploy, Step: "deployment/web", Cause: "a conflict with helm", Do: "let helm have it", File: "/src/web/k8s/web.yaml", Line: 9, Back: "apply the former manifest of service/web"},
			1,
		},
		{
			"a pod crashes", func(_ *engine, c *cluster, _ *ship.Options) {
				c.rollout.Done, c.rolloutErr = false, errors.New("Deployment/web: its pods crash")
				c.troubles = []kube.Trouble{{Pod: "web-1", Container: "web", Reason: "CrashLoopBackOff", Message: "back-off 10s restarting", ExitCode: 3, Tail: []string{"boom"}}}
			},
			ship.Failure{Stage: ship.Verify, Step: "pod web-1, container web", Cause: "CrashLoopBackOff: back-off 10s restarting (exit code 3)", Do: "docker run --rm web:" + tag, Tail: []string{"boom"}, Back: undo + "; apply the former manifest of service/web"},
			2,
		},
		{
			"a new deployment's pod cannot pull", func(_ *engine, c *cluster, _ *ship.Options) {
				c.change, c.rollout.Done, c.rolloutErr = kube.Created, false, errors.New("its pods cannot pull")
				c.troubles = []kube.Trouble{
					{Pod: "web-1", Reason: "Unhealthy"},
					{Pod: "web-2", Reason: "ImagePullBackOff", Message: `failed to resolve reference "x": 401 Unauthorized`},
				}
			},
			ship.Failure{Stage: ship.Verify, Step: "pod web-2", Cause: "401 Unauthorized", Do: "imagePullSecrets", Back: remove + "deployment/web && " + remove + "service/web"},
			2,
		},
		{
			"nothing is known of the pods", func(_ *engine, c *cluster, _ *ship.Options) {
				c.rollout.Done, c.rolloutErr = false, errors.New("watch ended")
			},
			ship.Failure{Stage: ship.Verify, Step: "deployment/web (default)", Cause: "watch ended", Back: undo + "; apply the former manifest of service/web"},
			2,
		},
		{
			"too slow", func(_ *engine, c *cluster, o *ship.Options) {
				c.waits, c.rollout.Done, c.rollout.Message, o.Timeout = true, false, "0 of 1 updated", time.Millisecond
			},
			ship.Failure{Stage: ship.Verify, Step: "deployment/web (default)", Cause: "is not done after 1ms: 0 of 1 updated", Do: "--timeout", Back: undo + "; apply the former manifest of service/web"},
			2,
		},
		{
			"a pod runs the older image", func(_ *engine, c *cluster, _ *ship.Options) {
				c.change = kube.Unchanged
				c.rollout.Pods = []kube.RolloutPod{{Name: "web-a", New: true, Digests: []string{newDigest}}, {Name: "web-b", New: true, Digests: []string{"localhost/web@" + oldDigest}}}
			},
			ship.Failure{Stage: ship.Verify, Step: "deployment/web (default)", Cause: "pod web-b runs localhost/web@" + oldDigest + ", and not what was built", Do: "rollout restart deployment/web"},
			0,
		},
		{
			"a pod that says nothing", func(_ *engine, c *cluster, _ *ship.Options) {
				c.change = kube.Unchanged
				c.rollout.Pods = []kube.RolloutPod{{Name: "web-a", New: true}}
			},
			ship.Failure{Stage: ship.Verify, Step: "deployment/web (default)", Cause: "pod web-a does not say what it runs", Do: "rollout restart"},
			0,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, c, p := world(t)
			var o ship.Options
			tt.set(e, c, &o)
			plan := ship.NewPlan(t.Context(), e, c, p, o)
			if text := problems(plan); text != "" {
				t.Fatalf("problems:\n%s", text)
			}
			_, events, err := record(t.Context(), e, c, plan)
			var got *ship.Failure
			if !errors.As(err, &got) {
				t.Fatalf("error %v is no failure", err)
			}
			last := events[len(events)-1]
			if last.Kind != ship.Failed || last.Failure != got || last.Stage != tt.want.Stage {
				t.Errorf("last event %+v", last)
			}
			if !strings.Contains(got.Cause, tt.want.Cause) || !strings.Contains(got.Do, tt.want.Do) || tt.want.Do == "" && got.Do != "" {
				t.Errorf("cause %q, do %q", got.Cause, got.Do)
			}
			if len(got.Applied) != tt.applied {
				t.Errorf("applied %+v", got.Applied)
			}
			rest := *got
			rest.Cause, rest.Do, rest.Applied, rest.Err = tt.want.Cause, tt.want.Do, nil, nil
			if d := cmp.Diff(tt.want, rest); d != "" {
				t.Errorf("card (-want +got):\n%s", d)
			}
			if tt.want.Stage == ship.Build && len(c.did) > 0 {
				t.Errorf("the cluster was touched: %v", c.did)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	t.Run("while building", func(t *testing.T) {
		e, c, p := world(t)
		ctx, cancel := context.WithCancel(t.Context())
		plan := ship.NewPlan(ctx, e, c, p, ship.Options{})
		e.building = func(context.Context) { cancel() }
		_, _, err := record(ctx, e, c, plan)
		var got *ship.Failure
		if !errors.As(err, &got) || got.Stage != ship.Build || got.Cause != "cancelled" || !errors.Is(err, context.Canceled) || len(c.did) > 0 {
			t.Errorf("got %+v, the cluster did %v", err, c.did)
		}
	})
	t.Run("while rolling out", func(t *testing.T) {
		e, c, p := world(t)
		ctx, cancel := context.WithCancel(t.Context())
		c.waits, c.rollout.Done = true, false
		plan := ship.NewPlan(ctx, e, c, p, ship.Options{})
		_, err := ship.Run(ctx, e, c, plan, func(ev ship.Event) {
			if ev.Kind == ship.RolloutMoved {
				cancel()
			}
		})
		var got *ship.Failure
		if !errors.As(err, &got) || got.Stage != ship.Verify || got.Cause != "cancelled" || len(got.Applied) != 2 || got.Back == "" {
			t.Errorf("got %+v", err)
		}
	})
}

func TestOtherWorkloadsAreWaitedForAndNotJudged(t *testing.T) {
	e, c, p := world(t)
	c.written = append(c.written, kube.Manifest{Ref: kube.Ref{Kind: "StatefulSet", Name: "db"}, Images: []string{"postgres"}, YAML: []byte("kind: StatefulSet")})
	plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{})
	report, _, err := record(t.Context(), e, c, plan)
	if err != nil || len(report.Workloads) != 1 || !slices.Contains(c.did, "rollout statefulset/db (default)") {
		t.Errorf("%v, %+v, %v", err, report, c.did)
	}
}

func TestNoReplicas(t *testing.T) {
	e, c, p := world(t)
	c.rollout = kube.Rollout{Done: true}
	report, _, err := record(t.Context(), e, c, ship.NewPlan(t.Context(), e, c, p, ship.Options{}))
	if err != nil || report.Workloads[0].Verified {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestEventJSON holds the names that programs read.
func TestEventJSON(t *testing.T) {
	e, c, p := world(t)
	_, events, err := record(t.Context(), e, c, ship.NewPlan(t.Context(), e, c, p, ship.Options{Registry: "localhost:5000"}))
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]bool{}
	for _, ev := range events {
		text, err := json.Marshal(ev)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "\n") {
			t.Errorf("more than one line: %s", text)
		}
		var got map[string]any
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		for name, value := range got {
			fields[name] = true
			if inner, ok := value.(map[string]any); ok {
				for deep := range inner {
					fields[name+"."+deep] = true
				}
			}
		}
	}
	for _, want := range []string{
		"time", "kind", "stage", "text", "step.id", "step.name", "log.text", "warning.rule", "layer.done", "layer.total",
		"applied.ref", "applied.change", "rollout.ready", "rollout.desired", "rollout.pods", "image.digest", "pushed.digest",
		"report.image", "report.digest", "report.workloads", "report.tookNs",
	} {
		if !fields[want] {
			t.Errorf("no field %s in %v", want, fields)
		}
	}
}

// TestRunIsAimed: what was planned for one engine and one cluster never
// reaches others.
func TestRunIsAimed(t *testing.T) {
	e, c, p := world(t)
	plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{})
	if _, err := ship.Run(t.Context(), e, c, plan, nil); err != nil {
		t.Fatal(err)
	}
	if c.aimed != plan.Context || plan.Context.Name == "" {
		t.Errorf("applied to %+v, planned for %+v", c.aimed, plan.Context)
	}
	if e.aimed != plan.Engine || plan.Engine.Host == "" {
		t.Errorf("built at %+v, planned for %+v", e.aimed, plan.Engine)
	}
}
