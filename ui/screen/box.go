package screen

import (
	"strings"

	"github.com/twindeck/twindeck/ui/theme"
)

// Box is a rounded frame with words in its upper edge.
type Box struct {
	Title string // at the left, styled
	Right string // at the right, styled; gives way when there is no room
	Foot  string // in the lower edge at the right, styled; gives way too
	Edge  theme.Style
	Exact bool // the lines are as wide as there is room: they need not be measured
}

// Draw returns the frame around lines as exactly height lines of width cells.
func (b Box) Draw(lines []string, width, height int) []string {
	if width < 4 || height < 2 {
		return Block(nil, max(width, 0), max(height, 0))
	}
	edge := b.Edge
	side := edge.Render("│")
	out := make([]string, 0, height)
	out = append(out, edge.Render("╭")+rule(edge, b.Title, b.Right, width-2)+edge.Render("╮"))
	blank := Blank(width - 2)
	for i := range height - 2 {
		l := blank
		if i < len(lines) {
			if l = lines[i]; !b.Exact {
				l = Fit(l, width-2)
			}
		}
		out = append(out, side+l+side)
	}
	return append(out, edge.Render("╰")+rule(edge, "", b.Foot, width-2)+edge.Render("╯"))
}

// rule is a horizontal edge with words near its ends.
func rule(edge theme.Style, left, right string, width int) string {
	if left != "" {
		left = " " + Cut(left, width-2) + " "
	}
	if right != "" {
		right = " " + right + " "
	}
	room := width - Width(left) - Width(right) - 1
	if room < 1 {
		right = ""
		room = width - Width(left) - 1
	}
	tail := edge.Render("─")
	if room < 0 {
		room, tail = width-Width(left), ""
	}
	return left + edge.Render(strings.Repeat("─", max(room, 0))) + right + tail
}

// from is what a row of width cells shows from a cell on. Of a wide character
// of which only the second half is seen, a blank is left.
func from(row string, cell, width int) string {
	if s := slice(row, cell, width); Width(s) == max(width-cell, 0) {
		return s
	}
	return FitRight(slice(row, cell+1, width), max(width-cell, 0))
}

// Over lays box on the middle of base. What shows of base is drawn in the
// given style alone, so that the eye goes to the box.
func Over(base string, box []string, width, height int, behind theme.Style) string {
	lines := strings.Split(base, "\n")
	top := max((height-len(box))/2, 0)
	for i, l := range lines {
		back := plainText(l)
		if i < top || i >= top+len(box) {
			lines[i] = behind.Render(back)
			continue
		}
		b := box[i-top]
		left := max((width-Width(b))/2, 0)
		right := left + Width(b)
		lines[i] = behind.Render(Fit(slice(back, 0, left), left)) + b + behind.Render(from(back, right, width))
	}
	return strings.Join(lines, "\n")
}
