// Package decks is the home screen: the containers Docker runs and the pods
// Kubernetes runs, side by side and tied together by the image they run, with
// the detail of the selected row below.
package decks

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/detail"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// focus is the area that has the keyboard.
type focus int

const (
	onContainers focus = iota
	onPods
	onDetail
)

// bothFrom is the width from which the decks stand side by side; below they
// take turns.
const bothFrom = 100

// Part is the decks screen. Make one with New.
type Part struct {
	ctx    *screen.Context
	scene  scene
	left   *deck[*docker.Container]
	right  *deck[*kube.Pod]
	detail *detail.Detail

	docker docker.Snapshot
	kube   kube.Snapshot

	focus  focus
	deck   focus         // the deck that has, or last had, the focus
	typing *screen.Input // the filter of the deck in focus, while it is typed
	zoom   bool          // the detail has all the room

	sampling bool // an answer with stats is on its way
	ticks    int  // seconds, for what is done every few

	width, height int
}

// New returns the decks, empty until the first news.
func New(ctx *screen.Context) *Part {
	p := &Part{ctx: ctx, detail: detail.New(ctx)}
	p.scene = scene{th: ctx.Theme, now: ctx.Now()}
	p.left = newDeck(containerKind(), &p.scene)
	p.right = newDeck(podKind(func() bool { return p.kube.Namespace == "" }), &p.scene)
	return p
}

// Init returns what is to be done first: nothing, news come by themselves.
func (p *Part) Init() tea.Cmd { return nil }

// Place is where the focus is: the detail has keys of its own.
func (p *Part) Place() keys.Place {
	if p.focus == onDetail {
		return p.detail.Place()
	}
	return keys.Decks
}

// SetSize lays the decks and the detail out anew.
func (p *Part) SetSize(width, height int) {
	p.width, p.height = width, height
	l := p.layout()
	p.left.setHeight(l.deckHeight - 3) // frame and column heads
	p.right.setHeight(l.deckHeight - 3)
	p.detail.SetSize(l.width, l.detailHeight)
}

// layout is how the room is divided.
type layout struct {
	width        int
	left, right  int // widths; 0: not shown
	deckHeight   int // 0: the detail has all the room
	detailHeight int // 0: no room for one
}

func (p *Part) layout() layout {
	l := layout{width: p.width}
	switch {
	case p.width >= bothFrom:
		l.left = p.width * 9 / 20
		l.right = p.width - l.left
	case p.deck == onContainers:
		l.left = p.width
	default:
		l.right = p.width
	}
	switch {
	case p.zoom || p.focus == onDetail && p.height < 18:
		l.detailHeight = p.height
	case p.height < 18:
		l.deckHeight = p.height
	default:
		l.deckHeight = p.height * 11 / 20
		l.detailHeight = p.height - l.deckHeight
	}
	return l
}

// Update takes news, stats and the detail's own messages.
func (p *Part) Update(msg tea.Msg) tea.Cmd {
	p.scene.now, p.scene.th = p.ctx.Now(), p.ctx.Theme
	switch msg := msg.(type) {
	case screen.DockerNews:
		first := p.docker.Containers == nil
		changed := msg.Snapshot.Version != p.docker.Version || first
		p.docker = msg.Snapshot
		if changed {
			p.left.setRows(p.docker.Containers)
		}
		return tea.Batch(p.follow(), p.sample(first))
	case screen.KubeNews:
		changed := msg.Snapshot.Version != p.kube.Version || msg.Snapshot.Namespace != p.kube.Namespace || p.kube.Pods == nil
		p.kube = msg.Snapshot
		if changed {
			p.right.setRows(p.kube.Pods)
		}
		return p.follow()
	case screen.Tick:
		p.ticks++
		return tea.Batch(p.sample(p.ticks%3 == 0), p.detail.Update(msg))
	case sampled:
		p.sampling = false
		if msg.err == nil {
			p.scene.stats = msg.stats
			p.left.stale = p.left.stale || p.left.kind.columns[p.left.sort].head == "CPU" || p.left.kind.columns[p.left.sort].head == "MEM"
		}
		return nil
	case tea.MouseClickMsg:
		return p.click(msg.Mouse())
	case tea.MouseWheelMsg:
		return p.wheel(msg.Mouse())
	case tea.PasteMsg:
		if p.typing != nil {
			p.typing.Update(msg)
			p.applyFilter()
			return p.follow()
		}
	}
	return p.detail.Update(msg)
}

// View draws the decks and the detail.
func (p *Part) View() string {
	p.scene.now, p.scene.th = p.ctx.Now(), p.ctx.Theme
	l := p.layout()
	var lines []string
	if l.deckHeight > 0 {
		lines = p.viewDecks(l)
	}
	if l.detailHeight > 0 {
		lines = append(lines, p.detail.View(p.focus == onDetail)...)
	}
	return strings.Join(lines, "\n")
}

func (p *Part) viewDecks(l layout) []string {
	var left, right []string
	if l.left > 0 {
		p.scene.old = p.docker.Status.State == link.Lost
		content := p.emptyContainers(l.left-2, l.deckHeight-2)
		if content == nil {
			content = p.left.draw(l.left-2, p.focus == onContainers, p.markContainer())
		}
		left = p.left.frame(p.focus == onContainers, p.oldNews(p.docker.Status), p.beside(l, onPods), p.typingOn(onContainers), l.left).
			Draw(content, l.left, l.deckHeight)
	}
	if l.right > 0 {
		p.scene.old = p.kube.Status.State == link.Lost
		content := p.emptyPods(l.right-2, l.deckHeight-2)
		if content == nil {
			content = p.right.draw(l.right-2, p.focus == onPods, p.markPod())
		}
		right = p.right.frame(p.focus == onPods, p.oldNews(p.kube.Status), p.beside(l, onContainers), p.typingOn(onPods), l.right).
			Draw(content, l.right, l.deckHeight)
	}
	if left == nil || right == nil {
		return append(left, right...)
	}
	for i := range left {
		left[i] += right[i]
	}
	return left
}

// beside names the other deck while the two take turns.
func (p *Part) beside(l layout, other focus) string {
	if l.left > 0 && l.right > 0 {
		return ""
	}
	p.left.refresh()
	p.right.refresh()
	th, what := p.ctx.Theme, fmt.Sprintf("%s %d", p.right.kind.noun, p.right.count)
	if other == onContainers {
		what = fmt.Sprintf("%s %d", p.left.kind.noun, p.left.count)
	}
	return th.Faint.Render(what + " ⇥")
}

func (p *Part) typingOn(f focus) *screen.Input {
	if p.deck != f {
		return nil
	}
	return p.typing
}

// markContainer returns how containers relate to the selected pod.
func (p *Part) markContainer() func(*docker.Container) mark {
	pod, ok := p.selectedPod()
	if !ok || p.deck != onPods {
		return func(*docker.Container) mark { return unrelated }
	}
	return func(c *docker.Container) mark { return tie(c, pod) }
}

// markPod returns how pods relate to the selected container.
func (p *Part) markPod() func(*kube.Pod) mark {
	c, ok := p.selectedContainer()
	if !ok || p.deck != onContainers {
		return func(*kube.Pod) mark { return unrelated }
	}
	return func(pod *kube.Pod) mark { return tie(c, pod) }
}

func (p *Part) selectedContainer() (*docker.Container, bool) {
	l, ok := p.left.selected()
	return l.row, ok && l.head == nil
}

func (p *Part) selectedPod() (*kube.Pod, bool) {
	l, ok := p.right.selected()
	return l.row, ok && l.head == nil
}

// follow shows in the detail what is selected now.
func (p *Part) follow() tea.Cmd {
	p.left.refresh()
	p.right.refresh()
	if p.deck == onContainers {
		l, ok := p.left.selected()
		return p.detail.Show(subject(l, ok, detail.Container))
	}
	l, ok := p.right.selected()
	return p.detail.Show(subject(l, ok, detail.Pod))
}

// subject is what the detail shows of a line.
func subject[T any](l line[T], ok bool, of func(T) detail.Subject) detail.Subject {
	switch {
	case !ok:
		return detail.Subject{}
	case l.head != nil:
		return detail.Group(l.head.title, fmt.Sprintf("%d of %d ready. Its rows have logs and more.", l.head.ready, l.head.total))
	}
	return of(l.row)
}

// Command is the command that shows what the detail shows.
func (p *Part) Command() string { return p.detail.Command() }
