package kube

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestTableSharesImmutableRows(t *testing.T) {
	var tab table[*Pod]
	tab.put(&Pod{Namespace: "b", Name: "x"})
	tab.put(&Pod{Namespace: "a", Name: "z"})
	tab.put(&Pod{Namespace: "a", Name: "y"})
	before := tab.share()
	kept := slices.Clone(before)
	tab.put(&Pod{Namespace: "a", Name: "y", Status: "Running"})
	tab.put(&Pod{Namespace: "a", Name: "a"})
	tab.remove("b", "x")
	tab.remove("b", "never there")
	if !slices.Equal(before, kept) {
		t.Error("rows that were handed out changed")
	}
	var got []string
	for _, p := range tab.share() {
		got = append(got, p.Namespace+"/"+p.Name+p.Status)
	}
	if want := []string{"a/a", "a/yRunning", "a/z"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTableStaysSorted(t *testing.T) {
	var tab table[*Pod]
	names := map[string]bool{}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		name := fmt.Sprint(r.IntN(300))
		if r.IntN(3) == 0 {
			tab.remove("n", name)
			delete(names, name)
		} else {
			tab.put(&Pod{Namespace: "n", Name: name})
			names[name] = true
		}
		if r.IntN(20) == 0 {
			tab.share()
		}
	}
	rows := tab.share()
	if len(rows) != len(names) || !slices.IsSortedFunc(rows, func(a, b *Pod) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	}) {
		t.Errorf("%d rows for %d names, or not sorted", len(rows), len(names))
	}
}

func BenchmarkTableChange(b *testing.B) {
	var tab table[*Pod]
	for i := range 10_000 {
		tab.put(&Pod{Namespace: "n", Name: fmt.Sprintf("%05d", i)})
	}
	b.ReportAllocs()
	for i := range b.N {
		tab.put(&Pod{Namespace: "n", Name: fmt.Sprintf("%05d", i%10_000)})
		if i%100 == 0 {
			tab.share()
		}
	}
}
