package shell

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/transfer"
	"github.com/twindeck/twindeck/ui/screen"
)

// The two directions, as the dialog names them.
const (
	outOf = "out of the container"
	into  = "into it"
)

// CopyFiles asks what is to be copied out of a place or into it, and copies it.
func CopyFiles(ctx *screen.Context, p Place) tea.Cmd {
	return p.guarded("copying files of "+p.Name, p.choose(ctx, "Copy files of", func(p Place) tea.Cmd {
		return screen.Send(askCopy(ctx, p, nil))
	}))
}

// askCopy is the dialog, with what was typed before.
func askCopy(ctx *screen.Context, p Place, before []string) tea.Msg {
	if before == nil {
		before = []string{outOf, "/", ctx.Env.Dir}
	}
	plan := func(v []string) copying {
		return copying{place: p, box: p.box, out: v[0] == outOf, inside: inThere(v[1]), here: ctx.Path(v[2])}
	}
	return screen.Form{
		Title: "Copy files · " + p.Name, Start: 1,
		Fields: []screen.Field{
			{Label: "copy", Value: before[0], Choice: []string{outOf, into}},
			{Label: "there", Value: before[1], Browse: func(v []string, set func(string) tea.Msg) tea.Cmd {
				return browse(ctx, p.box.List, inThere(v[1]), v[0] == outOf, set)
			}},
			{Label: "here", Value: before[2], Browse: func(v []string, set func(string) tea.Msg) tea.Cmd {
				return browse(ctx, transfer.ListHere, filepath.ToSlash(ctx.Path(v[2])), v[0] == into, set)
			}},
		},
		Note: func(v []string) string { return plan(v).command() },
		Yes:  "copy",
		Then: func(v []string) tea.Cmd { return plan(v).check(ctx) },
	}
}

// inThere is a path of a container as a person writes it.
func inThere(typed string) string { return path.Join("/", screen.Unquote(typed)) }

// copying is one copy: a file or folder, from one side to the other.
type copying struct {
	place  Place
	box    transfer.Box
	out    bool
	inside string // in the container; after check, with its name
	here   string
	total  int64 // bytes; 0: not known
}

func (c copying) command() string { return c.place.commands.copy(c.out, c.inside, c.here) }

// copyCommand is docker cp or kubectl cp.
func copyCommand(program string, out bool, there, here, more string) string {
	from, to := there, here
	if !out {
		from, to = here, there
	}
	return program + " " + quoted(from) + " " + quoted(to) + more
}

// quoted writes a word for a shell.
func quoted(word string) string {
	if q := screen.Quote(word); q != word {
		return q
	}
	return host.Quote(word)
}

// check looks at both sides: a folder that is there takes the copy under its
// own name; what would be replaced is asked about.
func (c copying) check(ctx *screen.Context) tea.Cmd {
	typed := c.typed()
	return func() tea.Msg {
		look, cancel := context.WithTimeout(ctx.Life, lookTime)
		defer cancel()
		there, err := c.settle(look)
		switch {
		case errors.Is(err, transfer.ErrNoTools) && c.place.debugBox != nil:
			return c.offer(ctx, err)
		case err != nil:
			return tea.Batch(screen.Send(screen.Notify{Text: brief{err}.Error(), Bad: true}), screen.Send(askCopy(ctx, c.place, typed)))()
		case there == "":
			return c.task(ctx)
		}
		return screen.Ask{
			Title: "Replace " + screen.Quote(there) + "?",
			Body:  []string{"It is there already. Files of the same name are replaced; others in a folder stay."},
			Yes:   "replace", Danger: true, Then: screen.Send(c.task(ctx)),
		}
	}
}

// settle finds out what exactly is copied to where. there is what would be
// replaced; empty: nothing.
func (c *copying) settle(ctx context.Context) (there string, err error) {
	if !c.out {
		return c.settleInto(ctx)
	}
	if c.inside == "/" {
		return "", transfer.ErrWhole
	}
	f, err := c.box.Stat(ctx, c.inside)
	if err != nil {
		return "", fmt.Errorf("%s in %s: %w", c.inside, c.place.Name, err)
	}
	if !f.Dir {
		c.total = max(f.Size, 0)
	}
	target, taken, err := transfer.Into(c.here, path.Base(c.inside))
	if err != nil {
		return "", err
	}
	if c.here = target; taken {
		return target, nil
	}
	return "", nil
}

func (c *copying) settleInto(ctx context.Context) (there string, err error) {
	if c.total, err = total(ctx, c.here, sizeTime); err != nil {
		return "", fmt.Errorf("reading %s: %w", c.here, err)
	}
	f, err := c.box.Stat(ctx, c.inside)
	switch {
	case err == nil && f.Dir:
		c.inside = path.Join(c.inside, filepath.Base(c.here))
		_, err = c.box.Stat(ctx, c.inside)
	case errors.Is(err, transfer.ErrNoFile):
		if d, no := c.box.Stat(ctx, path.Dir(c.inside)); no != nil || !d.Dir {
			return "", fmt.Errorf("%s is no folder in %s", path.Dir(c.inside), c.place.Name)
		}
	}
	switch {
	case err == nil:
		return c.inside, nil
	case errors.Is(err, transfer.ErrNoFile):
		return "", nil
	}
	return "", err
}

// sizeTime is how long adding up what is to be copied may take: the copy does
// without, and a person waits for its dialog meanwhile.
const sizeTime = 3 * time.Second

// total is how many bytes a copy has to carry; 0: too many files to look at each first.
func total(ctx context.Context, here string, within time.Duration) (int64, error) {
	walk, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	bytes, err := transfer.Size(walk, here)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return 0, nil
	}
	return bytes, err
}

// offer asks whether to copy through a debug container, which has the tools.
func (c copying) offer(ctx *screen.Context, why error) tea.Msg {
	return c.place.askImage(c.place.Name+": its image lacks the tools to copy", "Copy through a debug container? ("+why.Error()+")", func(image string) tea.Cmd {
		through := c
		return func() tea.Msg {
			return screen.StartTask{
				Name: "start a debug container in " + c.place.Name, Command: c.place.debugCommand(ctx, image), Limit: debugTime,
				Run: func(ctx context.Context, say func(string)) (err error) {
					if through.box, err = c.place.debugBox(ctx, image, say); err != nil {
						return brief{err}
					}
					through.place.box, through.place.debugBox = through.box, nil
					return nil
				},
				Done: func(err error) tea.Msg {
					if err != nil {
						return nil
					}
					return tea.BatchMsg{through.check(ctx)}
				},
			}
		}
	})
}

// typed is a copy as the dialog has it.
func (c copying) typed() []string {
	if c.out {
		return []string{outOf, screen.Quote(c.inside), screen.Quote(c.here)}
	}
	return []string{into, screen.Quote(c.inside), screen.Quote(c.here)}
}

// debugTime is how long a debug container may take to start before a copy.
const debugTime = 2 * time.Minute
