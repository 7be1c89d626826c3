package checks

import (
	"slices"
	"strings"
)

// Symptom is a known error text, what it means and what mends it.
type Symptom struct {
	ID      string   // stable: engine-unreachable
	Texts   []string // any of these on a line shows it; in lower case; * stands for anything in between
	With    []string // one of these must stand in the text as well, on any line; empty: nothing must
	Vague   bool     // says only that something failed: left out where another symptom says what
	Systems []string // runtime.GOOS values on which this is the advice; empty: all
	Check   string   // ID of the check that looks at the same thing; empty: none does
	Cause   string   // what is wrong, in one line
	Do      []string // what to do, in order
	Link    string   // where to read more; may be empty
}

// Explanation is a symptom found in a text. Blanks of its advice, such as
// {registry}, are filled with what the text names.
type Explanation struct {
	Symptom
	Line string // the line that shows it: clean, secrets masked, shortened if it is very long

	rank int // its place among all
}

// Symptoms returns all that are known on a system (a runtime.GOOS value), each
// once, with words in place of the blanks.
func Symptoms(system string) []Symptom {
	var out []Symptom
	for _, s := range symptoms() {
		if s.treats(system) && !slices.ContainsFunc(out, func(o Symptom) bool { return o.ID == s.ID }) {
			out = append(out, s.filled("", ""))
		}
	}
	return out
}

// symptoms are all there are, the more specific before the less; one whose
// advice differs per system stands there once for each.
func symptoms() []Symptom {
	return slices.Concat(
		desktopSymptoms(), engineSymptoms(), clientSymptoms(),
		kubeconfigSymptoms(), clusterSymptoms(), podSymptoms(), scheduleSymptoms(), manifestSymptoms(),
		buildSymptoms(), loginSymptoms(), registrySymptoms(), networkSymptoms(),
		vagueSymptoms(),
	)
}

// Explain finds the symptoms that an error text shows, as they are to be
// treated on a system (a runtime.GOOS value), the more specific first. A line
// shows one symptom, its most specific; each symptom is found once. Of a very
// long text the end counts. None are found in an unknown text.
func Explain(system, text string) []Explanation {
	p := newPaste(text)
	found := p.explain(system)
	if len(found) == 0 && len(p.text) <= oneMessage || p.broken() {
		if whole := p.squeezed().explain(system); len(whole) > 0 && (len(found) == 0 || whole[0].rank < found[0].rank) {
			found = whole
		}
	}
	if len(found) > 0 && !found[0].Vague { // the vague ones come last
		found = slices.DeleteFunc(found, func(e Explanation) bool { return e.Vague })
	}
	return found
}

// WhatToCollect names what to gather about an error text that is not known.
func WhatToCollect() []string {
	return []string{
		"twindeck check --all",
		"docker version; docker info; docker context ls",
		"kubectl version; kubectl get pods -A -o wide; kubectl get events -A --sort-by=.lastTimestamp",
		"of a pod: kubectl describe pod POD; kubectl logs --previous POD",
		"of a build: docker build --progress=plain",
		"the whole message: the first error of a log says more than the last",
	}
}

// treats reports whether the symptom's advice is for a system.
func (s Symptom) treats(system string) bool {
	return len(s.Systems) == 0 || slices.Contains(s.Systems, system)
}

// explain looks for every symptom. A squeezed text has no blanks, so its
// patterns lose theirs.
func (p *paste) explain(system string) []Explanation {
	var found []Explanation
	taken := map[int]bool{} // lines that show a symptom, by where they begin
	for rank, s := range symptoms() {
		if !s.treats(system) || !p.says(s.With) {
			continue
		}
		first := -1
		for _, pattern := range s.Texts {
			if p.whole != "" {
				pattern = strings.ReplaceAll(pattern, " ", "")
			}
			for at := range p.lines(pattern) {
				if !taken[at] {
					taken[at] = true
					if first < 0 || at < first {
						first = at
					}
				}
			}
		}
		if first >= 0 {
			e := p.tell(s, first)
			e.rank = rank
			found = append(found, e)
		}
	}
	return found
}
