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
