package setup

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/ui/screen"
)

// copyReport copies what `twindeck report` writes, of the checks that are on
// the screen, to paste into a question or an issue. Looking around may take a
// few seconds.
func (p *Part) copyReport() tea.Cmd {
	if p.first {
		return screen.Send(screen.Notify{Text: "The first checks are still running"})
	}
	ctx := p.ctx
	system := checks.ReportSystem{OS: ctx.Env.Host.OS(), Arch: ctx.Env.Host.Arch()}
	report := checks.NewReport(p.summary, system, p.checked, 0)
	return tea.Batch(screen.Send(screen.Notify{Text: "Gathering the report"}), func() tea.Msg {
		var b strings.Builder
		if err := checks.LookAround(ctx.Life, report, *ctx.Env, ctx.Version).WriteMarkdown(&b); err != nil {
			return screen.Notify{Text: "Writing the report: " + err.Error(), Bad: true}
		}
		return screen.CopyText{Text: b.String(), What: "the report, without secrets"}
	})
}
