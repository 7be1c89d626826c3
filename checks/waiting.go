package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/kube"
)

// How long things may take to come up or go away.
const (
	startWait   = 3 * time.Minute
	stopWait    = 2 * time.Minute
	clusterWait = 6 * time.Minute // images may have to be downloaded first
)

// untilFine asks every second until the answer is no error.
func untilFine(ctx context.Context, what string, limit time.Duration, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w; it last said: %w", what, ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// untilEngine waits for the engine to answer.
func untilEngine(ctx context.Context, e env.Environment, say func(string)) error {
	say("waiting for the engine to answer")
	return untilFine(ctx, "the engine", startWait, e.Docker.Ping)
}

// untilCluster waits for the cluster to be ready, and says what is missing
// whenever that changes. The kubeconfig may name the cluster only by then.
func untilCluster(ctx context.Context, e env.Environment, say func(string)) error {
	said := ""
	return untilFine(ctx, "the cluster", clusterWait, func(ctx context.Context) error {
		missing := notReady(ctx, e)
		if missing == nil {
			return nil
		}
		if line := "waiting for Kubernetes: " + missing.Error(); line != said {
			said = line
			say(line)
		}
		return missing
	})
}

// notReady says what of the cluster is not ready yet; nil: nothing.
func notReady(ctx context.Context, e env.Environment) error {
	if _, err := e.Kube.Context(); err != nil {
		if slices.ContainsFunc(e.Kube.Config().Contexts, func(c kube.Context) bool { return c.Name == desktopContext }) {
			return nil // it is there, and only has to be chosen: kube.context says so
		}
		return fmt.Errorf("the kubeconfig names no cluster yet (%w)", err)
	}
	r, err := e.Kube.Readyz(ctx)
	if err != nil {
		return fmt.Errorf("the API server does not answer yet (%w)", err)
	}
	if missing := missingParts(r); len(missing) > 0 {
		return fmt.Errorf("not ready: %s", strings.Join(missing, ", "))
	}
	if !r.OK {
		return errors.New("not ready, and it does not say what")
	}
	return nil
}

// missingParts are the parts of the control plane that are not ready.
func missingParts(r kube.Readyz) []string {
	var names []string
	for _, p := range r.Parts {
		if !p.OK {
			names = append(names, p.Name)
		}
	}
	return names
}

// waitForCluster waits for a cluster that is starting.
func waitForCluster(m *Machine) *Fix {
	e := m.Environment
	return &Fix{
		Title:   "Wait until the cluster is ready",
		Changes: []string{"nothing is changed; kubectl get --raw /readyz?verbose is asked every second"},
		Takes:   "up to " + minutes(clusterWait),
		Run: func(ctx context.Context, say func(string)) (*Undo, error) {
			return nil, untilCluster(ctx, e, say)
		},
	}
}

func minutes(d time.Duration) string { return fmt.Sprintf("%d minutes", int(d.Minutes())) }
