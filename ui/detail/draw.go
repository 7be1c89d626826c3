package detail

import (
	"fmt"
	"strings"

	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// View draws the frame and what is in it.
func (d *Detail) View(focused bool) []string {
	th := d.ctx.Theme
	w, h := d.inner()
	var lines []string
	box := screen.Box{Edge: th.Border, Title: d.drawTabs(focused)}
	if d.tab == Logs && d.subject.id != "" {
		lines = d.logs.View()
		box.Right, box.Foot = d.logs.State(d.width-screen.Width(box.Title)-8), d.logs.Foot()
	} else {
		lines = d.drawPage(w, h)
		box.Right, box.Foot = d.drawState(), d.drawFoot()
	}
	if focused {
		box.Edge = th.BorderFocus
	}
	if d.typing != nil {
		box.Right = d.typing.View(max(min(d.width/3, 40), 8))
	}
	for i := range lines {
		lines[i] = " " + lines[i]
	}
	return box.Draw(lines, d.width, d.height)
}

// goneNote stands behind the name of a row that is no longer there.
const goneNote = " gone"

func (d *Detail) drawTabs(focused bool) string {
	th := d.ctx.Theme
	if d.subject.title == "" {
		return ""
	}
	if d.subject.id == "" {
		return th.Dim.Render(screen.Cut(d.subject.title, max(d.width/2, 8)))
	}
	active := th.Text
	if focused {
		active = th.Accent
	}
	parts := make([]string, 0, 4)
	for _, t := range d.subject.tabs {
		style := th.Faint
		switch {
		case t.name == d.tab:
			style = active.Underline()
		case t.ill(d.ctx.Now()):
			style = th.Warn
		}
		parts = append(parts, style.Render(t.label(d.ctx.Now())))
	}
	return d.drawName(focused) + th.Faint.Render(dot) + strings.Join(parts, "  ")
}

// dot stands between the name and the tabs.
const dot = " · "

// drawName is as much of the title as there is room for.
func (d *Detail) drawName(focused bool) string {
	th := d.ctx.Theme
	name := th.Dim.Render(d.shownTitle())
	if focused {
		name = th.Strong.Render(d.shownTitle())
	}
	if d.gone {
		name += th.Warn.Render(goneNote)
	}
	return name
}

// shownTitle is as much of the title as leaves room for the tabs.
func (d *Detail) shownTitle() string {
	const frame = 6
	room := d.width - frame - screen.Width(dot)
	if d.gone {
		room -= len(goneNote)
	}
	for _, t := range d.subject.tabs {
		room -= screen.Width(t.label(d.ctx.Now())) + 2
	}
	return screen.CutMiddle(d.subject.title, max(min(room, d.width/2), 12))
}

// drawState shows the switches of a text, each with a sign of its own.
func (d *Detail) drawState() string {
	th := d.ctx.Theme
	switch {
	case d.subject.id == "":
		return ""
	case d.tab == Why:
		return ""
	case d.view.wrap:
		return th.Dim.Render("wrap ●")
	}
	return th.Faint.Render("wrap ○")
}

func (d *Detail) drawFoot() string {
	th := d.ctx.Theme
	switch {
	case d.noMatch:
		return th.Warn.Render("no match for " + screen.Clean(d.find))
	case d.find != "":
		return th.Dim.Render("/" + screen.Clean(d.find))
	}
	if _, h := d.inner(); len(d.text) <= h {
		return ""
	}
	return th.Faint.Render(fmt.Sprintf("%d/%d", d.view.top+1, len(d.text)))
}

// drawPage draws the lines seen, or what there is to say in their place.
func (d *Detail) drawPage(width, height int) []string {
	if d.tab == Why && d.card != nil {
		d.text = d.card.lay(d.ctx, width)
	}
	if len(d.text) == 0 || d.err != nil {
		return d.drawNothing(width)
	}
	d.view.scroll(d.text, 0, width, height)
	out := make([]string, 0, height)
	for n := d.view.top; n < len(d.text) && len(out) < height; n++ {
		if d.card != nil && d.find == "" {
			out = append(out, d.card.rows[n].drawn)
			continue
		}
		out = d.drawLine(out, n, width)
	}
	return out[:min(len(out), height)]
}

func (d *Detail) drawNothing(width int) []string {
	th := d.ctx.Theme
	switch {
	case d.subject.title == "":
		return []string{th.Faint.Render("Logs, events and YAML of the selected row are shown here.")}
	case d.subject.id == "":
		return []string{th.Dim.Render(d.subject.note)}
	case d.err != nil:
		lines := []string{th.Warn.Render("▲ " + strings.ToLower(string(d.tab)) + " cannot be shown")}
		for _, l := range screen.WrapText(screen.Clean(d.err.Error()), width-2) {
			lines = append(lines, "  "+th.Dim.Render(l))
		}
		return lines
	case !d.loaded:
		return []string{th.Faint.Render("…")}
	}
	return []string{th.Faint.Render("Empty.")}
}

// drawLine appends the rows of a line.
func (d *Detail) drawLine(out []string, n, width int) []string {
	rows := []string{screen.Cut(d.text[n], width)}
	if d.view.wrap {
		rows = screen.HardWrap(d.text[n], width)
	}
	for _, r := range rows {
		out = append(out, d.paint(r, n == d.view.match && d.find != ""))
	}
	return out
}

// paint styles a row: what is searched for stands out, and in describe and
// YAML the names step back behind the values.
func (d *Detail) paint(row string, current bool) string {
	th := d.ctx.Theme
	if d.find != "" {
		return highlight(row, d.find, th.Text, pickStyle(current, th.Match.Bold(), th.Match))
	}
	if d.tab != Events && d.tab != Why {
		if name, value, ok := splitField(row); ok {
			return th.Dim.Render(name) + value
		}
	}
	return row
}

func pickStyle(first bool, a, b theme.Style) theme.Style {
	if first {
		return a
	}
	return b
}

// highlight renders row with every occurrence of what (lower case) marked.
func highlight(row, what string, plain, hit theme.Style) string {
	lower := strings.ToLower(row)
	if len(lower) != len(row) { // a letter whose lower case has another length
		return plain.Render(row)
	}
	var b strings.Builder
	for {
		i := strings.Index(lower, what)
		if i < 0 {
			b.WriteString(row)
			return b.String()
		}
		b.WriteString(row[:i])
		b.WriteString(hit.Render(row[i : i+len(what)]))
		row, lower = row[i+len(what):], lower[i+len(what):]
	}
}

// splitField cuts "  name: value" after the colon.
func splitField(row string) (name, value string, ok bool) {
	i := strings.IndexByte(row, ':')
	if i < 1 || i+1 < len(row) && row[i+1] != ' ' {
		return "", row, false
	}
	return row[:i+1], row[i+1:], true
}
