package decks

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// removal is what removing rows of one of the engine's lists takes.
type removal[T any] struct {
	one     string // "volume"
	command string // "docker volume rm"
	name    func(T) string
	note    func(T) string // behind the name in the question; may be empty
	kept    func(T) string // why it cannot be removed; nil: each can
	run     func(ctx context.Context, r T) error
	lost    [2]string // of one, of several
}

// removeRows asks, and removes what was chosen.
func removeRows[T any](p *Part, a keys.Action, on chosen[T], what removal[T]) (tea.Cmd, bool) {
	if a != keys.Remove {
		return nil, false
	}
	if len(on.rows) == 0 || on.head != nil {
		return say("Select a " + what.one + " first, or mark several with space"), true
	}
	jobs, lines := make([]job, len(on.rows)), make([]string, len(on.rows))
	for i, r := range on.rows {
		if what.kept != nil && what.kept(r) != "" {
			return say(what.kept(r)), true
		}
		name := screen.Clean(what.name(r))
		jobs[i] = job{does: "remove " + what.one + " " + name, command: what.command + " " + name, run: func(ctx context.Context, _ func(string)) error { return what.run(ctx, r) }}
		lines[i] = "  " + name + what.note(r)
	}
	ask := &screen.Ask{Yes: "remove", Danger: true}
	if len(jobs) == 1 {
		ask.Title = "Remove " + what.one + " " + screen.Clean(what.name(on.rows[0])) + "?"
		ask.Body = []string{lines[0], "", what.lost[0]}
	} else {
		ask.Title = fmt.Sprintf("Remove %d %ss?", len(jobs), what.one)
		ask.Body = append(someNames(lines), "", what.lost[1])
	}
	return start(bound(jobs, p.origin()), fmt.Sprintf("remove %d %ss", len(jobs), what.one), p.origin().EngineTarget(), ask), true
}

// usedNote says who uses a row, behind its name.
func usedNote(by []string) string {
	if len(by) == 0 {
		return ""
	}
	return ", used by " + usedBy(by)
}
