package setup

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env/secret"
	"github.com/twindeck/twindeck/ui/screen"
)

// copyReport copies what was found, to paste into a question or an issue.
func (p *Part) copyReport() tea.Cmd {
	if p.first {
		return screen.Send(screen.Notify{Text: "The first checks are still running"})
	}
	text, err := p.report()
	if err != nil {
		return screen.Send(screen.Notify{Text: "Writing the report: " + err.Error(), Bad: true})
	}
	return screen.Send(screen.CopyText{Text: text, What: "the report, without secrets"})
}

// report is every check with what came back. Secrets are masked, and the home
// directory, which names the user, is written as ~.
func (p *Part) report() (string, error) {
	var b strings.Builder
	if err := checks.WriteText(&b, p.summary, checks.TextOptions{All: true}); err != nil {
		return "", err
	}
	text := secret.Mask(b.String())
	if home := p.ctx.Env.Host.Home(); home != "" {
		text = strings.ReplaceAll(text, home, "~")
	}
	return text, nil
}
