package decks

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/theme"
)

// A frame that reuses what was drawn before looks as one drawn from nothing,
// whatever happened in between.
func TestPicturesAreTrue(t *testing.T) {
	pods := make([]*kube.Pod, 6)
	for i := range pods {
		pods[i] = testPod("a", "web", fmt.Sprintf("web-%d", i))
	}
	d := podDeck(false, pods...)
	width, focused := 70, true
	var tied func(runs) mark
	frame := func(of *deck[*kube.Pod]) []string { return of.draw(width, focused, tied) }
	before := frame(d)
	for _, c := range []struct {
		what   string
		happen func()
	}{
		{"a row is replaced", func() {
			p := *pods[2]
			p.Status, p.Phase, p.Restarts = "Error", kube.PhaseFailed, 3
			pods[2] = &p
			d.setRows(slices.Clone(pods))
		}},
		{"only the colour of a row changes", func() {
			p := *pods[2]
			p.Phase = kube.PhaseWarning
			pods[2] = &p
			d.setRows(slices.Clone(pods))
		}},
		{"the cursor moves", func() { d.move(1) }},
		{"a row is marked", d.mark},
		{"time passes", func() { d.scene.now = d.scene.now.Add(time.Hour) }},
		{"the focus leaves", func() { focused = false }},
		{"another deck's row runs the same", func() { tied = func(runs) mark { return same } }},
		{"it gets narrower", func() { width = 50 }},
		{"news stay away", func() { d.scene.old = true }},
		{"the terminal turns light", func() { d.scene.th = theme.New(false) }},
		{"a row goes", func() { pods = pods[1:]; d.setRows(slices.Clone(pods)) }},
	} {
		c.happen()
		got := frame(d)
		kept := d.pictures
		d.pictures = pictures{}
		want := frame(d)
		d.pictures = kept
		if !slices.Equal(got, want) {
			t.Errorf("after %s:\n%q\nwant\n%q", c.what, got, want)
		}
		if slices.Equal(got, before) {
			t.Errorf("%s, and nothing changed on the screen", c.what)
		}
		before = got
	}
}

// A second later most rows are not drawn again.
func TestPicturesAreKept(t *testing.T) {
	d := podDeck(false, testPod("a", "web", "web-1"), testPod("a", "web", "web-2"))
	drawn := 0
	texts := []string{"web-1"}
	draw := func() string { drawn++; return "web-1" }
	var p pictures
	for range 3 {
		p.begin(d.scene.th)
		p.of("1", d.rows[0], stance{width: 70}, texts, draw)
		p.end()
	}
	if drawn != 1 {
		t.Errorf("drawn %d times, want once", drawn)
	}
}
