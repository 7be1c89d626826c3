package checks

import (
	"strings"

	"github.com/twindeck/twindeck/env/ship"
)

// ExplainFailure is what is known of a failed stage whose card does not say
// what to do, or no more than to read the last lines of a build step.
func ExplainFailure(system string, f ship.Failure) (e Explanation, ok bool) {
	step := f.Stage == ship.Build && f.Step != ""
	if f.Do != "" && !step {
		return Explanation{}, false
	}
	return Telling(system, f.Cause+"\n"+strings.Join(f.Tail, "\n"))
}

// Telling is the most specific symptom that a text shows; ok is false where
// none is known, or only that something failed.
func Telling(system, text string) (e Explanation, ok bool) {
	if found := Explain(system, text); len(found) > 0 && !found[0].Vague {
		return found[0], true
	}
	return Explanation{}, false
}
