// Twindeck is a terminal app for people who build containers with Docker and
// run them on Kubernetes on their own machine: check, see, ship.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/twindeck/twindeck/ui/cli"
)

// Set by the linker for a release.
var version, commit string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second ctrl+c ends the program as if nobody had asked for the first.
	context.AfterFunc(ctx, stop)
	os.Exit(cli.Main(ctx, cli.Build{Version: version, Commit: commit}, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
