package logs

import (
	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/screen"
)

// asking is what a prompt is for.
type asking int

const (
	askSearch asking = iota
	askFilter
	askFile
)

// prompt is a line being typed.
type prompt struct {
	asking asking
	input  screen.Input
}

// ask opens a prompt.
func (v *View) ask(a asking, sign, value string) {
	v.prompt = &prompt{a, screen.NewInput(v.ctx.Theme, sign, value)}
}

// Typing tells that keys are read as text.
func (v *View) Typing() bool { return v.prompt != nil }

// typeKey edits the prompt; what is looked for follows each letter.
func (v *View) typeKey(msg tea.KeyPressMsg) tea.Cmd {
	p := v.prompt
	switch msg.String() {
	case "esc":
		v.prompt = nil
		switch p.asking {
		case askSearch:
			return v.search("")
		case askFilter:
			return v.filter("")
		}
		return nil
	case "enter":
		v.prompt = nil
		switch p.asking {
		case askSearch:
			v.jump = !v.find.empty()
			return v.lookBack()
		case askFile:
			return v.save(p.input.Value())
		}
		return nil
	}
	p.input.Update(msg)
	return v.typed()
}

// typed takes what the prompt holds now.
func (v *View) typed() tea.Cmd {
	switch v.prompt.asking {
	case askSearch:
		return v.search(v.prompt.input.Value())
	case askFilter:
		return v.filter(v.prompt.input.Value())
	}
	return nil
}

// search looks for a text in the lines that are seen.
func (v *View) search(text string) tea.Cmd {
	v.find.matcher = parseMatcher(text, false)
	v.hit, v.jump = -1, false
	v.find.reset(v.lines.end())
	return v.lookBack()
}

// filter shows only the lines that have a text. A search looks through those.
func (v *View) filter(text string) tea.Cmd {
	v.only.matcher = parseMatcher(text, true)
	v.only.reset(v.lines.end())
	v.follow = true
	return v.search(v.find.text)
}

// reform looks anew, after lines changed how they are shown.
func (v *View) reform() tea.Cmd {
	v.only.reset(v.lines.end())
	return v.search(v.find.text)
}

// lookBack looks through the next part of what came before, and asks for more.
func (v *View) lookBack() tea.Cmd {
	first := v.lines.first()
	done := v.only.empty() || v.only.back(first, func(n int) (bool, int) { e := v.lines.line(n); return v.shows(e), len(e.text) })
	if !v.find.empty() {
		done = v.find.back(first, func(n int) (bool, int) {
			e := v.lines.line(n)
			return v.shows(e) && v.finds(e), len(e.text)
		}) && done
	}
	if first, all := v.found(); v.jump && all > 0 {
		v.jump = false
		v.goTo(v.find.at(first + all - 1))
	}
	if done {
		v.jump = false
		return nil
	}
	if v.scan {
		return nil
	}
	v.scan = true
	return screen.Send(looked{v.turn})
}

// goTo stands on a hit.
func (v *View) goTo(n int) {
	v.hit = n
	v.reveal(n)
}

// found is where the hits begin among those of find that are not cleared away,
// and how many there are.
func (v *View) found() (first, all int) {
	first = v.find.search(v.floor())
	return first, v.find.len() - first
}

// step goes to the next hit, or with -1 the one before, and round at the ends.
func (v *View) step(by int) {
	first, all := v.found()
	if all == 0 {
		return
	}
	at := v.hit
	if at < 0 {
		at = v.top.line
		if by > 0 {
			at--
		}
	}
	i := max(v.find.search(at)-first, 0)
	switch {
	case by < 0:
		i--
	case i < all && v.find.at(first+i) == at:
		i++
	}
	v.goTo(v.find.at(first + (i+all)%all))
}
