package ship_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
	"github.com/twindeck/twindeck/env/ship"
)

// yard is an engine that builds several images at once. Each image has digests
// of its own, and the test says how a build goes.
type yard struct {
	engine
	builds func(ctx context.Context, name string) error // nil: at once, and well
	pushes func(ctx context.Context, name string) error

	at      sync.Mutex
	running int
	most    int // that ran at the same time
	steps   []string
	asked   map[string]docker.BuildRequest
}

// digestOf is the digest of an image by its name.
func digestOf(ref string) string { return "sha256:" + ref }

func (y *yard) step(what string, change int) {
	y.at.Lock()
	defer y.at.Unlock()
	y.steps = append(y.steps, what)
	y.running += change
	y.most = max(y.most, y.running)
}

func nameOf(ref string) string {
	name, _, _ := strings.Cut(ref[strings.LastIndex(ref, "/")+1:], ":")
	return name
}

func (y *yard) Build(ctx context.Context, r docker.BuildRequest, news func(docker.BuildEvent)) (docker.BuildResult, error) {
	name := nameOf(r.Tag)
	y.at.Lock()
	if y.asked == nil {
		y.asked = map[string]docker.BuildRequest{}
	}
	y.asked[name] = r
	y.at.Unlock()
	y.step("start "+name, 1)
	news(docker.BuildEvent{Step: &docker.BuildStep{ID: name, Name: "[1/1] FROM a"}})
	var err error
	if y.builds != nil {
		err = y.builds(ctx, name)
	}
	y.step("end "+name, -1)
	return docker.BuildResult{Tag: r.Tag, ImageID: digestOf(r.Tag), Digest: digestOf(r.Tag)}, err
}

func (y *yard) Push(ctx context.Context, ref string, _ func(docker.LayerProgress)) (docker.PushResult, error) {
	y.step("push "+nameOf(ref), 1)
	var err error
	if y.pushes != nil {
		err = y.pushes(ctx, nameOf(ref))
	}
	y.step("pushed "+nameOf(ref), -1)
	return docker.PushResult{Reference: ref, Digest: digestOf(ref)}, err
}

func (y *yard) Published(_ context.Context, ref string) (string, error) { return digestOf(ref), nil }

// shop is a project of four images: web and api are built from base, and no
// manifest runs tool. web and api run in one pod, mail in another.
func shop(t *testing.T) (*yard, *cluster, project.Project) {
	t.Helper()
	e, c, p := world(t)
	y := &yard{engine: engine{info: e.info, images: map[string]docker.Image{}}}
	p.Name = "shop"
	image := func(name string, needs ...string) project.Image {
		i := project.Image{
			Name: name, Context: "/src/web/" + name, Dockerfile: "/src/web/" + name + "/Dockerfile", Tag: "dev-" + name, Needs: needs,
			Bases: map[string]string{}, File: "/src/web/compose.yaml", Line: 3,
		}
		for _, need := range needs {
			i.Bases[need] = need
		}
		return i
	}
	p.Images = []project.Image{image("base"), image("web", "base"), image("api", "base"), image("mail"), image("tool")}
	p.Version.Tag = ""
	workload := func(name string, images ...string) kube.Manifest {
		yaml := "kind: Deployment\nspec:\n  containers:\n"
		for _, image := range images {
			yaml += "  - image: " + image + "\n"
		}
		return kube.Manifest{Ref: kube.Ref{Group: "apps", Version: "v1", Kind: "Deployment", Name: name}, File: "/src/web/k8s/" + name + ".yaml", Line: 1, YAML: []byte(yaml), Images: images}
	}
	c.written = []kube.Manifest{c.written[0], workload("front", "web", "api"), workload("mail", "mail"), workload("db", "postgres")}
	c.rollout = kube.Rollout{Desired: 1, Updated: 1, Ready: 1, Done: true, Pods: []kube.RolloutPod{
		{Name: "a", New: true, Ready: true, Digests: []string{digestOf("web:dev-web"), digestOf("api:dev-api"), digestOf("mail:dev-mail")}},
	}}
	return y, c, p
}

// has puts images into the engine's store.
func (y *yard) has(refs ...string) {
	for _, ref := range refs {
		y.images[ref] = docker.Image{ID: digestOf(ref), Digest: digestOf(ref)}
	}
}

// fates are the images of a plan, and what becomes of each.
func fates(plan ship.Plan) string {
	var words []string
	for _, i := range plan.Images {
		words = append(words, i.Name+" "+string(i.Action))
	}
	return strings.Join(words, ", ")
}

// runYard runs a plan; events come from one goroutine at a time.
func runYard(ctx context.Context, y *yard, c *cluster, plan ship.Plan) (ship.Report, []ship.Event, error) {
	var events []ship.Event
	report, err := ship.Run(ctx, y, c, plan, func(ev ship.Event) { events = append(events, ev) })
	return report, events, err
}

func TestPlanOfSeveralImages(t *testing.T) {
	build := []ship.Stage{ship.Build}
	tests := []struct {
		name    string
		options ship.Options
		has     []string
		want    string
		problem string
		deploys []string // objects; nil: all
	}{
		{name: "what is deployed, and what that is built from", want: "base build, web build, api build, mail build, tool leave out"},
		{name: "a build alone builds all", options: ship.Options{Stages: build}, want: "base build, web build, api build, mail build, tool build"},
		{
			name: "only what has changed", has: []string{"base:dev-base", "web:dev-web", "mail:dev-old"},
			want: "base keep, web keep, api build, mail build, tool leave out",
		},
		{
			name: "a tag that was asked for says nothing of the content", has: []string{"web:v1"}, options: ship.Options{Tag: "v1"},
			want: "base build, web build, api build, mail build, tool leave out",
		},
		{name: "one, for itself", options: ship.Options{Stages: build, Images: []string{"mail"}}, want: "base leave out, web leave out, api leave out, mail build, tool leave out"},
		{name: "one, with what it is built from", options: ship.Options{Stages: build, Images: []string{"api"}}, want: "base build, web leave out, api build, mail leave out, tool leave out"},
		{
			name: "one is deployed with those in the same pod", options: ship.Options{Images: []string{"api"}},
			want: "base build, web build, api build, mail leave out, tool leave out", deploys: []string{"web", "front", "db"},
		},
		{
			name: "a name that is none", options: ship.Options{Stages: build, Images: []string{"wep"}},
			want: "base leave out, web leave out, api leave out, mail leave out, tool leave out", problem: `!build: the project has no image "wep" | choose from base, web, api, mail, tool`,
		},
		{
			name: "a target is one image's", options: ship.Options{Stages: build, Build: docker.BuildRequest{Target: "run"}},
			want: "base build, web build, api build, mail build, tool build", problem: "!build: the stage run was asked for, and there are 5 images to build | choose one with --image",
		},
		{
			name: "a deploy of what was never built", options: ship.Options{Stages: []ship.Stage{ship.Deploy}}, has: []string{"web:dev-web", "mail:dev-mail"},
			want: "base keep, web keep, api keep, mail keep, tool leave out", problem: "!deliver: the engine has no image api:dev-api | build it first",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			y, c, p := shop(t)
			y.has(tt.has...)
			plan := ship.NewPlan(t.Context(), y, c, p, tt.options)
			if got := fates(plan); got != tt.want {
				t.Errorf("%s\nwant %s", got, tt.want)
			}
			if text := problems(plan); tt.problem == "" && text != "" || !strings.Contains(text, tt.problem) {
				t.Errorf("problems %q, want %q", text, tt.problem)
			}
			var objects []string
			for _, m := range plan.Manifests {
				objects = append(objects, m.Ref.Name)
			}
			if tt.deploys != nil && !slices.Equal(objects, tt.deploys) {
				t.Errorf("deploys %v, want %v", objects, tt.deploys)
			}
			if len(y.steps)+len(c.did) > 0 {
				t.Errorf("planning did %v %v", y.steps, c.did)
			}
		})
	}
}

func TestManifestsOfNoneOfSeveralImages(t *testing.T) {
	y, c, p := shop(t)
	c.written = c.written[3:]
	text := problems(ship.NewPlan(t.Context(), y, c, p, ship.Options{}))
	if !strings.Contains(text, "!deploy: no manifest uses an image named base or web or api or mail or tool") || !strings.Contains(text, "there are: postgres") {
		t.Errorf("problems:\n%s", text)
	}
}

func TestFatalProblemOfTheProject(t *testing.T) {
	y, c, p := shop(t)
	p.Images, p.Dockerfile = nil, ""
	p.Problems = []project.Problem{{File: "/src/web/compose.yaml", Line: 7, Text: "images need each other in a circle: a → b → a", Fatal: true}}
	plan := ship.NewPlan(t.Context(), y, c, p, ship.Options{})
	text := problems(plan)
	if !strings.Contains(text, "!build: images need each other in a circle: a → b → a |  | /src/web/compose.yaml:7") || strings.Contains(text, "no Dockerfile here") {
		t.Errorf("problems:\n%s", text)
	}
}

// TestPullPolicyOfSeveralImages: each container of ours is looked at.
func TestPullPolicyOfSeveralImages(t *testing.T) {
	y, c, p := shop(t)
	c.written[2].YAML = []byte("kind: Deployment\nspec:\n  containers:\n  - image: mail\n    imagePullPolicy: Always\n")
	text := problems(ship.NewPlan(t.Context(), y, c, p, ship.Options{}))
	if !strings.Contains(text, "!deploy: deployment/mail: imagePullPolicy: Always") {
		t.Errorf("problems:\n%s", text)
	}
}

// TestNeedsComeFirst: with builds that take any time, no image is begun before
// those it needs, and no more than a few run at once.
func TestNeedsComeFirst(t *testing.T) {
	y, c, p := shop(t)
	for i := range 8 { // many that need nothing
		p.Images = append(p.Images, project.Image{Name: fmt.Sprintf("more%d", i), Dockerfile: "/x", Context: "/", Tag: "dev-m"})
	}
	var let sync.Mutex
	waiting := map[string]chan struct{}{}
	begun := make(chan string, len(p.Images))
	y.builds = func(_ context.Context, name string) error {
		gate := make(chan struct{})
		let.Lock()
		waiting[name] = gate
		let.Unlock()
		begun <- name
		<-gate
		return nil
	}
	ended := map[string]bool{}
	plan := ship.NewPlan(t.Context(), y, c, p, ship.Options{Stages: []ship.Stage{ship.Build}})
	done := make(chan error, 1)
	go func() { _, _, err := runYard(t.Context(), y, c, plan); done <- err }()
	for range p.Images {
		name := <-begun
		for _, i := range plan.Images {
			if i.Name != name {
				continue
			}
			for _, need := range i.Needs {
				if !ended[need] {
					t.Errorf("%s began before %s was there", name, need)
				}
			}
		}
		let.Lock()
		ended[name] = true
		close(waiting[name])
		let.Unlock()
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if y.most > 4 {
		t.Errorf("%d ran at once", y.most)
	}
}

// TestImagesAreBuiltAtOnce: what does not need the other does not wait for it.
func TestImagesAreBuiltAtOnce(t *testing.T) {
	y, c, p := shop(t)
	y.has("base:dev-base")
	var both sync.WaitGroup
	both.Add(2)
	y.builds = func(_ context.Context, name string) error {
		if name == "web" || name == "api" {
			both.Done()
			both.Wait() // ends only if the other runs too
		}
		return nil
	}
	if _, _, err := runYard(t.Context(), y, c, ship.NewPlan(t.Context(), y, c, p, ship.Options{})); err != nil {
		t.Fatal(err)
	}
}

func TestShipSeveralImages(t *testing.T) {
	y, c, p := shop(t)
	y.has("web:dev-web", "base:dev-base")
	plan := ship.NewPlan(t.Context(), y, c, p, ship.Options{})
	report, events, err := runYard(t.Context(), y, c, plan)
	if err != nil {
		t.Fatal(err)
	}
	want := []ship.ShippedImage{
		{Name: "base", Image: "base:dev-base", Digest: digestOf("base:dev-base")},
		{Name: "web", Image: "web:dev-web", Digest: digestOf("web:dev-web")},
		{Name: "api", Image: "api:dev-api", Digest: digestOf("api:dev-api"), Built: true},
		{Name: "mail", Image: "mail:dev-mail", Digest: digestOf("mail:dev-mail"), Built: true},
	}
	if d := cmp.Diff(want, report.Images); d != "" {
		t.Errorf("images (-want +got):\n%s", d)
	}
	for _, w := range report.Workloads {
		if !w.Verified {
			t.Errorf("%+v is not verified", w)
		}
	}
	if len(report.Workloads) != 2 || !slices.Equal(report.Workloads[0].Images, []string{"web:dev-web", "api:dev-api"}) {
		t.Errorf("workloads %+v", report.Workloads)
	}
	if got := y.asked["api"].Contexts["base"]; got != "docker-image://base:dev-base" {
		t.Errorf("api is built from %q", got)
	}
	built, kept := map[string]bool{}, map[string]bool{}
	for _, ev := range events {
		switch ev.Kind {
		case ship.BuildStepped, ship.BuildDone:
			built[ev.ImageName] = true
		case ship.ImageKept:
			kept[ev.ImageName] = true
		}
	}
	if len(built) != 2 || !built["api"] || !built["mail"] || len(kept) != 2 || !kept["web"] || !kept["base"] {
		t.Errorf("built %v, kept %v", built, kept)
	}
	all := strings.Join(commands(events), "\n")
	for _, part := range []string{
		"build -t api:dev-api -f api/Dockerfile --build-context base=docker-image://base:dev-base api",
		"# with image: web:dev-web, api:dev-api, mail:dev-mail",
	} {
		if !strings.Contains(all, part) {
			t.Errorf("no %q in\n%s", part, all)
		}
	}
}

func TestNothingHasChanged(t *testing.T) {
	y, c, p := shop(t)
	y.has("base:dev-base", "web:dev-web", "api:dev-api", "mail:dev-mail")
	report, events, err := runYard(t.Context(), y, c, ship.NewPlan(t.Context(), y, c, p, ship.Options{}))
	if err != nil || len(y.steps) > 0 {
		t.Fatalf("%v; it did %v", err, y.steps)
	}
	if text := kinds(events); !strings.HasPrefix(text, "kept kept kept kept skipped skipped stage") {
		t.Errorf("events %s", text)
	}
	if len(report.Workloads) != 2 || !report.Workloads[0].Verified {
		t.Errorf("report %+v", report)
	}
}

// TestKeptImageIsGone: what the engine lost since the plan is built after all.
func TestKeptImageIsGone(t *testing.T) {
	y, c, p := shop(t)
	y.has("base:dev-base", "web:dev-web", "api:dev-api", "mail:dev-mail")
	plan := ship.NewPlan(t.Context(), y, c, p, ship.Options{})
	delete(y.images, "mail:dev-mail")
	if _, _, err := runYard(t.Context(), y, c, plan); err != nil || !slices.Equal(y.steps, []string{"start mail", "end mail"}) {
		t.Errorf("%v; it did %v", err, y.steps)
	}
}

// TestOneFailureCancelsTheRest: the card names the image that failed; what ran
// beside it is cancelled, what needed it is never begun, the cluster untouched.
func TestOneFailureCancelsTheRest(t *testing.T) {
	y, c, p := shop(t)
	mailRuns, mailEnded := make(chan struct{}), make(chan error, 1)
	y.builds = func(ctx context.Context, name string) error {
		switch name {
		case "base":
			<-mailRuns
			return &docker.BuildError{Step: "[2/2] RUN false", File: "/src/web/base/Dockerfile", Line: 2, Err: errors.New("exit code: 1")}
		case "mail":
			close(mailRuns)
			<-ctx.Done()
			mailEnded <- ctx.Err()
			return ctx.Err()
		}
		return nil
	}
	_, events, err := runYard(t.Context(), y, c, ship.NewPlan(t.Context(), y, c, p, ship.Options{}))
	var got *ship.Failure
	if !errors.As(err, &got) || got.Image != "base" || got.Step != "[2/2] RUN false" || got.Line != 2 || !strings.Contains(got.Error(), "build of base") {
		t.Fatalf("got %+v", err)
	}
	if err := <-mailEnded; !errors.Is(err, context.Canceled) {
		t.Errorf("the build beside it ended with %v", err)
	}
	for _, step := range y.steps {
		if strings.Contains(step, "web") || strings.Contains(step, "api") {
			t.Errorf("it did %s", step)
		}
	}
	if last := events[len(events)-1]; last.Kind != ship.Failed || last.Failure.Image != "base" || len(c.did) > 0 {
		t.Errorf("last event %+v, the cluster did %v", last, c.did)
	}
}

func TestCancelOfSeveralImages(t *testing.T) {
	y, c, p := shop(t)
	ctx, cancel := context.WithCancel(t.Context())
	y.builds = func(ctx context.Context, _ string) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}
	_, _, err := runYard(ctx, y, c, ship.NewPlan(ctx, y, c, p, ship.Options{}))
	var got *ship.Failure
	if !errors.As(err, &got) || got.Stage != ship.Build || got.Cause != "cancelled" || len(c.did) > 0 || y.running != 0 {
		t.Errorf("got %+v, %d still run, the cluster did %v", err, y.running, c.did)
	}
}

func TestPushOfSeveralImages(t *testing.T) {
	y, c, p := shop(t)
	y.has("localhost:5000/web:dev-web")
	plan := ship.NewPlan(t.Context(), y, c, p, ship.Options{Registry: "localhost:5000"})
	c.rollout.Pods[0].Digests = []string{digestOf("localhost:5000/web:dev-web"), digestOf("localhost:5000/api:dev-api"), digestOf("localhost:5000/mail:dev-mail")}
	if _, _, err := runYard(t.Context(), y, c, plan); err != nil {
		t.Fatal(err)
	}
	var pushed []string
	for _, step := range y.steps {
		if name, ok := strings.CutPrefix(step, "pushed "); ok {
			pushed = append(pushed, name)
		}
	}
	slices.Sort(pushed)
	if !slices.Equal(pushed, []string{"api", "mail", "web"}) { // base went into others, and no pod pulls it
		t.Errorf("pushed %v", pushed)
	}

	y, c, p = shop(t)
	y.pushes = func(_ context.Context, name string) error {
		if name == "api" {
			return &docker.Error{Kind: docker.ErrDenied, Tried: "pushing", Happened: "unauthorized", Do: "docker login localhost:5000"}
		}
		return nil
	}
	_, _, err := runYard(t.Context(), y, c, ship.NewPlan(t.Context(), y, c, p, ship.Options{Registry: "localhost:5000"}))
	var got *ship.Failure
	if !errors.As(err, &got) || got.Stage != ship.Deliver || got.Image != "api" || got.Do != "docker login localhost:5000" || len(c.did) > 0 {
		t.Errorf("got %+v", err)
	}
}

// TestAPodNeedsBothImages: a pod with two containers of ours that runs one old
// image is not verified.
func TestAPodNeedsBothImages(t *testing.T) {
	y, c, p := shop(t)
	c.rollout.Pods[0].Digests = []string{digestOf("web:dev-web"), oldDigest, digestOf("mail:dev-mail")}
	_, _, err := runYard(t.Context(), y, c, ship.NewPlan(t.Context(), y, c, p, ship.Options{}))
	var got *ship.Failure
	if !errors.As(err, &got) || got.Stage != ship.Verify || !strings.Contains(got.Step, "deployment/front") || !strings.Contains(got.Cause, "nothing of which is api:dev-api") {
		t.Errorf("got %+v", err)
	}
}

func TestOneImageWithBuildDetails(t *testing.T) {
	e, c, p := world(t)
	p.Images = []project.Image{{Name: "web", Context: p.Context, Dockerfile: p.Dockerfile, Target: "run", Args: map[string]string{"A": "1", "B": "1"}, Platforms: []string{"linux/amd64", "linux/arm64"}, Tag: tag}}
	plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Build: docker.BuildRequest{Args: map[string]string{"B": "2"}}})
	want := docker.BuildRequest{
		Context: p.Context, Dockerfile: p.Dockerfile, Tag: plan.Image, Target: "run", Platform: "linux/amd64,linux/arm64", Args: map[string]string{"A": "1", "B": "2"},
		Builder: "desktop-linux",
	}
	if d := cmp.Diff(want, plan.Build); d != "" || !strings.HasPrefix(plan.Image, "web:"+tag+"-") {
		t.Errorf("image %s, build (-want +got):\n%s", plan.Image, d)
	}
}

// Options of the project's own come before those that were asked for; one that
// cannot be used is told at its place.
func TestImageWithOptionsOfItsOwn(t *testing.T) {
	e, c, p := world(t)
	p.Images = []project.Image{{Name: "web", Context: p.Context, Dockerfile: p.Dockerfile, Tag: tag, File: "/src/web/compose.yaml", Line: 4, Options: []project.BuildOption{
		{Name: "add-host", Value: "db=10.0.0.2"}, {Name: "cache-from", Value: "acme/web:cache"}, {Name: "shm-size", Value: "134217728b"},
	}}}
	plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Build: docker.BuildRequest{AddHosts: []string{"mail=10.0.0.3"}}})
	want := []string{"--add-host", "db=10.0.0.2", "--add-host", "mail=10.0.0.3", "--cache-from", "acme/web:cache", "--shm-size", "134217728"}
	if d := cmp.Diff(want, plan.Build.Words()); d != "" || len(plan.Fatal()) > 0 {
		t.Errorf("options (-want +got):\n%s%+v", d, plan.Fatal())
	}
	p.Images[0].Options = []project.BuildOption{{Name: "shm-size", Value: "lots"}}
	fatal := ship.NewPlan(t.Context(), e, c, p, ship.Options{}).Fatal()
	if len(fatal) != 1 || fatal[0].Line != 4 || !strings.Contains(fatal[0].Text, `image web: its shm-size lots cannot be used: "lots" is not a size`) {
		t.Errorf("got %+v", fatal)
	}
}

func TestPlanJSONOfSeveralImages(t *testing.T) {
	y, c, p := shop(t)
	y.has("web:dev-web")
	text, err := json.Marshal(ship.NewPlan(t.Context(), y, c, p, ship.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Image  string
		Images []struct {
			Name, Image, Action, Why string
			Needs                    []string
			Used                     bool
		}
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	web := got.Images[1]
	if got.Image != "" || len(got.Images) != 5 || web.Name != "web" || web.Image != "web:dev-web" || web.Action != "keep" || web.Needs[0] != "base" || !web.Used || got.Images[0].Used {
		t.Errorf("got %s", text)
	}
}
