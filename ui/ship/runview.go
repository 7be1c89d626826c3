package ship

import (
	"fmt"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/kube"
	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

func (p *Part) viewRun() string {
	r := p.past
	t := p.ctx.Theme
	var head, right screen.Line
	head.Add(t.Strong, " Ship")
	head.Gap(3)
	head.Add(t.Text, screen.Clean(subject(r.plan)))
	switch {
	case r.cancelling && p.running():
		right.Add(t.Warn, "cancelling ")
	case p.running():
		right.Add(t.Dim, seconds(p.ctx.Now().Sub(r.began))+"   cancel ")
		right.Add(t.Key, p.ctx.Keys.Label(keys.Ship, keys.Cancel))
		right.Gap(1)
	default:
		right.Add(t.Dim, "ended "+screen.Ago(p.ctx.Now(), r.ended)+"   plan again ")
		right.Add(t.Key, p.ctx.Keys.Label(keys.Ship, keys.Run))
		right.Gap(1)
	}
	lines := []string{screen.Between(head.String(), right.String(), p.width), ""}
	list := p.list.View(p.items(), p.body())
	return strings.Join(screen.Block(append(lines, list...), p.width, p.height), "\n")
}

// seconds writes a duration as a person times a build: 0.4s 12.3s 2m05s.
func seconds(d time.Duration) string {
	d = max(d, 0)
	if d < time.Minute {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
}

// runItems is a section for each stage and, at the end, how it ended.
func (p *Part) runItems() []screen.Item {
	r := p.past
	var end []screen.Item
	if lines := p.end(); len(lines) > 0 {
		it := block(endItem, lines...)
		it.Apart = true
		end = append(end, it)
	}
	room := p.body() - len(r.plan.Stages) - 1
	for _, it := range end {
		room -= 1 + len(it.Lines(false))
	}
	// The newest stages are unfolded as far as there is room; one that was
	// unfolded by hand is shown whole.
	inside := make([][]string, len(r.plan.Stages))
	for i := len(inside) - 1; i >= 0; i-- {
		s := r.plan.Stages[i]
		parts := p.inside(s)
		unfolded, said := p.folds["stage:"+string(s)]
		switch {
		case len(parts) == 0 || said && !unfolded:
		case said:
			inside[i] = fitted(parts, len(parts))
		case r.at(s) == theme.Starting:
			inside[i] = fitted(parts, max(room, 3))
		case p.running():
		case len(parts) < room:
			inside[i] = fitted(parts, len(parts))
		default:
			room = 0 // what came before stays folded too
		}
		room -= len(inside[i]) + 1
	}
	var items []screen.Item
	for i, s := range r.plan.Stages {
		items = append(items, screen.Item{
			ID: "stage:" + string(s), Apart: i > 0 && len(inside[i-1]) > 0,
			Lines: func(sel bool) []string { return append([]string{p.drawStage(s, sel)}, inside[i]...) },
		})
	}
	return append(items, end...)
}

// endItem is the ID of how the run ended.
const endItem = "end"

// entry is a line inside a stage. Where there is no room for all, what is
// settled gives way to what still moves.
type entry struct {
	text    string
	settled bool
}

// fitted are as many lines as there is room for.
func fitted(parts []entry, room int) []string {
	excess := len(parts) - room
	if excess > 0 {
		excess++ // for the line that says what is left out
	}
	var lines []string
	left := 0
	for _, e := range parts {
		if e.settled && left < excess {
			left++
			continue
		}
		lines = append(lines, e.text)
	}
	if left > 0 {
		lines = append([]string{fmt.Sprintf("       … %d more", left)}, lines...)
	}
	return lines
}

// at is how a stage stands.
func (r *pipeline) at(s envship.Stage) theme.Level {
	st := r.stages[s]
	switch {
	case r.failure != nil && r.failure.Stage == s:
		return theme.Broken
	case st == nil:
		return theme.Idle
	case st.skipped != "", st.done:
		return theme.Good
	case r.ended.IsZero():
		return theme.Starting
	}
	return theme.Broken
}

// drawStage is a stage in one line: how it stands, what came of it, how long
// it took.
func (p *Part) drawStage(s envship.Stage, selected bool) string {
	t := p.ctx.Theme
	r := p.past
	level := r.at(s)
	l := screen.Row(p.ctx.Theme, selected)
	l.Add(t.Level(level), level.Glyph()+" ")
	name := t.Strong
	if level == theme.Idle {
		name = t.Dim
	}
	l.Add(name, screen.Fit(string(s), 9))
	spent := ""
	if st := r.stages[s]; st != nil && !st.began.IsZero() {
		until := st.ended
		if until.IsZero() {
			until = p.ctx.Now()
		}
		spent = seconds(until.Sub(st.began))
	}
	room := p.width - l.Width() - screen.Width(spent) - 3
	l.Add(t.Dim, screen.Cut(screen.Clean(p.sumUp(s)), room))
	if spent != "" {
		l.To(p.width - screen.Width(spent) - 1)
		l.Add(t.Text, spent)
	}
	return p.fill(l)
}

// sumUp is a stage in words.
func (p *Part) sumUp(s envship.Stage) string {
	r := p.past
	if st := r.stages[s]; st != nil && st.skipped != "" {
		return "not needed: " + st.skipped
	}
	if r.stages[s] == nil {
		return ""
	}
	if len(r.images) > 0 && (s == envship.Build || s == envship.Deliver) {
		return r.sumImages(s)
	}
	switch s {
	case envship.Build:
		done, cached := 0, 0
		for _, b := range r.steps {
			if !b.Finished.IsZero() {
				done++
			}
			if b.Cached {
				cached++
			}
		}
		text := fmt.Sprintf("%d steps", len(r.steps))
		if done < len(r.steps) {
			text = fmt.Sprintf("%d of %d steps", done, len(r.steps))
		}
		if cached > 0 {
			text += fmt.Sprintf(", %d cached", cached)
		}
		if n := len(r.warnings); n > 0 {
			text += fmt.Sprintf(", %d to look at", n)
		}
		if r.image != nil {
			text += " · " + short(r.image.Digest)
		}
		return text
	case envship.Deliver:
		if r.plan.Route == envship.Load {
			return p.loaded()
		}
		return p.pushed()
	case envship.Deploy:
		return changesLine(r.applied)
	case envship.Verify:
		var parts []string
		for _, o := range r.rollouts {
			parts = append(parts, fmt.Sprintf("%s %d/%d", strings.ToLower(o.Ref.Kind)+"/"+o.Ref.Name, o.Ready, o.Desired))
		}
		return strings.Join(parts, ", ")
	}
	return ""
}

// pushed sums the layers up: bytes to go, and how fast they go.
func (p *Part) pushed() string {
	r := p.past
	done, total, known := r.moved()
	text := fmt.Sprintf("%s of %s", screen.Bytes(done), screen.Bytes(total))
	if r.pushed != nil {
		text = screen.Bytes(total) + " pushed"
	}
	if st := r.stages[envship.Deliver]; st != nil && !st.began.IsZero() {
		until := st.ended
		if until.IsZero() {
			until = p.ctx.Now()
		}
		if spent := until.Sub(st.began).Seconds(); spent > 0.1 && done > 0 {
			text += ", " + screen.Bytes(int64(float64(done)/spent)) + "/s"
		}
	}
	if known > 0 {
		text += fmt.Sprintf(", %d of %d layers were there", known, len(r.layers))
	}
	if r.pushed != nil {
		text += " · " + short(r.pushed.Digest)
		if r.pushed.Verified {
			text += ", verified"
		}
	}
	return text
}

// loaded sums up what nodes were given.
func (p *Part) loaded() string {
	r := p.past
	moved, _, _ := r.moved()
	if st := r.stages[envship.Deliver]; st.done {
		return fmt.Sprintf("%d of %d nodes have all of it, %s moved", len(r.loaded), len(r.plan.Nodes), screen.Bytes(moved))
	}
	return fmt.Sprintf("%s, %s moved", r.towards, screen.Bytes(moved))
}

func changesLine(applied []kube.Applied) string {
	n := map[kube.Change]int{}
	for _, a := range applied {
		n[a.Change]++
	}
	var parts []string
	for _, c := range []kube.Change{kube.Created, kube.Updated, kube.Unchanged} {
		if n[c] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[c], c))
		}
	}
	return strings.Join(parts, ", ")
}

// short is a digest as people compare it.
func short(digest string) string {
	if algorithm, hex, ok := strings.Cut(digest, ":"); ok && len(hex) > 12 {
		return algorithm + ":" + hex[:12]
	}
	return digest
}
