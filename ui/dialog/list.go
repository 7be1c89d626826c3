package dialog

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// Item is a line of a List.
type Item struct {
	ID     string      // what OnKey is told
	Text   string      // found by typing
	Note   string      // at the right, second rank
	Also   string      // another word for it: what begins like that comes first; not shown
	Sign   string      // before the text; may be empty
	Style  theme.Style // of the sign
	Header bool        // a heading: cannot be chosen
}

// List lets a person choose among items, or just look at them.
type List struct {
	ctx    *screen.Context
	title  string
	empty  func() string
	hints  string // styled, in the lower edge
	items  func() []Item
	exact  func(typed string) (Item, bool)
	onKey  func(key string, it Item, typed string) (cmd tea.Cmd, done, handled bool)
	input  *screen.Input // nil: keys are not typed
	start  func() string // nil once a key was pressed
	cursor int
	top    int
	rows   int
	shown  []Item
}

// ListOptions make a List.
type ListOptions struct {
	Title string
	Empty func() string // said when there are no items
	Keys  [][2]string   // key and word, for the lower edge
	Find  bool          // typing narrows the list down
	Start func() string // ID of the item the cursor is on until a key is pressed; may be nil
	Items func() []Item
	// Exact is the item that what was typed means word for word, among the items or
	// not; it comes first. May be nil.
	Exact func(typed string) (Item, bool)
	// OnKey acts on a key with the chosen item (zero if there is none) and
	// what was typed so far.
	OnKey func(key string, it Item, typed string) (cmd tea.Cmd, done, handled bool)
}

// NewList returns a list.
func NewList(ctx *screen.Context, o ListOptions) *List {
	l := &List{ctx: ctx, title: o.Title, empty: o.Empty, items: o.Items, exact: o.Exact, onKey: o.OnKey, start: o.Start}
	th := ctx.Theme
	parts := make([]string, len(o.Keys))
	for i, k := range o.Keys {
		parts[i] = th.Key.Render(k[0]) + " " + th.Dim.Render(k[1])
	}
	l.hints = strings.Join(parts, "  ")
	if o.Find {
		in := screen.NewInput(th, "› ", "")
		l.input = &in
	}
	l.narrow()
	return l
}

// narrow takes the items that match what was typed, best first.
func (l *List) narrow() {
	all := l.items()
	if typed := l.typed(); typed == "" {
		l.shown = all
	} else {
		l.shown = nil
		word := strings.ToLower(typed)
		called := func(it Item) bool { return it.Also != "" && strings.HasPrefix(strings.ToLower(it.Also), word) }
		for _, it := range all {
			if called(it) {
				l.shown = append(l.shown, it)
			}
		}
		texts := itemTexts(all)
		found := make([]bool, len(all))
		for _, m := range fuzzy.FindFrom(typed, texts) {
			if found[m.Index] = means(texts.String(m.Index), typed, m.MatchedIndexes); found[m.Index] && !all[m.Index].Header && !called(all[m.Index]) {
				l.shown = append(l.shown, all[m.Index])
			}
		}
		for i, it := range all {
			if !found[i] && !it.Header && !called(it) && noted(it.Note, word) {
				l.shown = append(l.shown, it)
			}
		}
		l.exactFirst(typed)
	}
	if l.start != nil {
		id := l.start()
		if i := slices.IndexFunc(l.shown, func(it Item) bool { return it.ID == id && id != "" }); i >= 0 {
			l.cursor = i
		}
	}
	l.put(l.cursor, 1)
}

// means reports whether a text that has the letters typed, at these places, is
// what was meant: they stand together, or begin its words. Letters from here
// and there are in every long text, and enter would do what nobody asked for.
func means(text, typed string, at []int) bool {
	if strings.Contains(strings.ToLower(text), strings.ToLower(typed)) {
		return true
	}
	for i, n := range at {
		if n == 0 || i > 0 && at[i-1] == n-1 || text[n] == ' ' {
			continue
		}
		if before, _ := utf8.DecodeLastRuneInString(text[:n]); unicode.IsLetter(before) || unicode.IsDigit(before) {
			return false
		}
	}
	return true
}

// noted reports whether a note, lower case or not, has what was typed: a word of
// it for one letter, which is a key; else letters that stand together.
func noted(note, typed string) bool {
	note = strings.ToLower(note)
	return slices.Contains(strings.Fields(note), typed) || len(typed) > 1 && strings.Contains(note, typed)
}

// exactFirst puts the item in front that what was typed means word for word.
func (l *List) exactFirst(typed string) {
	if l.exact == nil {
		return
	}
	if it, ok := l.exact(typed); ok {
		l.shown = append([]Item{it}, slices.DeleteFunc(l.shown, func(o Item) bool { return o.ID == it.ID })...)
	}
}

// typed is what the list was narrowed down with.
func (l *List) typed() string {
	if l.input == nil {
		return ""
	}
	return strings.TrimSpace(l.input.Value())
}

type itemTexts []Item

func (t itemTexts) String(i int) string { return t[i].Text }
func (t itemTexts) Len() int            { return len(t) }

// put moves the cursor, past headings in the direction of step.
func (l *List) put(i, step int) {
	i = max(min(i, len(l.shown)-1), 0)
	for j := i; j >= 0 && j < len(l.shown); j += step {
		if !l.shown[j].Header {
			l.cursor = j
			return
		}
	}
	for j := i; j >= 0 && j < len(l.shown); j -= step {
		if !l.shown[j].Header {
			l.cursor = j
			return
		}
	}
	l.cursor = i
}

// Key moves, types, or is what the list is for.
func (l *List) Key(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	l.narrow()
	l.start = nil
	key := msg.String()
	switch key {
	case "esc", "ctrl+c":
		return nil, true
	case "up", "ctrl+k":
		l.put(l.cursor-1, -1)
		return nil, false
	case "down", "ctrl+j":
		l.put(l.cursor+1, 1)
		return nil, false
	case "pgup":
		l.put(l.cursor-max(l.rows-1, 1), -1)
		return nil, false
	case "pgdown":
		l.put(l.cursor+max(l.rows-1, 1), 1)
		return nil, false
	case "home":
		l.put(0, 1)
		return nil, false
	case "end":
		l.put(len(l.shown), -1)
		return nil, false
	}
	if cmd, done, handled := l.onKey(key, l.chosen(), l.typed()); handled {
		return cmd, done
	}
	if l.input != nil {
		l.input.Update(msg)
		l.cursor, l.top = 0, 0
		l.narrow()
		return nil, false
	}
	switch key {
	case "k":
		l.put(l.cursor-1, -1)
	case "j":
		l.put(l.cursor+1, 1)
	case "g":
		l.put(0, 1)
	case "G":
		l.put(len(l.shown), -1)
	case "q":
		return nil, true
	}
	return nil, false
}

// Paste types what was pasted.
func (l *List) Paste(msg tea.PasteMsg) {
	if l.input != nil {
		l.input.Update(msg)
		l.narrow()
	}
}

func (l *List) chosen() Item {
	if l.cursor < len(l.shown) && !l.shown[l.cursor].Header {
		return l.shown[l.cursor]
	}
	return Item{}
}

// View draws the list.
func (l *List) View(width, height int) []string {
	th := l.ctx.Theme
	l.narrow()
	inside := min(width-6, 76)
	f := form{title: th.Strong.Render(l.title), edge: th.BorderFocus, wide: inside, foot: l.hints}
	extra := 4
	if l.input != nil {
		f.lines = append(f.lines, l.input.View(inside), "")
		extra += 2
	}
	l.rows = max(min(height-extra, 24), 1)
	l.top = max(min(l.top, l.cursor), l.cursor-l.rows+1, 0)
	if l.top > 0 && l.top == l.cursor && l.shown[l.top-1].Header {
		l.top--
	}
	if len(l.shown) == 0 {
		f.lines = append(f.lines, th.Dim.Render(screen.Cut(screen.Clean(l.empty()), inside)))
	}
	for i := l.top; i < min(l.top+l.rows, len(l.shown)); i++ {
		f.lines = append(f.lines, l.drawItem(l.shown[i], i == l.cursor, inside))
	}
	if l.input != nil { // the box keeps its size while typing
		for n := min(l.rows, len(l.items())); len(f.lines) < n+2; {
			f.lines = append(f.lines, "")
		}
	}
	return f.draw(width, height)
}

func (l *List) drawItem(it Item, at bool, width int) string {
	th := l.ctx.Theme
	it.Text, it.Note = screen.Clean(it.Text), screen.Clean(it.Note)
	var b screen.Line
	if it.Header {
		b.Add(th.Faint, screen.Cut(it.Text, width))
		return b.String()
	}
	if at {
		b.On(th.Cursor)
		b.Add(th.Accent, "▌")
	} else {
		b.Gap(1)
	}
	if it.Sign != "" {
		b.Add(it.Style, it.Sign)
		b.Gap(1)
	}
	note := screen.Cut(it.Note, max(width/2, width-b.Width()-screen.Width(it.Text)-3))
	b.Add(th.Text, screen.Cut(it.Text, width-b.Width()-screen.Width(note)-2))
	b.To(width - screen.Width(note) - 1)
	b.Add(th.Dim, note)
	b.To(width)
	return b.String()
}
