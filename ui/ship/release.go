package ship

import (
	tea "charm.land/bubbletea/v2"

	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/screen"
)

// releaseChosen says which version the next plans make; empty: none, their
// image gets the tag of what is in the folder.
type releaseChosen struct{ ask string }

// chooseRelease lets a person choose the image's tag among that of this work
// and the versions that come next.
func (p *Part) chooseRelease() tea.Cmd {
	switch {
	case p.running():
		return screen.Send(screen.Notify{Text: "The image that is shipped now has its name"})
	case p.plan == nil || len(p.plan.Ships()) == 0:
		return screen.Send(screen.Notify{Text: "There is no image to name yet"})
	}
	plan, e, life := *p.plan, p.ctx.Env, p.ctx.Life
	return func() tea.Msg {
		project := e.Project(life)
		ask := screen.Choose{Title: "Which tag?"}
		for _, c := range envship.Choices(plan, project, e.Releases(life, project)) {
			ask.Choices = append(ask.Choices, screen.Choice{
				Text: screen.Fit(c.Name, 10) + "  " + screen.Clean(c.Image), Note: screen.Clean(c.Because),
				Then: screen.Send(releaseChosen{c.Ask}),
			})
		}
		return ask
	}
}

// command is the command that does what a plan does.
func command(plan envship.Plan) string {
	text := "twindeck " + verb(plan)
	if plan.Release != nil {
		text += " --release " + plan.Release.Version
	}
	return text
}

// drawThen is what a release leaves to be done by hand.
func (p *Part) drawThen(done envship.Report) []string {
	if done.Then == "" {
		return nil
	}
	t := p.ctx.Theme
	lines := []string{""}
	for i, wrapped := range screen.WrapText(screen.Clean(done.Then), p.width-5) {
		sign := "$ "
		if i > 0 {
			sign = "  "
		}
		lines = append(lines, "   "+t.Faint.Render(sign)+t.Text.Render(wrapped))
	}
	return lines
}
