package detail

import (
	"fmt"
	"strings"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// card is what is the matter with a row, laid out: the cause, what to do, what
// shows it, the last lines. Side by side where there is room. Laid out it
// is a text like others: it can be scrolled, searched and copied.
type card struct {
	why  checks.Why
	rows []cardRow
}

// cardRow is a row of a card.
type cardRow struct {
	plain string // without colours, for the search and the clipboard
	drawn string
}

// What the card is measured by.
const (
	twoColumns = 108 // cells from which what to do and what shows it stand side by side
	betweenTwo = 3
	doLabel    = 7  // "it says"
	sawLabel   = 20 // at most, of what was seen
)

// lay lays the card out for a width, and returns its rows without colours.
func (c *card) lay(ctx *screen.Context, width int) []string {
	w := cardWriter{ctx: ctx, th: ctx.Theme}
	head := w.head(c.why, width)
	tail := w.tail(c.why, width)
	switch {
	case width < twoColumns:
		c.rows = append(append(head, w.does(c.why, width)...), w.saw(c.why, width)...)
	default:
		left := (width - betweenTwo) / 2
		c.rows = append(append(head, cardRow{}), beside(w.does(c.why, left), w.saw(c.why, width-left-betweenTwo), left)...)
		if len(tail) > 0 {
			c.rows = append(c.rows, cardRow{})
		}
	}
	c.rows = append(c.rows, tail...)
	plain := make([]string, len(c.rows))
	for i, r := range c.rows {
		plain[i] = r.plain
	}
	return plain
}

// beside puts two columns of rows side by side.
func beside(left, right []cardRow, width int) []cardRow {
	if len(left) == 0 {
		return right
	}
	out := make([]cardRow, max(len(left), len(right)))
	for i := range out {
		var l, r cardRow
		if i < len(left) {
			l = left[i]
		}
		if out[i] = l; i < len(right) {
			r = right[i]
			gap := screen.Blank(width - screen.Width(l.plain) + betweenTwo)
			out[i] = cardRow{l.plain + gap + r.plain, l.drawn + gap + r.drawn}
		}
	}
	return out
}

// cardWriter writes the parts of a card.
type cardWriter struct {
	ctx *screen.Context
	th  *theme.Theme
}

func statusLevel(s checks.Status) theme.Level {
	switch s {
	case checks.OK:
		return theme.Good
	case checks.Warn:
		return theme.Attention
	}
	return theme.Broken
}

// head is the cause.
func (w cardWriter) head(why checks.Why, width int) []cardRow {
	level := statusLevel(why.Status)
	style := w.th.Strong
	if why.Status == checks.OK {
		style = w.th.Text
	}
	return w.field(2, level.Glyph(), w.th.Level(level), style, screen.Clean(why.Head), width)
}

// does is what its own words mean and what to do, each with its key or command.
func (w cardWriter) does(why checks.Why, width int) []cardRow {
	var rows []cardRow
	if why.Says != "" {
		rows = append(rows, w.field(doLabel+2, "it says", w.th.Dim, w.th.Warn, screen.Clean(why.Says), width)...)
	}
	if why.Known != nil {
		rows = append(rows, w.field(doLabel+2, "means", w.th.Dim, w.th.Text, screen.Clean(why.Known.Cause), width)...)
	}
	if why.Fix != nil {
		rows = append(rows, w.field(doLabel+2, "key "+w.ctx.Keys.Label(keys.Why, keys.Fix), w.th.Key, w.th.Text, screen.Clean(why.Fix.Title)+", shown first", width)...)
	}
	label := "do"
	if why.Fix != nil {
		label = "or do"
	}
	for i, s := range why.Steps {
		number := fmt.Sprintf("%d ", i+1)
		if len(why.Steps) == 1 {
			number = ""
		}
		step := w.field(doLabel+2+len(number), screen.Fit(label, doLabel+2)+number, w.th.Dim, w.th.Text, screen.Clean(s), width)
		rows, label = append(rows, step...), ""
	}
	if why.Link != "" {
		rows = append(rows, w.field(doLabel+2, "more", w.th.Dim, w.th.Faint, screen.Clean(why.Link), width)...)
	}
	return rows
}

// saw is what shows it.
func (w cardWriter) saw(why checks.Why, width int) []cardRow {
	label := doLabel
	for _, f := range why.Facts {
		label = min(max(label, screen.Width(screen.Clean(f.What))), sawLabel, max(width/3, doLabel))
	}
	var rows []cardRow
	for _, f := range why.Facts {
		got := screen.Clean(f.Got)
		if !f.At.IsZero() {
			if got += " · " + screen.Age(w.ctx.Now(), f.At); !f.Last {
				got += " ago"
			}
		}
		rows = append(rows, w.field(label+2, screen.Cut(screen.Clean(f.What), label), w.th.Dim, w.th.Text, got, width)...)
	}
	return rows
}

// tail is the last lines; the one that says most stands out.
func (w cardWriter) tail(why checks.Why, width int) []cardRow {
	if len(why.Tail) == 0 {
		return nil
	}
	title := screen.Cut("last lines of "+screen.Clean(why.TailOf), width)
	rows := []cardRow{{title, w.th.Faint.Render(title)}}
	says := screen.Clean(why.Says)
	for _, l := range why.Tail {
		l = screen.CleanLogLine(l)
		style := w.th.Dim
		if says != "" && strings.TrimSpace(l) == says {
			style = w.th.Warn
		}
		l = screen.Cut("  "+l, width)
		rows = append(rows, cardRow{l, style.Render(l)})
	}
	return rows
}

// field writes words behind a label, further rows below the first.
func (w cardWriter) field(indent int, label string, labels, words theme.Style, text string, width int) []cardRow {
	var rows []cardRow
	for _, part := range screen.WrapWords(text, max(width-indent, 1)) {
		var l screen.Line
		l.Add(labels, label)
		l.To(indent)
		l.Add(words, part)
		rows = append(rows, cardRow{screen.Fit(label, indent) + part, l.String()})
		label = ""
	}
	return rows
}
