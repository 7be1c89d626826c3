package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/project/team"
)

func TestTrustCanBeCancelledWhileItAsks(t *testing.T) {
	e := demo.OpenAt(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), demo.PodsWell)
	file := "version: 1\nchecks:\n  - {id: docker, tool: docker, version: '>=29'}\n"
	if _, err := e.Host.Replace(e.Dir+"/"+team.Name, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	in, answer := io.Pipe() // nobody answers
	defer answer.Close()
	cmd := newTrust(func(*cobra.Command) (*env.Environment, error) { return e, nil })
	var out bytes.Buffer
	cmd.SetIn(&readHook{Reader: in, before: cancel})
	cmd.SetOut(&out)
	cmd.SetArgs(nil)
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	err := cmd.ExecuteContext(ctx)
	if codeOf(ctx, err) != exitCancelled || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if !strings.HasSuffix(out.String(), "\nTrust it? [y/N] \n") {
		t.Errorf("said %q", out.String())
	}
	f, err := checks.TeamFile(*e)
	if err != nil || len(f.Commands()) == 0 {
		t.Fatalf("%v, commands %q", err, f.Commands())
	}
	if f.Trusted(e.Host).Given {
		t.Error("it is trusted all the same")
	}
}
