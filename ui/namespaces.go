package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/dialog"
	"github.com/twindeck/twindeck/ui/screen"
)

// namespaces is what the chooser offers.
type namespaces struct {
	names   []string
	current string // watched now; empty: all
	asked   bool   // an answer is on its way
	err     error
}

// namespacesCame is the cluster's answer.
type namespacesCame struct {
	of    string // the kube context that was asked
	names []string
	err   error
}

// forget lets go of a former cluster's.
func (n *namespaces) forget() { n.names, n.err, n.asked = nil, nil, false }

// took takes an answer, unless it is a former cluster's.
func (n *namespaces) took(msg namespacesCame, now string) {
	if msg.of != now {
		return
	}
	n.asked, n.err = false, msg.err
	if msg.err == nil {
		n.names = msg.names
	}
}

// allNamespaces is the ID of the item that stands for all of them.
const allNamespaces = "\x00all"

// openNamespaces opens the chooser at once, and fills it when the cluster answers.
func (a *App) openNamespaces() tea.Cmd {
	n := &a.namespaces
	start := n.current
	if start == "" {
		start = allNamespaces
	}
	n.asked = true
	a.dialogs.Push(dialog.NewList(a.ctx, dialog.ListOptions{
		Title: "Namespace",
		Empty: func() string { return "No namespace of that name: enter looks there all the same" },
		Keys:  [][2]string{{"enter", "choose"}, {"0", "all"}, {"esc", "close"}},
		Find:  true,
		Start: func() string { return start },
		Items: func() []dialog.Item { return n.items() },
		OnKey: func(key string, it dialog.Item, typed string) (tea.Cmd, bool, bool) {
			switch {
			case key == "0" && typed == "":
				return a.watch(""), true, true
			case key != "enter":
				return nil, false, false
			case it.ID == allNamespaces:
				return a.watch(""), true, true
			case it.ID != "":
				return a.watch(it.ID), true, true
			case typed != "":
				return a.watch(typed), true, true
			}
			return nil, false, true
		},
	}))
	of := a.cluster
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(a.ctx.Life, factsLimit)
		defer cancel()
		if of != "" {
			ctx = kube.Aim(ctx, kube.Context{Name: of})
		}
		names, err := a.ctx.Env.Kube.Namespaces(ctx)
		return namespacesCame{of, names, err}
	}
}

func (n *namespaces) items() []dialog.Item {
	note := func(is bool) string {
		if is {
			return "now"
		}
		return ""
	}
	items := []dialog.Item{{ID: allNamespaces, Text: "all namespaces", Note: note(n.current == "")}}
	for _, name := range n.names {
		items = append(items, dialog.Item{ID: name, Text: screen.Clean(name), Note: note(n.current == name)})
	}
	switch {
	case n.asked && len(n.names) == 0:
		items = append(items, dialog.Item{Header: true, Text: "asking the cluster…"})
	case n.err != nil:
		items = append(items, dialog.Item{Header: true, Text: "not listed: " + screen.Clean(n.err.Error())})
	}
	return items
}

// watch changes the namespace that is watched.
func (a *App) watch(namespace string) tea.Cmd {
	return func() tea.Msg {
		a.ctx.Env.Kube.SetNamespace(namespace)
		return screen.KubeNews{Snapshot: a.ctx.Env.Kube.Snapshot()}
	}
}
