package logs

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// columnStep is how far one key scrolls to the side, in cells.
const columnStep = 20

// Key acts on a key while the log has the focus.
func (v *View) Key(a keys.Action, msg tea.KeyPressMsg) (tea.Cmd, bool) {
	if v.prompt != nil {
		return v.typeKey(msg), true
	}
	if v.move(a) {
		return nil, true
	}
	switch a {
	case keys.Filter:
		v.ask(askSearch, "/", v.find.text)
	case keys.Only:
		v.ask(askFilter, "&", v.only.text)
	case keys.NextMatch:
		v.step(1)
	case keys.PrevMatch:
		v.step(-1)
	case keys.JSON:
		v.form = (v.form + 1) % (formRaw + 1)
		clear(v.unfolded)
		return v.reform(), true
	case keys.Open:
		v.unfold()
	case keys.Since:
		return v.chooseSince(), true
	case keys.Containers:
		return v.chooseContainers(), true
	case keys.Previous:
		return v.togglePrevious(), true
	case keys.Copy:
		return v.copyPart(), true
	case keys.CopyAll:
		return v.copyLines("all", v.floor()), true
	case keys.Save:
		if v.lines.end() == v.floor() {
			return screen.Send(screen.Notify{Text: "There is nothing to save yet"}), true
		}
		v.ask(askFile, "save to: ", v.fileName())
	case keys.Back:
		return v.back()
	default:
		return nil, false
	}
	return nil, true
}

// move acts on keys that only change what is seen.
func (v *View) move(a keys.Action) bool {
	switch a {
	case keys.Up:
		v.Scroll(-1)
	case keys.Down:
		v.Scroll(1)
	case keys.PageUp:
		v.Scroll(min(1-v.room(), -1))
	case keys.PageDown:
		v.Scroll(max(v.room()-1, 1))
	case keys.Top:
		v.toStart()
	case keys.Bottom:
		v.follow = true
	case keys.Follow:
		v.settle(v.room())
		v.follow = !v.follow
	case keys.Wrap:
		v.wrap, v.column = !v.wrap, 0
	case keys.ScrollLeft:
		v.column = max(v.column-columnStep, 0)
	case keys.ScrollOn:
		if !v.wrap && v.longer() {
			v.column += columnStep
		}
	case keys.Timestamps:
		v.times = (v.times + 1) % (timesAge + 1)
	case keys.PutMark:
		v.mark()
	case keys.Clear:
		v.cover()
	case keys.Uncover:
		v.uncover()
	default:
		return false
	}
	return true
}

// back takes away the search, then the filter; false when there is neither.
func (v *View) back() (tea.Cmd, bool) {
	switch {
	case !v.find.empty() || v.find.err != nil:
		return v.search(""), true
	case !v.only.empty() || v.only.err != nil:
		return v.filter(""), true
	}
	return nil, false
}

// longer reports whether a line that is seen goes on to the right.
func (v *View) longer() bool {
	height := v.room()
	for n, ok := v.next(v.top.line - 1); ok && height > 0; n, ok = v.next(n) {
		for _, r := range v.laid(n).rows {
			if r.after {
				return true
			}
			height--
		}
	}
	return false
}

// mark puts a ruled line with the time below the last line.
func (v *View) mark() {
	v.add(entry{at: v.ctx.Now().UnixNano(), kind: ruled})
	v.marked = v.lines.end()
	v.forget()
}

// cover clears the lines away; they are kept.
func (v *View) cover() { v.hidden, v.hit, v.follow = v.lines.end(), -1, true }

// uncover brings back what was cleared away; without that, it clears.
func (v *View) uncover() {
	if v.hidden <= v.lines.first() {
		v.cover()
		return
	}
	v.hidden, v.follow = 0, true
}

// unfold shows one JSON line the other way: the match that is stood on, else
// the last one seen.
func (v *View) unfold() {
	if v.hit >= 0 {
		v.unfoldLine(v.hit)
		return
	}
	seen := v.seen()
	for _, n := range slices.Backward(seen) {
		if v.unfoldLine(n) {
			return
		}
	}
}

// unfoldLine reports whether the line is JSON.
func (v *View) unfoldLine(n int) bool {
	if n < v.lines.first() || n >= v.lines.end() {
		return false
	}
	if _, ok := fieldsOf(v.lines.line(n).text); !ok {
		return false
	}
	v.unfolded[n] = !v.unfolded[n]
	delete(v.cache.lines, n)
	if !v.follow {
		v.settle(v.room())
	}
	return true
}

// seen are the numbers of the lines on the screen, in order.
func (v *View) seen() (out []int) {
	height := v.room()
	v.settle(height)
	height += v.top.row
	for n, ok := v.next(v.top.line - 1); ok && height > 0; n, ok = v.next(n) {
		out = append(out, n)
		height -= len(v.laid(n).rows)
	}
	return out
}

// Click unfolds the JSON line in a row, counted from the upper edge.
func (v *View) Click(y int) {
	height := v.room()
	v.settle(height)
	y += v.top.row
	for n, ok := v.next(v.top.line - 1); ok && y >= 0; n, ok = v.next(n) {
		if y -= len(v.laid(n).rows); y < 0 {
			v.unfoldLine(n)
		}
	}
}

// togglePrevious shows the instance before this one, or this one again.
func (v *View) togglePrevious() tea.Cmd {
	if !slices.ContainsFunc(v.set.Targets, func(t Target) bool { return t.pod != nil }) {
		return screen.Send(screen.Notify{Text: "Docker keeps one log through all restarts: what came before is further up"})
	}
	v.choice.previous = !v.choice.previous
	return v.restart(0)
}

// copyPart copies what came since the last mark, else what is seen.
func (v *View) copyPart() tea.Cmd {
	if v.marked > 0 && v.marked-1 >= v.floor() {
		return v.copyLines("since the mark", v.marked)
	}
	seen := v.seen()
	slices.Reverse(seen)
	return v.copyThese("seen", slices.Values(seen))
}

// copyLines copies the lines from a line on.
func (v *View) copyLines(which string, from int) tea.Cmd {
	return v.copyThese(which, func(yield func(int) bool) {
		for n, ok := v.prev(v.lines.end()); ok && n >= from && yield(n); n, ok = v.prev(n) {
		}
	})
}

// copyThese copies lines, which come newest first, as many as there may be.
func (v *View) copyThese(which string, newest iter.Seq[int]) tea.Cmd {
	var lines []string
	size := 0
	for n := range newest {
		var b strings.Builder
		v.write(&b, v.lines.line(n))
		if size += b.Len(); size > screen.CopyLimit {
			which = "the newest, as many as a terminal takes"
			break
		}
		lines = append(lines, b.String())
	}
	if len(lines) == 0 {
		return screen.Send(screen.Notify{Text: "There is nothing to copy yet"})
	}
	slices.Reverse(lines)
	return screen.Send(screen.CopyText{Text: strings.Join(lines, ""), What: fmt.Sprintf("%s lines of the log (%s)", grouped(len(lines)), which)})
}
