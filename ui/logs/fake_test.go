package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// servers are an engine and a cluster whose logs a test writes.
type servers struct {
	env.Docker
	env.Kube

	mu   sync.Mutex
	logs map[string]*written1
}

// written1 is a log as a server keeps it.
type written1 struct {
	seconds bool // the server knows whole seconds only, as a cluster does
	lines   []stamped
	grew    chan struct{} // closed and replaced when there is more
	over    bool          // the program ended
	err     error         // why it cannot be read
	// cut says after how many bytes a stream breaks, and how; nil: never.
	cut      func() (after int, err error)
	slow     time.Duration // what the server takes for each line
	far      time.Duration // until its first byte is here
	state    kube.PodContainer
	previous []stamped
}

type stamped struct {
	at   int64
	text string
}

func newServers() *servers {
	e := demo.OpenAt(noon)
	return &servers{Docker: e.Docker, Kube: e.Kube, logs: map[string]*written1{}}
}

func (s *servers) log(key string) *written1 {
	l := s.logs[key]
	if l == nil {
		l = &written1{grew: make(chan struct{}), state: kube.PodContainer{Name: "app", Default: true, State: "running"}}
		s.logs[key] = l
	}
	return l
}

// write appends a line to a log.
func (s *servers) write(key string, at int64, text string) {
	s.change(key, func(l *written1) { l.lines = append(l.lines, stamped{at, text}) })
}

func (s *servers) change(key string, how func(*written1)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.log(key)
	how(l)
	close(l.grew)
	l.grew = make(chan struct{})
}

// engine and cluster are the two faces: both have a method Logs.
type engine struct {
	env.Docker
	s *servers
}

func (e engine) Logs(ctx context.Context, id string, o docker.LogOptions) (io.ReadCloser, error) {
	return e.s.open(ctx, id, o.Follow, false, o.Tail, o.Since)
}

type cluster struct {
	env.Kube
	s *servers
}

func (c cluster) Logs(ctx context.Context, _, pod string, o kube.LogOptions) (io.ReadCloser, error) {
	return c.s.open(ctx, logKey(pod, o.Container), o.Follow, o.Previous, o.Tail, o.Since)
}

func logKey(pod, container string) string {
	if container == "" || container == "app" {
		return pod
	}
	return pod + "/" + container
}

func (c cluster) PodContainers(_ context.Context, _, pod string) ([]kube.PodContainer, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	out := []kube.PodContainer{}
	for key, l := range c.s.logs {
		if key == pod || strings.HasPrefix(key, pod+"/") {
			out = append(out, l.state)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("pod %s: %w", pod, kube.ErrNotFound)
	}
	return out, nil
}

func (s *servers) open(ctx context.Context, key string, follow, previous bool, tail int, since time.Time) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.log(key)
	if l.err != nil {
		return nil, l.err
	}
	r := &reading{s: s, l: l, ctx: ctx, follow: follow, cut: -1, closed: make(chan struct{})}
	if !since.IsZero() {
		r.since = since.UnixNano()
		if l.seconds {
			r.since = since.Unix() * 1e9
		}
	}
	if previous {
		if l.previous == nil {
			return nil, errors.New(`previous terminated container "app" in pod "x" not found`)
		}
		return io.NopCloser(strings.NewReader(render(l.previous, r.since))), nil
	}
	if l.cut != nil {
		r.cut, r.err = l.cut()
	}
	if tail > 0 {
		r.next = max(len(l.lines)-tail, 0)
	}
	return r, nil
}

func render(lines []stamped, since int64) string {
	var b strings.Builder
	for _, line := range lines {
		if line.at >= since {
			fmt.Fprintf(&b, "%s %s\n", time.Unix(0, line.at).UTC().Format(time.RFC3339Nano), line.text)
		}
	}
	return b.String()
}

// reading is a stream that is open.
type reading struct {
	s      *servers
	l      *written1
	ctx    context.Context
	follow bool
	since  int64
	next   int
	text   string
	cut    int // bytes until it breaks; -1: it holds
	err    error
	first  sync.Once
	once   sync.Once
	closed chan struct{}
}

func (r *reading) Read(p []byte) (int, error) {
	r.first.Do(func() { time.Sleep(r.l.far) })
	for {
		r.s.mu.Lock()
		for r.text == "" && r.next < len(r.l.lines) {
			r.text = render(r.l.lines[r.next:r.next+1], r.since)
			r.next++
		}
		grew, over := r.l.grew, r.l.over || !r.follow
		r.s.mu.Unlock()
		if r.cut == 0 {
			return 0, r.err
		}
		if r.text != "" {
			time.Sleep(r.l.slow)
			n := copy(p, r.text)
			if r.cut > 0 {
				n = min(n, r.cut)
				r.cut -= n
			}
			r.text = r.text[n:]
			return n, nil
		}
		if over {
			return 0, io.EOF
		}
		select {
		case <-grew:
		case <-r.closed:
			return 0, io.ErrClosedPipe
		case <-r.ctx.Done():
			return 0, r.ctx.Err()
		}
	}
}

func (r *reading) Close() error {
	r.once.Do(func() { close(r.closed) })
	return nil
}

// randomCuts breaks most streams somewhere, with an error or as if they had ended.
func randomCuts(r *rand.Rand) func() (int, error) {
	return func() (int, error) {
		switch r.IntN(4) {
		case 0:
			return -1, nil
		case 1:
			return 1 + r.IntN(400), io.EOF
		default:
			return 1 + r.IntN(400), errors.New("connection reset by peer")
		}
	}
}

// newContext is what parts are given, over the servers.
func newContext(t *testing.T, s *servers) *screen.Context {
	t.Helper()
	e := demo.OpenAt(noon)
	e.Docker, e.Kube = engine{s.Docker, s}, cluster{s.Kube, s}
	life, cancel := context.WithCancel(context.Background())
	ctx := screen.NewContext(life, e, theme.New(true), keys.Default(), func() time.Time { return noon })
	t.Cleanup(func() {
		cancel()
		ctx.Work.Wait()
	})
	return ctx
}

func aContainer(id string) Target {
	return Container(&docker.Container{ID: id, Name: id, State: "running"})
}

func aPod(name string) Target {
	return Pod(&kube.Pod{UID: name, Namespace: "default", Name: name, Phase: kube.PhaseReady, Images: []kube.PodImage{{Container: "app"}}})
}

// TestMain makes clock times the same wherever tests run.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	m.Run()
}
