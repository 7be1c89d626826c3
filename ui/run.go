package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env"
)

// collectAt is how much garbage may pile up, in percent of what is in use.
// What stands open all day should be small, and makes little garbage: half of
// Go's default costs it no time that can be measured.
const collectAt = 50

// Run shows the app on the terminal until a person leaves or ctx ends. All it
// started has ended when it returns.
func Run(ctx context.Context, e *env.Environment, o Options) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	life, cancel := context.WithCancel(ctx)
	defer cancel()
	a := NewApp(life, e, o)
	// Both return when life ends; until then they reconnect by themselves, and
	// what goes wrong is in their snapshots.
	a.ctx.Work.Go(func() { _ = e.Docker.Run(life) })
	a.ctx.Work.Go(func() { _ = e.Kube.Run(life) })
	// Signals end ctx. Bubble Tea's own handler would wait for ever to hand on
	// one that comes while the program ends of it.
	_, err := newProgram(a, tea.WithContext(life), tea.WithoutSignalHandler()).Run()
	cancel()
	a.ctx.Work.Wait()
	if err == nil || ctx.Err() != nil || errors.Is(err, tea.ErrInterrupted) {
		return nil
	}
	return fmt.Errorf("opening the screen: %w; without a terminal, use twindeck check, build, push, deploy or ship", err)
}
