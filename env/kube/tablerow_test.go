package kube

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// Whatever a server sends for a table, each row has a cell for each column,
// and ages are times or the server's own words.
func FuzzTable(f *testing.F) {
	for _, table := range []any{
		fakeTable(fakeRow("one", []any{"one", "True", 7, "5m"})),
		fakeTable(fakeRow("\x1b[2J", []any{nil, true, []any{1, "a"}, "<unknown>", "more"})),
		map[string]any{"kind": "Status", "code": 403, "reason": "Forbidden", "message": "no"},
	} {
		text, err := json.Marshal(table)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"kind":"Table","columnDefinitions":[{"name":"Last Seen"},{"name":"Duration"},{"name":"Age","priority":-1}],"rows":[{"object":{"series":null,"lastTimestamp":null}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, k := range []Kind{widgets(), {Resource: "events"}, {Group: "batch", Resource: "jobs"}, {Group: "apps", Resource: "deployments"}, PodKind()} {
			d := json.NewDecoder(strings.NewReader(string(text)))
			d.UseNumber()
			var table tableJSON
			if d.Decode(&table) != nil || table.wrong() != nil {
				return
			}
			r := newTableReader(k, &table)
			for i := range table.Rows {
				o := r.object(&table.Rows[i], time.Now())
				if len(o.Cells) != len(r.columns) {
					t.Errorf("%d cells under %d columns", len(o.Cells), len(r.columns))
				}
				for j := range r.columns {
					_, _ = o.Time(j)
					if before, _, behind, ok := o.Ago(j); ok && (before == "" || behind == "") {
						t.Errorf("%q and %q stand around an age", before, behind)
					}
				}
			}
		}
	})
}
