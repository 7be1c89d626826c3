package decks

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// testPart is the decks on an environment of which only what a test asks for
// is there.
func testPart(t *testing.T, e *env.Environment) *Part {
	t.Helper()
	p := New(screen.NewContext(t.Context(), e, theme.New(true), keys.Default(), func() time.Time { return noon }))
	p.SetSize(200, 60)
	return p
}

// answers does what a command asks for, and returns what comes of it.
func answers(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	msg := cmd()
	batch, several := msg.(tea.BatchMsg)
	if !several {
		return []tea.Msg{msg}
	}
	var all []tea.Msg
	for _, c := range batch {
		all = append(all, answers(c)...)
	}
	return all
}

// fakeVolumes is an engine with one volume.
type fakeVolumes struct {
	env.Docker
	driver string
	size   int64
}

func (f *fakeVolumes) Volumes(context.Context) ([]*docker.Volume, error) {
	return []*docker.Volume{{Name: "data", Driver: f.driver, UsedBy: []string{"web"}, Created: noon, Size: -1}}, nil
}

func (f *fakeVolumes) VolumeSizes(context.Context) (map[string]int64, error) {
	return map[string]int64{"data": f.size}, nil
}

// fakeImages is an engine with the image that a pod runs, and no container.
type fakeImages struct{ env.Docker }

func (fakeImages) Images(context.Context) ([]*docker.ImageRow, error) {
	return []*docker.ImageRow{{ID: "sha256:id", Names: []string{"app:2"}, Digest: "sha256:manifest"}}, nil
}

// A list of images that was never shown is asked for before nothing is said to
// run the image; who went on meanwhile stays where he is.
func TestJumpToAnImageThatWasNeverListed(t *testing.T) {
	for name, c := range map[string]struct {
		pod    *kube.Pod
		leaves bool
		want   focus
		says   string
	}{
		"the same image": {pod: runsImage("shop", "web-1", "app:2", "sha256:manifest"), want: onLeft},
		"another image":  {pod: runsImage("shop", "web-1", "web:2", "sha256:web"), want: onRight, says: "Nothing on the other deck runs this image"},
		"went on":        {pod: runsImage("shop", "web-1", "app:2", "sha256:manifest"), leaves: true, want: onRight},
	} {
		t.Run(name, func(t *testing.T) {
			p := testPart(t, &env.Environment{Docker: fakeImages{}})
			p.Update(screen.DockerNews{Snapshot: docker.Snapshot{Version: 1, Images: 1, Containers: []*docker.Container{}, Status: link.Status{State: link.Live}}})
			p.pods.setRows([]*kube.Pod{c.pod, runsImage("shop", "web-2", "web:2", "sha256:web")})
			p.setFocus(onRight)
			p.pods.find(c.pod.UID)
			cmd := p.jumpSame()
			if c.leaves {
				p.pods.find("shop/web-2")
			}
			said := ""
			for _, msg := range answers(cmd) {
				l, ok := msg.(listed)
				if !ok {
					t.Fatalf("%T came", msg)
				}
				for _, msg := range answers(l.take()) {
					if n, ok := msg.(screen.Notify); ok {
						said = n.Text
					}
				}
			}
			if p.deck != c.want || said != c.says {
				t.Errorf("in deck %d, said %q", p.deck, said)
			}
			if c.want == onLeft && p.left.board().selectedID() != "sha256:id" {
				t.Errorf("on %q of %s", p.left.board().selectedID(), p.left.board().noun())
			}
		})
	}
}

// What the former engine says, early or late, is not shown as the new one's.
func TestListsAreOfTheEngineThatIsShown(t *testing.T) {
	for name, late := range map[string]bool{"it had answered": false, "it answers late": true} {
		t.Run(name, func(t *testing.T) {
			f := &fakeVolumes{driver: "one", size: 1000}
			p := testPart(t, &env.Environment{Docker: f})
			p.turn(2) // to the volumes
			look := func(context string) {
				p.docker = docker.Snapshot{Volumes: 1, Status: link.Status{State: link.Live}, Endpoint: docker.Endpoint{Context: context}}
			}
			give := func(msgs []tea.Msg) {
				for _, m := range msgs {
					p.Update(m)
				}
			}
			see := func(driver, size string) {
				t.Helper()
				shown := ""
				if _, none := p.left.board().empty(); !none {
					shown = p.left.board().draw(100, true, nil)[2]
				}
				if !strings.Contains(shown, driver) || !strings.Contains(shown, size) {
					t.Errorf("shown is %q, not %s and %s", shown, driver, size)
				}
			}
			look("a")
			former := answers(p.load())
			if !late {
				give(former)
				see("one", "1000B")
				former = nil
			}
			*f = fakeVolumes{driver: "two", size: 2000}
			look("b")
			p.otherEngine()
			asked := p.load()
			give(former)
			if n := len(p.left.board().(*engineList[*docker.Volume]).rows); n != 0 {
				t.Errorf("%d rows of the former engine are shown", n)
			}
			came := answers(asked)
			if len(came) != 2 {
				t.Fatalf("%d answers came, not the volumes and their sizes", len(came))
			}
			give(came[:1])
			see("two", "-")
			give(came[1:])
			see("two", "2K")
		})
	}
}
