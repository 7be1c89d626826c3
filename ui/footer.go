package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// How long a notice stays, in the footer.
const (
	noticeTime = 6 * time.Second
	badTime    = 15 * time.Second
)

// notice is a line that goes away by itself.
type notice struct {
	text  string
	level theme.Level
	until time.Time
}

func newNotice(n screen.Notify, now time.Time) notice {
	level, stay := theme.Good, noticeTime
	switch {
	case n.Bad:
		level, stay = theme.Broken, badTime
	case n.Not:
		level = theme.Attention
	}
	return notice{screen.Clean(n.Text), level, now.Add(stay)}
}

func (n *notice) fade(now time.Time) {
	if now.After(n.until) {
		*n = notice{}
	}
}

// drawFooter is what runs, or was last said, above what the keys do.
func (a *App) drawFooter() string { return a.drawNews() + "\n" + a.drawHints() }

// drawNews is the running task with its progress and its command; else the
// last notice; else the command that shows what the screen shows.
func (a *App) drawNews() string {
	th := a.ctx.Theme
	left, right := "", ""
	running := a.tasks.running()
	switch {
	case len(running) > 0:
		t := running[len(running)-1]
		left = th.Warn.Render(theme.Starting.Glyph()) + " " + th.Text.Render(t.name)
		if t.progress != "" {
			left += th.Dim.Render(": " + t.progress)
		}
		left += " " + th.Dim.Render(screen.Age(a.ctx.Now(), t.began))
		if len(running) > 1 {
			left += th.Faint.Render(" · " + strconv.Itoa(len(running)-1) + " more")
		}
		right = t.command
	case a.notice.text != "":
		l := a.notice.level
		left = th.Level(l).Render(l.Glyph()+" ") + th.Text.Render(a.notice.text)
	default:
		if c, ok := a.current().(screen.Commander); ok {
			right = c.Command()
		}
	}
	room := a.width - 2
	left = screen.Cut(left, room)
	if right != "" && room-screen.Width(left) > 20 {
		right = th.Faint.Render("$ ") + th.Dim.Render(screen.Cut(right, room-screen.Width(left)-4))
	} else {
		right = ""
	}
	return " " + screen.Between(left, right, room) + " "
}

// hints are what the footer says of the keys, and what it was drawn from: it
// changes with the place alone, and most frames stay in theirs.
type hints struct {
	place   keys.Place
	here    []keys.Action
	general []keys.Action
	theme   *theme.Theme
	width   int
	line    string
}

func (a *App) drawHints() string {
	h := hints{place: a.place(), here: a.current().Footer(), general: a.general(), theme: a.ctx.Theme, width: a.width}
	old := &a.hints
	if old.line == "" || h.place != old.place || h.theme != old.theme || h.width != old.width ||
		!slices.Equal(h.here, old.here) || !slices.Equal(h.general, old.general) {
		h.line = a.newHints(h)
		h.here = slices.Clone(h.here)
		a.hints = h
	}
	return a.hints.line
}

// newHints draws what the keys do here, best first, then what they do
// everywhere; what does not fit is left out.
func (a *App) newHints(of hints) string {
	th := a.ctx.Theme
	ends := ""
	for _, k := range of.general {
		if h := a.hint(of.place, k); h != "" {
			ends += "  " + h
		}
	}
	room := a.width - 2
	sep := th.Faint.Render(" │")
	line := ""
	for _, k := range of.here {
		h := a.hint(of.place, k)
		if h == "" {
			continue
		}
		if line != "" {
			h = "  " + h
		}
		if screen.Width(line)+screen.Width(h)+screen.Width(sep)+screen.Width(ends) > room {
			break
		}
		line += h
	}
	if line == "" {
		return " " + screen.Fit(strings.TrimLeft(ends, " "), room) + " "
	}
	return " " + screen.Fit(line+sep+ends, room) + " "
}

// general is what the footer names on every screen; the other screens too
// where there is room.
func (a *App) general() []keys.Action {
	out := []keys.Action{keys.Palette, keys.Help}
	if a.parts[a.shown].name == keys.Decks {
		out = append([]keys.Action{keys.Filter}, out...)
	}
	if a.width < 120 {
		return out
	}
	for _, p := range a.parts {
		if show, ok := screenKeys[p.name]; ok && p.name != a.parts[a.shown].name {
			out = append(out, show)
		}
	}
	return out
}

// screenKeys are the actions that show each screen.
var screenKeys = map[keys.Place]keys.Action{keys.Setup: keys.GoSetup, keys.Decks: keys.GoDecks, keys.Ship: keys.GoShip}

// hint is "key word"; empty for an action without a key here.
func (a *App) hint(at keys.Place, action keys.Action) string {
	b, ok := a.ctx.Keys.AtPlace(at, action)
	if !ok || b.Label() == "" {
		return ""
	}
	return a.ctx.Theme.Key.Render(b.Label()) + " " + a.ctx.Theme.Dim.Render(b.Short)
}
