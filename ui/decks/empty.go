package decks

import (
	"fmt"
	"time"

	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// oldNews says since when nothing was heard; empty while all is well.
func (p *Part) oldNews(s link.Status) string {
	if s.State != link.Lost {
		return ""
	}
	since := s.News
	if since.IsZero() {
		since = s.Since
	}
	return fmt.Sprintf("no news since %s (%s)", since.Format(time.TimeOnly), spanOf(p.scene.now.Sub(since)))
}

// spanOf writes seconds and minutes as people say them: 14 s, 3 min.
func spanOf(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d h", int(d.Hours()))
}

// notice is what a deck says in place of rows.
type notice struct {
	level theme.Level
	title string
	body  []string // wrapped
	keys  []keys.Action
}

// emptyContainers is what the left deck shows when it has no rows; nil when it
// has some.
func (p *Part) emptyContainers(width, height int) []string {
	if len(p.docker.Containers) > 0 && p.left.count > 0 {
		return nil
	}
	n := notice{level: theme.Idle}
	switch s := p.docker.Status; {
	case s.State == link.Absent:
		n = notice{theme.Unknown, "No Docker here", because(s, "No engine is set up on this machine."), []keys.Action{keys.GoSetup}}
	case s.State == link.Lost || s.State == link.Connecting && s.Err != nil:
		n = notice{theme.Broken, "Docker does not answer", because(s, "Trying again by itself."), []keys.Action{keys.GoSetup}}
	case s.State == link.Connecting:
		n = notice{theme.Starting, "Connecting to Docker…", nil, nil}
	case p.left.filter.on():
		n.title, n.body = "No container matches", []string{"esc clears the filter"}
	case p.left.hidden > 0:
		n.title, n.body, n.keys = "No containers of your own", []string{fmt.Sprintf("%d system containers are hidden", p.left.hidden)}, []keys.Action{keys.System, keys.Build}
	default:
		n.title, n.body, n.keys = "No containers yet", []string{"docker run, docker compose up, or build one here"}, []keys.Action{keys.Build}
	}
	return p.drawNotice(n, width, height)
}

// emptyPods is the same for the right deck.
func (p *Part) emptyPods(width, height int) []string {
	if len(p.kube.Pods) > 0 && p.right.count > 0 {
		return nil
	}
	n := notice{level: theme.Idle}
	switch s := p.kube.Status; {
	case s.State == link.Absent:
		n = notice{theme.Unknown, "No cluster here", because(s, "No kubeconfig names one."), []keys.Action{keys.GoSetup}}
	case s.State == link.Lost || s.State == link.Connecting && s.Err != nil:
		n = notice{theme.Broken, "The cluster does not answer", because(s, "Trying again by itself."), []keys.Action{keys.GoSetup}}
	case s.State == link.Connecting:
		n = notice{theme.Starting, "Connecting to Kubernetes…", nil, nil}
	case !p.kube.Synced && len(p.kube.Pods) == 0:
		n = notice{theme.Starting, "Listing pods…", nil, nil}
	case p.right.filter.on():
		n.title, n.body = "No pod matches", []string{"esc clears the filter"}
	case p.kube.Namespace != "":
		n.title, n.body, n.keys = "No pods in namespace "+screen.Clean(p.kube.Namespace), []string{"deploy something, or look elsewhere"}, []keys.Action{keys.Deploy, keys.Namespaces}
	default:
		n.title, n.body, n.keys = "No pods in this cluster", nil, []keys.Action{keys.Deploy}
	}
	return p.drawNotice(n, width, height)
}

// because is the reason of a link that is not live, and what happens about it.
func because(s link.Status, otherwise string) []string {
	if s.Err == nil {
		return []string{otherwise}
	}
	return []string{s.Err.Error(), otherwise}
}

// drawNotice puts a notice in the middle of the deck.
func (p *Part) drawNotice(n notice, width, height int) []string {
	th := p.ctx.Theme
	lines := []string{screen.Center(levelWord(th, n.level)+" "+th.Strong.Render(n.title), width), ""}
	for _, text := range n.body {
		for _, l := range screen.WrapText(screen.Clean(text), min(width-4, 64)) {
			lines = append(lines, screen.Center(th.Dim.Render(l), width))
		}
	}
	hints := ""
	for _, a := range n.keys {
		if b, ok := p.ctx.Keys.AtPlace(keys.Decks, a); ok && b.Label() != "" {
			if hints != "" {
				hints += "   "
			}
			hints += th.Key.Render(b.Label()) + " " + th.Dim.Render(b.Short)
		}
	}
	if hints != "" {
		lines = append(lines, "", screen.Center(hints, width))
	}
	top := max((height-len(lines))/2, 0)
	return append(make([]string, top), lines...)
}
