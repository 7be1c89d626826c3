package checks

import (
	"slices"
	"testing"
)

// lineTests are for lines of the list that no broken laptop shows: the text
// appears only once somebody does something, or all is well in the end.
func lineTests() map[int]func(*testing.T) {
	explains := func(id string) func(*testing.T) {
		return func(t *testing.T) {
			t.Helper()
			for _, s := range symptoms() {
				if s.ID == id && len(s.Do) > 0 {
					return
				}
			}
			t.Errorf("no symptom %s is explained", id)
		}
	}
	return map[int]func(*testing.T){
		14: testStartThatClaimsToFail,
		15: testEngineThatWakesUp,
		20: explains("corporate-ca"), // its text is in TestExplain, as are those below
		31: explains("rate-limit"),
		45: explains("desktop-cluster-image"),
	}
}

// Each line has a broken laptop, or a test of its own.
func TestEachLine(t *testing.T) {
	own := lineTests()
	for line := 1; line <= 63; line++ {
		if test := own[line]; test != nil {
			test(t)
			continue
		}
		if !slices.ContainsFunc(faults(), func(f fault) bool { return f.line == line }) {
			t.Errorf("line %d has no test", line)
		}
	}
}
