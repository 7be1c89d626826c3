package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// script is what a program writes: lines in turn, one every while. In a line,
// %d is a number that varies.
type script struct {
	every time.Duration
	lines []string
}

func scriptFor(image string) script {
	for _, s := range scripts {
		if strings.Contains(image, s.image) {
			return s.script
		}
	}
	return script{5 * time.Second, []string{"level=info msg=\"still here\" goroutines=%d"}}
}

// scripts are looked through in order; the first whose image matches is it.
var scripts = []struct {
	image string
	script
}{
	{"my-app-api", script{700 * time.Millisecond, []string{
		`{"level":"info","msg":"GET /v1/orders","status":200,"ms":%d}`,
		`{"level":"info","msg":"GET /v1/orders/%d","status":200,"ms":3}`,
		`{"level":"info","msg":"POST /v1/orders","status":201,"ms":%d}`,
		`{"level":"warn","msg":"slow query","table":"orders","ms":%d}`,
	}}},
	{"my-app-worker", script{450 * time.Millisecond, []string{
		"worker: connecting to queue amqp://queue:5672",
		"worker: dial tcp: lookup queue: no such host (attempt %d)",
		"worker: giving up: no queue, exiting with 1",
	}}},
	{"my-app", script{900 * time.Millisecond, []string{
		"GET /health 200 1ms",
		"GET / 200 %dms",
		"GET /health 200 1ms",
		"GET /static/app.css 304 1ms",
		"GET /orders/%d 200 12ms",
		"POST /orders 201 %dms",
	}}},
	{"checkout", script{300 * time.Millisecond, []string{
		"checkout 2.8.0 starting",
		"reading /etc/checkout/config.yaml",
		"panic: config: PAYMENT_URL is not set",
		"goroutine 1 [running]:",
		"main.mustConfig(...)",
		"\t/src/cmd/checkout/main.go:41",
	}}},
	{"postgres", script{9 * time.Second, []string{
		"LOG:  checkpoint starting: time",
		"LOG:  checkpoint complete: wrote %d buffers (0.1%%); 0 WAL file(s) added",
	}}},
	{"opensearch", script{2 * time.Second, []string{
		"[WARN ][o.o.c.r.a.DiskThresholdMonitor] high disk watermark [90%%] exceeded, free: %d mb",
		"[INFO ][o.o.c.r.a.AllocationService] Cluster health status changed from [YELLOW] to [RED]",
	}}},
	{waits, script{500 * time.Millisecond, []string{
		"waiting for db:5432 …",
		"db:5432 answers after %d ms",
		"3 migrations to do, done",
	}}},
	{"coredns", script{6 * time.Second, []string{
		`[INFO] 10.1.0.%d:41236 - 5123 "A IN my-app.default.svc.cluster.local. udp 54" NOERROR`,
	}}},
}

// line is the n-th thing the program wrote.
func (s script) line(n int64) string {
	text := s.lines[n%int64(len(s.lines))]
	if strings.Contains(text, "%") {
		var numbers []any
		if strings.Contains(text, "%d") {
			numbers = append(numbers, 2+(n*7919)%89)
		}
		text = fmt.Sprintf(text, numbers...)
	}
	return text
}

// reading is a request for a part of a log.
type reading struct {
	script     script
	start, end time.Time // of the program; end is zero while it runs
	now        time.Time
	tail       int
	since      time.Time
	times      bool
	follow     bool
}

// read returns the log; following it, each further line as its time comes.
func (w *world) read(ctx context.Context, r reading) io.ReadCloser {
	if r.start.IsZero() || r.script.every == 0 {
		return io.NopCloser(strings.NewReader(""))
	}
	ctx, cancel := context.WithCancel(ctx)
	l := &logReader{clock: w.clock, reading: r, ctx: ctx, cancel: cancel}
	until := r.now
	if !r.end.IsZero() && r.end.Before(until) {
		until = r.end
	}
	l.next = int64(until.Sub(r.start)/r.script.every) + 1
	first := max(0, l.next-5000) // as much as a rotated log keeps
	if r.tail > 0 {
		first = max(first, l.next-int64(r.tail))
	}
	for n := first; n < l.next; n++ {
		if l.at(n).Before(r.since) {
			continue
		}
		l.write(n)
	}
	return l
}

type logReader struct {
	reading
	clock  clock
	ctx    context.Context // of the call that asked for the log; ends the reading
	cancel context.CancelFunc

	mu   sync.Mutex
	text bytes.Buffer
	next int64
}

func (l *logReader) at(n int64) time.Time { return l.start.Add(time.Duration(n) * l.script.every) }

func (l *logReader) write(n int64) {
	if l.times {
		l.text.WriteString(l.at(n).UTC().Format(time.RFC3339Nano) + " ")
	}
	l.text.WriteString(l.script.line(n) + "\n")
}

func (l *logReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text.Len() > 0 {
		return l.text.Read(p)
	}
	if !l.follow || !l.end.IsZero() {
		return 0, io.EOF
	}
	if _, frozen := l.clock.(*frozenClock); frozen {
		<-l.ctx.Done()
		return 0, io.EOF
	}
	if err := l.clock.Sleep(l.ctx, l.at(l.next).Sub(l.clock.Now())); err != nil {
		return 0, io.EOF // closed, or nobody reads any longer
	}
	l.write(l.next)
	l.next++
	return l.text.Read(p)
}

func (l *logReader) Close() error {
	l.cancel()
	return nil
}
