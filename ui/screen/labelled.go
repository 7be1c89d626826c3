package screen

import (
	"fmt"
	"strings"

	"github.com/twindeck/twindeck/ui/theme"
)

// Labels is how texts stand behind labels, in cells.
type Labels struct {
	Indent int // before the labels
	Label  int // of each label
	Text   int // of the texts, at most
}

// Lines are texts below each other with the label before the first, each text
// wrapped; empty ones are left out.
func (at Labels) Lines(label string, labels, words theme.Style, texts ...string) []string {
	var lines []string
	for _, text := range texts {
		if text == "" {
			continue
		}
		for part := range strings.SplitSeq(text, "\n") {
			for _, wrapped := range WrapText(Clean(part), at.Text) {
				var l Line
				l.Gap(at.Indent)
				l.Add(labels, label)
				l.To(at.Indent + at.Label)
				l.Add(words, wrapped)
				lines = append(lines, l.String())
				label = ""
			}
		}
	}
	return lines
}

// Numbered puts numbers before what to do, if it is more than one thing.
func Numbered(steps []string) []string {
	if len(steps) < 2 {
		return steps
	}
	out := make([]string, len(steps))
	for i, s := range steps {
		out[i] = fmt.Sprintf("%d. %s", i+1, s)
	}
	return out
}
