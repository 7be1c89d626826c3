package ship

import (
	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// target is where plans go: what a person chose, or the files say.
type target struct {
	engine             string // its Docker context and host; empty: not known yet
	cluster, namespace string // the kubeconfig context; empty: not known yet
}

// onEngine and onCluster are the target after news.
func (t target) onEngine(s docker.Snapshot) target {
	t.engine = ""
	if s.Endpoint.Host != "" {
		t.engine = s.Endpoint.Context + " " + s.Endpoint.Host
	}
	return t
}

func (t target) onCluster(s kube.Snapshot) target {
	t.cluster, t.namespace = s.Context, s.Namespace
	return t
}

// moved says that plans for t are none for now. What is learned of t at first
// is no move.
func (t target) moved(now target) bool {
	return t.engine != "" && t.engine != now.engine ||
		t.cluster != "" && (t.cluster != now.cluster || t.namespace != now.namespace)
}

// aimAt takes where plans go now. A plan for somewhere else is not shown any
// more, so that nobody runs it, and what was asked for it alone is forgotten;
// a run goes on where it began, and the next plan is made after it.
func (p *Part) aimAt(now target) tea.Cmd {
	was := p.target
	p.target = now
	if !was.moved(now) {
		return nil
	}
	p.Options.PullSecret = false
	if p.view != showPlan || p.running() {
		return nil
	}
	p.plan = nil
	return p.makePlan(p.Options.Stages)
}
