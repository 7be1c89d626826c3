package decks

import (
	"time"

	"charm.land/lipgloss/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/ui/theme"
)

// kind is what a deck needs to know about its rows, as data: how they are
// told apart, grouped, filtered and written. The deck itself knows no
// containers and no pods.
type kind[T any] struct {
	noun    string // "Containers"
	columns []column[T]
	id      func(T) string
	level   func(T) theme.Level
	group   func(T) groupKey
	title   func(groupKey) (title, note string)
	ready   func(T) bool // counts for the group's n/m
	system  func(T) bool // left out until asked for; nil: none are
	closed  func(space string) bool
	fields  func(T) [5]string // what a filter looks at
}

// column is one column of a deck. The first one takes the spare room.
type column[T any] struct {
	head  string
	width int
	right bool // numbers: aligned right
	from  int  // width of the deck from which it is shown
	text  func(T, *scene) string
	cut   func(text string, width int) string // how to shorten it; nil: at its end
	style func(T, *scene) lipgloss.Style      // nil: second rank
	order func(a, b T, in *scene) int
}

// scene is what drawing a row depends on besides the row.
type scene struct {
	th    *theme.Theme
	now   time.Time
	stats map[string]docker.Stat
	old   bool // no news: everything is grey
}

// groupKey names a group. Groups are shown by space, then rank, then name.
type groupKey struct {
	space string // a namespace when several are shown; else empty
	rank  int    // lower first
	kind  string
	name  string
}

func (k groupKey) id() string     { return "group\x00" + k.space + "\x00" + k.kind + "\x00" + k.name }
func spaceID(space string) string { return "space\x00" + space }
func compareGroups(a, b groupKey) int {
	return firstNonZero(
		compareStrings(a.space, b.space),
		a.rank-b.rank,
		compareStrings(a.name, b.name),
		compareStrings(a.kind, b.kind),
	)
}
