package decks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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

// place is where the cursor of a deck is, or was.
type place struct {
	on    focus
	board board
	id    string // of the left deck's
	name  string
	ref   kube.Ref // of the right deck's

	narrowed string // the filter of the pods that leads to those of the row; else empty
	before   filter // theirs until then
}

// here is the object under the cursor of the right deck.
func (p *Part) here() (place, bool) {
	b := p.right.board()
	switch d := b.(type) {
	case *objects:
		if l, ok := d.selected(); ok && l.head == nil {
			return place{on: onRight, board: b, name: l.row.Name, ref: d.of.Ref(l.row.Namespace, l.row.Name)}, true
		}
	case *deck[*kube.Pod]:
		if l, ok := d.selected(); ok && l.head == nil {
			return place{on: onRight, board: b, name: l.row.Name, ref: l.row.Ref()}, true
		}
	}
	return place{}, false
}

// relate asks what the selected object has to do with.
func (p *Part) relate(up bool) tea.Cmd {
	switch {
	case p.deck == onLeft && up:
		return say("Who calls it is known of the cluster's rows: = leads there from a container or an image")
	case p.deck == onLeft:
		return p.relateUsers()
	}
	at, ok := p.here()
	if !ok {
		return say("Select a row first: a group has nothing of its own")
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
	case len(found) == 0 && msg.err != nil:
		return screen.Send(screen.Notify{Text: msg.err.Error(), Bad: true})
	case len(found) == 0 && msg.up:
		return say("Nothing owns, selects or routes to " + what)
	case len(found) == 0 && !msg.to.ref.Relates():
		return say("twindeck does not look for what belongs to a " + screen.Clean(msg.to.ref.Kind))
	case len(found) == 0:
		return say(what + " has to do with nothing else")
	case len(found) == 1 && msg.up && !found[0].Missing:
		return p.jumpTo(msg.to, found[0])
	}
	choose := screen.Choose{Title: "What belongs to " + what, Find: true}
	for _, r := range missingLast(found) {
		note := string(r.How)
		if r.Missing {
			note += ", but is not there"
		}
		c := screen.Choice{Text: called(r.Kind, r.Name), Note: note}
		if r.Missing {
			c.Then = say(fmt.Sprintf("%s %s does not exist: %s names it", r.Kind.Name, screen.Clean(r.Name), what))
		} else {
			c.Then = screen.Send(jumped{msg.to, r})
		}
		choose.Choices = append(choose.Choices, c)
	}
	if msg.err != nil {
		choose.Choices = append(choose.Choices, screen.Choice{
			Text: "not all could be looked at: " + screen.Clean(cause(msg.err)),
			Then: screen.Send(screen.Notify{Text: msg.err.Error(), Bad: true}),
		})
	}
	return screen.Send(choose)
}

// missingLast puts what is not there at the end: enter would lead nowhere.
func missingLast(all []kube.Relation) []kube.Relation {
	isThere := func(r kube.Relation) bool { return !r.Missing }
	missing := slices.DeleteFunc(slices.Clone(all), isThere)
	return append(slices.DeleteFunc(slices.Clone(all), func(r kube.Relation) bool { return r.Missing }), missing...)
}

// cause is what failed, without what was being done and where.
func cause(err error) string {
	if known := (*kube.Error)(nil); errors.As(err, &known) {
		err = known.Err
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}

// next are the relations one step up the chain; of owners the outermost
// workload: a Deployment, not its ReplicaSet, and not what an operator made that
// for, where the chain would end. Such an owner comes when there is nothing else.
func next(all []kube.Relation) []kube.Relation {
	such := func(fits func(kube.Relation) bool) []kube.Relation {
		return slices.DeleteFunc(slices.Clone(all), func(r kube.Relation) bool { return !fits(r) })
	}
	last := func(owners []kube.Relation) []kube.Relation { return owners[max(len(owners)-1, 0):] }
	for _, tie := range upward() {
		found := such(func(r kube.Relation) bool { return r.How == tie && (tie != kube.OwnsIt || r.Workload()) })
		if tie == kube.OwnsIt {
			found = last(found)
		}
		if len(found) > 0 {
			return found
		}
	}
	return last(such(func(r kube.Relation) bool { return r.How == kube.OwnsIt }))
}

// leave keeps where a jump came from.
func (p *Part) leave(from place) {
	p.trail = append(p.trail, from)
	p.trail = slices.Delete(p.trail, 0, max(len(p.trail)-trailKept, 0))
}

// jumped says that a person chose where to go.
type jumped struct {
	from place
	to   kube.Relation
}

// jumpTo shows a related object. It is found once its list has come.
func (p *Part) jumpTo(from place, to kube.Relation) tea.Cmd {
	p.leave(from)
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
	if p.narrowed() {
		p.pods.setFilter(last.before)
	}
	p.trail = p.trail[:len(p.trail)-1]
	p.sideOf(last.on).show(last.board)
	if last.on == onLeft {
		return p.enterLeft(last)
	}
	p.seek = last.ref
	return tea.Batch(p.enter(), p.shown())
}
