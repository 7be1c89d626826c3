package detail

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/logs"
	"github.com/twindeck/twindeck/ui/screen"
)

// How long a selection must stand still before anything is asked for, and how
// long a changed row's text may be out of date.
const (
	settleTime  = 120 * time.Millisecond
	refreshTime = time.Second
)

// Detail is the area below the decks. Make one with New.
type Detail struct {
	ctx     *screen.Context
	subject Subject
	gone    bool           // the row is no longer there
	wanted  map[string]Tab // the tab chosen last, by kind of subject
	tab     Tab

	logs   *logs.View
	turn   int // grows with each subject or tab; answers to older ones are dropped
	chosen screen.Settle
	text   text
	card   *card // of the tab Why; nil: not known yet
	loaded bool  // something came for this turn
	err    error // why there is nothing
	stale  bool  // the row changed since the text was asked for

	view     view
	find     string        // what is searched for, lower case
	typing   *screen.Input // the search while it is typed
	noMatch  bool
	width    int
	height   int
	waitText bool // a refresh of the text is on its way
	readAt   time.Time
}

// settled comes when a selection stood still for a while.
type settled struct{ turn int }

// refresh comes when a changed row's text is to be read again.
type refresh struct{ turn int }

// New returns a detail that shows nothing yet.
func New(ctx *screen.Context) *Detail {
	return &Detail{ctx: ctx, tab: Logs, wanted: map[string]Tab{}, logs: logs.New(ctx)}
}

// SetSize sets the room, frame included; no height means it is not shown.
func (d *Detail) SetSize(width, height int) {
	d.width, d.height = width, height
	d.logs.SetSize(d.inner())
}

// Show changes the subject. What it costs is spent only once the selection
// stands still.
func (d *Detail) Show(s Subject) tea.Cmd {
	if d.gone { // if it is there again, it begins anew
		d.gone, d.subject, d.tab = false, Subject{}, ""
		d.logs.Stop()
		d.restart(0)
	}
	if s.same(d.subject) {
		d.subject = s // its origin may be known better
		return nil
	}
	if s.id == d.subject.id && s.origin.Same(d.subject.origin) {
		d.subject = s
		return d.changed()
	}
	d.subject = s
	d.tab = ""
	if len(s.tabs) > 0 {
		d.tab = s.tabs[0].name
	}
	if t, ok := s.tab(d.wanted[s.kind]); ok {
		d.tab = t.name
	}
	return d.restart(settleTime)
}

// Gone reports whether what is shown is of a row that is no longer there.
func (d *Detail) Gone() bool { return d.gone }

// kept reports whether what is shown is the last there was of a row.
func (d *Detail) kept() bool { return d.gone && d.loaded && d.err == nil }

// Leave keeps what is shown of a row that is no longer there, so that it can
// still be read.
func (d *Detail) Leave() tea.Cmd {
	if d.gone {
		return nil
	}
	d.gone = true
	last := logs.Set{ID: d.subject.logs.ID, Title: d.subject.logs.Title, Origin: d.subject.logs.Origin, Command: d.logs.Command()}
	if last.ID == "" || d.logs.ID() != last.ID {
		return nil
	}
	d.subject.logs = last
	return d.logs.Follow(last)
}

// Open shows the first of these tabs that the subject has.
func (d *Detail) Open(names ...Tab) tea.Cmd {
	for _, name := range names {
		if _, ok := d.subject.tab(name); !ok {
			continue
		}
		if d.tab == name {
			return nil
		}
		d.tab = name
		d.wanted[d.subject.kind] = name
		return d.restart(0)
	}
	return nil
}

// Has reports whether the subject has one of these tabs.
func (d *Detail) Has(names ...Tab) bool {
	return slices.ContainsFunc(names, func(name Tab) bool { _, ok := d.subject.tab(name); return ok })
}

// Place is where the keyboard is while the detail has it.
func (d *Detail) Place() keys.Place {
	if d.tab == Why {
		return keys.Why
	}
	return keys.Logs
}

// Turn goes to the next tab, or with -1 the one before.
func (d *Detail) Turn(step int) tea.Cmd {
	tabs := d.subject.tabs
	if len(tabs) == 0 {
		return nil
	}
	i := slices.IndexFunc(tabs, func(t tab) bool { return t.name == d.tab })
	return d.Open(tabs[(i+step+len(tabs))%len(tabs)].name)
}

// restart drops what is shown and asks anew, after a while without another. Logs
// go on while another tab of the same subject is shown.
func (d *Detail) restart(after time.Duration) tea.Cmd {
	d.turn++
	d.chosen.Pass()
	d.text, d.card = nil, nil
	d.loaded, d.err, d.stale, d.noMatch, d.waitText = false, nil, false, false, false
	d.view = view{wrap: d.view.wrap}
	if d.logs.ID() != d.subject.logs.ID {
		d.logs.Stop()
	}
	switch {
	case d.subject.id == "":
		return nil
	case d.tab == Logs:
		return d.logs.Follow(d.subject.logs)
	case after == 0:
		return d.load()
	}
	return d.chosen.After(after, settled{d.turn})
}

// load asks for what the tab shows.
func (d *Detail) load() tea.Cmd {
	t, _ := d.subject.tab(d.tab)
	if t.why != nil {
		d.stale = false
		return askWhy(d.ctx, d.subject, d.turn, t.why)
	}
	if t.read == nil {
		return nil
	}
	d.stale = false
	return fetch(d.ctx, d.subject, d.turn, t.read)
}

// changed answers to news of the rows shown: a text is read again, logs follow
// what there is to follow now.
func (d *Detail) changed() tea.Cmd {
	var follow tea.Cmd
	if d.logs.ID() == d.subject.logs.ID {
		follow = d.logs.Follow(d.subject.logs)
	}
	if d.tab == Logs {
		return follow
	}
	d.stale = true
	return tea.Batch(follow, d.refreshSoon())
}

func (d *Detail) refreshSoon() tea.Cmd {
	if d.waitText || !d.loaded || d.kept() {
		return nil
	}
	d.waitText = true
	turn := d.turn
	return tea.Tick(refreshTime, func(time.Time) tea.Msg { return refresh{turn} })
}

// again reads a text anew that is out of date by itself, as use is.
func (d *Detail) again() tea.Cmd {
	t, _ := d.subject.tab(d.tab)
	if t.every == 0 || d.gone || !d.loaded || d.waitText || d.ctx.Now().Sub(d.readAt) < t.every || d.height == 0 {
		return nil
	}
	d.waitText = true
	turn := d.turn
	return screen.Send(refresh{turn})
}

// Update takes what was asked for, as it comes.
func (d *Detail) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case settled:
		if msg.turn == d.turn {
			return d.load()
		}
	case refresh:
		if msg.turn == d.turn && !d.kept() {
			d.waitText = false
			return d.load()
		}
	case fetched:
		if msg.turn != d.turn || msg.err != nil && d.kept() {
			return nil
		}
		d.loaded, d.err = true, msg.err
		if msg.err == nil {
			d.text = msg.lines
		}
		d.readAt = d.ctx.Now()
		if d.stale {
			return d.refreshSoon()
		}
	case judged:
		return d.takeWhy(msg)
	case screen.Tick:
		return d.again()
	case tea.PasteMsg:
		if d.typing != nil {
			d.typing.Update(msg)
			return nil
		}
		return d.logs.Update(msg)
	default:
		return d.logs.Update(msg)
	}
	return nil
}

// Command is the command that shows the same.
func (d *Detail) Command() string {
	if d.tab == Logs {
		return d.logs.Command()
	}
	t, _ := d.subject.tab(d.tab)
	return t.command
}

// Footer names what the keys do while the detail has the focus.
func (d *Detail) Footer() []keys.Action {
	if d.typing != nil || d.logs.Typing() {
		return nil
	}
	if d.tab == Logs {
		return append(d.logs.Footer(), keys.NextTab, keys.ZoomDetail, keys.Back)
	}
	if d.tab == Why {
		return d.whyFooter()
	}
	return []keys.Action{keys.Wrap, keys.NextMatch, keys.Copy, keys.NextTab, keys.ZoomDetail, keys.Back}
}
