package ship

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// buildFailure is the card of a build that failed, at its place if it has one.
func buildFailure(err error) *Failure {
	f := &Failure{Stage: Build, Cause: err.Error(), Err: err}
	if at, ok := errors.AsType[*docker.BuildError](err); ok {
		f.Step, f.File, f.Line, f.Tail = at.Step, at.File, at.Line, at.Tail
		f.Cause = at.Err.Error()
		switch {
		case at.Step != "" && len(at.Tail) == 0:
			f.Do = "mend the step, and ship again; the steps before it are cached"
		case at.Step != "":
			f.Do = "read the last lines of the step, mend it, and ship again; the steps before it are cached"
		case at.File != "":
			f.Do = "mend the Dockerfile there, and ship again"
		}
	}
	f.told(err)
	return f
}

// deliverFailure is the card of a push that failed.
func deliverFailure(ref string, err error) *Failure {
	f := &Failure{Stage: Deliver, Step: "push " + ref, Cause: err.Error(), Err: err}
	f.told(err)
	if f.Do == "" && errors.Is(err, docker.ErrDenied) {
		f.Do = "log in: docker login " + registryOf(ref)
	}
	return f
}

// deployFailure is the card of objects that could not be applied.
func deployFailure(err error) *Failure {
	f := &Failure{Stage: Deploy, Cause: err.Error(), Err: err}
	if at := manifestErrors(err); len(at) > 0 {
		f.File, f.Line, f.Do = at[0].File, at[0].Line, at[0].Hint
		f.Cause = at[0].Err.Error()
		if at[0].Ref.Name != "" {
			f.Step = at[0].Ref.String()
		}
	}
	f.told(err)
	return f
}

// told takes cause and advice apart from errors that carry both.
func (f *Failure) told(err error) {
	if e, ok := errors.AsType[*docker.Error](err); ok {
		f.Cause, f.Do = e.Tried+": "+e.Happened, e.Do
	}
	if e, ok := errors.AsType[*kube.Error](err); ok && e.Do != "" {
		f.Cause, f.Do = strings.TrimSuffix(e.Error(), "; "+e.Do), e.Do
	}
}

// changed are the applied objects that are not as they were before.
func (r *run) changed() []kube.Applied {
	return slices.DeleteFunc(slices.Clone(r.applied), func(a kube.Applied) bool { return a.Change == kube.Unchanged })
}

// back are the commands that bring back what ran before: new objects are
// deleted, workloads rolled back. Other changed objects have no history in
// the cluster, so they are named.
func (r *run) back() string {
	var commands, others []string
	for _, a := range slices.Backward(r.changed()) {
		switch {
		case a.Change == kube.Created:
			commands = append(commands, kubectl(r.plan, a.Ref.Namespace, "delete "+target(a.Ref)))
		case slices.Contains([]string{"Deployment", "StatefulSet", "DaemonSet"}, a.Ref.Kind):
			commands = append(commands, kubectl(r.plan, a.Ref.Namespace, "rollout undo "+target(a.Ref)))
		default:
			others = append(others, target(a.Ref))
		}
	}
	back := strings.Join(commands, " && ")
	if len(others) > 0 {
		if back != "" {
			back += "; "
		}
		back += fmt.Sprintf("apply the former manifest of %s", strings.Join(others, ", "))
	}
	return back
}
