package decks

import (
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

// relatedLimit is how long the cluster may take to say what belongs together.
const relatedLimit = 10 * time.Second

// trailKept is how many jumps can be gone back.
const trailKept = 50

// upward are the ties that lead from a pod to those who call it: to its
// workload, to the service before that, to the ingress before that. Earlier
// ones come first.
func upward() []kube.Tie {
	return []kube.Tie{kube.OwnsIt, kube.SelectsIt, kube.RoutesTo}
}

// relatedCame is what the cluster says an object has to do with.
type relatedCame struct {
	to        place
	relations []kube.Relation
	err       error
	up        bool // go on to the next of the chain, instead of asking which
}

// place is where the cursor of the right deck is, or was.
type place struct {
	board board
	name  string
	ref   kube.Ref
}

// here is the object under the cursor of the right deck.
func (p *Part) here() (place, bool) {
	b := p.right.board()
	switch d := b.(type) {
	case *objects:
		if l, ok := d.selected(); ok && l.head == nil {
			return place{b, l.row.Name, d.of.Ref(l.row.Namespace, l.row.Name)}, true
		}
	case *deck[*kube.Pod]:
		if l, ok := d.selected(); ok && l.head == nil {
			return place{b, l.row.Name, l.row.Ref()}, true
		}
	}
	return place{}, false
}

// relate asks what the selected object has to do with.
func (p *Part) relate(up bool) tea.Cmd {
	at, ok := p.here()
	if p.deck != onRight || !ok {
		return say("Select a row of the cluster first: = leads there from a container")
	}
	life := p.origin().Bind(p.ctx.Life)
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(life, relatedLimit)
		defer cancel()
		found, err := p.ctx.Env.Kube.Related(ctx, at.ref)
		return relatedCame{at, found, err, up}
	}
}

// related offers what came, or goes on at once to the next of the chain.
func (p *Part) related(msg relatedCame) tea.Cmd {
	what := screen.Clean(msg.to.name)
	if msg.err != nil && len(msg.relations) == 0 { // else what may not be looked at hides nothing of the rest
		return screen.Send(screen.Notify{Text: msg.err.Error(), Bad: true})
	}
	found := msg.relations
	if msg.up {
		found = next(found)
	}
	switch {
	case len(found) == 0 && msg.up:
		return say("Nothing owns, selects or routes to " + what)
	case len(found) == 0:
		return say(what + " has to do with nothing else")
	case len(found) == 1 && msg.up && !found[0].Missing:
		return p.jumpTo(msg.to, found[0])
	}
	choose := screen.Choose{Title: "What belongs to " + what}
	for _, r := range found {
		note := string(r.How)
		if r.Missing {
			note += ", but is not there"
		}
		c := screen.Choice{Text: shortName(r.Kind) + "/" + screen.Clean(r.Name), Note: note}
		if r.Missing {
			c.Then = say(fmt.Sprintf("%s %s does not exist: %s names it", r.Kind.Name, screen.Clean(r.Name), what))
		} else {
			c.Then = screen.Send(jumped{msg.to, r})
		}
		choose.Choices = append(choose.Choices, c)
	}
	return screen.Send(choose)
}

// next are the relations one step up the chain; of owners the outermost: a
// Deployment, not its ReplicaSet.
func next(all []kube.Relation) []kube.Relation {
	for _, tie := range upward() {
		if found := slices.DeleteFunc(slices.Clone(all), func(r kube.Relation) bool { return r.How != tie }); len(found) > 0 {
			if tie == kube.OwnsIt {
				return found[len(found)-1:]
			}
			return found
		}
	}
	return nil
}

// jumped says that a person chose where to go.
type jumped struct {
	from place
	to   kube.Relation
}

// jumpTo shows a related object. It is found once its list has come.
func (p *Part) jumpTo(from place, to kube.Relation) tea.Cmd {
	p.trail = append(p.trail, from)
	p.trail = slices.Delete(p.trail, 0, max(len(p.trail)-trailKept, 0))
	b := p.listOf(to.Kind)
	p.right.show(b)
	p.seek = to.Ref()
	return tea.Batch(p.enter(), p.shown())
}

// enter gives the right deck the focus and looks for what is sought.
func (p *Part) enter() tea.Cmd {
	p.setFocus(onRight)
	return p.sought()
}

// sought puts the cursor on the object that a jump leads to, as soon as it is
// listed.
func (p *Part) sought() tea.Cmd {
	if p.seek == (kube.Ref{}) {
		return nil
	}
	found := false
	switch d := p.right.board().(type) {
	case *objects:
		found = d.findRow(func(o *kube.Object) bool { return d.of.Ref(o.Namespace, o.Name) == p.seek }, false)
		if !found && !d.now.Synced {
			return nil
		}
	case *deck[*kube.Pod]:
		found = d.findRow(func(o *kube.Pod) bool { return o.Ref() == p.seek }, false)
	}
	seek := p.seek
	p.seek = kube.Ref{}
	if !found {
		return say(seek.Kind + " " + screen.Clean(seek.Name) + " is not in this list: a filter or the namespace leaves it out")
	}
	return nil
}

// goBack returns to where the last jump came from.
func (p *Part) goBack() tea.Cmd {
	if len(p.trail) == 0 {
		return say("There is no jump to go back from")
	}
	last := p.trail[len(p.trail)-1]
	p.trail = p.trail[:len(p.trail)-1]
	p.right.show(last.board)
	p.seek = last.ref
	return tea.Batch(p.enter(), p.shown())
}
