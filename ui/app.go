// Package ui is what a person sees: one model that routes messages, owns the
// layout, the focus, the dialogs and the tasks, over parts that are plain
// state with methods.
package ui

import (
	"context"
	"reflect"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/dialog"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/palette"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// Options are what a person may choose. The zero value works.
type Options struct {
	Start keys.Place       // the screen to open with; empty: what the checks suggest
	Now   func() time.Time // nil: time.Now

	Version    string // of twindeck, for reports
	DebugImage string // of debug containers; empty: as shipped
}

// The smallest terminal twindeck draws in, in cells.
const (
	minWidth  = 60
	minHeight = 15
)

const (
	headerHeight = 1
	footerHeight = 2
)

// App is the whole program as a tea.Model. Make one with NewApp.
type App struct {
	ctx    *screen.Context
	parts  []place
	shown  int  // index into parts
	chosen bool // a person chose the screen: the checks no longer do

	dialogs  dialog.Stack
	leaving  dialog.Dialog // the question whether to leave, while it is open
	tasks    tasks
	given    *screen.GiveTerminal // who has the terminal, or gets it next
	notice   notice
	measured bool                   // the terminal was measured once more
	chooser  *chooser               // of contexts, as it was opened last
	palette  *palette.Palette       // as it was opened last
	unlocked map[screen.Target]bool // unlocked by their names, for this session

	docker, kube link.Status
	engine       docker.Endpoint // that the last news were of
	asked        string          // name of the kube context that facts were last asked of
	cluster      string          // name of the kube context that the last news were of
	namespaces   namespaces

	hints hints // as drawn last

	width, height int
}

// place is a screen and the key place it goes by.
type place struct {
	name keys.Place
	part part
}

// part is what the app shows and routes messages to.
type part interface {
	screen.Part
	Init() tea.Cmd
}

// NewApp returns the app over an environment; life ends all it started.
func NewApp(life context.Context, e *env.Environment, o Options) *App {
	if o.Now == nil {
		o.Now = time.Now
	}
	ctx := screen.NewContext(life, e, theme.New(true), keys.Default(), o.Now)
	ctx.Version, ctx.DebugImage = o.Version, o.DebugImage
	a := &App{ctx: ctx, parts: newParts(ctx), unlocked: map[screen.Target]bool{}}
	a.goTo(keys.Decks)
	if o.Start != "" {
		a.chosen = a.goTo(o.Start)
	}
	return a
}

// goTo shows a screen; false if there is none of that name.
func (a *App) goTo(name keys.Place) bool {
	for i, p := range a.parts {
		if p.name == name {
			a.shown = i
			return true
		}
	}
	return false
}

func (a *App) current() part { return a.parts[a.shown].part }

// place is where the keyboard is.
func (a *App) place() keys.Place {
	if p, ok := a.current().(screen.Placed); ok {
		return p.Place()
	}
	return a.parts[a.shown].name
}

// Init starts what runs all the time, and the parts.
func (a *App) Init() tea.Cmd {
	cmds := []tea.Cmd{
		tea.RequestBackgroundColor, a.tick(),
		a.dockerNow, a.kubeNow, a.nextDocker, a.nextKube,
		a.askProject, a.askEngine, a.askCluster,
	}
	for _, p := range a.parts {
		cmds = append(cmds, p.part.Init())
	}
	return tea.Batch(cmds...)
}

// Update routes a message to whom it concerns.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return a, a.key(msg)
	case tea.WindowSizeMsg:
		a.resize(msg.Width, msg.Height)
		return a, nil
	case tea.BackgroundColorMsg:
		a.ctx.Theme = theme.New(msg.IsDark())
		return a, a.all(msg)
	case tea.MouseClickMsg:
		if a.dialogs.Top() == nil {
			msg.Y -= headerHeight
			return a, a.current().Update(msg)
		}
		return a, nil
	case tea.MouseWheelMsg:
		if a.dialogs.Top() == nil {
			msg.Y -= headerHeight
			return a, a.current().Update(msg)
		}
		return a, nil
	case tea.MouseMsg:
		return a, nil
	case tea.PasteMsg:
		if d := a.dialogs.Top(); d != nil {
			if p, ok := d.(dialog.Paster); ok {
				p.Paste(msg)
			}
			return a, nil
		}
		return a, a.current().Update(msg)
	case screen.Tick:
		a.notice.fade(a.ctx.Now())
		return a, tea.Batch(a.current().Update(msg), a.tick(), a.measure())
	}
	if cmd, ok := a.own(msg); ok {
		return a, cmd
	}
	if cmd, ok := a.request(msg); ok {
		return a, cmd
	}
	if cmd, ok := a.fromParts(msg); ok {
		return a, cmd
	}
	return a, a.all(msg)
}

// own handles the app's own messages.
func (a *App) own(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case screen.DockerNews:
		return a.dockerChanged(msg), true
	case dockerNext:
		return tea.Batch(a.dockerChanged(msg.DockerNews), a.nextDocker), true
	case screen.KubeNews:
		return a.kubeChanged(msg), true
	case kubeNext:
		return tea.Batch(a.kubeChanged(msg.KubeNews), a.nextKube), true
	case learned:
		before := a.ctx.Facts
		msg.tell(&a.ctx.Facts)
		if reflect.DeepEqual(before, a.ctx.Facts) {
			return msg.next, true
		}
		return tea.Batch(a.all(screen.FactsChanged{}), msg.next), true
	case taskSaid:
		return a.tasks.said(msg), true
	case taskEnded:
		return a.taskEnded(msg), true
	case gaveBack:
		a.given = nil
		return screen.Send(msg.then), true
	case unlocked:
		a.unlocked[msg.target] = true
		return msg.then, true
	case contextsCame:
		return a.contextsRead(msg.contexts), true
	case contextChanged:
		return a.moved(), true
	case screen.OffersCame:
		return a.offersCame(), true
	case namespacesCame:
		a.namespaces.took(msg, a.cluster)
		return nil, true
	}
	return nil, false
}

// request does what a part asked for.
func (a *App) request(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case screen.StartTask:
		return a.tasks.start(a.ctx, msg), true
	case screen.Ask:
		a.dialogs.Push(dialog.NewConfirm(a.ctx, msg))
	case screen.Choose:
		a.dialogs.Push(dialog.NewChoice(a.ctx, msg))
	case screen.Form:
		a.dialogs.Push(dialog.NewForm(a.ctx, msg))
	case dialog.Set:
		msg.Apply()
	case dialog.Browsed:
		cmd, _ := a.request(msg.Over(a.dialogs.Top()))
		return cmd, true
	case screen.Did:
		a.did(msg)
	case screen.GiveTerminal:
		return a.give(msg), true
	case screen.Guard:
		return a.guard(msg), true
	case screen.DebugWith:
		a.ctx.DebugImage = msg.Image
	case screen.Notify:
		a.notice = newNotice(msg, a.ctx.Now())
	case screen.InNamespace:
		return a.watch(msg.Name), true
	case screen.CopyText:
		a.notice = newNotice(screen.Notify{Text: "Copied " + msg.What}, a.ctx.Now())
		return tea.SetClipboard(msg.Text), true
	case palette.Chosen:
		return a.act(msg.Action, tea.KeyPressMsg{}), true
	default:
		return nil, false
	}
	return nil, true
}

// all gives a message to every part.
func (a *App) all(msg tea.Msg) tea.Cmd {
	cmds := make([]tea.Cmd, 0, len(a.parts))
	for _, p := range a.parts {
		cmds = append(cmds, p.part.Update(msg))
	}
	return tea.Batch(cmds...)
}

func (a *App) resize(width, height int) {
	a.width, a.height = width, height
	for _, p := range a.parts {
		p.part.SetSize(width, max(height-headerHeight-footerHeight, 0))
	}
}

func (a *App) small() bool { return a.width < minWidth || a.height < minHeight }

// View draws the header, the part shown, the footer, and the dialog above.
func (a *App) View() tea.View {
	v := tea.NewView(a.draw())
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.WindowTitle = a.title()
	return v
}

func (a *App) draw() string {
	if a.width == 0 {
		return ""
	}
	if a.small() {
		return a.drawSmall()
	}
	content := strings.Join([]string{a.drawHeader(), a.current().View(), a.drawFooter()}, "\n")
	if d := a.dialogs.Top(); d != nil {
		box := d.View(a.width-4, a.height-2)
		content = a.noticeOver(screen.Over(content, box, a.width, a.height, a.ctx.Theme.Faint), len(box))
	}
	return content
}

// noticeOver draws a notice as if no dialog were open, where that leaves its
// line free: it may say why the dialog is still there.
func (a *App) noticeOver(content string, box int) string {
	line := a.height - footerHeight
	if a.notice.text == "" || (a.height+box)/2 > line {
		return content
	}
	lines := strings.Split(content, "\n")
	lines[line] = a.drawNews()
	return strings.Join(lines, "\n")
}

// measure asks once how big the terminal is. Bubble Tea looks at that before it
// hears of changes: one in between, as when a window opens, would be lost.
func (a *App) measure() tea.Cmd {
	if a.measured {
		return nil
	}
	a.measured = true
	return tea.RequestWindowSize
}

func (a *App) tick() tea.Cmd {
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return screen.Tick{} })
}
