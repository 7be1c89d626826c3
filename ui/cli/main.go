// Package cli is twindeck without a screen: the same jobs as commands, and
// the one that opens the screen.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitOK        = 0
	exitFailed    = 1
	exitUsage     = 2
	exitCancelled = 130 // ended by ctrl+c, as shells count it
)

// exitError ends the program with a code. With a nil err, what went wrong has
// been told already.
type exitError struct {
	code int
	err  error
	kept bool // the code holds although ctrl+c ended the program: it is how a watch ends
}

// Error says what went wrong.
func (e exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

// Unwrap returns what went wrong.
func (e exitError) Unwrap() error { return e.err }

// usageErrorf is an error of the arguments.
func usageErrorf(format string, args ...any) error {
	return exitError{code: exitUsage, err: fmt.Errorf(format, args...)}
}

// Main runs twindeck with the arguments that follow its name, and returns its
// exit code: 0 fine, 1 it failed, 2 bad usage, 130 cancelled through ctx.
func Main(ctx context.Context, b Build, args []string, in io.Reader, out, errs io.Writer) int {
	root := newRoot(b)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)

	// Until a command runs, everything that is wrong is in its arguments.
	code := exitUsage
	each(root, func(c *cobra.Command) {
		run := c.RunE
		if run == nil {
			return
		}
		c.RunE = func(c *cobra.Command, args []string) error {
			err := run(c, args)
			code = codeOf(ctx, err)
			var coded exitError
			if errors.As(err, &coded) && coded.err == nil {
				return nil
			}
			return err
		}
	})
	err := fang.Execute(ctx, root, fang.WithVersion(b.version()), fang.WithErrorHandler(tellError))
	if err == nil && code == exitUsage {
		return exitOK // help, completion: nothing of ours ran
	}
	return code
}

// each visits a command and all below it.
func each(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		each(sub, visit)
	}
}

func codeOf(ctx context.Context, err error) int {
	var coded exitError
	known := errors.As(err, &coded)
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil && !coded.kept:
		return exitCancelled
	case known:
		return coded.code
	default:
		return exitFailed
	}
}

// tellError writes an error as one plain line, and where the usage is.
func tellError(w io.Writer, _ fang.Styles, err error) {
	text := strings.TrimRight(err.Error(), "\n")
	fmt.Fprintf(w, "twindeck: %s\n", text)
	var coded exitError
	if !errors.As(err, &coded) || coded.code == exitUsage {
		fmt.Fprintln(w, "See twindeck --help.")
	}
}
