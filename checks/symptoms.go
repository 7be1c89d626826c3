package checks

import (
	"runtime"
	"slices"
	"strings"
)

// Symptom is a known error text, what it means and what mends it.
type Symptom struct {
	ID      string   // stable: engine-unreachable
	Texts   []string // any of these shows it; * stands for anything in between; case does not matter
	Systems []string // runtime.GOOS values on which this is the advice; empty: all
	Cause   string   // what is wrong, in one line
	Do      []string // what to do, in order
}

// Explain finds the symptom an error text shows; ok is false for an unknown
// one. Of several, the more specific wins.
func Explain(text string) (s Symptom, ok bool) { return explainOn(runtime.GOOS, text) }

func explainOn(system, text string) (Symptom, bool) {
	text = strings.ToLower(text)
	for _, table := range [][]Symptom{clusterSymptoms(), registrySymptoms(), engineSymptoms()} {
		for _, s := range table {
			if len(s.Systems) > 0 && !slices.Contains(s.Systems, system) {
				continue
			}
			if slices.ContainsFunc(s.Texts, func(p string) bool { return shows(text, strings.ToLower(p)) }) {
				return s, true
			}
		}
	}
	return Symptom{}, false
}

// shows reports whether the pieces of pattern between its stars stand in text,
// in that order.
func shows(text, pattern string) bool {
	for piece := range strings.SplitSeq(pattern, "*") {
		at := strings.Index(text, piece)
		if at < 0 {
			return false
		}
		text = text[at+len(piece):]
	}
	return true
}
