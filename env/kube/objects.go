package kube

import (
	"time"

	"github.com/twindeck/twindeck/env/link"
)

// Objects is what is known of the objects of a kind at one moment.
type Objects struct {
	Version   uint64 // grows with each change; equal versions, equal rows
	Kind      Kind
	Context   string // name of the kubeconfig context they are of; "" if none
	Namespace string // "" for all, and for what has none
	Columns   []Column
	Rows      []*Object // sorted by namespace, then name; shared, never to be changed
	Synced    bool      // the first list is complete
	Status    link.Status
}

// Column is one of the columns that the server prints for a kind.
type Column struct {
	Name   string // as kubectl prints it: READY, LAST SEEN
	Wide   bool   // only shown where there is room (kubectl get -o wide)
	Number bool   // its cells are numbers
	Age    bool   // its cells are times, which Object.Time reads
	Cores  bool   // its cells are of CPUs: 500m is half a one, no time
}

// Object is a row of a kind. Values are immutable once handed out.
type Object struct {
	UID       string
	Namespace string // "" for what has none
	Name      string
	Cells     []string // one a column, as the server prints them; times in the place of ages
	Phase     Phase    // PhaseNone for kinds that are neither well nor ill
	Created   time.Time
	Owner     Owner    // who keeps it alive; of a ReplicaSet its Deployment
	Labels    []string // "key=value", sorted
	Images    []string // that a workload runs, as written in its manifest
	Going     bool     // it is being deleted
}

// Ref names the object.
func (o Objects) Ref(row *Object) Ref { return o.Kind.Ref(row.Namespace, row.Name) }

// Time is when what a column of ages counts from was: the creation, the last
// event, the end. ok is false for a cell that holds a text or nothing instead.
func (o *Object) Time(column int) (at time.Time, ok bool) {
	if column >= len(o.Cells) {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339, o.Cells[column])
	return at, err == nil
}

// ID tells the object from others of its kind. What a server makes up as it is
// asked, as metrics, has no UID.
func (o *Object) ID() string {
	if o.UID != "" {
		return o.UID
	}
	return o.Namespace + "/" + o.Name
}

// timeCell is a time as a cell holds it.
func timeCell(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
