package decks

import (
	"cmp"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

const (
	leastName = 12 // cells of a name before another column is shown: as long as
	mostName  = 26 // the longest one is, within these
	freeText  = 40 // more for what takes the spare room, before what kubectl prints only on demand
	ageWidth  = 4  // of an age at most: 364d
	widestOne = 28 // cells of a column at most, but for the one that takes the spare room
)

// shorter are columns whose long cells leave room for others: their beginning
// tells enough, and the detail has all of it.
var shorter = map[string]int{"REASON": 17, "OBJECT": 22}

func nameColumn() column[*kube.Object] {
	return column[*kube.Object]{
		head: "NAME",
		text: func(r *kube.Object, _ *scene) string { return screen.Clean(r.Name) },
		cut:  screen.CutMiddle,
		style: func(r *kube.Object, in *scene) theme.Style {
			if r.Phase == kube.PhaseDone || r.Going {
				return in.th.Dim
			}
			return in.th.Text
		},
		order: func(a, b *kube.Object, _ *scene) int { return cmp.Compare(a.Name, b.Name) },
	}
}

// objectColumns are the columns that the server prints, as wide as their
// cells. The name comes first where the server prints one. Those that kubectl
// prints only on demand come when all others have room.
func objectColumns(o kube.Objects) []column[*kube.Object] {
	named := hasName(o)
	var out []column[*kube.Object]
	name := leastName
	if named {
		out = append(out, nameColumn())
		for _, r := range o.Rows {
			name = max(name, min(screen.Width(r.Name)+2, mostName))
		}
	}
	var ages, others []int // of out: ages are short, and first to be shown
	for _, wide := range [...]bool{false, true} {
		for i, c := range o.Columns {
			switch {
			case c.Wide != wide || named && i == 0 || wide && isBare(i, o.Rows):
				continue
			case c.Age && !c.Wide:
				ages = append(ages, len(out))
			default:
				others = append(others, len(out))
			}
			out = append(out, cellColumn(i, c, o.Rows))
		}
	}
	need, flex := lead+markWidth+name, flexColumn(o)
	if !named {
		// The glyph says what an event's type says: it gives way.
		slices.SortStableFunc(others, func(a, b int) int { return cmp.Compare(glyphTold(out[a].head), glyphTold(out[b].head)) })
	}
	for _, i := range append(ages, others...) {
		if i == flex {
			need += freeText // of those that follow, none is worth words of it
			continue
		}
		need += out[i].width + 1
		out[i].from = need
	}
	out[0].from = 0
	return out
}

// hasName says whether the server prints the name: it does not for events.
func hasName(o kube.Objects) bool {
	return len(o.Columns) == 0 || strings.EqualFold(o.Columns[0].Name, "name")
}

// flexColumn is the column that takes the spare room: the name, or else the
// last that is always printed, as an event's message.
func flexColumn(o kube.Objects) int {
	if hasName(o) {
		return 0
	}
	last := -1
	for _, c := range o.Columns {
		if !c.Wide {
			last++
		}
	}
	return max(last, 0)
}

// isBare says that a column has nothing in any row.
func isBare(i int, rows []*kube.Object) bool {
	return !slices.ContainsFunc(rows, func(r *kube.Object) bool { return i < len(r.Cells) && r.Cells[i] != "" && r.Cells[i] != "<none>" })
}

func glyphTold(head string) int {
	if head == "TYPE" {
		return 1
	}
	return 0
}

// cellColumn is the i-th column of the server's.
func cellColumn(i int, c kube.Column, rows []*kube.Object) column[*kube.Object] {
	head := strings.ToUpper(screen.Clean(c.Name))
	col := column[*kube.Object]{head: head, right: c.Number || c.Age, width: screen.Width(head) + 1}
	cell := func(r *kube.Object) string {
		if i >= len(r.Cells) {
			return ""
		}
		return r.Cells[i]
	}
	col.order = func(a, b *kube.Object, _ *scene) int { return c.Compare(cell(a), cell(b)) }
	if c.Age {
		col.width = max(screen.Width(head)+1, ageWidth) // room for the sign of the order
		col.text = func(r *kube.Object, in *scene) string {
			if at, ok := r.Time(i); ok {
				return screen.Age(in.now, at)
			}
			return screen.Clean(cell(r))
		}
		return col
	}
	most := widestOne
	if limit, ok := shorter[head]; ok {
		most = limit
	}
	for _, r := range rows {
		width := screen.Width(cell(r))
		if before, _, behind, ok := r.Ago(i); ok {
			width = screen.Width(before+behind) + ageWidth
		}
		col.width = max(col.width, min(width, most))
	}
	col.text = func(r *kube.Object, in *scene) string {
		if before, at, behind, ok := r.Ago(i); ok {
			return screen.Clean(before + screen.Age(in.now, at) + behind)
		}
		return screen.Clean(cell(r))
	}
	return col
}
