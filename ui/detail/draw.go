package detail

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/twindeck/twindeck/ui/screen"
)

// View draws the frame and what is in it.
func (d *Detail) View(focused bool) []string {
	th := d.ctx.Theme
	box := screen.Box{Color: th.Border, Title: d.drawTabs(focused), Right: d.drawState(), Foot: d.drawFoot()}
	if focused {
		box.Color = th.BorderFocus
	}
	if d.typing != nil {
		box.Right = d.typing.View(max(min(d.width/3, 40), 8))
	}
	w, h := d.inner()
	lines := d.drawPage(w, h)
	for i := range lines {
		lines[i] = " " + lines[i]
	}
	return box.Draw(lines, d.width, d.height)
}

func (d *Detail) drawTabs(focused bool) string {
	th := d.ctx.Theme
	if d.subject.title == "" {
		return ""
	}
	if d.subject.id == "" {
		return th.Dim.Render(screen.Cut(d.subject.title, max(d.width/2, 8)))
	}
	title := th.Dim
	active := th.Text
	if focused {
		title, active = th.Strong, th.Accent
	}
	parts := make([]string, 0, 4)
	for _, t := range d.subject.tabs {
		style := th.Faint
		switch {
		case t.name == d.tab:
			style = active.Underline(true)
		case t.ails:
			style = th.Warn
		}
		parts = append(parts, style.Render(t.label()))
	}
	return title.Render(d.shownTitle()) + th.Faint.Render(" · ") + strings.Join(parts, "  ")
}

// shownTitle is as much of the title as leaves room for the tabs.
func (d *Detail) shownTitle() string {
	const frame, dot = 6, 3
	room := d.width - frame - dot
	for _, t := range d.subject.tabs {
		room -= screen.Width(t.label()) + 2
	}
	return screen.CutMiddle(d.subject.title, max(min(room, d.width/2), 12))
}

// drawState shows the switches of a log, each with a sign of its own.
func (d *Detail) drawState() string {
	th := d.ctx.Theme
	show := func(name string, on bool) string {
		if on {
			return th.Dim.Render(name + " ●")
		}
		return th.Faint.Render(name + " ○")
	}
	switch {
	case d.subject.id == "":
		return ""
	case d.tab == Why:
		return ""
	case d.tab != Logs:
		return show("wrap", d.view.wrap)
	}
	return show("follow", d.view.follow) + " " + show("wrap", d.view.wrap) + " " + show("times", d.view.times)
}

func (d *Detail) drawFoot() string {
	th := d.ctx.Theme
	switch {
	case d.noMatch:
		return th.Warn.Render("no match for " + screen.Clean(d.find))
	case d.find != "":
		return th.Dim.Render("/" + screen.Clean(d.find))
	}
	p := d.page()
	_, h := d.inner()
	if d.view.follow || p.end()-p.first() <= h {
		return ""
	}
	return th.Faint.Render(fmt.Sprintf("%d/%d", d.view.top-p.first()+1, p.end()-p.first()))
}

// drawPage draws the lines seen, or what there is to say in their place.
func (d *Detail) drawPage(width, height int) []string {
	th := d.ctx.Theme
	if d.tab == Why && d.card != nil {
		d.card.lay(d.ctx, width)
	}
	p := d.page()
	if p.end() == p.first() || d.err != nil && d.tab != Logs {
		return d.drawNothing(width)
	}
	tail := d.drawEnd(width)
	height = max(height-len(tail), 0)
	d.view.settle(p, width, height)
	out := make([]string, 0, height)
	for n := d.view.top; n < p.end() && len(out) < height; n++ {
		if c, ok := p.(*card); ok && d.find == "" {
			out = append(out, c.rows[n].drawn)
			continue
		}
		out = d.drawLine(out, n, p.line(n), width)
	}
	if d.view.follow && len(out) > height {
		out = out[len(out)-height:]
	}
	if len(out) > height {
		out = out[:height]
	}
	for i, l := range tail {
		tail[i] = th.Faint.Render(l)
	}
	return append(out, tail...)
}

// drawEnd says below a log that nothing more comes, and why.
func (d *Detail) drawEnd(width int) []string {
	if d.tab != Logs || !d.ended {
		return nil
	}
	if d.err != nil {
		return []string{screen.Cut("— the log broke off: "+screen.Clean(d.err.Error()), width)}
	}
	return []string{"— end of the log"}
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
	case d.tab == Logs:
		return []string{th.Faint.Render("Nothing written yet.")}
	}
	return []string{th.Faint.Render("Empty.")}
}

// drawLine appends the rows of a line.
func (d *Detail) drawLine(out []string, n int, e entry, width int) []string {
	th := d.ctx.Theme
	stamp := ""
	if d.view.times {
		stamp = screen.Blank(stampWidth)
		if !e.at.IsZero() {
			stamp = th.Faint.Render(e.at.Local().Format("15:04:05")) + " "
		}
		width -= stampWidth
	}
	rows := []string{screen.Cut(e.text, width)}
	if d.view.wrap {
		rows = screen.HardWrap(e.text, width)
	}
	for i, r := range rows {
		if i > 0 && stamp != "" {
			stamp = screen.Blank(stampWidth)
		}
		out = append(out, stamp+d.paint(r, n == d.view.match && d.find != ""))
	}
	return out
}

// paint styles a row: what is searched for stands out, and in describe and
// YAML the names step back behind the values.
func (d *Detail) paint(row string, current bool) string {
	th := d.ctx.Theme
	if d.find != "" {
		return highlight(row, d.find, th.Text, pickStyle(current, th.Match.Bold(true), th.Match))
	}
	if d.tab != Logs && d.tab != Events && d.tab != Why {
		if name, value, ok := splitField(row); ok {
			return th.Dim.Render(name) + value
		}
	}
	return row
}

func pickStyle(first bool, a, b lipgloss.Style) lipgloss.Style {
	if first {
		return a
	}
	return b
}

// highlight renders row with every occurrence of what (lower case) marked.
func highlight(row, what string, plain, hit lipgloss.Style) string {
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
