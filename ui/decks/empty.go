package decks

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
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

// noContainers is what the left deck says in place of containers.
func (p *Part) noContainers(d *deck[*docker.Container]) notice {
	switch n, down := noEngine(p.docker.Status); {
	case down:
		return n
	case d.passing.on():
		return noMatch(d.passing, "No container matches")
	case d.hidden > 0:
		return notice{theme.Idle, "No containers of your own", []string{fmt.Sprintf("%d system containers are hidden", d.hidden)}, []keys.Action{keys.System, keys.Build}}
	}
	return notice{theme.Idle, "No containers yet", []string{"docker run, docker compose up, or build one here"}, []keys.Action{keys.Build}}
}

// noMatch is what a deck says when a filter lets no row through.
func noMatch(f filter, title string) notice {
	if f.text == onlyBad {
		return notice{theme.Good, "Nothing here is unhealthy", []string{"esc shows all rows"}, nil}
	}
	return notice{theme.Idle, title, []string{"esc clears the filter"}, nil}
}

// noMatchIn is noMatch of a list that holds one namespace; "": all of them.
func noMatchIn(namespace string, f filter, title string) notice {
	n := noMatch(f, title)
	if namespace != "" {
		n.body = append(n.body, "Only namespace "+screen.Clean(namespace)+" is looked at.")
		n.keys = []keys.Action{keys.AllSpaces}
	}
	return n
}

// noEngine is what the left deck says while no engine answers; down is false
// when one does.
func noEngine(s link.Status) (n notice, down bool) {
	switch {
	case s.State == link.Absent:
		return notice{theme.Unknown, "No Docker here", because(s, "No engine is set up on this machine."), []keys.Action{keys.GoSetup}}, true
	case s.State == link.Lost || s.State == link.Connecting && s.Err != nil:
		return notice{theme.Broken, "Docker does not answer", because(s, "Trying again by itself."), []keys.Action{keys.GoSetup}}, true
	case s.State == link.Connecting:
		return notice{theme.Starting, "Connecting to Docker…", nil, nil}, true
	}
	return notice{}, false
}

// noPods is what the right deck says in place of pods.
func (p *Part) noPods(d *deck[*kube.Pod]) notice {
	switch n, down := noCluster(p.kube.Status); {
	case down && refused(p.kube.Status):
		where := "all namespaces"
		if ns := p.kube.Namespace; ns != "" {
			where = "namespace " + screen.Clean(ns)
		}
		return notice{theme.Attention, "You may not list the pods of " + where, because(p.kube.Status, "Look elsewhere; tried again by itself."), []keys.Action{keys.Namespaces, keys.Contexts}}
	case down:
		return n
	case !p.kube.Synced && len(p.kube.Pods) == 0:
		return notice{theme.Starting, "Listing pods…", nil, nil}
	case d.passing.on():
		return noMatchIn(p.kube.Namespace, d.passing, "No pod matches")
	case p.kube.Namespace != "":
		return notice{theme.Idle, "No pods in namespace " + screen.Clean(p.kube.Namespace), []string{"deploy something, or look elsewhere"}, []keys.Action{keys.Deploy, keys.Namespaces}}
	}
	return notice{theme.Idle, "No pods in this cluster", nil, []keys.Action{keys.Deploy}}
}

// noObjects is what the right deck says in place of objects of a kind.
func (p *Part) noObjects(o *objects) notice {
	what := strings.ToLower(o.noun()[:1]) + o.noun()[1:]
	s := o.deck.status()
	n, down := noCluster(s)
	switch {
	case o.err != nil:
		return notice{theme.Broken, "No " + what + " can be listed", []string{o.err.Error()}, []keys.Action{keys.Palette}}
	case down && s.Err != nil && (p.kube.Status.State == link.Live || refused(s)):
		do := []keys.Action{keys.Palette}
		if refused(s) && o.of.Namespaced {
			do = []keys.Action{keys.Palette, keys.Namespaces}
		}
		return notice{theme.Attention, "No " + what + " can be listed", because(s, "Trying again by itself."), do}
	case down:
		return n
	case !o.now.Synced:
		return notice{theme.Starting, "Listing " + what + "…", nil, nil}
	case o.passing.on() && o.of.Namespaced:
		return noMatchIn(p.kube.Namespace, o.passing, "None of the "+what+" match")
	case o.passing.on():
		return noMatch(o.passing, "None of the "+what+" match")
	case o.of.Namespaced && p.kube.Namespace != "":
		return notice{theme.Idle, "No " + what + " in namespace " + screen.Clean(p.kube.Namespace), nil, []keys.Action{keys.NextList, keys.Namespaces}}
	}
	return notice{theme.Idle, "No " + what + " in this cluster", nil, []keys.Action{keys.NextList}}
}

// noCluster is what the right deck says while no cluster answers.
func noCluster(s link.Status) (n notice, down bool) {
	switch {
	case s.State == link.Absent:
		return notice{theme.Unknown, "No cluster here", because(s, "No kubeconfig names one."), []keys.Action{keys.GoSetup}}, true
	case s.State == link.Lost || s.State == link.Connecting && s.Err != nil:
		return notice{theme.Broken, "The cluster does not answer", because(s, "Trying again by itself."), []keys.Action{keys.GoSetup}}, true
	case s.State == link.Connecting:
		return notice{theme.Starting, "Connecting to Kubernetes…", nil, nil}, true
	}
	return notice{}, false
}

// refused says that a cluster answers, but not to this user.
func refused(s link.Status) bool { return errors.Is(s.Err, kube.ErrForbidden) }

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
