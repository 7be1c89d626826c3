package decks

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/screen"
)

// usersLimit is how long a question waits for what the cluster says.
const usersLimit = 3 * time.Second

// podUsers are the pods that run images of the engine. Docker knows nothing of
// them: it would take an image from a store that it shares with the cluster.
type podUsers struct {
	pods    []*kube.Pod
	cluster string // the kubeconfig context they are of
	partly  bool   // pods of other namespaces could not be asked for
	shares  string // why the cluster's images are the engine's; empty: that is not known
}

// askUsers asks for the pods that images may be taken from, wherever they are in
// the cluster whose rows are shown, and goes on with the answer. A cluster that
// does not answer is not waited for: its rows are known.
func (p *Part) askUsers(then func(podUsers) tea.Cmd) tea.Cmd {
	e, now, life := p.ctx.Env, p.kube, p.origin().Bind(p.ctx.Life)
	u := podUsers{pods: now.Pods, cluster: now.Context, partly: now.Namespace != ""}
	switch {
	case p.askingUsers:
		return nil
	case now.Status.State != link.Live:
		return then(u)
	}
	p.askingUsers = true
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(life, usersLimit)
		defer cancel()
		found := u.find(ctx, e)
		return listed{func() tea.Cmd {
			p.askingUsers = false
			return then(found)
		}}
	}
}

// find looks at all there is; nobody uses images of an engine that the cluster
// has none of.
func (u podUsers) find(ctx context.Context, e *env.Environment) podUsers {
	shares, known := sharesImages(ctx, e)
	if known && shares == "" {
		return podUsers{}
	}
	u.shares = shares
	if !u.partly {
		return u
	}
	if all, err := e.Kube.Pods(ctx, ""); err == nil {
		u.pods, u.partly = all, false
	}
	return u
}

// sharesImages says why what the engine has, the cluster has too; empty if it
// has not.
func sharesImages(ctx context.Context, e *env.Environment) (why string, known bool) {
	info, err := e.Docker.Info(ctx)
	if err != nil {
		return "", false
	}
	nodes, err := e.Kube.Nodes(ctx)
	if err != nil {
		return "", false
	}
	why, _ = envship.SharesImages(info, nodes)
	return why, true
}

// of are the names of the pods that run an image, or need it to start again.
func (u podUsers) of(image *docker.ImageRow) []string {
	var names []string
	with := imageRuns(image)
	for _, pod := range u.pods {
		if pod.Phase != kube.PhaseDone && tie(with, podRuns(pod)) == same {
			names = append(names, screen.Clean(pod.Namespace+"/"+pod.Name))
		}
	}
	return names
}

// warn says what removing images means for pods; none for none.
func (u podUsers) warn(images []*docker.ImageRow) []string {
	var names []string
	for _, r := range images {
		names = append(names, u.of(r)...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	it := "it"
	if len(images) > 1 {
		it = "them"
	}
	var lines []string
	if len(names) > 0 {
		lines = append(lines, podsRun(len(names))+" "+it+" on "+screen.Clean(u.cluster)+": "+strings.Join(someOf(names), ", ")+".")
		if u.shares != "" {
			lines = append(lines, "The cluster has "+it+" from this engine: without "+it+" they start again only if they can pull.")
		} else {
			lines = append(lines, "If the cluster has "+it+" from this engine, they start again only if they can pull.")
		}
	}
	if u.partly && (u.shares != "" || len(names) > 0) {
		lines = append(lines, "Whether pods of other namespaces run "+it+" could not be asked.")
	}
	return lines
}

// podsRun counts pods that run something.
func podsRun(n int) string {
	if n == 1 {
		return "1 pod runs"
	}
	return fmt.Sprintf("%d pods run", n)
}

// someOf are names for a sentence, a few of them.
func someOf(names []string) []string {
	const few = 4
	if len(names) <= few+1 {
		return names
	}
	return append(names[:few:few], fmt.Sprintf("and %d more", len(names)-few))
}
