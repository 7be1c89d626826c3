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
	onLeft focus = iota
	onRight
	onDetail
)

// room is how much of the screen the deck in focus has.
type room int

const (
	shared    room = iota // beside the other deck and above the detail
	allWidth              // the decks take turns
	allHeight             // and the detail shows only while it has the focus
)

// shortest is the height from which a deck stands above the detail.
const shortest = 18

// bothFrom is the width from which the decks stand side by side; below they
// take turns.
const bothFrom = 100

// Part is the decks screen. Make one with New.
type Part struct {
	ctx    *screen.Context
	scene  scene
	detail *detail.Detail

	left, right side
	containers  *deck[*docker.Container]
	pods        *deck[*kube.Pod]

	docker docker.Snapshot
	kube   kube.Snapshot

	focus  focus
	deck   focus         // the deck that has, or last had, the focus
	typing *screen.Input // the filter of the deck in focus, while it is typed
	zoom   bool          // the detail has all the room
	room   room          // that the deck in focus has
	jumped jump          // the last one to the same image
	trail  []place       // where jumps to related objects came from
	seek   kube.Ref      // what the last of them leads to, until it is listed

	// together names the marked rows whose logs the detail shows merged; empty: it
	// shows the selected row.
	together string
	reads    reading
	merges   int // grows, for names

	kinds     kinds
	following *following // the kind that is shown on the right, if it is not pods

	askingUsers bool // whether pods run an image that is to be removed

	sampling     bool // an answer with stats of containers is on its way
	samplingPods bool // the same of pods
	sampledTo    int  // how far containers were asked in turn
	sampledNodes int  // likewise nodes
	ticks        int  // seconds, for what is done every few

	width, height int
}

// New returns the decks, empty until the first news.
func New(ctx *screen.Context) *Part {
	p := &Part{ctx: ctx, detail: detail.New(ctx)}
	p.scene = scene{th: ctx.Theme, now: ctx.Now()}
	p.containers = newDeck(p.containerKind(), &p.scene)
	p.pods = newDeck(p.podKind(), &p.scene)
	p.left = side{boards: []board{p.containers, p.newImages(), p.newVolumes(), p.newNetworks()}}
	p.right = side{boards: []board{p.pods}}
	for _, k := range usual() {
		p.right.boards = append(p.right.boards, p.newObjects(k))
	}
	return p
}

// current is the list that has, or last had, the focus.
func (p *Part) current() board { return p.sideOf(p.deck).board() }

func (p *Part) sideOf(f focus) *side {
	if f == onLeft {
		return &p.left
	}
	return &p.right
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
	p.left.board().setSize(l.left-2, l.deckHeight-3) // frame and column heads
	p.right.board().setSize(l.right-2, l.deckHeight-3)
	p.detail.SetSize(l.width, l.detailHeight)
}

// enlarge gives the deck in focus more room, or after all of it what it had at
// first; other is false if nothing looks other then.
func (p *Part) enlarge() (other bool) {
	was := p.layout()
	for range 2 {
		p.room = (p.room + 1) % (allHeight + 1)
		if p.layout() != was {
			break
		}
	}
	p.SetSize(p.width, p.height)
	return p.layout() != was
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
	case p.width >= bothFrom && p.room == shared:
		l.left = p.width * 9 / 20
		l.right = p.width - l.left
	case p.deck == onLeft:
		l.left = p.width
	default:
		l.right = p.width
	}
	switch {
	case p.zoom || p.focus == onDetail && p.height < shortest:
		l.detailHeight = p.height
	case p.height < shortest, p.room == allHeight && p.focus != onDetail:
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
		moved := msg.Snapshot.Endpoint != p.docker.Endpoint
		changed := msg.Snapshot.Version != p.docker.Version || first || moved
		if moved {
			p.otherEngine()
			p.containers.elsewhere()
		}
		p.docker = msg.Snapshot
		if changed {
			p.containers.setRows(p.docker.Containers)
		}
		return tea.Batch(p.showSelected(), p.load(), p.sample(first))
	case screen.KubeNews:
		moved := msg.Snapshot.Context != p.kube.Context || msg.Snapshot.Namespace != p.kube.Namespace
		changed := msg.Snapshot.Version != p.kube.Version || moved || p.kube.Pods == nil
		if moved {
			p.pods.elsewhere()
		}
		if msg.Snapshot.Context != p.kube.Context {
			p.trail = nil // it led through another cluster
		}
		p.kube = msg.Snapshot
		if changed {
			p.pods.setRows(p.kube.Pods)
		}
		watch := p.watch() // before showSelected: rows of another place are not there any more
		return tea.Batch(p.sought(), p.showSelected(), watch, p.samplePods(p.scene.podStats == nil))
	case screen.FactsChanged:
		return tea.Batch(p.showSelected(), p.detail.Update(msg)) // where the rows are from may be known better now
	case screen.Tick:
		p.ticks++
		var back tea.Cmd
		if p.current().awaits() {
			back = p.showSelected() // not for ever
		}
		return tea.Batch(back, p.sample(p.ticks%3 == 0), p.samplePods(p.ticks%5 == 0), p.detail.Update(msg))
	case listed:
		return tea.Batch(msg.take(), p.load(), p.showSelected())
	case podsMeasured:
		p.tookPods(msg)
		return nil
	case relatedCame:
		return p.related(msg)
	case jumpedLeft:
		return p.jumpLeft(msg)
	case jumped:
		return p.jumpTo(msg.from, msg.to)
	case kindsCame:
		return p.tookKinds(msg)
	case ShowList:
		return p.open(msg)
	case followed:
		return p.took(msg)
	case sampled:
		p.tookSample(msg)
		return nil
	case tea.MouseClickMsg:
		return p.click(msg.Mouse())
	case tea.MouseWheelMsg:
		return p.wheel(msg.Mouse())
	case tea.PasteMsg:
		if p.typing != nil {
			p.typing.Update(msg)
			p.applyFilter()
			return p.showSelected()
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
	left, right := p.viewDeck(onLeft, l.left, l), p.viewDeck(onRight, l.right, l)
	if left == nil || right == nil {
		return append(left, right...)
	}
	for i := range left {
		left[i] += right[i]
	}
	return left
}

// viewDeck draws one deck, width cells wide; nothing for no width.
func (p *Part) viewDeck(f focus, width int, l layout) []string {
	if width == 0 {
		return nil
	}
	b := p.sideOf(f).board()
	p.scene.old = b.status().State == link.Lost
	var content []string
	n, empty := b.empty()
	if empty {
		content = p.drawNotice(n, width-2, l.deckHeight-2)
	} else {
		content = b.draw(width-2, p.focus == f, p.tied(f))
	}
	e := edge{old: p.oldNews(b.status()), beside: p.beside(f, l), lists: p.otherLists(f), system: p.label(keys.System)}
	if p.deck == f {
		e.typing = p.typing
	}
	box := b.frame(p.focus == f, e, width)
	box.Exact = !empty
	return box.Draw(content, width, l.deckHeight)
}

// beside names the other deck while the two take turns.
func (p *Part) beside(f focus, l layout) string {
	if l.left > 0 && l.right > 0 {
		return ""
	}
	o := p.sideOf(onLeft + onRight - f).board()
	return p.ctx.Theme.Faint.Render(fmt.Sprintf("%s %d ⇥", o.noun(), o.total()))
}

// otherLists names the other lists of a deck and the key that shows them.
func (p *Part) otherLists(f focus) string {
	th, names := p.ctx.Theme, strings.Join(p.sideOf(f).others(), " ")
	if key := p.label(keys.NextList); key != "" && names != "" {
		return th.Key.Render(key) + " " + th.Faint.Render(names)
	}
	return th.Faint.Render(names)
}

// label is the key of an action on the decks; empty for none.
func (p *Part) label(a keys.Action) string {
	b, _ := p.ctx.Keys.AtPlace(keys.Decks, a)
	return b.Label()
}

// turn shows the next list of the deck in focus.
func (p *Part) turn(by int) tea.Cmd {
	p.sideOf(p.deck).turn(by)
	return p.shown()
}

// shown is to be called when another list is shown.
func (p *Part) shown() tea.Cmd {
	p.SetSize(p.width, p.height)
	return tea.Batch(p.showSelected(), p.watch(), p.load())
}

// tied returns how rows of a deck relate to what is selected on the other.
func (p *Part) tied(f focus) func(runs) mark {
	if p.deck == f {
		return nil
	}
	with := p.current().runs()
	return func(r runs) mark { return tie(with, r) }
}

// showSelected shows in the detail what is selected now.
func (p *Part) showSelected() tea.Cmd {
	p.left.board().refresh()
	p.right.board().refresh()
	if rows := p.marked(); p.together != "" && len(rows) > 0 {
		p.reads = reading{at: p.whereabouts()}
		return p.show(detail.Marked(p.together, fmt.Sprintf("%d marked", len(rows)), "What is marked writes no logs.", rows))
	}
	if p.together != "" && p.focus == onDetail && p.reads.at == p.whereabouts() {
		return p.detail.Leave() // all of them are gone
	}
	p.together = ""
	if s, stays := p.stays(); stays && s.Is() {
		return p.show(s)
	} else if stays {
		return p.detail.Leave()
	}
	p.reads = reading{p.current(), p.current().selectedID(), p.whereabouts()}
	return p.show(p.current().subject())
}

// show has the detail ask for a subject where the rows that are shown are of.
func (p *Part) show(s detail.Subject) tea.Cmd {
	return p.detail.Show(s.Of(p.origin()))
}

// groupSubject is what the detail shows of a heading: its rows' logs together.
func groupSubject[T any](of func(T) detail.Subject) func(id string, h *heading, rows []T) detail.Subject {
	return func(id string, h *heading, rows []T) detail.Subject {
		all := make([]detail.Subject, len(rows))
		for i, r := range rows {
			all[i] = of(r)
		}
		return detail.Together(id, h.title, fmt.Sprintf("%d of %d ready. Its rows have more to show.", h.ready, h.total), all)
	}
}

// Command is the command that shows what the detail shows.
func (p *Part) Command() string { return p.detail.Command() }
