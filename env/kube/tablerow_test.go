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

// Of what a secret holds nothing but its size is left, wherever it stands.
func TestMaskObject(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ object, want string }{
		"secret": {
			`{"apiVersion":"v1","kind":"Secret","data":{"password":"aHVudGVyMg==","empty":""},"stringData":{"token":"hunter2"},"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"kind\":\"Secret\",\"data\":{\"password\":\"aHVudGVyMg==\"}}"}}}`,
			`{"apiVersion":"v1","data":{"empty":"******** (0 bytes)","password":"******** (7 bytes)"},"kind":"Secret","metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"password\":\"********\"},\"kind\":\"Secret\"}"}},"stringData":{"token":"******** (7 bytes)"}}`,
		},
		"config map": {
			`{"apiVersion":"v1","kind":"ConfigMap","data":{"DB_PASSWORD":"hunter2","LEVEL":"debug","app.ini":"password = hunter2"},"binaryData":{"logo":"/wA=","tls.key":"/2h1bnRlcjI="}}`,
			`{"apiVersion":"v1","binaryData":{"logo":"/wA=","tls.key":"******** (8 bytes)"},"data":{"DB_PASSWORD":"********","LEVEL":"debug","app.ini":"password = ********"},"kind":"ConfigMap"}`,
		},
		"custom resource": {
			`{"apiVersion":"acme.dev/v1","kind":"Database","spec":{"adminPassword":"hunter2","secretName":"db","users":[{"token":"hunter2"},"plain"],"passwordSecretRef":{"name":"db","key":"password"}}}`,
			`{"apiVersion":"acme.dev/v1","kind":"Database","spec":{"adminPassword":"********","passwordSecretRef":{"key":"password","name":"db"},"secretName":"db","users":[{"token":"********"},"plain"]}}`,
		},
		"workload": {
			`{"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{"containers":[{"env":[{"name":"API_TOKEN","value":"hunter2"},{"name":"PORT","value":"80"}]}]}}}}`,
			`{"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{"containers":[{"env":[{"name":"API_TOKEN","value":"********"},{"name":"PORT","value":"80"}]}]}}}}`,
		},
	} {
		var object map[string]any
		if err := json.Unmarshal([]byte(tc.object), &object); err != nil {
			t.Fatal(err)
		}
		maskObject(object)
		got, err := json.Marshal(object)
		if err != nil || string(got) != tc.want {
			t.Errorf("%s: %s, %v\nwant %s", name, got, err, tc.want)
		}
	}
}
