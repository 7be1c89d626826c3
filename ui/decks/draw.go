package decks

import (
	"strconv"

	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// lead is the width before a row's name: edge, cursor, glyph, space.
const lead = 4

// markWidth is the room kept at the right for ◀ and ≠.
const markWidth = 2

// draw returns the head of the columns and the visible lines, width cells each.
func (d *deck[T]) draw(width int, focused bool, tied func(runs) mark) []string {
	d.refresh()
	cols := d.shownColumns(width)
	out := make([]string, 0, d.height+1)
	out = append(out, d.line(stance{width: width}, func(b *screen.Line) { d.drawHead(b, cols) }))
	widths := columnWidths(cols)
	d.pictures.begin(d.scene.th)
	for i, l := range d.visible() {
		stands := stance{width: width, columns: widths, depth: l.depth, at: d.top+i == d.cursor && !d.gone.empty, focused: focused, old: d.scene.old}
		if l.head != nil {
			out = append(out, d.line(stands, func(b *screen.Line) { d.drawHeading(b, l, stands.at, focused) }))
			continue
		}
		stands.marked = d.marks[l.id]
		if tied != nil && d.kind.runs != nil {
			stands.mark = tied(d.kind.runs(l.row))
		}
		texts := d.texts(l.row, cols)
		out = append(out, d.pictures.of(l.id, l.row, stands, texts, func() string {
			return d.line(stands, func(b *screen.Line) { d.drawRow(b, l, cols, texts, stands) })
		}))
	}
	d.pictures.end()
	return out
}

// texts is what a row says in each column, before it is fit in.
func (d *deck[T]) texts(row T, cols []placed[T]) []string {
	d.said = d.said[:0]
	for _, c := range cols {
		d.said = append(d.said, c.says(row, d.flat(), d.scene))
	}
	return d.said
}

// line is a line exactly as wide as it should be.
func (d *deck[T]) line(stands stance, draw func(*screen.Line)) string {
	var b screen.Line
	if stands.at {
		b.On(pick(stands.focused, d.scene.th.Cursor, d.scene.th.CursorIdle))
	}
	draw(&b)
	b.To(stands.width)
	if b.Width() > stands.width {
		return screen.Fit(b.String(), stands.width)
	}
	return b.String()
}

func (d *deck[T]) drawHead(b *screen.Line, cols []placed[T]) {
	b.Gap(lead)
	for i, c := range cols {
		if i > 0 {
			b.Gap(1)
		}
		head, style := c.head, d.scene.th.Faint
		if c.index == d.sort && (d.sort > 0 || d.reversed || d.kind.unsorted) {
			head, style = head+pick(c.falls == d.reversed, "↑", "↓"), d.scene.th.Accent
		}
		if c.right {
			b.Add(style, screen.FitRight(head, c.width))
		} else {
			b.Add(style, screen.Fit(head, c.width))
		}
	}
}

func (d *deck[T]) drawHeading(b *screen.Line, l line[T], at, focused bool) {
	th := d.scene.th
	b.Gap(1 + 2*l.depth)
	sign := "▾"
	if l.head.folded {
		sign = "▸"
	}
	sty := th.Dim
	if at && focused {
		sty = th.Accent
	}
	b.Add(sty, sign)
	b.Gap(1)
	title := th.Strong
	if l.head.space {
		title = th.Dim
	}
	note := th.Dim
	if l.head.ready < l.head.total {
		note = th.Warn
	}
	if d.scene.old {
		title, note = th.Old, th.Old
	}
	b.Add(title, l.head.title)
	b.Gap(2)
	if l.head.note != "" {
		b.Add(th.Dim, l.head.note)
		b.Gap(1)
	}
	count := strconv.Itoa(l.head.total)
	if d.kind.ready != nil {
		count = strconv.Itoa(l.head.ready) + "/" + count
	}
	b.Add(note, count)
}

func (d *deck[T]) drawRow(b *screen.Line, l line[T], cols []placed[T], texts []string, stands stance) {
	th := d.scene.th
	level := d.kind.level(l.row)
	glyph := th.Level(level)
	if d.scene.old {
		glyph = th.Old
	}
	if stands.marked {
		b.Add(th.Accent, "✓")
	} else {
		b.Gap(1)
	}
	if stands.at && stands.focused {
		b.Add(th.Accent, "▌")
	} else {
		b.Gap(1)
	}
	indent := min(2*l.depth, cols[0].width-1)
	b.Gap(indent)
	b.Add(glyph, level.Glyph())
	b.Gap(1)
	for i, c := range cols {
		w := c.width
		if i == 0 {
			w -= indent
		} else {
			b.Gap(1)
		}
		style := th.Dim
		if c.style != nil {
			style = c.style(l.row, d.scene)
		}
		if d.scene.old {
			style = th.Old
		}
		text := texts[i]
		if c.cut != nil && screen.Width(text) > w {
			text = c.cut(text, w)
		}
		if c.right {
			text = screen.FitRight(text, w)
		} else {
			text = screen.Fit(text, w)
		}
		b.Add(style, text)
	}
	b.To(stands.width - markWidth + 1)
	switch stands.mark {
	case same:
		b.Add(pick(d.scene.old, th.Old, th.Accent), "◀")
	case stale:
		b.Add(pick(d.scene.old, th.Old, th.Warn), "≠")
	}
}

func pick[V any](first bool, a, b V) V {
	if first {
		return a
	}
	return b
}

// edge is what the part adds to the edge of a deck's frame.
type edge struct {
	old    string        // since when there are no news; empty: there are
	beside string        // the other deck, while the two take turns, styled
	lists  string        // the other lists of this deck, styled
	system string        // the key that shows system rows; empty: none does
	typing *screen.Input // the filter while it is typed; nil: it is not
}

// frame is the box around a deck, with its title and filter in the edge.
func (d *deck[T]) frame(focused bool, edge edge, width int) screen.Box {
	d.refresh()
	th, old, beside, typing := d.scene.th, edge.old, edge.beside, edge.typing
	b := screen.Box{Edge: th.Border}
	title := th.Dim
	if focused {
		b.Edge, title = th.BorderFocus, th.Strong
	}
	b.Title = title.Render(d.kind.noun)
	if d.rows != nil {
		b.Title += " " + th.Dim.Render(strconv.Itoa(d.count))
	}
	if d.passing.on() {
		b.Title = title.Render(d.kind.noun) + " " + th.Warn.Render(strconv.Itoa(d.count)+" of "+strconv.Itoa(len(d.rows)-d.hidden))
	}
	if n := len(d.marks); n > 0 {
		b.Title += th.Faint.Render(" · ") + th.Accent.Render(strconv.Itoa(n)+" marked")
	}
	if beside != "" && old == "" {
		b.Title += th.Faint.Render(" · ") + beside
	}
	if edge.lists != "" && old == "" && typing == nil && !d.passing.on() {
		b.Title += th.Faint.Render(" · ") + edge.lists
	}
	if old != "" {
		b.Title += " " + th.Warn.Render("▲ "+old)
	}
	switch {
	case typing != nil:
		b.Right = typing.View(max(min(width/3, 30), 8))
	case d.passing.on():
		b.Right = th.Key.Render("/") + th.Text.Render(screen.Cut(screen.Clean(d.passing.text), max(width/3, 6)))
	default:
		b.Right = th.Faint.Render("/filter")
	}
	if typing != nil && d.passing.bad != nil {
		b.Foot = th.Warn.Render("▲ not a regular expression yet")
		return b
	}
	if n := d.hidden + d.away; n > 0 {
		b.Foot = th.Faint.Render(strconv.Itoa(n) + " system rows hidden")
		if edge.system != "" {
			b.Foot += th.Faint.Render(" · ") + th.Key.Render(edge.system) + th.Faint.Render(" shows them")
		}
	}
	if n := len(d.lines); n > d.height && d.height > 0 {
		at := th.Faint.Render(strconv.Itoa(d.cursor+1) + "/" + strconv.Itoa(n))
		if b.Foot != "" {
			b.Foot += th.Faint.Render(" · ")
		}
		b.Foot += at
	}
	return b
}

// levelWord is a level's glyph in its colour.
func levelWord(th *theme.Theme, l theme.Level) string { return th.Level(l).Render(l.Glyph()) }
