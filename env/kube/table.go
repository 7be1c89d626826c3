package kube

import (
	"cmp"
	"slices"
)

// placed is what has a place in a table: pods, and other objects.
type placed interface {
	place() (namespace, name string)
}

func (p *Pod) place() (namespace, name string)    { return p.Namespace, p.Name }
func (o *Object) place() (namespace, name string) { return o.Namespace, o.Name }

// table holds rows sorted by namespace, then name. A slice it has handed out
// is never written again: the first change after that copies it (8 bytes a
// row), so a reader needs no lock and a change needs no sort.
type table[R placed] struct {
	rows   []R
	shared bool // rows was handed out
	synced bool // rows are all there are
}

func (t *table[R]) find(namespace, name string) (int, bool) {
	return slices.BinarySearchFunc(t.rows, name, func(r R, name string) int {
		in, is := r.place()
		return cmp.Or(cmp.Compare(in, namespace), cmp.Compare(is, name))
	})
}

func (t *table[R]) own() {
	if t.shared {
		// Room to grow, so that a burst of new pods does not copy again.
		t.rows = append(make([]R, 0, len(t.rows)+len(t.rows)/8+16), t.rows...)
		t.shared = false
	}
}

// put adds r or replaces the row of its name.
func (t *table[R]) put(r R) {
	t.own()
	i, found := t.find(r.place())
	if found {
		t.rows[i] = r
		return
	}
	t.rows = slices.Insert(t.rows, i, r)
}

// remove drops a row; one that is not there is no error.
func (t *table[R]) remove(namespace, name string) {
	i, found := t.find(namespace, name)
	if !found {
		return
	}
	t.own()
	t.rows = slices.Delete(t.rows, i, i+1)
}

// share returns the rows, from now on immutable.
func (t *table[R]) share() []R {
	t.shared = true
	return t.rows
}
