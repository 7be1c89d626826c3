// Command bench measures how fast the app is, on the fixture, next to the plain
// commands that do the same, and prints a table. It informs: whatever it
// finds, it exits with 0.
//
//	make bench              # or: go run ./test/bench [part of a name …]
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b, err := newBench(ctx)
	if err != nil {
		fmt.Println("not measured:", err)
		return
	}
	defer b.close()
	for _, g := range groups {
		if !chosen(g.name, os.Args[1:]) || ctx.Err() != nil {
			continue
		}
		fmt.Printf("\n%s\n", g.name)
		began := time.Now()
		if err := g.measure(b); err != nil {
			fmt.Println("  not measured:", err)
		}
		b.cleanup()
		fmt.Printf("  (%s)\n", time.Since(began).Round(time.Second))
	}
}

// group is figures that are measured together.
type group struct {
	name    string
	measure func(*bench) error
}

var groups = []group{
	{"binary", binarySize},
	{"launch, no Docker and no cluster", launchAlone},
	{"all set-up checks", setupChecks},
	{"all set-up checks, API server hanging", hangingChecks},
	{"60 running containers", manyContainers},
	{"10,000 pods", manyPods},
	{"log flood, one pod followed", logFlood},
	{"build, warm, one file changed, 4 steps", warmBuild},
	{"change to all 3 replicas running", changeToRunning},
}

func chosen(name string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(name, p) {
			return true
		}
	}
	return len(parts) == 0
}

// row prints one figure: ours, what it must reach, and what another way took
// in the same minute.
func row(what, figure, target string, others ...string) {
	fmt.Printf("  %-44s %12s   target %-10s %s\n", what, figure, target, strings.Join(others, ", "))
}

// of says how a figure relates to its target.
func of(figure, target float64) string { return fmt.Sprintf("%.2fx of the target", figure/target) }

// next says how another way did, and how ours relates to it.
func next(name string, ours, other time.Duration) string {
	return fmt.Sprintf("%s %s: %.2fx", name, round(other), float64(ours)/float64(other))
}

func round(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	default:
		return d.Round(10 * time.Millisecond).String()
	}
}
