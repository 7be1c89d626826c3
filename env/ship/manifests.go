package ship

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
)

// readManifests puts our images into the manifests and asks the cluster what
// applying them would change.
func (w *planner) readManifests(ctx context.Context, s *sight, d delivery) {
	p := w.plan.Project
	if !w.plan.does(Deploy) || p.Manifests.Kind == project.NoManifests {
		return
	}
	if s.writtenErr != nil {
		w.refuse(s.writtenErr)
		return
	}
	manifests, err := w.cluster.ReadManifests(ctx, w.source(), w.plan.refs())
	if err != nil {
		w.refuse(err)
		return
	}
	manifests = w.concerned(manifests)
	w.plan.Manifests = manifests
	if w.hasImage() && len(w.used) == 0 {
		w.problem(w.noImageNamed(s.written))
		return
	}
	for _, q := range pullPolicies(manifests, w.plan.refs(), d.defeat) {
		w.problem(q)
	}
	if !s.reachable() {
		return
	}
	changes, err := w.cluster.DryRun(ctx, w.plan.Namespace, manifests)
	if err != nil {
		w.refuse(err)
		return
	}
	w.plan.Changes = changes
	if !slices.ContainsFunc(w.plan.Problems, func(q Problem) bool { return q.Fatal }) {
		for _, q := range keptPolicies(changes, w.plan.refs(), d.defeat) {
			w.problem(q)
		}
	}
}

// refuse tells of manifests that cannot be applied, each at its place.
func (w *planner) refuse(err error) {
	places := manifestErrors(err)
	if len(places) == 0 {
		w.problem(Problem{Fatal: true, Stage: Deploy, Text: err.Error()})
	}
	for _, e := range places {
		q := Problem{Fatal: true, Stage: Deploy, Text: manifestText(e), Do: e.Hint, File: e.File, Line: e.Line}
		if q.File == "" { // what a kustomization makes has no file of its own
			q.File, q.Line = w.plan.Project.Manifests.Path, 0
		}
		w.problem(q)
	}
}

// manifestText is a manifest's error without its place, which a Problem and a
// Failure carry apart.
func manifestText(e *kube.ManifestError) string {
	if e.Ref.Name == "" {
		return e.Err.Error()
	}
	return e.Ref.String() + ": " + e.Err.Error()
}

// manifestErrors are all manifest errors in err, which may be several joined.
func manifestErrors(err error) []*kube.ManifestError {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*kube.ManifestError
		for _, e := range joined.Unwrap() {
			all = append(all, manifestErrors(e)...)
		}
		return all
	}
	var one *kube.ManifestError
	if errors.As(err, &one) {
		return []*kube.ManifestError{one}
	}
	return nil
}

// noImageNamed is the problem of manifests that deploy something else.
func (w *planner) noImageNamed(written []kube.Manifest) Problem {
	var images, names []string
	for _, m := range written {
		for _, image := range m.Images {
			images = append(images, image)
			names = append(names, project.LastPart(image))
		}
	}
	slices.Sort(images)
	images = slices.Compact(images)
	ours := w.imageNames()
	name := strings.Join(ours, " or ")
	problem := Problem{
		Fatal: true, Stage: Deploy, File: w.plan.Project.Manifests.Path,
		Text: fmt.Sprintf("no manifest uses an image named %s; the last part of a name is what counts, and there is no image at all", name),
		Do:   "write image: " + ours[0] + " into the container that runs it",
	}
	if len(images) > 0 {
		problem.Text = fmt.Sprintf("no manifest uses an image named %s; the last part of a name is what counts, and there are: %s",
			name, strings.Join(images, ", "))
		problem.Do = fmt.Sprintf("write image: %s where it belongs, or build under the name that is there: --name %s", name, names[0])
		if len(ours) > 1 {
			problem.Do = "write image: " + ours[0] + " where it belongs"
		}
	}
	return problem
}
