package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// What it costs to start, to check, and to be there.

func binarySize(b *bench) error {
	info, err := os.Stat(b.app)
	if err != nil {
		return err
	}
	mb := float64(info.Size()) / 1e6
	row("stripped, linux", fmt.Sprintf("%.1f MB", mb), "80 MB", of(mb, 80))
	return nil
}

func launchAlone(b *bench) error {
	d, err := median(5, func() (time.Duration, error) {
		t, d, err := b.launched(b.nowhere(), "Containers")
		if err == nil {
			t.Close()
		}
		return d, err
	})
	if err != nil {
		return err
	}
	row("to the first frame", round(d), "80ms", of(d.Seconds(), 0.08))
	return nil
}

// plainChecks are the three commands that the checks stand for.
var plainChecks = [][]string{{"docker", "version"}, {"kubectl", "version", "--client"}, {"kubectl", "cluster-info"}}

func setupChecks(b *bench) error {
	folder := filepath.Join("examples", "hello-go")
	ours, err := median(5, func() (time.Duration, error) { return b.timed(folder, b.app, "check") })
	if err != nil {
		return err
	}
	others, err := median(5, func() (time.Duration, error) {
		var sum time.Duration
		for _, c := range plainChecks {
			d, err := b.timed(folder, c[0], c[1:]...)
			if err != nil {
				return 0, err
			}
			sum += d
		}
		return sum, nil
	})
	if err != nil {
		return err
	}
	row("twindeck check", round(ours), "2x", next("the three commands in a row", ours, others))
	return nil
}

func hangingChecks(b *bench) error {
	if err := b.drive("pause", "apiserver"); err != nil {
		return err
	}
	b.later(func() {
		if err := b.drive("resume", "apiserver"); err != nil {
			fmt.Println(" ", err)
		}
	})
	d, err := b.timed(b.dir, b.app, "check")
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	if err == nil {
		return errors.New("check found nothing wrong with an API server that does not answer")
	}
	row("to the verdict", round(d), "5s")
	return nil
}

func manyContainers(b *bench) error {
	const n = 60
	label := fmt.Sprintf("bench=%d", os.Getpid())
	b.later(func() {
		_, err := b.timed(b.dir, "sh", "-c", "docker ps -aq --filter label="+label+" | xargs -r docker rm -f")
		if err != nil {
			fmt.Println(" ", err)
		}
	})
	script := fmt.Sprintf("for i in $(seq %d); do docker run -d --label %s --name bench-$i-%d twindeck.local/base:1 sleep 3600 || exit 1; done", n, label, os.Getpid())
	if _, err := b.timed(b.dir, "sh", "-c", script); err != nil {
		return err
	}
	t, _, err := b.launched(os.Environ(), "Containers")
	if err != nil {
		return err
	}
	defer t.Close()
	if err := t.Press("2"); err != nil {
		return err
	}
	if err := b.see(t, "bench-"); err != nil {
		return err
	}
	if err := b.see(t, "%"); err != nil { // the figures' columns are live
		return err
	}
	return b.idle(t.PID(), 1, 40)
}

// idle prints CPU and memory of an app that nobody touches.
func (b *bench) idle(pid int, cpuTarget, memoryTarget float64) error {
	cpu, err := b.idleCPU(pid)
	if err != nil {
		return err
	}
	row("idle CPU over 10 s", fmt.Sprintf("%.1f%%", cpu), fmt.Sprintf("%.0f%%", cpuTarget), of(cpu, cpuTarget))
	m, err := memoryOf(pid)
	if err != nil {
		return err
	}
	row("peak memory (VmHWM)", fmt.Sprintf("%.0f MB", m.peak), fmt.Sprintf("%.0f MB", memoryTarget), of(m.peak, memoryTarget),
		fmt.Sprintf("now %.0f MB of its own and %.0f MB of the program file", m.own, m.file))
	return nil
}
