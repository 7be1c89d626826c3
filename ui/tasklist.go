package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/dialog"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// level is how a task stands.
func (t *task) level() theme.Level {
	switch {
	case t.ended.IsZero():
		return theme.Starting
	case t.err == nil:
		return theme.Good
	case t.cancelled:
		return theme.Idle
	}
	return theme.Broken
}

// outcome says in words how a task stands.
func (t *task) outcome(now time.Time) string {
	switch t.level() {
	case theme.Starting:
		return strings.TrimSpace(t.progress + " " + screen.Age(now, t.began))
	case theme.Good:
		return "done in " + took(t.ended.Sub(t.began))
	case theme.Idle:
		return "cancelled"
	}
	return screen.Clean(t.err.Error())
}

// list shows the tasks, newest first; a running one can be cancelled.
func (ts *tasks) list(ctx *screen.Context) dialog.Dialog {
	return dialog.NewList(ctx, dialog.ListOptions{
		Title: "Tasks",
		Empty: func() string { return "Nothing was done yet. What is started here shows up in this list." },
		Keys:  [][2]string{{"x", "cancel"}, {"esc", "close"}},
		Items: func() []dialog.Item {
			items := make([]dialog.Item, 0, len(ts.all))
			for _, t := range slices.Backward(ts.all) {
				l := t.level()
				items = append(items, dialog.Item{
					ID: strconv.Itoa(t.id), Sign: l.Glyph(), Style: ctx.Theme.Level(l),
					Text: t.name, Note: t.outcome(ctx.Now()),
				})
			}
			return items
		},
		OnKey: func(key string, it dialog.Item, _ string) (tea.Cmd, bool, bool) {
			if key != "x" {
				return nil, false, false
			}
			if id, err := strconv.Atoi(it.ID); err == nil {
				ts.stop(id)
			}
			return nil, false, true
		},
	})
}

// commandLog shows the commands that would have done the same, newest first.
func (ts *tasks) commandLog(ctx *screen.Context) dialog.Dialog {
	return dialog.NewList(ctx, dialog.ListOptions{
		Title: "Commands",
		Empty: func() string { return "Nothing was done yet. Each action leaves the command that does the same." },
		Keys:  [][2]string{{"y", "copy one"}, {"Y", "copy all"}, {"esc", "close"}},
		Items: func() []dialog.Item {
			var items []dialog.Item
			for _, t := range slices.Backward(ts.all) {
				if t.command != "" {
					items = append(items, dialog.Item{
						ID: t.command, Sign: "$", Style: ctx.Theme.Faint,
						Text: t.command, Note: t.began.Local().Format(time.TimeOnly),
					})
				}
			}
			return items
		},
		OnKey: func(key string, it dialog.Item, _ string) (tea.Cmd, bool, bool) {
			switch {
			case key == "y" && it.ID != "":
				return screen.Send(screen.CopyText{Text: it.ID, What: "the command"}), true, true
			case key == "Y":
				return ts.copyCommands(), true, true
			}
			return nil, false, false
		},
	})
}

// copyCommands copies all commands, in the order they were done.
func (ts *tasks) copyCommands() tea.Cmd {
	var b strings.Builder
	n := 0
	for _, t := range ts.all {
		if t.command != "" {
			b.WriteString(t.command + "\n")
			n++
		}
	}
	return screen.Send(screen.CopyText{Text: b.String(), What: fmt.Sprintf("%d commands", n)})
}
