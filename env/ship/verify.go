package ship

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/kube"
)

// rolledOut are the kinds whose rollout has an end to wait for.
var rolledOut = []string{"Deployment", "StatefulSet", "DaemonSet", "Job", "Pod"}

// verify waits until every workload of the manifests has rolled out, and then
// compares what its new pods run with what was built.
func (r *run) verify(ctx context.Context) *Failure {
	var refs []kube.Ref
	for _, m := range r.workloads() {
		refs = append(refs, m.Ref)
	}
	if len(refs) == 0 {
		r.tell(Event{Kind: StageSkipped, Text: "the manifests start no pods that could be waited for"})
		return nil
	}
	r.begin("waiting for the rollout", rolloutCommand(r.plan, refs))
	limited, cancel := context.WithTimeout(ctx, r.plan.Timeout)
	defer cancel()
	err := r.cluster.Rollout(limited, refs, func(n kube.Rollout) {
		r.mu.Lock()
		r.last[n.Ref] = n
		r.mu.Unlock()
		r.tell(Event{Kind: RolloutMoved, Rollout: &n})
	})
	if err != nil {
		late := ctx.Err() == nil && errors.Is(limited.Err(), context.DeadlineExceeded)
		return r.rolloutFailure(ctx, err, late)
	}
	if failure := r.compare(ctx); failure != nil {
		return failure
	}
	r.tell(Event{Kind: StageDone})
	return nil
}

// workloads are the applied manifests that are rolled out, in the namespace
// they went to.
func (r *run) workloads() []kube.Manifest {
	var out []kube.Manifest
	for _, m := range r.plan.Manifests {
		if !slices.Contains(rolledOut, m.Ref.Kind) {
			continue
		}
		for _, a := range r.applied { // these have the namespace filled in
			if a.Ref.Kind == m.Ref.Kind && a.Ref.Name == m.Ref.Name && (m.Ref.Namespace == "" || m.Ref.Namespace == a.Ref.Namespace) {
				m.Ref = a.Ref
				break
			}
		}
		if m.Ref.Namespace == "" {
			m.Ref.Namespace = r.plan.Namespace
		}
		out = append(out, m)
	}
	return out
}

// compare looks at the digests that the new pods of each workload report.
// Which of an image's digests a node reports depends on how it got there: the
// manifest's where the node pulled it, the configuration's where node and
// engine share their images. Each names the built image and no other.
func (r *run) compare(ctx context.Context) *Failure {
	failure := r.judgeAll()
	if failure == nil && r.allKnown() {
		return nil
	}
	// What the build said is not enough: ask the engine what else it knows.
	for _, image := range r.plan.Ships() {
		r.lookUp(ctx, image.Ref)
	}
	return r.judgeAll()
}

// allKnown reports whether there is something to compare each image with.
func (r *run) allKnown() bool {
	for _, m := range r.images {
		if len(m.digests) == 0 {
			return false
		}
	}
	return len(r.images) > 0
}

// lookUp learns by which digests the engine knows an image. After a build, it
// must be the image that was built, and not one that took its name since.
func (r *run) lookUp(ctx context.Context, ref string) {
	have, err := r.engine.Image(ctx, ref)
	if err != nil {
		return
	}
	m := r.images[ref]
	switch {
	case len(m.digests) == 0:
		m.digest = have.Digest
	case !slices.Contains(m.digests, have.ID) && !slices.Contains(m.digests, have.Digest):
		return
	}
	digest := m.digest
	r.known(ref, have)
	m.digest = digest
}

// judgeAll judges every workload that runs an image of ours, and fails at the
// first that runs something else.
func (r *run) judgeAll() *Failure {
	r.report.Workloads = nil
	for _, m := range r.workloads() {
		ours := r.ours(m)
		if len(ours) == 0 && len(r.images) > 0 {
			continue // a database beside the app: waited for, not ours
		}
		work, stale := r.judge(m, ours, r.last[m.Ref])
		r.report.Workloads = append(r.report.Workloads, work)
		if stale != "" {
			return r.staleFailure(m.Ref, stale, ours)
		}
	}
	return nil
}

// ours are the images of ours that a workload runs, each once.
func (r *run) ours(m kube.Manifest) []string {
	var refs []string
	for _, image := range m.Images {
		if r.images[image] != nil && !slices.Contains(refs, image) {
			refs = append(refs, image)
		}
	}
	return refs
}

// judge tells whether the new pods of a workload run our images, each pod all
// of them, and names one that reports something else.
func (r *run) judge(m kube.Manifest, ours []string, last kube.Rollout) (work Workload, stale string) {
	work = Workload{Ref: m.Ref, Ready: last.Ready, Desired: last.Desired}
	if r.plan.Several() {
		work.Images = ours
	}
	known := len(ours) > 0
	for _, ref := range ours {
		known = known && len(r.images[ref].digests) > 0
	}
	seen := 0
	for _, pod := range last.Pods {
		if !pod.New {
			continue
		}
		seen++
		var reports []string
		for _, ref := range ours {
			if !known {
				break // with nothing to compare with, nothing can be said
			}
			found := slices.DeleteFunc(slices.Clone(pod.Digests), func(d string) bool { return !slices.Contains(r.images[ref].digests, digestOf(d)) })
			if len(found) == 0 {
				stale = r.stale(pod, ref)
				found = pod.Digests
			}
			reports = append(reports, found...)
		}
		for _, d := range reports {
			if d = digestOf(d); !slices.Contains(work.Digests, d) {
				work.Digests = append(work.Digests, d)
			}
		}
	}
	work.Verified = known && seen > 0 && stale == ""
	return work, stale
}

// stale says what a pod runs that does not run an image of ours.
func (r *run) stale(pod kube.RolloutPod, ref string) string {
	text := fmt.Sprintf("pod %s runs %s", pod.Name, strings.Join(pod.Digests, ", "))
	if len(pod.Digests) == 0 {
		text = fmt.Sprintf("pod %s does not say what it runs", pod.Name)
	}
	if r.plan.Several() {
		text += ", nothing of which is " + ref
	}
	return text
}

// digestOf is the digest in repository@sha256:…, or text itself.
func digestOf(text string) string {
	if _, digest, ok := strings.Cut(text, "@"); ok {
		return digest
	}
	return text
}

// staleFailure is the card of a pod that runs something else than was built.
func (r *run) staleFailure(ref kube.Ref, stale string, ours []string) *Failure {
	var built []string
	for _, image := range ours {
		built = append(built, r.images[image].digests...)
	}
	return &Failure{
		Stage: Verify, Step: ref.String(),
		Cause: fmt.Sprintf("%s, and not what was built (%s)", stale, strings.Join(built, ", ")),
		Do: fmt.Sprintf("the node kept an older image of the same tag: start the pods anew (%s), or build under another tag (--tag)",
			kubectl(r.plan, ref.Namespace, "rollout restart "+target(ref))),
	}
}

// troubleLimit bounds the questions asked after a failure.
const troubleLimit = 5 * time.Second

// rolloutFailure is the card of a rollout that does not come to its end.
func (r *run) rolloutFailure(ctx context.Context, err error, late bool) *Failure {
	f := &Failure{Stage: Verify, Cause: err.Error(), Err: err}
	if late {
		f.Cause = fmt.Sprintf("not done after %s", r.plan.Timeout)
		f.Do = "see why the pods are not ready, or allow more time: --timeout"
	}
	// What is asked now must be asked even when the run was cancelled.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), troubleLimit)
	defer cancel()
	for _, m := range r.workloads() {
		last, known := r.last[m.Ref]
		if known && last.Done {
			continue
		}
		if known && late {
			f.Cause = fmt.Sprintf("%s is not done after %s: %s", m.Ref, r.plan.Timeout, last.Message)
		}
		f.Step = m.Ref.String()
		if troubles, err := r.cluster.Trouble(ctx, m.Ref); err == nil && len(troubles) > 0 {
			image := r.plan.Image
			if ours := r.ours(m); len(ours) > 0 {
				image = ours[0]
			}
			explainTrouble(f, image, troubles)
			return f
		}
	}
	return f
}
