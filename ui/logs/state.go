package logs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/ui/screen"
)

// State is what stands in the frame's upper edge, in at most room cells: what is
// typed, or the switches, each with a sign of its own. What matters least gives
// way first.
func (v *View) State(room int) string {
	if v.prompt != nil {
		width := max(min(v.width/2, 60), 8)
		if v.prompt.asking != askFile {
			width = max(min(v.width/3, 40), 8)
		}
		return v.prompt.input.View(min(width, max(room, 8)))
	}
	if v.set.ID == "" {
		return ""
	}
	th := v.ctx.Theme
	show := func(name string, on bool) string {
		if on {
			return th.Dim.Render(name + " ●")
		}
		return th.Faint.Render(name + " ○")
	}
	value := func(name, what string) string { return th.Faint.Render(name+" ") + th.Dim.Render(what) }
	type piece struct {
		text string
		rank int // what gives way first has the highest
	}
	var all []piece
	if v.choice.previous {
		all = append(all, piece{th.Warn.Render("previous instance"), 0})
	}
	if slices.ContainsFunc(v.states, func(s status) bool { return s.flood }) {
		all = append(all, piece{th.Warn.Render("newest lines only"), 0})
	}
	if n := v.living(); len(v.states) > 1 {
		all = append(all, piece{value("sources", n), 2})
	}
	all = append(all, piece{show("follow", v.follow), 0}, piece{show("wrap", v.wrap), 3})
	if v.times != timesNone {
		all = append(all, piece{value("times", [...]string{"", "clock", "full", "age"}[v.times]), 5})
	}
	if v.form != formCompact {
		all = append(all, piece{value("json", [...]string{"", "pretty", "raw"}[v.form]), 4})
	}
	name, what, _ := strings.Cut(spans[v.since].frame, " ")
	all = append(all, piece{value(name, what), 1})
	for drop := 5; drop >= 0; drop-- {
		line := ""
		for _, p := range all {
			if p.rank > drop {
				continue
			}
			if line != "" {
				line += "  "
			}
			line += p.text
		}
		if screen.Width(line) <= room {
			return line
		}
	}
	return ""
}

// living is how many sources there are, and how many of them are read.
func (v *View) living() string {
	n := 0
	for _, s := range v.states {
		if s.phase == live || s.phase == loading {
			n++
		}
	}
	if n == len(v.states) {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d of %d", n, len(v.states))
}

// Foot is what stands in the frame's lower edge: the filter, the search and its
// hits, and where one is.
func (v *View) Foot() string {
	th := v.ctx.Theme
	line := ""
	add := func(s string) {
		if line != "" {
			line += th.Faint.Render(" · ")
		}
		line += s
	}
	if !v.only.empty() || v.only.err != nil {
		_, all := v.count(v.lines.end())
		add(v.drawFinder("&", &v.only.matcher, grouped(all)+" lines"))
	}
	if !v.find.empty() || v.find.err != nil {
		add(v.drawFinder("/", &v.find.matcher, v.hits()))
	}
	if v.hidden > v.lines.first() {
		add(th.Dim.Render("cleared " + grouped(v.hidden-v.lines.first())))
	}
	if v.follow {
		return line
	}
	before, all := v.count(v.top.line)
	where := fmt.Sprintf("%s/%s", grouped(before+1), grouped(all))
	if v.lines.first() > 0 && before == 0 {
		where += ", older ones are gone"
	}
	add(th.Faint.Render(where))
	if v.unseen > 0 {
		add(th.Warn.Render(grouped(v.unseen) + " new ↓"))
	}
	if v.unkept > 0 {
		add(th.Warn.Render(grouped(v.unkept) + " not kept"))
	}
	return line
}

// hits is "3 of 17".
func (v *View) hits() string {
	first, all := v.found()
	switch {
	case all == 0 && v.scan:
		return "…"
	case all == 0:
		return "no match"
	case v.hit < 0:
		return grouped(all) + " hits"
	}
	return grouped(v.find.search(v.hit)-first+1) + " of " + grouped(all)
}

func (v *View) drawFinder(sign string, m *matcher, found string) string {
	th := v.ctx.Theme
	text := th.Dim.Render(sign + screen.Cut(screen.Clean(m.text), 30))
	switch {
	case m.err != nil:
		return text + " " + th.Bad.Render("is no regular expression")
	case found == "no match" || found == "0 lines":
		return text + " " + th.Warn.Render(found)
	}
	return text + " " + th.Dim.Render(found)
}
