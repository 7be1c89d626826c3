package decks

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/keys"
)

// quiet measures nothing.
type quiet struct{ measuring }

// bothDecks is a part with a container and pods of one namespace.
func bothDecks(t *testing.T) *Part {
	t.Helper()
	p := testPart(t, &env.Environment{Docker: &quiet{}, Kube: &measuringPods{}})
	live := link.Status{State: link.Live}
	ill := testPod("shop", "api", "api-1")
	ill.Phase = kube.PhaseWarning
	p.docker = docker.Snapshot{Status: live, Containers: []*docker.Container{{ID: "1", Name: "box", State: "running"}}}
	p.kube = kube.Snapshot{Status: live, Synced: true, Namespace: "shop", Pods: []*kube.Pod{ill, testPod("shop", "web", "web-1")}}
	p.containers.setRows(p.docker.Containers)
	p.pods.setRows(p.kube.Pods)
	return p
}

func (p *Part) does(a keys.Action) { p.Key(a, tea.KeyPressMsg{}) }

// A deck gets the whole width, then all the room, then what it had.
func TestDeckGetsMoreRoom(t *testing.T) {
	const tab, z, logs, esc = keys.OtherDeck, keys.ZoomDetail, keys.LogsOf, keys.Back
	for name, tc := range map[string]struct {
		width, height int
		do            []keys.Action
		want          layout
	}{
		"at first":                      {120, 40, nil, layout{120, 54, 66, 22, 18}},
		"once":                          {120, 40, []keys.Action{z}, layout{120, 120, 0, 22, 18}},
		"the other deck":                {120, 40, []keys.Action{tab, z}, layout{120, 0, 120, 22, 18}},
		"the decks take turns":          {120, 40, []keys.Action{z, tab}, layout{120, 0, 120, 22, 18}},
		"twice":                         {120, 40, []keys.Action{z, z}, layout{120, 120, 0, 40, 0}},
		"the decks take turns there":    {120, 40, []keys.Action{z, z, tab}, layout{120, 0, 120, 40, 0}},
		"the detail has room in focus":  {120, 40, []keys.Action{z, z, logs}, layout{120, 120, 0, 22, 18}},
		"and none afterwards":           {120, 40, []keys.Action{z, z, logs, esc}, layout{120, 120, 0, 40, 0}},
		"and back":                      {120, 40, []keys.Action{z, z, z}, layout{120, 54, 66, 22, 18}},
		"by esc":                        {120, 40, []keys.Action{z, z, esc}, layout{120, 54, 66, 22, 18}},
		"narrow, it has the width":      {80, 40, []keys.Action{z}, layout{80, 80, 0, 40, 0}},
		"narrow, and back":              {80, 40, []keys.Action{z, z}, layout{80, 80, 0, 22, 18}},
		"low, it has the height":        {120, 16, []keys.Action{z}, layout{120, 120, 0, 16, 0}},
		"low, and back":                 {120, 16, []keys.Action{z, z}, layout{120, 54, 66, 16, 0}},
		"small, there is no more to do": {80, 16, []keys.Action{z}, layout{80, 80, 0, 16, 0}},
	} {
		p := bothDecks(t)
		p.SetSize(tc.width, tc.height)
		for _, a := range tc.do {
			p.does(a)
		}
		if got := p.layout(); got != tc.want {
			t.Errorf("%s: %+v, want %+v", name, got, tc.want)
		}
		if lines := strings.Count(p.View(), "\n") + 1; lines != tc.height {
			t.Errorf("%s: %d lines, want %d", name, lines, tc.height)
		}
	}
}

func TestOnlyWhatAils(t *testing.T) {
	p := bothDecks(t)
	p.does(keys.OtherDeck)
	p.pods.setFilter(parseFilter("-1"))
	p.does(keys.OnlyBad)
	if got := p.pods.filter().text; got != "-1 is:bad" || p.pods.total() != 1 {
		t.Errorf("with the filter %q there are %d", got, p.pods.total())
	}
	p.does(keys.OnlyBad)
	if got := p.pods.filter().text; got != "-1" || p.pods.total() != 2 {
		t.Errorf("again, with the filter %q there are %d", got, p.pods.total())
	}
	p.does(keys.OtherDeck)
	p.does(keys.OnlyBad)
	if n, none := p.containers.empty(); !none || n.title != "Nothing here is unhealthy" {
		t.Errorf("nothing ails, and it says %q", n.title)
	}
}

// The key that shows system rows is offered where there are any.
func TestSystemKeyIsOfferedWhereItDoesSomething(t *testing.T) {
	p := bothDecks(t)
	offered := func(b board) bool { return strings.Contains(strings.Join(words(b.footer()), " "), string(keys.System)) }
	if offered(p.pods) || offered(p.containers) || !p.pods.cannot(keys.System) {
		t.Error("it is offered where all rows are a person's own")
	}
	p.kube.Namespace = ""
	p.pods.setRows(append(p.kube.Pods, testPod("kube-system", "coredns", "coredns-1")))
	p.containers.setRows(append(p.docker.Containers, &docker.Container{ID: "2", Name: "kind", Kind: docker.KindClusterNode}))
	if !offered(p.pods) || !offered(p.containers) || p.pods.cannot(keys.System) {
		t.Error("it is not offered where there are system rows")
	}
	p.does(keys.System)
	if !offered(p.containers) {
		t.Error("it is not offered to hide them again")
	}
}

func words(actions []keys.Action) (out []string) {
	for _, a := range actions {
		out = append(out, string(a))
	}
	return out
}

// A list that the edge of a deck names opens by a click on its name.
func TestClickOnTheNameOfAList(t *testing.T) {
	for _, width := range []int{80, 120, 200} {
		for _, want := range []string{"Images", "Volumes", "Networks", "Deployments", "Services", "Events"} {
			p := bothDecks(t)
			p.SetSize(width, 40)
			if width < bothFrom && (want == "Deployments" || want == "Services" || want == "Events") {
				p.does(keys.OtherDeck)
			}
			for f, s := range map[focus]*side{onLeft: &p.left, onRight: &p.right} {
				for _, b := range s.boards {
					if b.noun() != want {
						continue
					}
					edge := ansi.Strip(strings.Split(p.View(), "\n")[0])
					before, _, found := strings.Cut(edge, " "+b.short()+" ")
					if !found {
						t.Fatalf("%d: %s is not in %q", width, b.short(), edge)
					}
					at := ansi.StringWidth(before) + 1
					p.click(tea.Mouse{X: at + len(b.short()) - 1, Y: 0, Button: tea.MouseLeft})
					if s.board() != b || p.deck != f {
						t.Errorf("%d: a click on %s shows %s", width, want, s.board().noun())
					}
				}
			}
		}
	}
	p := bothDecks(t)
	p.click(tea.Mouse{X: 3, Y: 0, Button: tea.MouseLeft})
	if p.left.board() != board(p.containers) {
		t.Errorf("a click on the title shows %s", p.left.board().noun())
	}
}
