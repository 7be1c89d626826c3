package demo

import (
	"context"
	"slices"
	"time"

	"github.com/twindeck/twindeck/env/docker"
)

// writtenByContainer is what each stopped container is said to have written.
const writtenByContainer = 16_000_000

func (e engine) List(ctx context.Context) (list []docker.Container, err error) {
	return list, e.do(ctx, func(time.Time) error {
		for _, c := range e.w.rows() {
			list = append(list, *c)
		}
		return nil
	})
}

// Spare lists the stopped containers and the build cache.
func (e engine) Spare(ctx context.Context) (s docker.Spare, err error) {
	return s, e.do(ctx, func(time.Time) error {
		s.BuildCache = e.w.buildCache
		for _, c := range e.w.rows() {
			if c.State == "exited" && c.Kind == docker.KindApp {
				s.Containers = append(s.Containers, docker.SpareItem{ID: c.ID, Name: c.Name, Size: writtenByContainer})
			}
		}
		return nil
	})
}

func (e engine) Prune(ctx context.Context, s docker.Spare, say func(string)) (freed int64, err error) {
	say("removing containers and the build cache")
	if err := e.w.pass(ctx, 2*time.Second); err != nil {
		return 0, err
	}
	return freed, e.do(ctx, func(time.Time) error {
		for _, x := range s.Containers {
			if c, there := e.w.containers[x.ID]; there && slices.Contains([]string{"exited", "created", "dead"}, c.State) {
				delete(e.w.containers, x.ID)
				freed += x.Size
			}
		}
		n := min(s.BuildCache, e.w.buildCache)
		e.w.buildCache -= n
		freed += n
		e.w.changed()
		return nil
	})
}
