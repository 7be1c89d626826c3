package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/twindeck/twindeck/env/docker"
)

// act does something to a container after the while it takes.
func (e engine) act(ctx context.Context, id string, takes time.Duration, how func(c *docker.Container, now time.Time)) error {
	if err := e.do(ctx, func(time.Time) error { _, err := e.w.find(id); return err }); err != nil {
		return err
	}
	if err := e.w.pass(ctx, takes); err != nil {
		return err
	}
	return e.do(ctx, func(now time.Time) error {
		if !e.w.edit(id, func(c *docker.Container) { how(c, now) }) {
			return fmt.Errorf("container %.12s belongs to a pod: %w", id, errPodOwned)
		}
		return nil
	})
}

var errPodOwned = fmt.Errorf("act on the pod instead, Kubernetes would start the container again")

func (e engine) Start(ctx context.Context, id string) error {
	return e.act(ctx, id, 400*time.Millisecond, started)
}

func (e engine) Stop(ctx context.Context, id string) error {
	return e.act(ctx, id, 900*time.Millisecond, func(c *docker.Container, _ time.Time) {
		c.State, c.Status, c.Health, c.ExitCode = "exited", "Exited (0) Less than a second ago", "", 0
	})
}

func (e engine) Restart(ctx context.Context, id string) error {
	return e.act(ctx, id, 1300*time.Millisecond, started)
}

// Pause implements env.Docker.
func (e engine) Pause(ctx context.Context, id string) error {
	return e.act(ctx, id, 200*time.Millisecond, func(c *docker.Container, _ time.Time) {
		c.State, c.Status = "paused", "Up 5 minutes (Paused)"
	})
}

// Unpause implements env.Docker.
func (e engine) Unpause(ctx context.Context, id string) error {
	return e.act(ctx, id, 200*time.Millisecond, func(c *docker.Container, _ time.Time) {
		c.State, c.Status = "running", "Up 5 minutes"
	})
}

// Kill implements env.Docker.
func (e engine) Kill(ctx context.Context, id string) error {
	return e.act(ctx, id, 200*time.Millisecond, func(c *docker.Container, _ time.Time) {
		c.State, c.Status, c.Health, c.ExitCode = "exited", "Exited (137) Less than a second ago", "", 137
	})
}

func started(c *docker.Container, now time.Time) {
	c.State, c.Status, c.Started, c.ExitCode = "running", "Up Less than a second", now, 0
	if c.Health != "" {
		c.Health, c.Status = "starting", "Up Less than a second (health: starting)"
	}
}

func (e engine) Remove(ctx context.Context, id string) error {
	err := e.act(ctx, id, 700*time.Millisecond, func(c *docker.Container, _ time.Time) { c.State = "removing" })
	if err != nil {
		return err
	}
	return e.do(ctx, func(time.Time) error {
		delete(e.w.containers, id)
		e.w.changed()
		return nil
	})
}

func (e engine) Tag(ctx context.Context, image, ref string) error {
	i, err := e.Image(ctx, image)
	if err != nil {
		return fmt.Errorf("tagging %s as %s: %w", image, ref, err)
	}
	return e.do(ctx, func(time.Time) error {
		i.Tags = append(i.Tags[:len(i.Tags):len(i.Tags)], ref)
		e.w.images[ref] = i
		e.w.changed()
		return nil
	})
}
