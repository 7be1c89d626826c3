package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A pod that writes without mercy, its log followed.

const (
	floodRate = 50_000 // lines a second
	floodTime = 60 * time.Second
	floodPod  = "flood"
	// floodImage has a program that can write that fast and tell the time.
	floodImage = "node:22-alpine"
)

// floodScript writes lines with the time of their writing, in milliseconds, and
// their number; how many are due, the clock says.
var floodScript = fmt.Sprintf(`const began = Date.now(); let n = 0
setInterval(() => {
  const now = Date.now(); let lines = ''
  for (const due = (now - began) * %d / 1000; n < due; ) lines += 'at=' + now + ' n=' + (++n) + ' GET /v1/orders/' + n %% 997 + ' 200 3ms user=ada\n'
  process.stdout.write(lines)
}, 10)`, floodRate)

const floodManifest = `apiVersion: v1
kind: Namespace
metadata: {name: %[1]s}
---
apiVersion: v1
kind: Pod
metadata: {name: %[2]s, namespace: %[1]s}
spec:
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: 0
  containers:
    - name: app
      image: %[3]s
      imagePullPolicy: Never
      command: [node, -e, %[4]s]
`

func logFlood(b *bench) error {
	namespace := fmt.Sprintf("bench-flood-%d", os.Getpid())
	file := filepath.Join(b.dir, "flood.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, floodManifest, namespace, floodPod, floodImage, strconv.Quote(floodScript)), 0o600); err != nil {
		return err
	}
	b.later(func() {
		if _, err := b.timed(b.dir, "kubectl", "delete", "namespace", namespace, "--wait=false"); err != nil {
			fmt.Println(" ", err)
		}
	})
	if _, err := b.timed(b.dir, "kubectl", "apply", "-f", file); err != nil {
		return err
	}
	t, _, err := b.launched(os.Environ(), "Running", "-n", namespace)
	if err != nil {
		return err
	}
	defer t.Close()
	if err := t.Press("2", "tab", "l", "z"); err != nil {
		return err
	}
	if err := b.see(t, " n="); err != nil {
		return err
	}
	var f flood
	early, err := f.watch(b, t.Wait, t.PID())
	if err != nil {
		return err
	}
	m, err := memoryOf(t.PID())
	if err != nil {
		return err
	}
	slices.Sort(f.delays)
	seconds := f.ended.Sub(f.began).Seconds()
	rate := fmt.Sprintf("while %.0f lines a second are written", float64(f.last-f.first)/seconds)
	row("new lines are drawn, times a second", fmt.Sprintf("%.0f", float64(len(f.delays))/seconds), "30", rate)
	t.Close()
	plain, err := b.plainFlood(namespace)
	if err != nil {
		return err
	}
	row("newest line on the screen, 95th percentile", round(f.delays[len(f.delays)*95/100]), "200ms",
		"median "+round(f.delays[len(f.delays)/2]), next("in kubectl logs, median", f.delays[len(f.delays)/2], plain))
	row("peak memory (VmHWM)", fmt.Sprintf("%.0f MB", m.peak), "flat", fmt.Sprintf("%.0f MB after a quarter of the %s", early, floodTime))
	row("CPU meanwhile, of one core", fmt.Sprintf("%.0f%%", f.cpu), "bounded")
	return nil
}

// plainFlood is how old the newest line is that kubectl logs has, half of the time.
func (b *bench) plainFlood(namespace string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(b.ctx, floodTime/4)
	defer cancel()
	cmd := exec.CommandContext(ctx, "kubectl", "-n", namespace, "logs", floodPod, "--follow", "--tail=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	var delays []time.Duration
	last := time.Now()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if time.Since(last) < time.Second/30 { // as often as a screen is drawn
			continue
		}
		last = time.Now()
		if at, n := newest(lines.Text()); n > 0 {
			delays = append(delays, last.Sub(time.UnixMilli(at)))
		}
	}
	_ = cmd.Wait() // ended by ctx
	if len(delays) == 0 {
		return 0, errors.New("kubectl logs wrote nothing")
	}
	return middle(delays), nil
}

// flood is what was seen of it.
type flood struct {
	began, ended time.Time
	first, last  int // numbers of the newest line
	delays       []time.Duration
	cpu          float64
}

// watch looks at the screen whenever it changes. early is the peak memory after
// a quarter of the time.
func (f *flood) watch(b *bench, wait func(context.Context, func(string) bool) error, pid int) (early float64, err error) {
	ctx, cancel := context.WithTimeout(b.ctx, floodTime)
	defer cancel()
	before, err := cpuTicks(pid)
	if err != nil {
		return 0, err
	}
	f.began = time.Now()
	err = wait(ctx, func(screen string) bool {
		now := time.Now()
		at, n := newest(screen)
		if n <= f.last {
			return false
		}
		if f.last == 0 {
			f.first = n
		}
		f.last = n
		f.delays = append(f.delays, now.Sub(time.UnixMilli(at)))
		if early == 0 && now.Sub(f.began) > floodTime/4 {
			m, _ := memoryOf(pid) // told again, with its error, at the end
			early = m.peak
		}
		return false
	})
	f.ended = time.Now()
	if !errors.Is(err, context.DeadlineExceeded) || b.ctx.Err() != nil {
		return 0, err
	}
	if len(f.delays) < 2 {
		return 0, errors.New("no new line was seen")
	}
	after, err := cpuTicks(pid)
	f.cpu = float64(after-before) / f.ended.Sub(f.began).Seconds() // 100 ticks a second: percent
	return early, err
}

var floodLine = regexp.MustCompile(`at=(\d+) n=(\d+) `)

// newest is the last line of the flood on the screen: when it was written, and
// its number; zeros for none.
func newest(screen string) (at int64, n int) {
	for line := range strings.Lines(screen) {
		m := floodLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if number, err := strconv.Atoi(m[2]); err == nil && number > n {
			n = number
			at, _ = strconv.ParseInt(m[1], 10, 64) // digits
		}
	}
	return at, n
}
