package logs

import (
	"fmt"
	"strings"
	"time"

	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// times is how the time of a line is shown.
type times int

const (
	timesNone times = iota
	timesClock
	timesFull
	timesAge
)

const (
	fullForm = "2006-01-02 15:04:05.000"
	ageWidth = 4
)

// stampWidth is how many cells the time takes, the gap behind it included.
func (v *View) stampWidth() int {
	switch v.times {
	case timesClock:
		return len(clockForm) + 1
	case timesFull:
		return len(fullForm) + 1
	case timesAge:
		return ageWidth + 1
	}
	return 0
}

// nameRoom is how many cells the sources' names take, the gap behind them
// included; none for a single source.
func (v *View) nameRoom() int {
	if len(v.states) < 2 {
		return 0
	}
	room := 0
	for _, s := range v.states {
		room = max(room, screen.Width(s.name))
	}
	return min(room, max(v.width/4, 6)) + 1
}

func (v *View) textWidth() int { return max(v.width-v.stampWidth()-v.nameRoom(), 1) }

// room is how many rows there are for lines.
func (v *View) room() int { return max(v.height-len(v.tail()), 0) }

// View draws what is seen, or what there is to say in its place, in at most the
// height that was set.
func (v *View) View() []string {
	if v.lines.end() == v.floor() || v.blank() {
		return v.drawNothing()
	}
	tail := v.tail()
	height := max(v.height-len(tail), 0)
	v.settle(height)
	out := make([]string, 0, v.height)
	skip := v.top.row
	for n, ok := v.next(v.top.line - 1); ok && len(out) < height; n, ok = v.next(n) {
		out = v.drawLine(out, n, skip, height)
		skip = 0
	}
	return append(out, tail...)
}

// blank tells that the filter lets nothing through.
func (v *View) blank() bool {
	_, ok := v.next(v.floor() - 1)
	return !ok
}

// drawLine appends the rows of a line, from skip on, up to height rows in all.
func (v *View) drawLine(out []string, n, skip, height int) []string {
	e, l := v.lines.line(n), v.laid(n)
	if e.kind == ruled {
		return append(out, v.drawMark(e))
	}
	var hits [][2]int
	if !v.find.empty() && e.kind == written {
		hits = v.find.hits(l.text)
	}
	for i := skip; i < len(l.rows) && len(out) < height; i++ {
		out = append(out, v.drawLead(e, i == 0)+v.paint(&l, l.rows[i], hits, n == v.hit))
	}
	return out
}

func (v *View) drawMark(e entry) string {
	word := "── mark " + time.Unix(0, e.at).Local().Format(clockForm) + " "
	return v.ctx.Theme.Accent.Render(screen.Cut(word+strings.Repeat("─", max(v.width-screen.Width(word), 0)), v.width))
}

// drawLead is the time and the name of the source, before a line's first row;
// blank before the others.
func (v *View) drawLead(e entry, first bool) string {
	th := v.ctx.Theme
	stamp, room := v.stampWidth(), v.nameRoom()
	if !first {
		return screen.Blank(stamp + room)
	}
	lead := screen.Blank(stamp)
	if stamp > 0 && e.at != 0 {
		lead = th.Faint.Render(screen.Fit(v.stamp(time.Unix(0, e.at)), stamp-1)) + " "
	}
	if room > 0 {
		name, colour := "", 0
		if int(e.source) < len(v.states) {
			name, colour = v.states[e.source].name, v.states[e.source].colour
		}
		lead += th.Sources[colour%len(th.Sources)].Render(screen.Fit(screen.CutMiddle(name, room-1), room-1)) + " "
	}
	return lead
}

func (v *View) stamp(at time.Time) string {
	switch v.times {
	case timesClock:
		return at.Local().Format(clockForm)
	case timesFull:
		return at.Local().Format(fullForm)
	}
	return screen.FitRight(screen.Age(v.ctx.Now(), at), ageWidth)
}

// paint styles a row: its parts, and over them what is searched for.
func (v *View) paint(l *laid, r row, hits [][2]int, current bool) string {
	th := v.ctx.Theme
	var b strings.Builder
	if r.before {
		b.WriteString(th.Faint.Render("…"))
	}
	match := th.Match
	if current {
		match = match.Bold().Underline()
	}
	for at := r.from; at < r.to; {
		end, s := r.to, plain
		for _, p := range l.parts {
			if p.end > at {
				end, s = min(end, p.end), p.style
				break
			}
		}
		look := v.style(s, l.level)
		for _, h := range hits {
			if h[1] <= at {
				continue
			}
			if h[0] <= at {
				end, look = min(end, h[1]), match.Over(look)
			} else {
				end = min(end, h[0])
			}
			break
		}
		b.WriteString(look.Render(l.text[at:end]))
		at = end
	}
	if r.after {
		b.WriteString(th.Faint.Render("…"))
	}
	return b.String()
}

// style is how a part of a line of some level is drawn.
func (v *View) style(s style, l level) theme.Style {
	th := v.ctx.Theme
	switch s {
	case faint:
		return th.Dim
	case named:
		return th.Dim
	}
	switch l {
	case failing:
		return pick(s == leveled, th.Bad.Bold(), th.Bad)
	case warning:
		return pick(s == leveled, th.Warn.Bold(), th.Warn)
	case informing:
		return pick(s == leveled, th.Good, th.Text)
	case debugging:
		return th.Dim
	}
	return th.Text
}

func pick(first bool, a, b theme.Style) theme.Style {
	if first {
		return a
	}
	return b
}

// tail is what is said below the last line: which sources are not read, and
// why; or that nothing more comes.
func (v *View) tail() []string {
	if !v.loaded {
		return nil
	}
	th := v.ctx.Theme
	var out []string
	resting, words := true, ""
	most := max(min(v.height/3, 4), 1)
	more := 0
	for _, s := range v.states {
		resting = resting && s.phase.resting()
		if s.phase == ended {
			words = s.words
		}
		if s.words == "" || s.phase == ended || s.phase == live {
			continue
		}
		if len(out) == most {
			more++
			continue
		}
		l := s.phase.level()
		text := s.words
		if len(v.states) > 1 {
			text = s.name + ": " + text
		}
		out = append(out, th.Level(l).Render(l.Glyph()+" ")+th.Dim.Render(screen.Cut(text, v.width-2)))
	}
	if more > 0 {
		out[most-1] = th.Dim.Render(screen.Cut(fmt.Sprintf("… and %d more are not read", more+1), v.width))
	}
	if v.left > 0 {
		out = append(out, th.Warn.Render(screen.Cut(fmt.Sprintf("▲ %d sources are followed at most: %d are left out", maxSources, v.left), v.width)))
	}
	if len(out) == 0 && resting && len(v.states) > 0 {
		end := "— end of the log"
		if len(v.states) == 1 && words != "" {
			end += ": " + words
		}
		out = append(out, th.Faint.Render(screen.Cut(end, v.width)))
	}
	return out
}

// level is how a phase stands.
func (p phase) level() theme.Level {
	switch p {
	case lost:
		return theme.Attention
	case failed:
		return theme.Broken
	case waiting, loading:
		return theme.Starting
	case ended:
		return theme.Idle
	}
	return theme.Good
}

// drawNothing says why there are no lines.
func (v *View) drawNothing() []string {
	th := v.ctx.Theme
	switch {
	case !v.loaded || v.states == nil && v.left == 0:
		return []string{th.Faint.Render("…")}
	case v.hidden > v.lines.first():
		return append([]string{th.Faint.Render(screen.Cut("Cleared. New lines come here; D brings the others back.", v.width))}, v.tail()...)
	case !v.only.empty():
		text := "No line has " + screen.Clean(v.only.text)
		if v.only.negate {
			text = "Every line has " + screen.Clean(strings.TrimPrefix(v.only.text, "!"))
		}
		if v.scan {
			text = "Looking through the lines…"
		}
		return append([]string{th.Faint.Render(screen.Cut(text, v.width))}, v.tail()...)
	}
	var out []string
	for _, s := range v.states {
		if s.words == "" || s.phase == ended || s.phase == live || len(out) >= v.height {
			continue
		}
		out = append(out, v.drawTrouble(s)...)
	}
	if len(out) > 0 {
		return out[:min(len(out), max(v.height, 1))]
	}
	for _, s := range v.states {
		if s.phase == loading {
			return []string{th.Faint.Render("…")}
		}
	}
	return append([]string{th.Faint.Render("Nothing written yet.")}, v.tail()...)
}

// drawTrouble explains a source that cannot be read, in as many rows as it takes.
func (v *View) drawTrouble(s status) []string {
	th, l := v.ctx.Theme, s.phase.level()
	var out []string
	name := ""
	if len(v.states) > 1 {
		name = s.name + ": "
	}
	for i, text := range screen.WrapText(name+s.words, max(v.width-2, 1)) {
		sign := "  "
		if i == 0 {
			sign = th.Level(l).Render(l.Glyph() + " ")
		}
		out = append(out, sign+th.Text.Render(text))
	}
	if s.do != "" {
		for _, text := range screen.WrapText(s.do, max(v.width-2, 1)) {
			out = append(out, "  "+th.Dim.Render(text))
		}
	}
	return out
}
