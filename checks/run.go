package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/secret"
)

// defaultLimit is how long a check may take that names no limit. The slowest
// verdict, with servers that accept and never answer, stays under 5 s with it.
const defaultLimit = 4 * time.Second

// Run runs the checks, each as soon as those it needs are fine, and sends each
// one's result once, as it comes; then the channel is closed. The channel has
// room for all, so a reader may leave at any time. When ctx ends, what has not
// come out by then is not sent.
//
// A check whose need failed is not run: it is Blocked, with the ID of the
// failed check at the root. A check that is not applicable stands in nobody's
// way. How each check comes out does not depend on the order they end in.
func Run(ctx context.Context, list []*Check, e env.Environment) <-chan Result {
	r := &run{
		ctx:    ctx,
		list:   list,
		system: e.Host.OS(),
		now:    e.Host.Now,
		nodes:  make(map[string]*node, len(list)),
		out:    make(chan Result, len(list)),
	}
	r.machine = &Machine{Environment: e, facts: facts{run: ctx}}
	if err := Verify(list); err != nil {
		r.refuse(err)
		return r.out
	}
	for _, c := range list {
		r.nodes[c.ID] = &node{check: c, done: make(chan struct{})}
	}
	var all sync.WaitGroup
	for order, c := range list {
		all.Go(func() { r.visit(r.nodes[c.ID], order) })
	}
	go func() {
		all.Wait()
		close(r.out)
	}()
	return r.out
}

// Collect runs the checks and returns all results in the list's order.
func Collect(ctx context.Context, list []*Check, e env.Environment) []Result {
	var all []Result
	for r := range Run(ctx, list, e) {
		all = append(all, r)
	}
	sortResults(all)
	return all
}

func sortResults(all []Result) {
	slices.SortStableFunc(all, func(a, b Result) int { return a.order - b.order })
}

type run struct {
	ctx     context.Context
	list    []*Check
	system  string
	now     func() time.Time
	machine *Machine
	nodes   map[string]*node
	out     chan Result
}

// node is a check on its way; root is read by others only once done is closed.
type node struct {
	check *Check
	done  chan struct{}
	root  string // ID of what stands in the way of checks that need this one; empty: nothing
}

// refuse sends a failure for each check of a list that is no sound graph.
func (r *run) refuse(err error) {
	for order, c := range r.list {
		r.out <- Result{Check: c, order: order, At: r.now(), Finding: Finding{
			Status:  Fail,
			Summary: "The list of checks is itself wrong",
			Evidence: []Evidence{{
				What: "checks", Got: err.Error(),
			}},
		}}
	}
	close(r.out)
}

func (r *run) visit(n *node, order int) {
	defer close(n.done)
	result := Result{Check: n.check, order: order}
	if !n.check.appliesTo(r.system) {
		result.Finding = notHere("Does not exist on %s", systemName(r.system))
	} else {
		for _, need := range n.check.Needs {
			<-r.nodes[need].done
		}
		// All needs have come out, so the cause is the first in the list and
		// not the first in time.
		for _, need := range n.check.Needs {
			if result.Cause = r.nodes[need].root; result.Cause != "" {
				break
			}
		}
		if r.ctx.Err() != nil {
			return
		}
		if n.root = result.Cause; n.root != "" {
			result.Finding = Finding{
				Status:  Blocked,
				Summary: "Waits for: " + r.nodes[n.root].check.Title,
			}
		} else {
			start := time.Now()
			result.Finding = r.probe(n.check)
			result.Took = time.Since(start)
		}
	}
	r.explain(n, &result)
	if r.ctx.Err() != nil {
		return
	}
	if result.Finding.Status == Fail {
		n.root = n.check.ID
		result.Blocks = waitingFor(n.check.ID, r.list, r.system)
	}
	tidy(&result.Finding)
	result.At = r.now()
	r.out <- result
}

// explain makes a failure that another check accounts for a blocked check: two
// consequences of one fault are one problem.
func (r *run) explain(n *node, result *Result) {
	cause := r.nodes[result.Finding.Because]
	if result.Finding.Status == Blocked && n.root == "" {
		n.root = n.check.ID
		if cause != nil {
			n.root, result.Cause = cause.check.ID, cause.check.ID
		}
		return
	}
	if result.Finding.Status != Fail || cause == nil {
		return
	}
	<-cause.done
	if cause.root == "" {
		return
	}
	n.root, result.Cause = cause.root, cause.root
	result.Finding.Status = Blocked
	result.Finding.Fix, result.Finding.Steps = nil, nil
}

// tidy makes what came from outside fit to be shown: errors quote addresses with
// passwords in them, and programs print what they please.
func tidy(f *Finding) {
	f.Summary = tidyText(f.Summary)
	for i, e := range f.Evidence {
		f.Evidence[i] = tidyEvidence(e)
	}
	f.Steps = tidyTexts(f.Steps)
	f.Link = tidyText(f.Link)
	if f.Fix != nil {
		fix := *f.Fix
		fix.Title, fix.Changes = tidyText(fix.Title), tidyTexts(fix.Changes)
		f.Fix = &fix
	}
}

// tidyEvidence tidies both halves, and what came back also for what was looked
// at: the value of a variable may be a secret for the variable's name alone.
func tidyEvidence(e Evidence) Evidence {
	e = Evidence{What: tidyText(e.What), Got: tidyText(e.Got)}
	if got, ok := strings.CutPrefix(tidyText(e.What+": "+e.Got), e.What+": "); ok {
		e.Got = got
	}
	return e
}

func tidyTexts(all []string) []string {
	tidied := slices.Clone(all)
	for i, s := range tidied {
		tidied[i] = tidyText(s)
	}
	return tidied
}

func tidyText(s string) string {
	s = secret.Mask(ansi.Strip(strings.ToValidUTF8(s, "\uFFFD")))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\t' || r == '\v' || r == '\f':
			return ' '
		case unicode.IsControl(r) && r != '\n':
			return -1
		}
		return r
	}, s))
}

// probe runs a check's probe within its limit. A probe that does not listen to
// its context is left behind when the limit is over: it alone is late then.
func (r *run) probe(c *Check) Finding {
	limit := c.Limit
	if limit == 0 {
		limit = defaultLimit
	}
	ctx, cancel := context.WithTimeout(r.ctx, limit)
	defer cancel()

	found := make(chan Finding, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				found <- Finding{
					Status:   Fail,
					Summary:  "This check itself went wrong; please report it",
					Evidence: []Evidence{{What: c.ID, Got: fmt.Sprint(p)}},
				}
			}
		}()
		found <- c.Probe(ctx, r.machine)
	}()
	select {
	case f := <-found:
		return f
	case <-ctx.Done():
	}
	// Both may have happened at once, or the probe words its own timeout.
	select {
	case f := <-found:
		return f
	case <-time.After(100 * time.Millisecond):
	}
	err := ctx.Err()
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %s", limit)
	}
	return Finding{
		Status:   Fail,
		Summary:  fmt.Sprintf("No answer within %s", limit),
		Evidence: []Evidence{{What: c.asks(), Got: err.Error()}},
	}
}

// asks is what a check looks at, in a few words.
func (c *Check) asks() string {
	if c.Command != "" {
		return c.Command
	}
	return c.Title
}

func systemName(goos string) string {
	switch goos {
	case "darwin":
		return "macOS"
	case "windows":
		return "Windows"
	default:
		return "Linux"
	}
}
