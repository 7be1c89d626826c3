package decks

import (
	"cmp"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/detail"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/theme"
)

// kind is what a deck needs to know about its rows, as data: how they are
// told apart, grouped, filtered, written, and what can be done to them. The
// deck itself knows no containers and no pods.
type kind[T any] struct {
	noun     string // "Containers"
	one      string // "A container"
	short    string // in the edge, among the lists of its side: "containers"
	columns  []column[T]
	flex     int  // the column that takes the spare room
	unsorted bool // rows do not come in the order of the first column
	id       func(T) string
	level    func(T) theme.Level
	group    func(T) groupKey // the zero key: rows stand without a heading
	title    func(groupKey) (title, note string)
	ready    func(T) bool // counts for the group's n/m
	system   func(T) bool // left out until asked for; nil: none are
	closed   func(space string) bool
	fields   func(r T, to []string) []string // appends what a filter looks at, the name first
	ids      func(T) []string                // what a filter finds by its beginning alone; nil: nothing
	labels   func(T) []string                // "key=value", what label= looks at; nil: it has none
	runs     func(T) runs                    // its images; nil: it runs none
	users    func(T) []string                // names of the containers that use it; nil: containers do not

	subject func(T) detail.Subject
	heading func(id string, h *heading, rows []T) detail.Subject
	status  func() link.Status
	empty   func(*deck[T]) notice
	footer  []keys.Action
	act     func(a keys.Action, on chosen[T]) (tea.Cmd, bool)
	copies  func(T) []copyable       // what of a row can be copied
	logless func(T) string           // why a row has no logs now; nil: that is not known
	enter   func(T) (tea.Cmd, bool)  // goes into a row; nil, false: the detail shows it
	cannot  func(a keys.Action) bool // its rows have no use for it; nil: none is known
}

// scene is what drawing a row depends on besides the row.
type scene struct {
	th       *theme.Theme
	now      time.Time
	stats    map[string]docker.Stat // by container ID
	podStats map[string]kube.Stat   // by UID
	old      bool                   // no news: everything is grey
}

// groupKey names a group. Groups are shown by space, then rank, then name.
type groupKey struct {
	space string // a namespace when several are shown; else empty
	rank  int    // lower first
	kind  string
	name  string
}

// bare says that the rows stand without a heading.
func (k groupKey) bare() bool { return k.kind == "" && k.name == "" && k.rank == 0 }

func (k groupKey) id() string     { return "group\x00" + k.space + "\x00" + k.kind + "\x00" + k.name }
func spaceID(space string) string { return "space\x00" + space }

// compareGroups orders groups by name; sign -1: the other way round.
func compareGroups(a, b groupKey, sign int) int {
	return cmp.Or(
		sign*cmp.Compare(a.space, b.space),
		cmp.Compare(a.rank, b.rank),
		sign*cmp.Compare(a.name, b.name),
		sign*cmp.Compare(a.kind, b.kind),
	)
}
