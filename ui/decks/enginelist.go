package decks

import (
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/detail"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

const (
	listLimit = 20 * time.Second       // an engine with a thousand images takes seconds
	listPause = 300 * time.Millisecond // between two answers, while much changes
)

// engineList is a list of the engine's that is asked for only while it is
// shown, and again when the engine said that it changed.
type engineList[T any] struct {
	*deck[T]
	changes func(docker.Snapshot) uint64 // another number: the list may be another
	read    func(ctx context.Context) ([]T, error)
	more    func() tea.Cmd // what is asked for besides; nil: nothing
	drop    func()         // forgets what was asked for besides; nil: nothing

	engine int    // counts the engines that were looked at: what another said is not shown
	seen   uint64 // what changes said when it was asked for last
	asking bool
	loaded bool
	err    error
	then   func() tea.Cmd // what waits for the rows that are asked for; nil: nothing
}

// loader is an engineList of any rows.
type loader interface {
	board
	load(life context.Context, now docker.Snapshot) tea.Cmd
	forget()
	await(life context.Context, now docker.Snapshot, then func() tea.Cmd) (cmd tea.Cmd, waits bool)
}

// listed carries an answer to the list that asked.
type listed struct{ take func() tea.Cmd }

// load asks for the rows if they may have changed.
func (l *engineList[T]) load(life context.Context, now docker.Snapshot) tea.Cmd {
	changes := l.changes(now)
	if l.asking || l.loaded && changes == l.seen || now.Status.State != link.Live {
		return nil
	}
	l.asking, l.seen = true, changes
	engine := l.engine
	ask := func() tea.Msg {
		ctx, cancel := context.WithTimeout(life, listLimit)
		defer cancel()
		rows, err := l.read(ctx)
		return listed{func() tea.Cmd { return l.took(engine, rows, err) }}
	}
	if l.more == nil {
		return ask
	}
	return tea.Batch(ask, l.more())
}

// await asks for the rows, if they run images and may have changed since they
// were shown, or never were; then goes on once they came.
func (l *engineList[T]) await(life context.Context, now docker.Snapshot, then func() tea.Cmd) (cmd tea.Cmd, waits bool) {
	if l.kind.runs == nil {
		return nil, false
	}
	cmd = l.load(life, now)
	waits = cmd != nil || l.asking && !l.loaded && l.err == nil
	if waits {
		l.then = then
	}
	return cmd, waits
}

// took shows an answer. What changed meanwhile is asked for after a pause.
func (l *engineList[T]) took(engine int, rows []T, err error) tea.Cmd {
	if engine != l.engine {
		return nil
	}
	l.loaded, l.err = err == nil, err
	if err == nil {
		if rows == nil {
			rows = []T{}
		}
		l.setRows(rows)
	}
	var next tea.Cmd
	if then := l.then; then != nil {
		l.then = nil
		next = then()
	}
	return tea.Batch(next, tea.Tick(listPause, func(time.Time) tea.Msg {
		return listed{func() tea.Cmd {
			if engine == l.engine {
				l.asking = false
			}
			return nil
		}}
	}))
}

// forget lets go of the rows, and of those that are on their way: another
// engine is looked at now.
func (l *engineList[T]) forget() {
	l.engine++
	l.asking, l.then = false, nil
	if l.drop != nil {
		l.drop()
	}
	l.loaded, l.err, l.seen = false, nil, 0
	l.deck.forget()
	l.unmark()
}

// load asks for what the left deck shows, if that is a list to be asked for.
func (p *Part) load() tea.Cmd {
	if l, ok := p.left.board().(loader); ok {
		return l.load(p.origin().Bind(p.ctx.Life), p.docker)
	}
	return nil
}

// engineKind fills in what the lists of the engine have in common.
func engineKind[T any](p *Part, k *kind[T], what string, err func() error) *kind[T] {
	k.heading = func(_ string, h *heading, _ []T) detail.Subject {
		return detail.Group(h.title, fmt.Sprintf("%d %s", h.total, what))
	}
	k.status = func() link.Status { return p.docker.Status }
	k.empty = func(d *deck[T]) notice {
		n, down := noEngine(p.docker.Status)
		switch {
		case down:
			return n
		case err() != nil && d.rows == nil:
			return notice{theme.Broken, "No " + what + " can be listed", []string{err().Error()}, nil}
		case d.rows == nil:
			return notice{theme.Starting, "Listing " + what + "…", nil, nil}
		case d.passing.on():
			return noMatch(d.passing, "None of the "+what+" match")
		}
		return notice{theme.Idle, "No " + what + " yet", nil, []keys.Action{keys.NextList}}
	}
	k.cannot = func(a keys.Action) bool { return slices.Contains(onRows, a) && a != keys.Remove }
	k.footer = []keys.Action{keys.Describe, keys.NextList, keys.Mark, keys.Remove, keys.SameImage, keys.OtherDeck, keys.Contexts, keys.SortRight}
	return k
}

// composeGroup is a group that Compose, or nobody, made.
func composeGroup(project string) groupKey {
	if project != "" {
		return groupKey{rank: rankProject, kind: "compose", name: project}
	}
	return groupKey{rank: rankOther, name: "other"}
}

func composeTitle(k groupKey) (title, note string) {
	if k.kind == "compose" {
		return screen.Clean(k.name), "compose"
	}
	return k.name, ""
}

// usedLevel is how something stands that containers use or do not.
func usedLevel(by []string) theme.Level {
	if len(by) > 0 {
		return theme.Good
	}
	return theme.Idle
}

// otherEngine forgets what is known of the former one's lists.
func (p *Part) otherEngine() {
	for _, b := range p.left.boards {
		if l, ok := b.(loader); ok {
			l.forget()
		}
	}
}
