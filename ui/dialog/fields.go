package dialog

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/screen"
)

// Fields asks for lines of text, one of which is typed at a time.
type Fields struct {
	ctx    *screen.Context
	ask    screen.Form
	opened time.Time
	inputs []screen.Input
	chosen []int // of a field with a choice
	at     int
	browse bool // a list to choose from is on its way
}

// Set puts a value into a field of a dialog; the app applies it.
type Set struct {
	of    *Fields
	field int
	value string
}

// Apply does so.
func (s Set) Apply() {
	s.of.inputs[s.field] = screen.NewInput(s.of.ctx.Theme, "› ", s.value)
}

// Browsed carries what browsing for a field of a dialog led to.
type Browsed struct {
	of    *Fields
	found tea.Msg
}

// Over returns that, to be handled now, while the dialog on top is still the one
// that asked for it; else nil: nobody waits for it any more.
func (b Browsed) Over(top Dialog) tea.Msg {
	b.of.browse = false
	if top != b.of {
		return nil
	}
	return b.found
}

// NewForm returns a dialog with the lines as they are at first.
func NewForm(ctx *screen.Context, ask screen.Form) *Fields {
	f := &Fields{ctx: ctx, ask: ask, opened: ctx.Now(), at: ask.Start, chosen: make([]int, len(ask.Fields))}
	for i, field := range ask.Fields {
		f.inputs = append(f.inputs, screen.NewInput(ctx.Theme, "› ", field.Value))
		f.chosen[i] = max(slices.Index(field.Choice, field.Value), 0)
	}
	return f
}

func (f *Fields) values() []string {
	out := make([]string, len(f.inputs))
	for i := range f.inputs {
		if out[i] = f.inputs[i].Value(); len(f.ask.Fields[i].Choice) > 0 {
			out[i] = f.ask.Fields[i].Choice[f.chosen[i]]
		}
	}
	return out
}

// Key types, and goes from line to line; enter takes them.
func (f *Fields) Key(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	if f.ctx.Now().Sub(f.opened) < Quiet {
		return nil, false
	}
	field, n := f.ask.Fields[f.at], len(f.ask.Fields)
	switch key := msg.String(); {
	case key == "esc", key == "ctrl+c":
		return nil, true
	case key == "enter":
		return f.ask.Then(f.values()), true
	case key == "tab", key == "down":
		f.at = (f.at + 1) % n
	case key == "shift+tab", key == "up":
		f.at = (f.at + n - 1) % n
	case key == "ctrl+o":
		if field.Browse != nil && !f.browse { // a second list would stand below the first
			f.browse = true
			at := f.at
			find := field.Browse(f.values(), func(value string) tea.Msg { return Set{f, at, value} })
			return func() tea.Msg { return Browsed{f, find()} }, false
		}
	case len(field.Choice) > 0:
		switch key {
		case "left", "h":
			f.chosen[f.at] = (f.chosen[f.at] + len(field.Choice) - 1) % len(field.Choice)
		case "right", "l", "space":
			f.chosen[f.at] = (f.chosen[f.at] + 1) % len(field.Choice)
		}
	default:
		f.inputs[f.at].Update(msg)
	}
	return nil, false
}

// Paste types what was pasted.
func (f *Fields) Paste(msg tea.PasteMsg) {
	if f.ctx.Now().Sub(f.opened) >= Quiet && len(f.ask.Fields[f.at].Choice) == 0 {
		f.inputs[f.at].Update(msg)
	}
}

// View draws the lines, one of them being typed, between the question and the keys.
func (f *Fields) View(width, height int) []string {
	th := f.ctx.Theme
	inside := min(width-6, proseWidth)
	box := form{title: th.Strong.Render(f.ask.Title), edge: th.BorderFocus, wide: min(inside, 44)}
	if len(f.ask.Fields) > 1 {
		box.wide = inside
	}
	box.text(f.ask.Body, th.Text, inside)
	var lines []string
	if len(box.lines) > 0 {
		lines = append(lines, "")
	}
	labels := 0
	for _, field := range f.ask.Fields {
		labels = max(labels, screen.Width(field.Label))
	}
	for i, field := range f.ask.Fields {
		lines = append(lines, f.line(i, field, labels, inside))
	}
	if f.ask.Note != nil {
		lines = append(lines, "")
		for _, l := range screen.WrapText(screen.Clean(f.ask.Note(f.values())), inside-2) {
			lines = append(lines, th.Dim.Render("$ "+l))
		}
	}
	keys := [][2]string{{"enter", f.ask.Yes}}
	if len(f.ask.Fields) > 1 {
		keys = append(keys, [2]string{"tab", "next line"})
	}
	switch now := f.ask.Fields[f.at]; {
	case len(now.Choice) > 0:
		keys = append(keys, [2]string{"←→", "change"})
	case now.Browse != nil:
		keys = append(keys, [2]string{"ctrl+o", "browse"})
	}
	var hints screen.Line
	for _, k := range append(keys, [2]string{"esc", "leave it"}) {
		hints.Add(th.Key, k[0])
		hints.Add(th.Dim, " "+k[1])
		hints.Gap(4)
	}
	lines = append(lines, "", hints.String())
	if room := height - 2 - len(lines); len(box.lines) > room { // the lines are what it is for
		box.lines = box.lines[:max(room, 0)]
	}
	box.lines = append(box.lines, lines...)
	return box.draw(width, height)
}

func (f *Fields) line(i int, field screen.Field, labels, width int) string {
	th := f.ctx.Theme
	var l screen.Line
	style := th.Dim
	if i == f.at {
		style = th.Text
	}
	l.Add(style, screen.Fit(field.Label, labels))
	l.Gap(2)
	switch {
	case len(field.Choice) > 0:
		for c, word := range field.Choice {
			sign, style := "○ ", th.Dim
			if c == f.chosen[i] {
				sign, style = "● ", th.Text
			}
			if i == f.at && c == f.chosen[i] {
				style = th.Accent
			}
			l.Add(style, sign+word)
			l.Gap(3)
		}
	case i == f.at:
		return l.String() + f.inputs[i].View(width-l.Width())
	default:
		l.Add(th.Text, "  "+screen.CutMiddle(screen.Clean(f.inputs[i].Value()), width-l.Width()-2))
	}
	return l.String()
}
