package decks

import "github.com/twindeck/twindeck/ui/detail"

// reading is the line whose row the detail shows.
type reading struct {
	board board
	id    string
	at    whereabouts
}

// whereabouts is what rows are of. Those of another place are not gone.
type whereabouts struct{ engine, host, cluster, namespace string }

func (p *Part) whereabouts() whereabouts {
	return whereabouts{p.docker.Endpoint.Context, p.docker.Endpoint.Host, p.kube.Context, p.kube.Namespace}
}

// stays reports whether the detail keeps what it shows though the selection is
// another one: nobody moved it, the row is gone or no longer listed, and
// somebody reads on below. s is what there is to show of the row; the zero
// subject: nothing any more.
func (p *Part) stays() (s detail.Subject, stays bool) {
	if p.focus != onDetail || p.reads.id == "" || p.reads.board != p.current() || p.reads.at != p.whereabouts() {
		return s, false
	}
	if p.detail.Gone() {
		return s, true
	}
	s, listed := p.reads.board.subjectOf(p.reads.id)
	return s, !listed
}

// subjectOf is what the detail shows of a row that is not listed, the zero
// subject if there is none; listed tells that the line can be seen on the deck.
func (d *deck[T]) subjectOf(id string) (s detail.Subject, listed bool) {
	d.refresh()
	for i := range d.lines {
		if d.lines[i].id == id {
			return s, true
		}
	}
	for _, r := range d.rows {
		if d.kind.id(r) == id {
			return d.kind.subject(r), false
		}
	}
	return s, false
}
