package docker

import (
	"context"
	"time"
)

// A kubelet that shares the engine's store names an image by its configuration
// when a pod first uses it, and no event tells of it: images whose
// configuration is not known are looked at again.
const (
	learnEvery = 5 * time.Second
	learnMost  = 20 // images at once
)

// learn asks again for the configurations that are missing.
func (w watch) learn(ctx context.Context) error {
	found := map[string]imageDigests{} // by image ID
	var ids []string
	var rows []*Container
	for _, c := range w.rows.snapshot().Containers {
		if c.ImageConfig != "" || c.State != "running" {
			continue
		}
		known, asked := found[c.ImageID]
		if !asked {
			if len(found) == learnMost {
				continue
			}
			var err error
			if known, err = w.digest(ctx, w.conn, c.ImageID); isLoss(err) {
				return err
			}
			found[c.ImageID] = known
		}
		if known.config == "" {
			continue
		}
		next := *c
		next.learned(known)
		ids, rows = append(ids, c.ID), append(rows, &next)
	}
	if len(ids) > 0 {
		w.show(func() { w.rows.update(w.conn, ids, rows) })
	}
	return nil
}
