package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// outputLimit is how much of a program's output is kept, each of stdout and stderr.
const outputLimit = 1 << 20

// grace is how long a finished program's children may hold its output open.
const grace = 500 * time.Millisecond

func (local) Run(ctx context.Context, c Command) (Result, error) {
	stdout, stderr := &capped{}, &capped{}
	cmd := exec.CommandContext(ctx, c.Path, c.Args...)
	cmd.Dir = c.Dir
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.Stdin = strings.NewReader(c.Stdin)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.WaitDelay = grace

	start := time.Now()
	tree, err := startTree(cmd)
	if err != nil {
		return Result{Code: -1}, fmt.Errorf("running %s: %w", c.Path, err)
	}
	err = cmd.Wait()
	tree.release()

	r := Result{
		Stdout: stdout.String(),
		Stderr: stderr.String(),
		Code:   cmd.ProcessState.ExitCode(),
		Took:   time.Since(start),
	}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil && err != nil:
		return r, fmt.Errorf("running %s: stopped after %s: %w", c.Path, r.Took.Round(time.Millisecond), ctx.Err())
	case err == nil, errors.As(err, &exit), errors.Is(err, exec.ErrWaitDelay):
		return r, nil
	default:
		return r, fmt.Errorf("running %s: %w", c.Path, err)
	}
}

// capped keeps the first outputLimit bytes and lets the rest go, so that a
// program that talks without end neither fills memory nor blocks.
type capped struct{ kept bytes.Buffer }

func (c *capped) Write(p []byte) (int, error) {
	if room := outputLimit - c.kept.Len(); room > 0 {
		c.kept.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (c *capped) String() string { return c.kept.String() }
