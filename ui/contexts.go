package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/dialog"
	"github.com/twindeck/twindeck/ui/screen"
)

// chooser is the dialog of contexts.
type chooser struct {
	contexts
	list    dialog.Dialog
	entered bool // enter was pressed before there was anything to choose
}

// contexts is what the chooser offers.
type contexts struct {
	docker  []docker.Context
	kube    kube.Config
	inForce string // kube context
	err     error  // of Docker's contexts
	read    bool   // the files were read
}

// contextsCame is what the files say. Nobody is talked to for it.
type contextsCame struct{ contexts }

// The two kinds of items, by what their ID begins with.
const (
	dockerItem = "docker\x00"
	kubeItem   = "kube\x00"
)

// openContexts opens the chooser of Docker contexts and clusters, on the engine
// one works with, and reads the files. What is typed meanwhile is the chooser's.
func (a *App) openContexts() tea.Cmd {
	c := &chooser{}
	c.list = dialog.NewList(a.ctx, dialog.ListOptions{
		Title: "Where to work",
		Start: c.start,
		Empty: func() string { return "No context of that name" },
		Keys:  [][2]string{{"enter", "choose, for this session"}, {"esc", "close"}},
		Find:  true,
		Items: func() []dialog.Item { return c.items(a.ctx) },
		OnKey: func(key string, it dialog.Item, _ string) (tea.Cmd, bool, bool) {
			if key != "enter" {
				return nil, false, false
			}
			c.entered = !c.read
			return a.chooseContext(it.ID), it.ID != "", true
		},
	})
	a.chooser = c
	a.dialogs.Push(c.list)
	return a.askContexts
}

// contextsRead fills the chooser, and presses enter where that was done before.
func (a *App) contextsRead(read contexts) tea.Cmd {
	c := a.chooser
	c.contexts = read
	if !c.entered || a.dialogs.Top() != c.list {
		return nil
	}
	c.entered = false
	return screen.Send(tea.KeyPressMsg{Code: tea.KeyEnter})
}

// start is the engine one works with.
func (c *contexts) start() string {
	for _, d := range c.docker {
		if d.InForce {
			return dockerItem + d.Context
		}
	}
	return ""
}

// askContexts reads the files.
func (a *App) askContexts() tea.Msg {
	c := contexts{read: true}
	c.docker, c.err = a.ctx.Env.Docker.Contexts()
	c.kube = a.ctx.Env.Kube.Config()
	if at, err := a.ctx.Env.Kube.Context(); err == nil {
		c.inForce = at.Name
	}
	return contextsCame{c}
}

func (c *contexts) items(ctx *screen.Context) []dialog.Item {
	th := ctx.Theme
	sign := func(it dialog.Item, inForce, local bool) dialog.Item {
		switch {
		case inForce:
			it.Sign, it.Style = "●", th.Good
		case local:
			it.Sign, it.Style = "○", th.Dim
		default:
			it.Sign, it.Style = "▲", th.Bad // read-only until its name is typed
		}
		if !local {
			it.Note += ", not on this machine"
		}
		return it
	}
	items := []dialog.Item{{Header: true, Text: "Docker"}}
	for _, d := range c.docker {
		it := dialog.Item{ID: dockerItem + d.Context, Text: screen.Clean(d.Context), Note: screen.Clean(d.Host)}
		if d.Err != nil {
			it.Note = screen.Clean(d.Err.Error())
		}
		items = append(items, sign(it, d.InForce, d.Local))
	}
	if c.err != nil {
		items = append(items, dialog.Item{Header: true, Text: "not listed: " + screen.Clean(c.err.Error())})
	}
	items = append(items, dialog.Item{Header: true, Text: "Kubernetes"})
	for _, k := range c.kube.Contexts {
		it := dialog.Item{ID: kubeItem + k.Name, Text: screen.Clean(k.Name), Note: screen.Clean(k.Server)}
		items = append(items, sign(it, k.Name == c.inForce, k.Local))
	}
	switch {
	case !c.read:
		items = append(items, dialog.Item{Header: true, Text: "reading the files…"})
	case c.kube.Err != nil:
		items = append(items, dialog.Item{Header: true, Text: "not listed: " + screen.Clean(c.kube.Err.Error())})
	case len(c.kube.Contexts) == 0:
		items = append(items, dialog.Item{Header: true, Text: "no kubeconfig names a cluster"})
	}
	return items
}

// chooseContext goes to a context for this session; no file is changed.
func (a *App) chooseContext(id string) tea.Cmd {
	t := screen.StartTask{Done: func(error) tea.Msg { return contextChanged{} }}
	if name, ok := strings.CutPrefix(id, dockerItem); ok {
		t.Name, t.Command = "go to engine "+screen.Clean(name), "export DOCKER_CONTEXT="+screen.Clean(name)
		t.Run = func(context.Context, func(string)) error { return a.ctx.Env.Docker.SetContext(name) }
	} else if name, ok := strings.CutPrefix(id, kubeItem); ok {
		t.Name = "go to cluster " + screen.Clean(name) // no command: kubectl's would change the file
		t.Run = func(context.Context, func(string)) error { return a.ctx.Env.Kube.SetContext(name) }
	} else {
		return nil
	}
	return screen.Send(t)
}

// contextChanged says that another engine or cluster may be in force.
type contextChanged struct{}

// moved shows where one is now, and asks what is there.
func (a *App) moved() tea.Cmd {
	return tea.Batch(a.dockerNow, a.kubeNow, a.askEngine, a.askCluster)
}
