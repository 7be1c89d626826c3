package ship

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
)

// defaultTimeout is how long a rollout may take.
const defaultTimeout = 5 * time.Minute

// NewPlan looks at the project, the engine and the cluster, and says what
// shipping would do. It changes nothing. All it finds wrong is in Problems,
// so that one look shows everything there is to mend.
func NewPlan(ctx context.Context, engine Engine, cluster Cluster, p project.Project, o Options) Plan {
	now := time.Now()
	w := &planner{
		engine: engine, cluster: cluster, options: o,
		plan: Plan{Project: p, Stages: stagesOf(o.Stages), Timeout: o.Timeout},
	}
	if w.plan.Timeout <= 0 {
		w.plan.Timeout = defaultTimeout
	}
	seen := w.look(ctx)
	w.checkProject()
	w.choose(seen)
	delivery := w.chooseRoute(seen)
	w.chooseRelease()
	w.nameImages(now)
	w.keepUnchanged(ctx, seen)
	w.checkOptions(seen)
	w.chooseBuilder(seen)
	w.checkContext(seen)
	w.readManifests(ctx, seen, delivery)
	w.checkImagesExist(ctx)
	w.checkPublished(ctx)
	w.checkPulls(ctx, seen)
	return w.plan
}

// stagesOf puts stages in order, each once. What is deployed is verified.
func stagesOf(asked []Stage) []Stage {
	all := []Stage{Build, Deliver, Deploy, Verify}
	if len(asked) == 0 {
		return all
	}
	if slices.Contains(asked, Deploy) {
		asked = append(slices.Clone(asked), Verify)
	}
	return slices.DeleteFunc(all, func(s Stage) bool { return !slices.Contains(asked, s) })
}

// does reports whether s is a stage of the plan.
func (p Plan) does(s Stage) bool { return slices.Contains(p.Stages, s) }

// Fatal returns the problems that keep the plan from running.
func (p Plan) Fatal() []Problem {
	return slices.DeleteFunc(slices.Clone(p.Problems), func(q Problem) bool { return !q.Fatal })
}

// planner makes a Plan step by step.
type planner struct {
	engine   Engine
	cluster  Cluster
	options  Options
	plan     Plan
	registry string          // to push to, wherever it was set
	used     []string        // names of our images that manifests run
	chosen   map[string]bool // names of our images that the plan is about
}

// hasImage reports whether the project has an image of its own. A folder with
// manifests alone is deployed as it is written.
func (w *planner) hasImage() bool {
	return w.plan.Project.Dockerfile != "" || w.plan.Project.Version.Tag != "" || w.options.Tag != ""
}

func (w *planner) problem(p Problem) { w.plan.Problems = append(w.plan.Problems, p) }

// problemOnce tells what several images have in common once.
func (w *planner) problemOnce(p Problem) {
	if !slices.Contains(w.plan.Problems, p) {
		w.problem(p)
	}
}

// sight is what the first look at engine, cluster and files brought.
type sight struct {
	engine     docker.Endpoint
	info       docker.Info
	infoErr    error
	builder    builderSight
	containers []docker.Node // of the engine, that are nodes of clusters
	context    kube.Context
	nodes      []kube.Node
	clusterErr error
	written    []kube.Manifest // as they are in the files
	writtenErr error
}

// reachable reports whether the cluster answered, if only to say no.
func (s *sight) reachable() bool {
	return s.clusterErr == nil || errors.Is(s.clusterErr, kube.ErrForbidden)
}

// look asks engine, cluster and files at the same time. A build alone needs
// no cluster, and asks none.
func (w *planner) look(ctx context.Context) *sight {
	s := &sight{}
	var all sync.WaitGroup
	all.Go(func() {
		if s.engine, s.infoErr = w.engine.Endpoint(); s.infoErr == nil {
			s.info, s.infoErr = w.engine.Info(ctx)
		}
		if s.infoErr == nil && w.needsCluster() {
			s.containers, _ = w.engine.Nodes(ctx) // without an answer nothing is loadable
		}
	})
	if w.plan.does(Build) {
		all.Go(func() { s.builder = w.lookAtBuilder(ctx) })
	}
	if w.needsCluster() {
		all.Go(func() {
			if s.context, s.clusterErr = w.cluster.Context(); s.clusterErr == nil {
				s.nodes, s.clusterErr = w.cluster.Nodes(ctx)
			}
		})
		if w.plan.Project.Manifests.Kind != project.NoManifests {
			all.Go(func() {
				s.written, s.writtenErr = w.cluster.ReadManifests(ctx, w.source(), nil)
			})
		}
	}
	all.Wait()
	w.plan.Engine, w.plan.Context = s.engine, s.context
	return s
}

// needsCluster reports whether the plan has to know the cluster: to deploy,
// or to find out whether a push is needed.
func (w *planner) needsCluster() bool {
	return w.plan.does(Deploy) || w.plan.does(Deliver) && w.options.Registry == ""
}

func (w *planner) source() kube.Source {
	m := w.plan.Project.Manifests
	if m.Kind == project.Kustomize {
		return kube.Source{Kustomize: m.Path}
	}
	return kube.Source{Files: m.Files}
}

func (w *planner) checkProject() {
	for _, q := range w.plan.Project.Problems {
		w.problem(Problem{Fatal: q.Fatal, Stage: Build, Text: q.Text, File: q.File, Line: q.Line})
	}
	if w.plan.does(Build) && w.plan.Project.Dockerfile == "" && len(w.plan.Fatal()) == 0 {
		w.problem(Problem{
			Fatal: true, Stage: Build, File: w.plan.Project.Dir,
			Text: "no Dockerfile here",
			Do:   "write one named Dockerfile, or go to the folder that has it: -C DIR",
		})
	}
	if w.plan.does(Deploy) && w.plan.Project.Manifests.Kind == project.NoManifests {
		w.problem(Problem{
			Fatal: true, Stage: Deploy, File: w.plan.Project.Dir,
			Text: "no Kubernetes manifests here",
			Do:   "put them, or a kustomization, into k8s/, kubernetes/, deploy/ or manifests/",
		})
	}
}

// chooseRoute decides how the image gets to the nodes. A registry that was
// asked for is used; else a shared store needs none; else nodes that are
// containers of the engine are loaded; else a registry set for all projects,
// or the one the manifests pull from, will do.
func (w *planner) chooseRoute(s *sight) delivery {
	image := s.ownImage(w.imageNames())
	from := ""
	switch {
	case w.options.Registry != "":
		w.registry, from = strings.TrimRight(w.options.Registry, "/"), "asked for"
	case os.Getenv("TWINDECK_REGISTRY") != "":
		w.registry, from = strings.TrimRight(os.Getenv("TWINDECK_REGISTRY"), "/"), "TWINDECK_REGISTRY"
	case registryOf(image) != "":
		w.registry, from = registryOf(image), "named in the manifests"
	}
	// A deployment of what a registry holds needs no engine.
	if s.infoErr != nil && (w.plan.does(Build) || w.plan.does(Deliver) || w.hasImage() && w.registry == "") {
		w.problem(Problem{Fatal: true, Stage: Build, Text: "the engine cannot be used: " + s.infoErr.Error()})
	}
	if !w.plan.does(Deliver) && !w.plan.does(Deploy) || !w.hasImage() {
		return delivery{} // a build alone goes nowhere
	}
	var d delivery
	together, ok := shared(s.info, s.nodes)
	nodes, loading, loadable := loadTargets(s.containers, s.nodes, reach(s.written))
	switch {
	case ok && s.infoErr == nil && w.options.Registry == "":
		d = together
		w.registry = ""
	case loadable && s.infoErr == nil && w.options.Registry == "":
		d = byLoading(loading)
		w.plan.Nodes, w.registry = nodes, ""
	case w.registry != "":
		d = throughRegistry(w.registry, from)
	case s.infoErr == nil && s.reachable():
		w.problem(noRoute(s.info, w.plan.Engine, w.plan.Context, s.nodes, loading))
	}
	w.plan.Route, w.plan.RouteWhy = d.route, d.why
	return d
}

// ownImage is the first image in the manifests that one of our names matches.
func (s *sight) ownImage(names []string) string {
	for _, m := range s.written {
		for _, image := range m.Images {
			if slices.Contains(names, project.LastPart(image)) {
				return image
			}
		}
	}
	return ""
}

// checkOptions looks whether this machine and the engine have what the options
// of each build ask for.
func (w *planner) checkOptions(s *sight) {
	if !w.plan.does(Build) {
		return
	}
	for _, image := range w.plan.Ships() {
		if err := image.Build.Fault(); err != nil {
			for text := range strings.SplitSeq(err.Error(), "\n") {
				w.problemOnce(Problem{Fatal: true, Stage: Build, Text: text})
			}
		}
		if s.infoErr != nil {
			continue
		}
		if err := image.Build.Needs(s.info); err != nil {
			w.problemOnce(Problem{Fatal: true, Stage: Build, Text: err.Error()})
		}
	}
}

// checkContext refuses a cluster that cannot be reached, or might be shared.
func (w *planner) checkContext(s *sight) {
	at := w.plan.Context
	w.plan.Namespace = w.options.Namespace
	if w.plan.Namespace == "" {
		w.plan.Namespace = at.Namespace
	}
	if !w.needsCluster() {
		return
	}
	// To push to a known registry, the cluster need not be there.
	if !s.reachable() && (w.plan.does(Deploy) || w.registry == "") {
		w.problem(Problem{Fatal: true, Stage: Deploy, Text: "the cluster cannot be used: " + s.clusterErr.Error()})
		return
	}
	if w.plan.does(Deploy) && at.Name != "" && !at.Local && !w.options.Unlocked {
		w.problem(Problem{
			Fatal: true, Stage: Deploy,
			Text: fmt.Sprintf("context %s (%s) is not known to be on this machine, so it is read-only", at.Name, at.Server),
			Do:   "choose a local one (--context docker-desktop), or unlock this one by its name: --unlock " + at.Name,
		})
	}
}

// checkImagesExist looks for the images that are to be moved or deployed
// without being built now.
func (w *planner) checkImagesExist(ctx context.Context) {
	if w.plan.does(Build) || !w.hasImage() || len(w.plan.Fatal()) > 0 {
		return
	}
	for i := range w.plan.Images {
		if image := &w.plan.Images[i]; image.Action == BuildImage {
			image.Action = KeepImage
			w.checkImageExists(ctx, *image)
		}
	}
}

func (w *planner) checkImageExists(ctx context.Context, image Image) {
	if !image.Used {
		return // it went into others, that is all
	}
	ref := image.Ref
	_, err := w.engine.Image(ctx, ref)
	if err != nil && w.plan.does(Deliver) && w.registry != "" {
		ref = plainName(ref)
		_, err = w.engine.Image(ctx, ref)
	}
	if err == nil {
		return
	}
	problem := Problem{
		Fatal: true, Stage: Deliver,
		Text: fmt.Sprintf("the engine has no image %s", ref),
		Do:   "build it first, or name the tag of one that is there: --tag",
	}
	if !w.plan.does(Deliver) && w.plan.Route == Registry {
		problem.Fatal, problem.Stage = false, Deploy
		problem.Text += ", so what the pods run cannot be compared with it"
		problem.Do = "make sure that it was pushed"
	}
	if !errors.Is(err, docker.ErrNotFound) {
		problem.Text += ": " + err.Error()
	}
	w.problem(problem)
}
