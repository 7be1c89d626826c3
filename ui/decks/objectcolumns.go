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
	freeText  = 40 // of what takes the spare room, before what kubectl prints only on demand
	ageWidth  = 4  // of an age at most: 364d
	widestOne = 28 // cells of a column at most, but for the one that takes the spare room
)

// shorter are columns whose long cells leave room for others: their beginning
// tells enough, and the detail has all of it. In few cells they may be as
// narrow as the first number, and are never wider than the second.
var shorter = map[string][2]int{"REASON": {9, 17}, "OBJECT": {13, 22}, "PORT(S)": {12, widestOne}}

func nameColumn() column[*kube.Object] {
	return column[*kube.Object]{
		head: "NAME", least: leastName, width: mostName,
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

// spaceColumn names the namespaces where no headings do.
func spaceColumn(rows []*kube.Object) column[*kube.Object] {
	c := column[*kube.Object]{
		head: "NAMESPACE", width: 10, least: 10,
		when:  func(flat bool) bool { return flat },
		text:  func(r *kube.Object, _ *scene) string { return screen.Clean(r.Namespace) },
		cut:   screen.CutMiddle,
		order: func(a, b *kube.Object, _ *scene) int { return cmp.Compare(a.Namespace, b.Namespace) },
	}
	for _, r := range rows {
		c.width = max(c.width, min(screen.Width(r.Namespace), 16))
	}
	return c
}

// manySpaces says that the rows are of all namespaces.
func manySpaces(o kube.Objects) bool { return o.Kind.Namespaced && o.Namespace == "" }

// objectColumns are the columns that the server prints, as wide as their
// cells. The name comes first where the server prints one. Those that kubectl
// prints only on demand come when all others have room, and so do those that
// say nothing of any row.
func objectColumns(o kube.Objects) []column[*kube.Object] {
	named := hasName(o)
	var out []column[*kube.Object]
	if named {
		out = append(out, nameColumn())
	}
	spaces := -1           // of out
	var ages, others []int // likewise: ages are short, and first to be shown
	for _, wide := range [...]bool{false, true} {
		for i, c := range o.Columns {
			if len(out) == 1 && spaces < 0 && manySpaces(o) {
				spaces = len(out)
				out = append(out, spaceColumn(o.Rows))
			}
			switch {
			case c.Wide != wide || named && i == 0 || wide && !slices.ContainsFunc(o.Rows, says(i)):
				continue
			case c.Age && !c.Wide:
				ages = append(ages, len(out))
			default:
				others = append(others, len(out))
			}
			out = append(out, cellColumn(i, c, o.Rows))
		}
	}
	flex := flexColumn(o)
	out[flex].least = leastName
	if !named {
		out[flex].width = leastName
		// The glyph says what an event's type says: it gives way.
		slices.SortStableFunc(others, func(a, b int) int { return cmp.Compare(glyphTold(out[a].head), glyphTold(out[b].head)) })
	}
	slices.SortStableFunc(others, func(a, b int) int { return portsFirst(out[a].head) - portsFirst(out[b].head) })
	order := append(slices.Clone(ages), others...)
	if spaces >= 0 {
		order = slices.Insert(order, len(ages), spaces)
	}
	spare := 0
	for at, i := range order {
		out[i].rank, out[i].spare = at+1, spare
		if i == flex {
			spare = freeText // of those that follow, none is worth words of it
		}
	}
	out[0].rank = 0
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
	if manySpaces(o) {
		last++
	}
	for _, c := range o.Columns {
		if !c.Wide {
			last++
		}
	}
	return max(last, 0)
}

// says tells the rows whose i-th cell says something.
func says(i int) func(*kube.Object) bool {
	return func(r *kube.Object) bool {
		return i < len(r.Cells) && r.Cells[i] != "" && !(strings.HasPrefix(r.Cells[i], "<") && strings.HasSuffix(r.Cells[i], ">"))
	}
}

// portsFirst has the ports of services before their addresses: those one types.
func portsFirst(head string) int {
	if head == "PORT(S)" {
		return 0
	}
	return 1
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
	col := column[*kube.Object]{head: head, right: c.Number || c.Age, width: screen.Width(head) + 1, has: says(i)}
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
		most, col.least = limit[1], max(limit[0], screen.Width(head)+1)
	}
	for _, r := range rows {
		width := screen.Width(cell(r))
		if before, _, behind, ok := r.Ago(i); ok {
			width = screen.Width(before+behind) + ageWidth
		}
		col.width = max(col.width, min(width, most))
	}
	col.least = min(col.least, col.width)
	col.text = func(r *kube.Object, in *scene) string {
		if before, at, behind, ok := r.Ago(i); ok {
			return screen.Clean(before + screen.Age(in.now, at) + behind)
		}
		return screen.Clean(cell(r))
	}
	return col
}
