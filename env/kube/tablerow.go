package kube

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// tableJSON is the server's table (meta.k8s.io/v1 Table), as far as rows need
// it, or the Status that it sends instead.
type tableJSON struct {
	Kind     string
	Metadata struct{ ResourceVersion, Continue string }

	ColumnDefinitions []struct {
		Name, Type string
		Priority   int
	}
	Rows []rowJSON

	Code    int32
	Reason  metav1.StatusReason
	Message string
}

type rowJSON struct {
	Cells  []any
	Object struct {
		Metadata struct {
			UID, Namespace, Name string
			CreationTimestamp    time.Time
			DeletionTimestamp    *time.Time
			Labels               map[string]string
			Annotations          initialEvents
			OwnerReferences      []metav1.OwnerReference
		}
		// Only of the kinds that include it.
		FirstTimestamp, LastTimestamp, EventTime time.Time
		Series                                   struct{ LastObservedTime time.Time }
		Status                                   struct{ StartTime, CompletionTime *time.Time }
	}
}

// initialEvents are the annotations of a bookmark: all others are not kept.
type initialEvents struct {
	End string `json:"k8s.io/initial-events-end"`
}

var errNoTable = errors.New("the server does not print its objects as a table")

// wrong says why t is no table.
func (t *tableJSON) wrong() error {
	switch t.Kind {
	case "Table":
		return nil
	case "Status":
		return t.status()
	}
	return fmt.Errorf("%w: it sent a %s", errNoTable, t.Kind)
}

func (t *tableJSON) status() error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: t.Code, Reason: t.Reason, Message: t.Message,
	}}
}

// ends says whether a bookmark ends the first list.
func (t *tableJSON) ends() bool {
	return slices.ContainsFunc(t.Rows, func(r rowJSON) bool { return r.Object.Metadata.Annotations.End == "true" })
}

// includes is how much of an object comes with its row: of most kinds the
// metadata, of some the times that their cells only tell as ages.
func (k Kind) includes() string {
	if k.Group == "" && k.Resource == "events" || k.Group == "batch" && k.Resource == "jobs" {
		return "Object"
	}
	return "Metadata"
}

// times reads what a column of ages counts from, for the columns where the
// server prints an age only.
var times = map[string]func(*rowJSON) time.Time{
	"AGE":        func(r *rowJSON) time.Time { return r.Object.Metadata.CreationTimestamp },
	"FIRST SEEN": func(r *rowJSON) time.Time { return earliest(r.Object.FirstTimestamp, r.Object.EventTime) },
	"LAST SEEN": func(r *rowJSON) time.Time {
		o := &r.Object
		last := o.EventTime
		for _, t := range []time.Time{o.FirstTimestamp, o.LastTimestamp, o.Series.LastObservedTime} {
			if t.After(last) {
				last = t
			}
		}
		return last
	},
	"DURATION": func(r *rowJSON) time.Time {
		if s := r.Object.Status; s.StartTime != nil && s.CompletionTime == nil {
			return *s.StartTime // of a job that runs: it goes on
		}
		return time.Time{}
	},
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// aging are columns of ages that the server does not declare as such.
var aging = []string{"AGE", "FIRST SEEN", "LAST SEEN", "LAST SCHEDULE", "CREATED AT"}

// tableReader turns the rows of a kind's tables into objects.
type tableReader struct {
	kind    Kind
	columns []Column
	phase   judge
	at      map[string]int // columns by name
}

func newTableReader(k Kind, t *tableJSON) tableReader {
	r := tableReader{kind: k, phase: judgeOf(k), at: map[string]int{}}
	for i, d := range t.ColumnDefinitions {
		c := Column{Name: strings.ToUpper(d.Name), Wide: d.Priority > 0}
		c.Age = d.Type == "date" || slices.Contains(aging, c.Name) || c.Name == "DURATION" && k.includes() == "Object"
		c.Cores = slices.Contains(strings.FieldsFunc(c.Name, notLetter), "CPU")
		c.Number = d.Type == "integer" || d.Type == "number" || i < len(t.firstRow()) && isNumber(t.firstRow()[i])
		r.columns = append(r.columns, c)
		r.at[c.Name] = i
	}
	return r
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

func (t *tableJSON) firstRow() []any {
	if len(t.Rows) == 0 {
		return nil
	}
	return t.Rows[0].Cells
}

func isNumber(cell any) bool {
	_, ok := cell.(json.Number)
	return ok
}

// object reads a row that came at a time.
func (r *tableReader) object(row *rowJSON, now time.Time) *Object {
	m := &row.Object.Metadata
	o := &Object{
		UID: m.UID, Namespace: intern(m.Namespace), Name: m.Name, Created: m.CreationTimestamp,
		Owner: ownerOf(m.OwnerReferences, m.Labels), Labels: labelsOf(m.Labels), Going: m.DeletionTimestamp != nil,
		Cells: make([]string, len(r.columns)),
	}
	for i, c := range r.columns {
		if i < len(row.Cells) {
			o.Cells[i] = r.cell(c, row, row.Cells[i], o, now)
		}
	}
	if images := r.of(o, "IMAGES"); images != "" && images != "<none>" {
		for image := range strings.SplitSeq(images, ",") {
			o.Images = append(o.Images, intern(image))
		}
	}
	if o.Phase = r.phase(func(column string) string { return r.of(o, column) }, now.Sub(o.Created)); o.Going {
		o.Phase = PhaseWarning
	}
	return o
}

// of is the cell of a column; "" where there is none.
func (r *tableReader) of(o *Object, column string) string {
	if i, ok := r.at[column]; ok {
		return o.Cells[i]
	}
	return ""
}

const internLimit = 80 // bytes: longer texts are seldom alike

func (r *tableReader) cell(c Column, row *rowJSON, v any, o *Object, now time.Time) string {
	var text string
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		text = v
	case json.Number:
		text = v.String()
	default:
		text = fmt.Sprint(v)
	}
	if c.Age {
		return ageCell(c, row, text, now)
	}
	if ago, ok := agoCell(text, now); ok {
		return ago
	}
	switch {
	case text == o.Name:
		return o.Name
	case len(text) <= internLimit:
		return intern(text)
	}
	return text
}

// ageCell is what a column of ages counts from. Where the server tells no more
// than how long ago that was, it is counted back from now.
func ageCell(c Column, row *rowJSON, text string, now time.Time) string {
	if read := times[c.Name]; read != nil {
		if at := read(row); !at.IsZero() {
			return timeCell(at)
		}
	}
	if c.Name == "DURATION" {
		return intern(text)
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return timeCell(at)
	}
	if d, ok := duration(text); ok {
		return timeCell(now.Add(-d))
	}
	return intern(text)
}
