package checks

import (
	"fmt"
	"slices"
	"strings"
)

// mostNear is how many names an error offers.
const mostNear = 3

// Unknown is the error for a name that no check has, with those it may mean.
func Unknown(list []*Check, name string) error {
	offer := ""
	if names := Near(list, name); len(names) > 0 {
		offer = ", but " + strings.Join(names, ", ") + " may be meant"
	}
	return fmt.Errorf("no check is called %q%s; `twindeck check --list` names them all", name, offer)
}

// Near are the names most like one: few letters apart, or with it as a part.
func Near(list []*Check, name string) []string {
	typed := name
	name = strings.ToLower(strings.Trim(name, "*. "))
	if name == "" {
		return nil
	}
	type candidate struct {
		name string
		far  int
	}
	var found []candidate
	for _, full := range names(list) {
		if full == typed {
			continue
		}
		far := distance(name, full)
		last := full[strings.LastIndexByte(full, '.')+1:]
		far = min(far, 1+distance(name, last))
		if strings.Contains(full, name) {
			far = min(far, 1)
		}
		if far <= (len(name)+2)/3 {
			found = append(found, candidate{full, far})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return a.far - b.far })
	var names []string
	for _, c := range found[:min(len(found), mostNear)] {
		if c.far <= found[0].far+1 { // no far ones beside a slip of the keyboard
			names = append(names, c.name)
		}
	}
	return names
}

// names are all that Select takes: the IDs, and their beginnings up to a dot.
func names(list []*Check) []string {
	var all []string
	for _, c := range list {
		for i, r := range c.ID + "." {
			if r == '.' && !slices.Contains(all, c.ID[:i]) {
				all = append(all, c.ID[:i])
			}
		}
	}
	return all
}

// distance is how many letters are to be put in, left out or replaced to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
