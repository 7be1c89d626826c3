package kube

import (
	"cmp"
	"slices"
)

// table holds rows sorted by namespace, then name. A slice it has handed out
// is never written again: the first change after that copies it (8 bytes a
// pod), so a reader needs no lock and a change needs no sort.
type table struct {
	rows   []*Pod
	shared bool // rows was handed out
	synced bool // rows are all there are
}

func (t *table) find(namespace, name string) (int, bool) {
	return slices.BinarySearchFunc(t.rows, Pod{Namespace: namespace, Name: name}, func(p *Pod, want Pod) int {
		return cmp.Or(cmp.Compare(p.Namespace, want.Namespace), cmp.Compare(p.Name, want.Name))
	})
}

func (t *table) own() {
	if t.shared {
		// Room to grow, so that a burst of new pods does not copy again.
		t.rows = append(make([]*Pod, 0, len(t.rows)+len(t.rows)/8+16), t.rows...)
		t.shared = false
	}
}

// put adds p or replaces the row of its name.
func (t *table) put(p *Pod) {
	t.own()
	i, found := t.find(p.Namespace, p.Name)
	if found {
		t.rows[i] = p
		return
	}
	t.rows = slices.Insert(t.rows, i, p)
}

// remove drops the row of a pod; one that is not there is no error.
func (t *table) remove(namespace, name string) {
	i, found := t.find(namespace, name)
	if !found {
		return
	}
	t.own()
	t.rows = slices.Delete(t.rows, i, i+1)
}

// share returns the rows, from now on immutable.
func (t *table) share() []*Pod {
	t.shared = true
	return t.rows
}
