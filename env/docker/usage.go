package docker

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// Usage is what one running container uses, as docker stats shows it. What a
// container has no part of (no network, Windows) is zero.
type Usage struct {
	At          time.Time
	Took        time.Duration // since the sample before, which the rates are from; 0: this is the first
	CPU         float64       // cores: 1 = one core busy
	CPUs        int           // that it can see
	Throttled   float64       // share of the periods in which it was held back by its limit; 0 to 1
	Memory      int64         // bytes, page cache left out
	MemoryLimit int64         // bytes; the engine's whole memory if it has no limit
	Processes   int64         // and threads
	MaxProcs    int64         // 0: no limit
	Received    Flow          // from networks
	Sent        Flow
	Read        Flow // from disks
	Written     Flow
}

// Flow is bytes moved.
type Flow struct {
	Total int64   // since the container started
	Rate  float64 // bytes a second of late
}

// reading is what a container's counters say at one time.
type reading struct {
	Usage
	cpu                time.Duration // CPU time used since the container started
	periods, throttled uint64        // slices of time in which a CPU limit counts, and those in which it was hit
}

// watched is the reading before of the container whose use is looked at. Its
// zero value is ready for use.
type watched struct {
	mu   sync.Mutex
	id   string
	last reading
}

// Usage measures one running container; ErrNotFound if it does not run. Rates
// are since the last time this container was asked for, and CPU at first is
// the average since it started. One container is remembered at a time.
func (c *Client) Usage(ctx context.Context, id string) (Usage, error) {
	return ask(ctx, c, workTime, "measuring container "+short(id), func(ctx context.Context, cn *conn) (Usage, error) {
		r, err := cn.api.ContainerStats(ctx, id, client.ContainerStatsOptions{})
		if err != nil {
			return Usage{}, err
		}
		defer func() { _ = r.Body.Close() }()
		var s container.StatsResponse
		if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
			return Usage{}, err
		}
		now := readingOf(s)
		if now.At.Year() <= 1 || now.cpu == 0 {
			return Usage{}, fmt.Errorf("it does not run%w", silent{ErrNotFound})
		}
		var started time.Time
		if row := c.rows.get(id); row != nil {
			started = row.Started
		}
		return c.watched.next(id, now, started), nil
	})
}

// next tells what happened since the reading before, and keeps the new one.
func (w *watched) next(id string, now reading, started time.Time) Usage {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.last
	w.last = now
	again := w.id == id && before.cpu <= now.cpu && now.At.After(before.At) && !started.After(before.At)
	w.id = id
	out := now.Usage
	if !again {
		if span := now.At.Sub(started); !started.IsZero() && span > 0 {
			out.CPU = float64(now.cpu) / float64(span)
		}
		return out
	}
	out.Took = now.At.Sub(before.At)
	out.CPU = float64(now.cpu-before.cpu) / float64(out.Took)
	if n := now.periods - before.periods; n > 0 && now.periods > before.periods {
		out.Throttled = float64(now.throttled-before.throttled) / float64(n)
	}
	rate := func(f *Flow, was Flow) { f.Rate = max(0, float64(f.Total-was.Total)) / out.Took.Seconds() }
	rate(&out.Received, before.Received)
	rate(&out.Sent, before.Sent)
	rate(&out.Read, before.Read)
	rate(&out.Written, before.Written)
	return out
}

// readingOf takes what we show from the engine's counters.
func readingOf(s container.StatsResponse) reading {
	r := reading{
		cpu:     time.Duration(count(s.CPUStats.CPUUsage.TotalUsage)),
		periods: s.CPUStats.ThrottlingData.Periods, throttled: s.CPUStats.ThrottlingData.ThrottledPeriods,
	}
	r.At = s.Read
	r.CPUs = int(s.CPUStats.OnlineCPUs)
	r.Memory, r.MemoryLimit = count(s.MemoryStats.Usage), count(s.MemoryStats.Limit)
	r.Processes = count(s.PidsStats.Current)
	if s.PidsStats.Limit < math.MaxUint64 { // which is no limit on some systems
		r.MaxProcs = count(s.PidsStats.Limit)
	}
	for _, n := range s.Networks {
		r.Received.Total += count(n.RxBytes)
		r.Sent.Total += count(n.TxBytes)
	}
	if s.OSType == "windows" {
		r.cpu *= 100
		r.CPUs, r.Memory, r.MemoryLimit = int(s.NumProcs), count(s.MemoryStats.PrivateWorkingSet), 0
		r.Read.Total, r.Written.Total = count(s.StorageStats.ReadSizeBytes), count(s.StorageStats.WriteSizeBytes)
		return r
	}
	cache, v1 := s.MemoryStats.Stats["total_inactive_file"]
	if !v1 {
		cache = s.MemoryStats.Stats["inactive_file"]
	}
	if cache < s.MemoryStats.Usage {
		r.Memory -= count(cache)
	}
	for _, e := range s.BlkioStats.IoServiceBytesRecursive {
		switch strings.ToLower(e.Op) {
		case "read":
			r.Read.Total += count(e.Value)
		case "write":
			r.Written.Total += count(e.Value)
		}
	}
	return r
}

// count is a counter of the engine's, cut to what fits.
func count(n uint64) int64 { return int64(min(n, math.MaxInt64)) } //nolint:gosec // cut
