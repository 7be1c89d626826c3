package decks

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/ui/screen"
)

// jumpedLeft says that a person chose where to go on the left deck.
type jumpedLeft struct{ from, to place }

// relateUsers offers what the selected row of the engine has to do with, as far
// as its lists tell: the containers that use it, or what a container uses.
func (p *Part) relateUsers() tea.Cmd {
	here := p.left.board()
	from := place{on: onLeft, board: here, id: here.selectedID()}
	choose := screen.Choose{Find: true}
	offer := func(to place, note string) {
		choose.Choices = append(choose.Choices, screen.Choice{Text: to.name, Note: note, Then: screen.Send(jumpedLeft{from, to})})
	}
	if l, ok := p.containers.selected(); ok && l.head == nil && here == board(p.containers) {
		name := screen.Clean(l.row.Name)
		for _, b := range p.left.boards {
			for _, to := range b.used(l.row.Name) {
				to.board = b
				offer(to, "used by it, of the "+b.short())
			}
		}
		if len(choose.Choices) == 0 {
			return say("What " + name + " uses is known once the lists of images, volumes and networks were shown")
		}
		choose.Title = "What " + name + " uses"
		return screen.Send(choose)
	}
	names, ok := here.users()
	switch {
	case !ok:
		return say("Select a row first: a group has nothing of its own")
	case len(names) == 0:
		return say("No container uses it")
	}
	for _, c := range p.docker.Containers {
		if slices.Contains(names, c.Name) {
			offer(p.placeOf(c), "uses it")
		}
	}
	choose.Title = "What uses it"
	return screen.Send(choose)
}

// placeOf is where a container is listed.
func (p *Part) placeOf(c *docker.Container) place {
	return place{on: onLeft, board: p.containers, id: c.ID, name: screen.Clean(c.Name)}
}

// jumpLeft shows a row of the left deck.
func (p *Part) jumpLeft(msg jumpedLeft) tea.Cmd {
	p.leave(msg.from)
	p.left.show(msg.to.board)
	return p.enterLeft(msg.to)
}

// enterLeft gives the left deck the focus and puts the cursor on a row.
func (p *Part) enterLeft(to place) tea.Cmd {
	p.setFocus(onLeft)
	found := to.board.find(to.id)
	shown := p.shown()
	if !found {
		return tea.Batch(shown, say("It is not in this list: a filter leaves it out, or it is a system row or gone"))
	}
	return shown
}

// users are the names of the containers that use the row under the cursor.
func (d *deck[T]) users() (names []string, ok bool) {
	l, ok := d.selected()
	if !ok || l.head != nil || d.kind.users == nil {
		return nil, false
	}
	return d.kind.users(l.row), true
}

// used are the rows that a container uses, as last listed.
func (d *deck[T]) used(by string) []place {
	if d.kind.users == nil {
		return nil
	}
	var found []place
	for _, r := range d.rows {
		if slices.Contains(d.kind.users(r), by) {
			found = append(found, place{on: onLeft, id: d.kind.id(r), name: d.kind.columns[0].text(r, d.scene)})
		}
	}
	return found
}
