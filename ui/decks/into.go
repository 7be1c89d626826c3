package decks

import (
	"regexp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

// The kinds whose rows are places.
var (
	namespaceKind = kube.Kind{Version: "v1", Resource: "namespaces", Name: "Namespace"}
	nodeKind      = kube.Kind{Version: "v1", Resource: "nodes", Name: "Node"}
)

// goInto shows the pods of a row: those of a namespace by looking there from now
// on, those of a workload, a cron job, a service or a node by a filter that can
// be seen, changed and taken away. False: the row has no pods that it tells of.
func (p *Part) goInto(o *objects, r *kube.Object) (tea.Cmd, bool) {
	from, ok := p.here()
	if !ok {
		return nil, false
	}
	if o.of.Same(namespaceKind) {
		return tea.Batch(p.toPods(from), screen.Send(screen.InNamespace{Name: r.Name})), true
	}
	words := p.wordsOfPods(o, r)
	if len(words) == 0 {
		return nil, false
	}
	from.narrowed, from.before = strings.Join(words, " "), p.pods.filter()
	p.pods.setFilter(parseFilter(from.narrowed))
	p.pods.held = "" // the first of them is selected
	return p.toPods(from), true
}

// wordsOfPods are the filter that leaves the pods of a row; none: it has none.
func (p *Part) wordsOfPods(o *objects, r *kube.Object) []string {
	name := regexp.QuoteMeta(r.Name)
	var words []string
	switch labels := o.selector(r); {
	case o.of.Same(nodeKind):
		return []string{"re:^" + name + "$"} // a pod names its node
	case o.of.Name == "CronJob":
		words = []string{"re:^" + name + `-\d+$`} // and the job it is of
	case !hasPods(o.of) || len(labels) == 0:
		return nil
	default:
		for _, l := range labels {
			words = append(words, "label="+l)
		}
	}
	if p.kube.Namespace == "" {
		words = slices.Insert(words, 0, r.Namespace)
	}
	return words
}

// toPods shows the pods; the way back leads to where that came from.
func (p *Part) toPods(from place) tea.Cmd {
	p.leave(from)
	p.right.show(p.pods)
	return p.shown()
}

// backOut takes away, step by step, what narrows the list down or made it large,
// and goes back to the list before. False: there is nothing left to back out of.
func (p *Part) backOut() (tea.Cmd, bool) {
	d := p.current()
	switch {
	case d.unmark():
	case p.deck == onRight && len(p.trail) > 0 && (d.filter().text == "" || p.narrowed()):
		return p.goBack(), true
	case d.filter().text != "":
		d.setFilter(filter{})
	case p.room != shared:
		p.room = shared
		p.SetSize(p.width, p.height)
	default:
		return nil, false
	}
	p.together = ""
	return p.showSelected(), true
}

// narrowed says that the pods are those of the row that the last jump came from.
func (p *Part) narrowed() bool {
	if len(p.trail) == 0 {
		return false
	}
	last := p.trail[len(p.trail)-1]
	return last.narrowed != "" && p.right.board() == board(p.pods) && p.pods.filter().text == last.narrowed
}
