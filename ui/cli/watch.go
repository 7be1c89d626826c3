package cli

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env"
)

// watch is `twindeck check --watch`: the checks again and again, until the
// command's context ends.
type watch struct {
	cmd     *cobra.Command
	env     *env.Environment
	list    []*checks.Check
	options checkOptions
	screen  *frame                               // nil: what is written stays
	after   func(time.Duration) <-chan time.Time // time.After
	last    *checked                             // nil before the first run has ended
}

func newWatch(cmd *cobra.Command, e *env.Environment, list []*checks.Check, o checkOptions) *watch {
	w := &watch{cmd: cmd, env: e, list: list, options: o, after: time.After}
	if o.output == textOutput {
		w.screen = newFrame(cmd.OutOrStdout())
	}
	return w
}

// run ends with the code of the last verdict.
func (w *watch) run() error {
	ctx := w.cmd.Context()
	for {
		c, err := look(ctx, w.env, w.list)
		if err != nil {
			return w.verdict(err)
		}
		if err := w.tell(c); err != nil {
			return err
		}
		w.last = &c
		select {
		case <-w.after(w.options.interval):
		case <-ctx.Done():
			return w.verdict(context.Cause(ctx))
		}
	}
}

// verdict is how the watch ends: as the last run did, or, without one, with
// the error that says so.
func (w *watch) verdict(cancelled error) error {
	switch {
	case w.last == nil:
		return cancelled
	case w.last.summary.Status == checks.Fail:
		return exitError{code: exitFailed, kept: true}
	default:
		return nil
	}
}

func (w *watch) tell(c checked) error {
	var page bytes.Buffer
	if w.screen == nil && w.options.output == textOutput && w.last != nil {
		changes(&page, *w.last, c, w.env.Host.Now())
	} else if err := c.write(&page, w.options); err != nil {
		return err
	}
	if w.screen == nil {
		return show(w.cmd, page.String())
	}
	fmt.Fprintf(&page, "\n  checked at %s, and again every %s until ctrl+c\n", w.env.Host.Now().Format(time.TimeOnly), w.options.interval)
	return w.screen.draw(page.String())
}

// changes writes a line for each check that went wrong, came to be fine or is
// wrong in another way, and the new verdict; nothing if all is as it was.
func changes(page *bytes.Buffer, before, now checked, at time.Time) {
	old := map[string]checks.Finding{}
	for _, r := range before.summary.Results {
		old[r.Check.ID] = r.Finding
	}
	clock := at.Format(time.TimeOnly)
	for _, r := range now.summary.Results {
		was, is := old[r.Check.ID], r.Finding
		if !tells(was) && !tells(is) || was.Status == is.Status && was.Summary == is.Summary {
			continue
		}
		fmt.Fprintf(page, "%s %s %s: %s\n", clock, paint(is.Status, is.Status.Glyph()), r.Check.ID, is.Summary)
	}
	if before.summary.Counts != now.summary.Counts {
		fmt.Fprintf(page, "%s %s %s\n", clock, paint(now.summary.Status, now.summary.Status.Glyph()), now.summary.Line())
	}
}

// tells reports whether a finding is one to hear of by itself.
func tells(f checks.Finding) bool { return f.Status == checks.Fail || f.Status == checks.Warn }
