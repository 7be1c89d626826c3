package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twindeck/twindeck/test/term"
)

// A large cluster, still and busy.

const (
	scalePods      = 10_000
	scaleNamespace = "scale" // where the fixture puts them
	churn          = 200     // changes a second
	keyPresses     = 1000    // so many take some seconds: a moment in which the API server alone is busy is not all of it
)

func manyPods(b *bench) error {
	fmt.Printf("  making %d pods …\n", scalePods)
	if err := b.drive("pods", fmt.Sprint(scalePods)); err != nil {
		return err
	}
	b.later(func() {
		if err := b.drive("pods", "0"); err != nil {
			fmt.Println(" ", err)
		}
	})
	launch, err := median(3, func() (time.Duration, error) {
		t, d, err := b.launched(os.Environ(), "Running", "-n", scaleNamespace)
		if err == nil {
			t.Close()
		}
		return d, err
	})
	if err != nil {
		return err
	}
	plain, err := b.timed(b.dir, "kubectl", "-n", scaleNamespace, "get", "pods")
	if err != nil {
		return err
	}
	row("launch to the first rows", round(launch), "1s", of(launch.Seconds(), 1), next("kubectl get pods", launch, plain))

	t, _, err := b.launched(os.Environ(), fmt.Sprintf("Pods %d", scalePods), "-n", scaleNamespace)
	if err != nil {
		return err
	}
	defer t.Close()
	if err := b.idle(t.PID(), 1, 100); err != nil {
		return err
	}
	return b.keysUnderChurn(t)
}

// keysUnderChurn presses keys while pods change, and measures from each key
// to the frame in which the selection has moved.
func (b *bench) keysUnderChurn(t *term.Terminal) error {
	ctx, cancel := context.WithCancel(b.ctx)
	changed, err := startChurn(ctx)
	if err != nil {
		cancel()
		return err
	}
	began := time.Now()
	all, err := b.keys(ctx, t)
	cancel()
	rate := float64(<-changed) / time.Since(began).Seconds()
	if err != nil {
		return err
	}
	slices.Sort(all)
	p95 := all[len(all)*95/100]
	row("key to repaint, 95th percentile", round(p95), "16ms", of(p95.Seconds(), 0.016),
		"median "+round(all[len(all)/2]), fmt.Sprintf("while %.0f pods a second change", rate))
	return nil
}

// keys presses keys and returns how long each took to move the selection.
func (b *bench) keys(ctx context.Context, t *term.Terminal) ([]time.Duration, error) {
	if err := t.Press("2", "tab"); err != nil {
		return nil, err
	}
	var all []time.Duration
	for i := range keyPresses {
		key := []string{"j", "k"}[i/20%2] // twenty down, twenty up
		before := selected(t.Screen())
		began := time.Now()
		if err := t.Press(key); err != nil {
			return nil, err
		}
		limit, stop := context.WithTimeout(ctx, 2*time.Second)
		err := t.Wait(limit, func(screen string) bool { return selected(screen) != before })
		stop()
		if errors.Is(err, context.DeadlineExceeded) {
			continue // at an end of the list, where a key has nothing to move
		}
		if err != nil {
			return nil, err
		}
		all = append(all, time.Since(began))
	}
	if len(all) < keyPresses/2 {
		return nil, fmt.Errorf("only %d of %d keys moved the selection", len(all), keyPresses)
	}
	return all, nil
}

// selected is the row that carries the cursor's bar.
func selected(screen string) string {
	for line := range strings.Lines(screen) {
		if _, after, ok := strings.Cut(line, "▌"); ok {
			return after
		}
	}
	return ""
}

// startChurn changes pods until ctx ends. The channel gives the number of changes
// once all of it has ended.
func startChurn(ctx context.Context) (<-chan int64, error) {
	server, client, err := apiServer(ctx)
	if err != nil {
		return nil, fmt.Errorf("connecting to the API server: %w", err)
	}
	const workers = 16
	var work sync.WaitGroup
	var changes atomic.Int64
	tick := time.NewTicker(time.Second / churn)
	for w := range workers {
		work.Go(func() {
			for i := w; ; i += workers {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
				if touch(ctx, client, server, i) == nil {
					changes.Add(1)
				}
			}
		})
	}
	done := make(chan int64, 1)
	go func() {
		work.Wait()
		tick.Stop()
		client.CloseIdleConnections()
		done <- changes.Load()
	}()
	return done, nil
}

// touch changes the restart count of a pod, which its row shows.
func touch(ctx context.Context, client *http.Client, server string, i int) error {
	pod := i % scalePods
	url := fmt.Sprintf("%s/api/v1/namespaces/%s/pods/app-%02d-%05d/status", server, scaleNamespace, pod%50, pod)
	patch := fmt.Sprintf(`[{"op":"replace","path":"/status/containerStatuses/0/restartCount","value":%d}]`, 1+i/scalePods)
	req, err := http.NewRequestWithContext(ctx, http.MethodPatch, url, strings.NewReader(patch))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json-patch+json")
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("changing pod %d: %s", pod, res.Status)
	}
	return nil
}
