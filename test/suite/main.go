// Command suite runs every test there is: units and screens, then those that
// need a real Docker and a real Kubernetes, on the fixture that it builds and
// starts for them. Where it cannot, it runs the rest and says what it left out.
//
//	go run ./test/suite
//
// TWINDECK_E2E=local runs the end-to-end tests against this machine's own
// Docker and Kubernetes; with CI=true they may not be left out.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "\nFAIL:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	began := time.Now()
	place := choose(machine{
		system: runtime.GOOS,
		root:   os.Geteuid() == 0,
		local:  os.Getenv("TWINDECK_E2E") == "local",
		ci:     os.Getenv("CI") == "true",
	})
	if place.refused {
		return fmt.Errorf("the end-to-end tests may not be left out with CI=true, but %s", place.why)
	}
	s := &suite{ctx: ctx}
	if err := s.units(); err != nil {
		return err
	}
	switch place.kind {
	case onFixture:
		if err := s.onFixture(); err != nil {
			return err
		}
	case onLocal:
		if err := s.onLocal(); err != nil {
			return err
		}
	case nowhere:
		say("left out: the end-to-end tests, because " + place.why)
		say("to run them against this machine's own Docker and Kubernetes: TWINDECK_E2E=local make test")
	}
	say(fmt.Sprintf("ok in %s", time.Since(began).Round(time.Second)))
	return nil
}

// say prints a line that stands out between the output of tests.
func say(text string) { fmt.Println("\n==>", text) }
