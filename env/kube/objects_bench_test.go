package kube

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"
	"time"
)

// deployments are a first list of n, as the server prints it.
func deployments(n int) (head *tableJSON, rows [][]byte) {
	head = &tableJSON{Kind: "Table"}
	for _, name := range []string{"Name", "Ready", "Up-to-date", "Available", "Age", "Containers", "Images", "Selector"} {
		head.ColumnDefinitions = append(head.ColumnDefinitions, struct {
			Name, Type string
			Priority   int
		}{Name: name, Type: "string"})
	}
	for i := range n {
		name := fmt.Sprintf("web-%05d", i)
		row := fakeRow(name, []any{name, "3/3", 3, 3, "5d", "main", "ghcr.io/acme/web:1.4.2", "app=" + name})
		text, err := json.Marshal(row)
		if err != nil {
			panic(err) // of what the test itself wrote
		}
		rows = append(rows, text)
	}
	return head, rows
}

// BenchmarkObjects tells what a row costs to read and to keep.
func BenchmarkObjects(b *testing.B) {
	const n = 10_000
	head, rows := deployments(n)
	k := Kind{Group: "apps", Resource: "deployments"}
	now := time.Now()
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		t, r := &table[*Object]{}, newTableReader(k, head)
		for _, text := range rows {
			var row rowJSON
			if err := json.Unmarshal(text, &row); err != nil {
				b.Fatal(err)
			}
			t.put(r.object(&row, now))
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(t)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/row")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}
