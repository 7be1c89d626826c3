package decks

import (
	"strconv"

	"github.com/twindeck/twindeck/ui/theme"
)

// picture is a row as it was drawn, and all that it was drawn from.
type picture struct {
	row  any    // rows are replaced, never changed
	from string // its texts, and how it stood
	line string
}

// pictures are the rows of the last frame. A frame draws only what changed
// since: of the rows on the screen most are the same a second later.
type pictures struct {
	theme      *theme.Theme
	last, next map[string]picture // by line
	from       []byte             // room for the next one's from
}

// begin is to be called before a frame, end after it.
func (p *pictures) begin(th *theme.Theme) {
	if p.theme != th {
		p.theme, p.last = th, nil
	}
	p.next = make(map[string]picture, len(p.last))
}

func (p *pictures) end() { p.last = p.next }

// of returns the line of a row: the one drawn before if that was drawn from
// the same, else a new one.
func (p *pictures) of(id string, row any, stands stance, texts []string, draw func() string) string {
	f := p.from[:0]
	for _, n := range [...]int{stands.width, stands.depth, int(stands.mark)} {
		f = append(strconv.AppendInt(f, int64(n), 10), ' ')
	}
	for _, b := range [...]bool{stands.at, stands.focused, stands.marked, stands.old} {
		f = strconv.AppendBool(f, b)
	}
	f = append(f, stands.columns...)
	for _, t := range texts {
		f = append(append(f, 0), t...)
	}
	p.from = f
	pic, there := p.last[id]
	if !there || pic.row != row || pic.from != string(f) {
		pic = picture{row: row, from: string(f), line: draw()}
	}
	p.next[id] = pic
	return pic.line
}

// stance is how a row stands on the deck.
type stance struct {
	width, depth int
	columns      string // their widths
	at, focused  bool   // under the cursor, and the cursor has the keyboard
	marked       bool
	old          bool // no news
	mark         mark
}
