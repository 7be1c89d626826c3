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
	if failure == nil && len(r.built) > 0 {
		return nil
	}
	// What the build said is not enough: ask the engine what else it knows.
	r.lookUp(ctx)
	return r.judgeAll()
}

// lookUp learns by which digests the engine knows the image. After a build,
// it must be the image that was built, and not one that took its name since.
func (r *run) lookUp(ctx context.Context) {
	if r.plan.Image == "" {
		return
	}
	image, err := r.engine.Image(ctx, r.plan.Image)
	if err != nil {
		return
	}
	if len(r.built) == 0 {
		r.report.Digest = image.Digest
	} else if !slices.Contains(r.built, image.ID) && !slices.Contains(r.built, image.Digest) {
		return
	}
	r.goesBy(image.Digest, image.ID, image.Config)
	for _, d := range image.Digests {
		r.goesBy(digestOf(d))
	}
}

// judgeAll judges every workload that runs the image, and fails at the first
// that runs something else.
func (r *run) judgeAll() *Failure {
	r.report.Workloads = nil
	for _, m := range r.workloads() {
		if r.plan.Image != "" && !slices.Contains(m.Images, r.plan.Image) {
			continue // a database beside the app: waited for, not ours
		}
		work, stale := r.judge(m, r.last[m.Ref])
		r.report.Workloads = append(r.report.Workloads, work)
		if stale != "" {
			return r.staleFailure(m.Ref, stale)
		}
	}
	return nil
}

// judge tells whether the new pods of a workload run the image, and names one
// that reports something else.
func (r *run) judge(m kube.Manifest, last kube.Rollout) (work Workload, stale string) {
	work = Workload{Ref: m.Ref, Ready: last.Ready, Desired: last.Desired}
	seen := 0
	for _, pod := range last.Pods {
		if !pod.New {
			continue
		}
		seen++
		ours := slices.DeleteFunc(slices.Clone(pod.Digests), func(d string) bool { return !slices.Contains(r.built, digestOf(d)) })
		if len(r.built) > 0 && len(ours) == 0 {
			stale = fmt.Sprintf("pod %s runs %s", pod.Name, strings.Join(pod.Digests, ", "))
			if len(pod.Digests) == 0 {
				stale = fmt.Sprintf("pod %s does not say what it runs", pod.Name)
			}
			ours = pod.Digests
		}
		for _, d := range ours {
			if d = digestOf(d); !slices.Contains(work.Digests, d) {
				work.Digests = append(work.Digests, d)
			}
		}
	}
	work.Verified = len(r.built) > 0 && seen > 0 && stale == ""
	return work, stale
}

// digestOf is the digest in repository@sha256:…, or text itself.
func digestOf(text string) string {
	if _, digest, ok := strings.Cut(text, "@"); ok {
		return digest
	}
	return text
}

// staleFailure is the card of a pod that runs something else than was built.
func (r *run) staleFailure(ref kube.Ref, stale string) *Failure {
	return &Failure{
		Stage: Verify, Step: ref.String(),
		Cause: fmt.Sprintf("%s, and not what was built (%s)", stale, strings.Join(r.built, ", ")),
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
			explainTrouble(f, r.plan, troubles)
			return f
		}
	}
	return f
}
