package ship

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// loginGiven says that a person wants pods of a namespace to have docker's login.
type loginGiven struct{ context, namespace string }

// giveLogin asks whether pods that cannot pull may use docker's login. Saying
// yes changes the plan, which is then to be run as any other.
func (p *Part) giveLogin() tea.Cmd {
	if p.view != showPlan || p.plan == nil || len(p.plan.Offers) == 0 {
		return screen.Send(screen.Notify{Text: "No pod of this plan lacks a login that docker has"})
	}
	offers := p.plan.Offers
	ask := screen.Ask{
		Title: "Let the pods log in to " + screen.Clean(offers[0].Registry) + " with docker's login?",
		Yes:   "into the plan",
		Then:  screen.Send(loginGiven{p.plan.Context.Name, p.plan.Namespace}),
	}
	for _, s := range offers {
		ask.Body = append(ask.Body, screen.Clean(fmt.Sprintf("secret %s in namespace %s of %s: the login of %s; the service account %s gets it in imagePullSecrets",
			s.Name, s.Namespace, p.plan.Context.Name, whose(s), s.Account)))
	}
	ask.Body = append(ask.Body, "Who may read secrets in that namespace can read it. Nothing changes before the plan is run.")
	return screen.Send(ask)
}

func whose(s envship.PullSecret) string {
	if s.User == "" {
		return "a token"
	}
	return s.User
}

// loginLines are a plan's logins: those it gives, and the key that would.
func (p *Part) loginLines(plan envship.Plan) []string {
	t := p.ctx.Theme
	var lines []string
	for _, s := range plan.PullSecrets {
		lines = append(lines, p.labelled("login", t.Text, fmt.Sprintf("pods of service account %s get the login of %s at %s", s.Account, whose(s), s.Registry))...)
		lines = append(lines, p.labelled("", t.Dim, "secret "+s.Name+" in namespace "+s.Namespace)...)
	}
	if len(plan.Offers) > 0 {
		lines = append(lines, p.labelled("login", t.Text, fmt.Sprintf("none yet for the pods: %s lets them use docker's", p.ctx.Keys.Label(keys.Ship, keys.GiveLogin)))...)
	}
	return lines
}
