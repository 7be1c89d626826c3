package setup

import (
	"slices"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// item is something the cursor can be on.
type item struct {
	screen.Item
	check string // ID of the check that keys mean; empty for a group
	fold  string // ID of what space folds; empty: nothing
}

func newItem(id, check, fold string, lines func(selected bool) []string) item {
	return item{Item: screen.Item{ID: id, Lines: lines}, check: check, fold: fold}
}

// plain is the list as package screen takes it.
func plain(items []item) []screen.Item {
	out := make([]screen.Item, len(items))
	for i := range items {
		out[i] = items[i].Item
	}
	return out
}

// items is the list as it stands: problems, then warnings, then all checks by
// subject.
func (p *Part) items() []item {
	var all []item
	airy := false // an unfolded problem has air around it
	for _, r := range slices.Concat(p.summary.Roots, p.summary.Warnings) {
		of := p.problem(r, len(all) == 0)
		unfolded := len(of[0].Lines(false)) > 1
		of[0].Apart = len(all) > 0 && (unfolded || airy)
		airy = unfolded
		all = append(all, of...)
	}
	listed := false
	spread := p.spread(all)
	for _, s := range checks.Subjects() {
		of := p.of(s)
		if len(of.all) == 0 {
			continue
		}
		id := "subject:" + string(s)
		unfolded := p.unfolded(id, spread[s])
		head := newItem(id, "", id, func(sel bool) []string {
			return []string{p.drawSubject(of, unfolded, sel)}
		})
		head.Apart = !listed && len(all) > 0
		listed = true
		all = append(all, head)
		if !unfolded {
			continue
		}
		for _, c := range of.all {
			all = append(all, newItem("check:"+c.ID, c.ID, id, func(sel bool) []string {
				return []string{p.drawCheck(c, 4, sel)}
			}))
		}
	}
	return all
}

// problem is a failed check or a warning, and under it what waits for it.
func (p *Part) problem(r checks.Result, first bool) []item {
	id := "problem:" + r.Check.ID
	unfolded := p.unfolded(id, first)
	all := []item{newItem(id, r.Check.ID, id, func(sel bool) []string {
		return p.drawProblem(r, unfolded, sel)
	})}
	if len(r.Blocks) == 0 || !unfolded {
		return all
	}
	waiting := "waiting:" + r.Check.ID
	shown := p.unfolded(waiting, false)
	all = append(all, newItem(waiting, r.Check.ID, waiting, func(sel bool) []string {
		return []string{p.drawWaiting(len(r.Blocks), shown, sel)}
	}))
	if !shown {
		return all
	}
	for _, b := range r.Blocks {
		if blocked := p.result(b); blocked != nil {
			all = append(all, newItem("waits:"+b, b, waiting, func(sel bool) []string {
				return []string{p.drawCheck(blocked.Check, 7, sel)}
			}))
		}
	}
	return all
}

// spread names the subjects to show unfolded when all is well: as many from
// the top as there is room for.
func (p *Part) spread(above []item) map[checks.Subject]bool {
	out := map[checks.Subject]bool{}
	if p.first || len(p.summary.Roots) > 0 {
		return out
	}
	used := 1
	for _, s := range checks.Subjects() {
		if len(p.of(s).all) > 0 {
			used++
		}
	}
	for _, i := range above {
		used += len(i.Lines(false))
	}
	for _, s := range checks.Subjects() {
		if used += len(p.of(s).all); used > p.body() {
			return out
		}
		out[s] = true
	}
	return out
}

func (p *Part) unfolded(id string, otherwise bool) bool {
	if v, said := p.folds[id]; said {
		return v
	}
	return otherwise
}

// toggle folds or unfolds what the cursor is on.
func (p *Part) toggle() {
	items := p.items()
	if p.open != "" || len(items) == 0 {
		return
	}
	id := p.at().fold
	p.folds[id] = !p.isUnfolded(id, items)
	p.cursor.Cursor = id
	p.cursor.Reveal(plain(p.items()), p.body())
}

// isUnfolded tells how something that folds is drawn now.
func (p *Part) isUnfolded(id string, items []item) bool {
	for i, it := range items {
		if it.ID == id {
			return len(it.Lines(false)) > 1 || i+1 < len(items) && items[i+1].fold == id
		}
	}
	return false
}

// at is the selected item; the first one when the selected one is gone.
func (p *Part) at() item {
	all := p.items()
	if len(all) == 0 {
		return item{}
	}
	return all[p.cursor.At(plain(all))]
}

func (p *Part) keyList(a keys.Action) bool {
	if a == keys.Open {
		if id := p.at().check; id != "" {
			p.open, p.top = id, 0
		} else {
			p.toggle()
		}
		return true
	}
	return p.cursor.Key(a, plain(p.items()), p.body())
}

// group is the checks of a subject and how they stand.
type group struct {
	subject checks.Subject
	all     []*checks.Check
	counts  checks.Counts
	waiting int // not out yet
}

func (p *Part) of(s checks.Subject) group {
	g := group{subject: s}
	for _, c := range p.list {
		if c.Subject != s {
			continue
		}
		g.all = append(g.all, c)
		r := p.result(c.ID)
		if r == nil {
			g.waiting++
			continue
		}
		switch r.Finding.Status {
		case checks.OK:
			g.counts.OK++
		case checks.Warn:
			g.counts.Warning++
		case checks.Fail:
			g.counts.Failed++
		case checks.Blocked:
			g.counts.Blocked++
		case checks.NotHere:
			g.counts.NotApplicable++
		}
	}
	return g
}
