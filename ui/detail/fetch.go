package detail

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

// fetchLimit is how long a text may take to come.
const fetchLimit = 10 * time.Second

// fetched carries the text of a tab.
type fetched struct {
	turn  int
	lines []string
	err   error
}

// fetch asks for the text of a tab of a subject.
func fetch(ctx *screen.Context, of Subject, turn int, read reader) tea.Cmd {
	return func() tea.Msg {
		life, cancel := context.WithTimeout(of.origin.Bind(ctx.Life), fetchLimit)
		defer cancel()
		text, err := read(life, ctx.Env, ctx.Now())
		return fetched{turn, screen.CleanLines(text), err}
	}
}

// writeEvents writes events as a table, newest last.
func writeEvents(events []kube.Event, now time.Time) string {
	if len(events) == 0 {
		return "No events. Kubernetes keeps them for an hour."
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-5s %-8s %-22s %s\n", "AGE", "TYPE", "REASON", "MESSAGE")
	for _, e := range events {
		times := ""
		if e.Count > 1 {
			times = fmt.Sprintf(" (×%d)", e.Count)
		}
		message := strings.Join(strings.Fields(e.Message), " ")
		fmt.Fprintf(&b, "%-5s %-8s %-22s %s%s\n", screen.Age(now, e.Last), e.Type, e.Reason, message, times)
	}
	return b.String()
}
