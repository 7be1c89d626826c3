// Package detail shows one row of the decks: its logs as they are written, and
// what docker and kubectl would describe.
package detail

import (
	"context"
	"slices"
	"time"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/logs"
	"github.com/twindeck/twindeck/ui/screen"
)

// Tab is one of the views of a subject.
type Tab string

// The tabs.
const (
	Logs     Tab = "Logs"
	Describe Tab = "Describe"
	YAML     Tab = "YAML"
	Events   Tab = "Events"
	Inspect  Tab = "Inspect"
	Layers   Tab = "Layers"
	Stats    Tab = "Stats"
	Env      Tab = "Env"
	Top      Tab = "Top"
)

// Subject is what the detail shows. The zero Subject is nothing.
type Subject struct {
	id    string
	kind  string // subjects of a kind have the same tabs, and share the one chosen last
	title string
	note  string // said in place of content, for what has no tabs
	row   any    // a pointer to the row: rows are never changed, a change makes a new one
	tabs  []tab
	logs  logs.Set // whose logs are shown; without targets: none's

	origin screen.Origin // of its row; zero: any
}

// Of returns the subject as one of rows of an origin: what is asked for it is
// asked there alone.
func (s Subject) Of(origin screen.Origin) Subject {
	s.origin, s.logs = origin, s.logs.From(origin)
	return s
}

// tab is one view of a subject: how its text is read, and the command that
// shows the same.
type tab struct {
	name    Tab
	command string        // of logs: made by what shows them
	read    reader        // nil: logs, or what is the matter
	every   time.Duration // it is read again that often; 0: when the row changed

	why   judge                             // what is the matter with it; nil: another tab
	ails  bool                              // something is
	doubt time.Time                         // from when on something may be, unless it is well by then; zero: never
	aim   func(screen.Origin) screen.Target // what a fix of it changes
}

// ill reports whether something is, or may be, the matter with the subject.
func (t tab) ill(now time.Time) bool { return t.ails || !t.doubt.IsZero() && now.After(t.doubt) }

// label is the tab's name in the frame; what ails is marked.
func (t tab) label(now time.Time) string {
	if t.ill(now) {
		return string(t.name) + " ▲"
	}
	return string(t.name)
}

// reader reads the text of a tab.
type reader func(ctx context.Context, e *env.Environment, now time.Time) (string, error)

// Pod returns a pod as a subject.
func Pod(p *kube.Pod) Subject {
	title, ref := screen.Clean(p.Name), p.Ref()
	at := title + " -n " + screen.Clean(p.Namespace)
	return Subject{
		id: p.UID, kind: "pod", title: title, row: p, logs: logs.One(logs.Pod(p)),
		tabs: []tab{
			{name: Logs},
			{name: Describe, command: "kubectl describe pod " + at, read: describe(ref)},
			{name: YAML, command: "kubectl get pod " + at + " -o yaml", read: readYAML(ref)},
			{name: Events, command: "kubectl events --for pod/" + at, read: events(ref)},
			whyPod(p, "kubectl describe pod "+at),
		},
	}
}

// Object returns an object of any kind as a subject.
func Object(kind kube.Kind, o *kube.Object) Subject {
	ref, title := kind.Ref(o.Namespace, o.Name), screen.Clean(o.Name)
	where := ""
	if kind.Namespaced {
		where = " -n " + screen.Clean(o.Namespace)
	}
	what := kind.String() + "/" + title
	s := Subject{
		id: o.ID(), kind: "object", title: title, row: o,
		tabs: []tab{
			{name: Describe, command: "kubectl describe " + what + where, read: describe(ref)},
			{name: YAML, command: "kubectl get " + what + where + " -o yaml", read: readYAML(ref)},
			{name: Events, command: "kubectl events --for " + what + where, read: events(ref)},
		},
	}
	if t, ok := whyObject(ref, "kubectl describe "+what+where); ok {
		s.tabs = append(s.tabs, t)
	}
	return s
}

// Workload returns an object with the logs of its pods, which come and go.
// Without any it is an object as others are.
func Workload(kind kube.Kind, o *kube.Object, pods []*kube.Pod) Subject {
	s := Object(kind, o)
	if len(pods) == 0 {
		return s
	}
	s.kind = "workload"
	s.logs = logs.Set{ID: s.id, Title: s.title, Part: kind.Name == "ReplicaSet"} // a revision of its deployment
	for _, p := range pods {
		s.logs.Targets = append(s.logs.Targets, logs.Pod(p))
	}
	s.tabs = append([]tab{{name: Logs}}, s.tabs...)
	return s
}

func describe(ref kube.Ref) reader {
	return func(ctx context.Context, e *env.Environment, _ time.Time) (string, error) {
		return e.Kube.Describe(ctx, ref)
	}
}

func readYAML(ref kube.Ref) reader {
	return func(ctx context.Context, e *env.Environment, _ time.Time) (string, error) {
		return e.Kube.YAML(ctx, ref)
	}
}

func events(ref kube.Ref) reader {
	return func(ctx context.Context, e *env.Environment, now time.Time) (string, error) {
		found, err := e.Kube.Events(ctx, ref)
		return writeEvents(found, now), err
	}
}

// Group returns a group of rows as a subject: there is nothing to show of it
// but how it stands.
func Group(title, note string) Subject { return Subject{title: title, note: note} }

// Together returns several rows as one subject: their logs are shown merged.
// While the id stays the same, rows may join and leave. Rows none of which
// writes logs are a Group.
func Together(id, title, note string, rows []Subject) Subject {
	s := Subject{id: id, kind: "together", title: title, note: note, tabs: []tab{{name: Logs}}, logs: logs.Set{ID: id, Title: title}}
	for _, r := range rows {
		s.logs.Targets = append(s.logs.Targets, r.logs.Targets...)
	}
	if len(s.logs.Targets) == 0 {
		return Group(title, note)
	}
	return s
}

// Marked is what Together is, of rows that were chosen one by one: there may be
// more of what they belong to.
func Marked(id, title, note string, rows []Subject) Subject {
	s := Together(id, title, note, rows)
	s.logs.Part = true
	return s
}

// tab returns a tab by its name; ok is false if the subject has none of it.
func (s Subject) tab(name Tab) (t tab, ok bool) {
	for _, t := range s.tabs {
		if t.name == name {
			return t, true
		}
	}
	return tab{}, false
}

// Is reports whether the subject is a row, or several.
func (s Subject) Is() bool { return s.id != "" }

// same reports whether s and o are the same row in the same state.
func (s Subject) same(o Subject) bool {
	return s.id == o.id && s.row == o.row && s.title == o.title && s.note == o.note && slices.Equal(s.logs.Targets, o.logs.Targets)
}
