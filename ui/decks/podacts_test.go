package decks

import (
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
)

// What a restart of a pod does is said by the command that would have done it.
func TestRestartOfAPodSaysWhatItDoes(t *testing.T) {
	p := &Part{ctx: &screen.Context{Env: &env.Environment{}}}
	ended := &kube.Pod{Namespace: "dev", Name: "web-1", Owner: kube.Owner{Kind: "Job", Name: "web"}, Phase: kube.PhaseDone}
	if _, not := p.podJob(keys.Restart, ended); !strings.Contains(not, "its job starts no other") {
		t.Errorf("a pod that did its work would be lost: %q", not)
	}
	for owner, want := range map[kube.Owner]string{
		{Kind: "StatefulSet", Name: "web"}:                          "kubectl rollout restart sts/web -n dev",
		{Kind: "StatefulSet", Name: "web", Group: "apps.kruise.io"}: "kubectl delete pod web-1 -n dev",
		{Kind: "Job", Name: "web"}:                                  "kubectl delete pod web-1 -n dev",
		{}:                                                          "has no owner",
	} {
		j, not := p.podJob(keys.Restart, &kube.Pod{Namespace: "dev", Name: "web-1", Owner: owner})
		if got := j.command + not; !strings.Contains(got, want) {
			t.Errorf("a pod of %v: %q, want %q", owner, got, want)
		}
	}
}

// A restart that is a deletion asks first, and names the loss; a rollout is none.
func TestRestartThatDeletesAsks(t *testing.T) {
	p := &Part{ctx: &screen.Context{Env: &env.Environment{}}}
	for owner, asks := range map[kube.Owner]bool{
		{Kind: "Deployment", Name: "web"}:                        false,
		{Kind: "Job", Name: "web"}:                               true,
		{Kind: "Cluster", Name: "web", Group: "postgresql.cnpg"}: true,
	} {
		cmd, _ := p.actOnPods(keys.Restart, chosen[*kube.Pod]{rows: []*kube.Pod{{Namespace: "dev", Name: "web-1", Owner: owner, Phase: kube.PhaseReady}}})
		ask, asked := cmd().(screen.Guard).Then().(screen.Ask)
		if asked != asks || asked && !strings.Contains(strings.Join(ask.Body, "\n"), "Lost: what it holds in memory") {
			t.Errorf("a pod of %v: asked %t, %+v", owner, asked, ask)
		}
	}
}
