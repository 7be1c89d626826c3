package screen

import "github.com/twindeck/twindeck/ui/keys"

// Item is a part of a List: one line or several.
type Item struct {
	ID    string // stable while what it stands for is there
	Apart bool   // an empty line stands before it
	Lines func(selected bool) []string
}

// List shows items of different heights, one of them selected, and scrolls.
// The items are handed in anew each time: the list keeps only where one is.
type List struct {
	Cursor string // ID of the selected item; when it is gone, the first is selected
	top    int    // first line shown
}

// At is the index of the selected item; 0 when there are none.
func (l *List) At(items []Item) int {
	for i := range items {
		if items[i].ID == l.Cursor {
			return i
		}
	}
	return 0
}

// Key moves the cursor; an item higher than the list is scrolled through line
// by line before the cursor leaves it. moved is false for an action that is no
// move.
func (l *List) Key(a keys.Action, items []Item, height int) (moved bool) {
	i := l.At(items)
	first, end := l.span(items)
	switch {
	case a == keys.Down && end > l.top+height && first <= l.top:
		l.top++
		return true
	case a == keys.Up && first < l.top && end >= l.top:
		l.top--
		return true
	}
	switch a {
	case keys.Up:
		i--
	case keys.Down:
		i++
	case keys.Top:
		i = 0
	case keys.Bottom:
		i = len(items) - 1
	case keys.PageUp:
		i -= max(1, height/2)
	case keys.PageDown:
		i += max(1, height/2)
	default:
		return false
	}
	if len(items) > 0 {
		l.Cursor = items[min(max(i, 0), len(items)-1)].ID
	}
	l.Reveal(items, height)
	return true
}

// span is the first line of the selected item and the line after its last.
func (l *List) span(items []Item) (first, end int) {
	at := l.At(items)
	for i, it := range items {
		if it.Apart {
			first++
		}
		n := len(it.Lines(i == at))
		if i == at {
			return first, first + n
		}
		first += n
	}
	return 0, 0
}

// Reveal scrolls as little as it takes to show all of the selected item, or
// its beginning if it is higher than the list.
func (l *List) Reveal(items []Item, height int) {
	first, end := l.span(items)
	l.top = max(l.top, end-height)
	l.top = max(min(l.top, first), 0)
	if l.At(items) == 0 {
		l.top = 0
	}
}

// View draws what can be seen in height lines.
func (l *List) View(items []Item, height int) []string {
	var lines []string
	at := l.At(items)
	for i, it := range items {
		if it.Apart {
			lines = append(lines, "")
		}
		lines = append(lines, it.Lines(i == at)...)
	}
	l.top = min(l.top, max(0, len(lines)-height))
	return lines[l.top:min(len(lines), l.top+height)]
}

// Click selects the item drawn at line y; again tells that it was selected
// before, and hit that there is one.
func (l *List) Click(items []Item, y int) (again, hit bool) {
	line := -l.top
	for i, it := range items {
		if it.Apart {
			line++
		}
		n := len(it.Lines(i == l.At(items)))
		if y >= line && y < line+n {
			again = i == l.At(items)
			l.Cursor = it.ID
			return again, true
		}
		line += n
	}
	return false, false
}
