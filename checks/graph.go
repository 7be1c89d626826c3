package checks

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Verify reports what is wrong with a list of checks as a graph: two with one
// ID, a need that nobody has, or needs that go round in a circle. All of them
// are mistakes in the catalogue, not on a machine.
func Verify(list []*Check) error {
	byID := make(map[string]*Check, len(list))
	var wrong []error
	for _, c := range list {
		if byID[c.ID] != nil {
			wrong = append(wrong, fmt.Errorf("two checks have the ID %s", c.ID))
		}
		byID[c.ID] = c
	}
	for _, c := range list {
		for _, need := range c.before() {
			if byID[need] == nil {
				wrong = append(wrong, fmt.Errorf("%s needs %s, which is not in the list", c.ID, need))
			}
		}
	}
	if circle := findCircle(list, byID); circle != nil {
		wrong = append(wrong, fmt.Errorf("checks need each other: %s", strings.Join(circle, " -> ")))
	}
	return errors.Join(wrong...)
}

func findCircle(list []*Check, byID map[string]*Check) []string {
	sound := map[string]bool{}
	var path []string
	var visit func(c *Check) []string
	visit = func(c *Check) []string {
		if c == nil || sound[c.ID] {
			return nil
		}
		if i := slices.Index(path, c.ID); i >= 0 {
			return append(slices.Clone(path[i:]), c.ID)
		}
		path = append(path, c.ID)
		for _, need := range c.before() {
			if circle := visit(byID[need]); circle != nil {
				return circle
			}
		}
		path = path[:len(path)-1]
		sound[c.ID] = true
		return nil
	}
	for _, c := range list {
		if circle := visit(c); circle != nil {
			return circle
		}
	}
	return nil
}

// Select narrows a list to the checks named in only, with all they need, and
// leaves out those named in skip; a check that needed a skipped one then needs
// what that one needed. A name is an ID or the beginning of IDs up to a dot:
// "kube" names all of kube.*. Empty only means all. An unknown name is an error.
func Select(list []*Check, only, skip []string) ([]*Check, error) {
	for _, name := range slices.Concat(only, skip) {
		if !slices.ContainsFunc(list, func(c *Check) bool { return named(c.ID, name) }) {
			return nil, Unknown(list, name)
		}
	}
	byID := make(map[string]*Check, len(list))
	for _, c := range list {
		byID[c.ID] = c
	}

	wanted := map[string]bool{}
	var want func(id string)
	want = func(id string) {
		if wanted[id] || byID[id] == nil {
			return
		}
		wanted[id] = true
		for _, need := range byID[id].before() {
			want(need)
		}
	}
	for _, c := range list {
		if len(only) == 0 || anyNamed(c.ID, only) {
			want(c.ID)
		}
	}

	var kept []*Check
	for _, c := range list {
		if !wanted[c.ID] || anyNamed(c.ID, skip) {
			continue
		}
		clone := *c
		clone.Needs = pastSkipped(c.Needs, byID, skip)
		clone.After = pastSkipped(c.After, byID, skip)
		kept = append(kept, &clone)
	}
	return kept, nil
}

func pastSkipped(needs []string, byID map[string]*Check, skip []string) []string {
	var past []string
	for _, need := range needs {
		if c := byID[need]; c != nil && anyNamed(need, skip) {
			past = append(past, pastSkipped(c.Needs, byID, skip)...)
		} else {
			past = append(past, need)
		}
	}
	return past
}

func named(id, name string) bool { return id == name || strings.HasPrefix(id, name+".") }

func anyNamed(id string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return named(id, n) })
}

// waitingFor returns the checks that cannot run while id has failed, in the
// list's order. Checks of other systems are not among them.
func waitingFor(id string, list []*Check, system string) []string {
	stuck := map[string]bool{id: true}
	for grown := true; grown; {
		grown = false
		for _, c := range list {
			if stuck[c.ID] || !c.appliesTo(system) {
				continue
			}
			if slices.ContainsFunc(c.Needs, func(n string) bool { return stuck[n] }) {
				stuck[c.ID], grown = true, true
			}
		}
	}
	delete(stuck, id)
	ids := slices.Collect(maps.Keys(stuck))
	at := func(id string) int { return slices.IndexFunc(list, func(c *Check) bool { return c.ID == id }) }
	slices.SortFunc(ids, func(a, b string) int { return at(a) - at(b) })
	return ids
}

// before are the checks that come out before this one does.
func (c *Check) before() []string { return slices.Concat(c.Needs, c.After) }

func (c *Check) appliesTo(system string) bool {
	return len(c.Systems) == 0 || slices.Contains(c.Systems, system)
}
