package cli

import (
	"fmt"
	"strings"

	"github.com/twindeck/twindeck/env/ship"
)

// images writes what becomes of each of several images.
func (t *textTeller) images(images []ship.Image) {
	longest := 0
	for _, i := range images {
		t.width = max(t.width, len(i.Name))
		longest = max(longest, len(i.Ref))
	}
	for n, i := range images {
		name := ""
		if n == 0 {
			name = "images"
		}
		t.line(t.out, "  %-10s %-*s  %s", name, longest, i.Ref, i.Fate())
	}
}

// shipped writes how shipping several images ended.
func (t *textTeller) shipped(r ship.Report) {
	t.line(t.out, "done: %s in %s", r.Counted(), took(r.Took))
	for _, i := range r.Images {
		t.line(t.out, "  %s  %s", i.Image, i.Digest)
	}
	for _, w := range r.Workloads {
		runs := strings.Join(w.Images, ", ")
		if !w.Verified && len(w.Digests) > 0 {
			runs = fmt.Sprintf("%s, reported as %s", runs, strings.Join(w.Digests, ", "))
		}
		t.line(t.out, "  %s: running %d/%d of %s (%s)", w.Ref, w.Ready, w.Desired, runs, verified(w))
	}
}
