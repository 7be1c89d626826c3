package checks

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

const catalogueDoc = "../docs/checks.md"

// TestCatalogueDocument holds docs/checks.md to the catalogue and to the tests
// that prove it; go test ./checks -update writes it anew.
func TestCatalogueDocument(t *testing.T) {
	want := catalogueDocument()
	if *update {
		if err := os.WriteFile(catalogueDoc, []byte(want), 0o644); err != nil { //nolint:gosec // a document
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(catalogueDoc)
	if err != nil || string(got) != want {
		t.Errorf("docs/checks.md is not what the catalogue says (%v); go test ./checks -update writes it anew", err)
	}
}

func catalogueDocument() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# The checks

All %d checks, made from the catalogue in [checks](../checks). `+"`twindeck explain ID`"+` tells more of each: why it matters, what it
looks at, what stands on it, and which error texts belong to it. A project adds its own in `+"`.twindeck.yaml`"+`: see
[team-checks.md](team-checks.md).

*Needs* are checks that must be fine first: while one of them is broken, the check waits for it and is not run. *Fix* says whether
twindeck can mend what it finds, at least in some of the cases (key `+"`f`"+` in Setup; shown first, and undone by `+"`u`"+` where it can be). *Proved by* are
the broken laptops that the tests make for it (`+"`go test ./checks -run 'TestFaults/NAME'`"+`); each check is also run on healthy ones.
`, len(All()))
	for _, s := range Subjects() {
		of := slices.DeleteFunc(slices.Clone(All()), func(c *Check) bool { return c.Subject != s })
		if len(of) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n| check | holds when all is well | needs | systems | fix | proved by |\n|---|---|---|---|---|---|\n", s)
		for _, c := range of {
			fix, proofs := "", []string{}
			for _, f := range faults() {
				if f.id != c.ID {
					continue
				}
				proofs = append(proofs, f.name)
				if f.fix {
					fix = "yes"
				}
			}
			systems := "all"
			if len(c.Systems) > 0 {
				systems = strings.Join(c.Systems, ", ")
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", c.ID, c.Title, code(c.Needs), systems, fix, strings.Join(proofs, "; "))
		}
	}
	return b.String()
}

func code(ids []string) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = "`" + id + "`"
	}
	return strings.Join(out, ", ")
}
