package logs

import (
	"context"
	"errors"
	"fmt"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

// verdict is how the source stands after a reading that ended with err.
func (f *feed) verdict(ctx context.Context, err error) trouble {
	t := f.stands(ctx, err)
	if f.word != "" && (t.phase == ended || t.phase == live) {
		t.words = "The node has no log: " + f.word
		if t.phase == live {
			t.phase = waiting
		}
	}
	return t
}

func (f *feed) stands(ctx context.Context, err error) trouble {
	s := f.now()
	switch {
	case err != nil:
		t := explain(err)
		if t.phase == ended && s.target.container != nil && f.begun {
			t.words = ""
		}
		return t
	case s.previous:
		return trouble{phase: ended}
	case s.target.container != nil:
		return standsContainer(s.target.container)
	}
	c, err := f.look(ctx)
	switch {
	case errors.Is(err, kube.ErrForbidden):
		return trouble{phase: ended} // it was read to its end; how it ended is not to be known
	case err != nil:
		return explain(err)
	}
	return standsPod(c)
}

// standsContainer is how a container stands whose log came to an end.
func standsContainer(c *docker.Container) trouble {
	switch c.State {
	case "running", "restarting", "paused":
		return trouble{phase: live}
	case "created":
		return trouble{waiting, "The container was created and not started yet. Its log begins here by itself.", ""}
	}
	return trouble{phase: ended, words: fmt.Sprintf("%s (%d)", c.State, c.ExitCode)}
}

// standsPod is the same of a pod's container.
func standsPod(c kube.PodContainer) trouble {
	switch c.State {
	case "running":
		return trouble{phase: live}
	case "terminated":
		return trouble{phase: ended, words: fmt.Sprintf("%s (%d)", screen.Clean(c.Reason), c.ExitCode)}
	case "waiting":
		return trouble{phase: ended, words: screen.Clean(c.Reason)}
	}
	return trouble{phase: waiting, words: "The container has not started yet. Its log begins here by itself."}
}

// look asks how the pod's container stands.
func (f *feed) look(ctx context.Context) (kube.PodContainer, error) {
	s := f.now()
	all, err := f.env.Kube.PodContainers(ctx, s.target.pod.Namespace, s.target.pod.Name)
	if err != nil {
		return kube.PodContainer{}, err
	}
	for _, c := range all {
		if c.Name == s.container || s.container == "" && c.Default {
			return c, nil
		}
	}
	return kube.PodContainer{}, fmt.Errorf("container %s: %w", s.container, kube.ErrNotFound)
}

// missed reads what is left of an instance that ended while nobody looked. The
// cluster keeps one.
func (f *feed) missed(ctx context.Context) error {
	c, err := f.look(ctx)
	if errors.Is(err, kube.ErrForbidden) {
		f.renewed = true
		return nil // who may read a pod's log need not be one who may read the pod
	}
	if err != nil {
		return err
	}
	before := f.restarts
	f.restarts = c.Restarts
	f.renewed = f.renewed || before < 0 || c.Restarts > before
	if c.State == "running" && f.phase() == ended {
		f.set(trouble{phase: live})
	}
	if f.seen.last == 0 || before < 0 || c.Restarts <= before {
		return nil
	}
	err = f.stream(ctx, request{previous: true, since: f.seen.from()})
	if err != nil && explain(err).phase == lost {
		f.restarts = before // to be read yet
		return err
	}
	if err == nil {
		f.last()
	}
	f.note(fmt.Sprintf("— started again, restart %d", c.Restarts))
	return nil
}

// restarted says so when a container of the engine was started again.
func (f *feed) restarted(c *docker.Container) {
	later := !f.started.IsZero() && c.Started.After(f.started)
	if (later || f.over && standsContainer(c).phase == live) && f.seen.last != 0 {
		f.note("— started again")
		f.over = false
	}
	if standsContainer(c).phase == live && f.phase() == ended {
		f.set(trouble{phase: live})
	}
	f.started = c.Started
}
