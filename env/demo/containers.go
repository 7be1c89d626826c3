package demo

import (
	"context"
	"time"

	"github.com/twindeck/twindeck/env/kube"
)

// waits is the image of the init container that pods of the project have.
const waits = "wait-for-db"

// PodContainers are an init container, for the project's own pods, and the
// ones the pod's row names.
func (c cluster) PodContainers(ctx context.Context, namespace, pod string) (out []kube.PodContainer, err error) {
	return out, c.withPod(ctx, namespace, pod, func(p *kube.Pod, _ time.Time) error {
		if hasInit(p) {
			out = append(out, kube.PodContainer{Name: waits, Role: kube.RoleInit, State: "terminated", Reason: "Completed"})
		}
		s := stateOf(p)
		state := map[string]string{"Waiting": "waiting", "Running": "running", "Terminated": "terminated"}[s.kind]
		for i, image := range p.Images {
			out = append(out, kube.PodContainer{
				Name: image.Container, Default: i == 0, State: state, Reason: s.reason, ExitCode: s.exit, Restarts: p.Restarts,
			})
		}
		return nil
	})
}

func hasInit(p *kube.Pod) bool { return p.Owner.Name == "my-app" }
