package docker

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"
)

// samples holds the previous sample of each container that was asked for. Its
// zero value is ready for use.
type samples struct {
	mu   sync.Mutex
	last map[string]sample
}

// sample is a container's counters at one time.
type sample struct {
	at     time.Time
	cpu    time.Duration // CPU time used since the container started
	memory int64
}

// Stats samples running containers. CPU is the average since they were last
// asked for, and at first since the container started. A container that is
// not there or not running is left out.
func (c *Client) Stats(ctx context.Context, ids []string) (map[string]Stat, error) {
	return ask(ctx, c, workTime, "measuring containers", func(ctx context.Context, cn *conn) (map[string]Stat, error) {
		got := make([]sample, len(ids))
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(parallel)
		for i, id := range ids {
			group.Go(func() (err error) {
				got[i], err = measure(ctx, cn, id)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		return c.compare(ids, got), nil
	})
}

// compare turns counters into use, and keeps them for the next time.
func (c *Client) compare(ids []string, got []sample) map[string]Stat {
	c.samples.mu.Lock()
	defer c.samples.mu.Unlock()
	next := make(map[string]sample, len(ids))
	out := make(map[string]Stat, len(ids))
	for i, id := range ids {
		s := got[i]
		if s.at.IsZero() {
			continue
		}
		before, ok := c.samples.last[id]
		if row := c.rows.get(id); row != nil && (!ok || row.Started.After(before.at)) {
			before = sample{at: row.Started}
		}
		next[id] = s
		stat := Stat{Memory: s.memory}
		if span := s.at.Sub(before.at); !before.at.IsZero() && span > 0 && s.cpu >= before.cpu {
			stat.CPU = float64(s.cpu-before.cpu) / float64(span)
		}
		out[id] = stat
	}
	for id, s := range c.samples.last {
		// Who shows many containers asks for them in turn.
		if _, again := next[id]; !again && c.rows.get(id) != nil {
			next[id] = s
		}
	}
	c.samples.last = next
	return out
}

// counters are the fields we need of the engine's stats: a full decode costs
// several times as much.
type counters struct {
	Read   time.Time `json:"read"`
	OS     string    `json:"os_type"`
	CPU    usage     `json:"cpu_stats"`
	Memory struct {
		Usage   int64 `json:"usage"`
		Private int64 `json:"privateworkingset"` // Windows
		Stats   struct {
			TotalInactiveFile int64 `json:"total_inactive_file"` // cgroup v1
			InactiveFile      int64 `json:"inactive_file"`       // cgroup v2
		} `json:"stats"`
	} `json:"memory_stats"`
}

type usage struct {
	Usage struct {
		Total int64 `json:"total_usage"` // ns; on Windows units of 100 ns
	} `json:"cpu_usage"`
}

// measure reads one container's counters; the zero sample if it does not run.
func measure(ctx context.Context, cn *conn, id string) (sample, error) {
	r, err := cn.api.ContainerStats(ctx, id, client.ContainerStatsOptions{})
	if err != nil {
		if errors.Is(cn.explain("measuring", 0, err), ErrNotFound) {
			return sample{}, nil
		}
		return sample{}, err
	}
	defer func() { _ = r.Body.Close() }()
	var s counters
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		return sample{}, err
	}
	return s.sample(), nil
}

func (s counters) sample() sample {
	// A stopped container answers with no reading at all.
	if s.Read.Year() <= 1 || s.CPU.Usage.Total == 0 {
		return sample{}
	}
	out := sample{at: s.Read, cpu: time.Duration(s.CPU.Usage.Total), memory: s.Memory.Usage}
	if s.OS == "windows" {
		out.cpu *= 100
		out.memory = s.Memory.Private
		return out
	}
	cache := s.Memory.Stats.TotalInactiveFile
	if cache == 0 {
		cache = s.Memory.Stats.InactiveFile
	}
	if cache < out.memory {
		out.memory -= cache
	}
	return out
}
