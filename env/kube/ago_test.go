package kube

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

// What the server writes as so long ago is kept as the time it was; a text that
// only looks like it stays as it is.
func TestAgoCells(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]struct {
		cell, before string
		at           time.Time
	}{
		"3 (5m ago)":              {"3 (2026-11-20T11:55:00Z ago)", "3 (", noon.Add(-5 * time.Minute)},
		"3 (5m30s ago)":           {"3 (2026-11-20T11:54:30Z ago)", "3 (", noon.Add(-5*time.Minute - 30*time.Second)},
		"12 (3h5m ago)":           {"12 (2026-11-20T08:55:00Z ago)", "12 (", noon.Add(-3*time.Hour - 5*time.Minute)},
		"1 (2d ago)":              {"1 (2026-11-18T12:00:00Z ago)", "1 (", noon.Add(-48 * time.Hour)},
		"a (b) (7s ago)":          {"a (b) (2026-11-20T11:59:53Z ago)", "a (b) (", noon.Add(-7 * time.Second)},
		"0":                       {cell: "0"},
		"3 (5m ago) more":         {cell: "3 (5m ago) more"},
		"3 (<invalid> ago)":       {cell: "3 (<invalid> ago)"},
		"5m ago)":                 {cell: "5m ago)"},
		" ago)":                   {cell: " ago)"},
		"( ago)":                  {cell: "( ago)"},
		"not long (ago)":          {cell: "not long (ago)"},
		"(9999999999999999d ago)": {cell: "(9999999999999999d ago)"},
	} {
		row := fakeRow("web", []any{"web", text})
		raw, err := json.Marshal(fakeTable(row))
		if err != nil {
			t.Fatal(err)
		}
		var table tableJSON
		if err := json.Unmarshal(raw, &table); err != nil {
			t.Fatal(err)
		}
		r := newTableReader(PodKind(), &table)
		o := r.object(&table.Rows[0], noon)
		before, at, behind, ok := o.Ago(1)
		if o.Cells[1] != want.cell || before != want.before || !at.Equal(want.at) || ok != (want.before != "") || ok && behind != " ago)" {
			t.Errorf("%q is kept as %q, and read as %q, %v, %q, %v; want %+v", text, o.Cells[1], before, at, behind, ok, want)
		}
	}
	if _, _, _, ok := (&Object{}).Ago(3); ok {
		t.Error("a cell that is not there tells an age")
	}
}

// By count, then the later first, as ages are ordered.
func TestAgoCellsAreOrdered(t *testing.T) {
	t.Parallel()
	cells := []string{"12 (2026-11-20T11:00:00Z ago)", "3 (2026-11-20T11:00:00Z ago)", "<none>", "3", "3 (2026-11-20T11:59:00Z ago)", "0"}
	slices.SortFunc(cells, Column{Name: "RESTARTS"}.Compare)
	want := []string{"0", "3", "3 (2026-11-20T11:59:00Z ago)", "3 (2026-11-20T11:00:00Z ago)", "12 (2026-11-20T11:00:00Z ago)", "<none>"}
	if !slices.Equal(cells, want) {
		t.Errorf("ordered as %q, want %q", cells, want)
	}
}
