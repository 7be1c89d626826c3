package decks

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

// kindsLimit is how long the server may take to say which kinds it has.
const kindsLimit = 10 * time.Second

// kinds is what is known of the kinds that the cluster has.
type kinds struct {
	of     string // context they are of
	all    []kube.Kind
	asking string // context that is asked; "": none is
}

// kindsCame is the cluster's answer.
type kindsCame struct {
	of  string
	all []kube.Kind
	err error
}

// ShowList asks for the decks, and them to show a list.
type ShowList struct {
	onLeft int // index of the left deck's list; -1: none of them
	kind   kube.Kind
}

// Offers are the lists that can be shown, to be found by name.
func (p *Part) Offers() []screen.Offer {
	var offers []screen.Offer
	for i, b := range p.left.boards {
		offers = append(offers, offer(b.noun(), "on the left", []string{b.short(), strings.TrimSuffix(b.short(), "s")}, ShowList{onLeft: i}))
	}
	for _, k := range p.allKinds() {
		note := strings.Join(k.Short, " ")
		if k.Group != "" {
			note = strings.TrimSpace(note + "  " + k.Group)
		}
		words := append([]string{k.Resource, k.Singular, k.Name, k.String(), k.Resource + "." + k.Group}, k.Short...)
		o := offer(plural(k), screen.Clean(note), words, ShowList{onLeft: -1, kind: k})
		if k.Namespaced {
			o.In = func(namespace string) tea.Cmd {
				return tea.Batch(screen.Send(screen.InNamespace{Name: namespace}), o.Then)
			}
		}
		offers = append(offers, o)
	}
	return offers
}

func offer(name, note string, words []string, msg tea.Msg) screen.Offer {
	return screen.Offer{
		Choice: screen.Choice{Text: name, Note: note, Then: screen.Send(msg)},
		Words:  words,
	}
}

// allKinds are those of the cluster, or the usual ones until it told.
func (p *Part) allKinds() []kube.Kind {
	if p.kinds.of == p.kube.Context && len(p.kinds.all) > 0 {
		return p.kinds.all
	}
	return append([]kube.Kind{kube.PodKind()}, usual()...)
}

// Learn asks which kinds the cluster has: what defines others comes and goes.
func (p *Part) Learn() tea.Cmd {
	at := p.kube.Context
	if at == "" || p.kinds.asking == at {
		return nil
	}
	p.kinds.asking = at
	life := p.origin().Bind(p.ctx.Life)
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(life, kindsLimit)
		defer cancel()
		all, err := p.ctx.Env.Kube.Kinds(ctx)
		return kindsCame{at, all, err}
	}
}

// Learning says that the cluster has not answered yet, or that it is not known
// yet which one that is.
func (p *Part) Learning() bool {
	return p.kinds.asking != "" || p.kube.Context == "" && p.kube.Status.Err == nil
}

func (p *Part) tookKinds(msg kindsCame) tea.Cmd {
	if msg.of != p.kinds.asking { // another cluster is asked now
		return nil
	}
	p.kinds.asking = ""
	if len(msg.all) > 0 {
		p.kinds.of, p.kinds.all = msg.of, msg.all
	}
	return screen.Send(screen.OffersCame{})
}

// open shows a list and gives it the focus. A kind that is seen for the first
// time becomes a list of the right deck.
func (p *Part) open(msg ShowList) tea.Cmd {
	if msg.onLeft >= 0 {
		p.left.shown = msg.onLeft
		p.setFocus(onLeft)
		return p.shown()
	}
	if b := p.listOf(msg.kind); b != p.right.board() {
		from, _ := p.here()
		from.board = p.right.board()
		p.leave(from)
		p.right.show(b)
	}
	p.setFocus(onRight)
	return p.shown()
}

// listOf is the right deck's list of a kind.
func (p *Part) listOf(k kube.Kind) board {
	if k.Same(kube.PodKind()) {
		return p.pods
	}
	for _, b := range p.right.boards {
		if o, ok := b.(*objects); ok && o.of.Same(k) {
			return o
		}
	}
	o := p.newObjects(k)
	p.right.boards = append(p.right.boards, o)
	return o
}
