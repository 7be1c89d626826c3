package decks

import (
	"errors"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
)

// A cluster that refuses a list answers: that is said, and the way to what may
// be listed.
func TestARefusedListIsNoSilence(t *testing.T) {
	refusal := &kube.Error{Kind: kube.ErrForbidden, Doing: "watching pods", Err: errors.New("ada may not")}
	silence := &kube.Error{Kind: kube.ErrTimeout, Doing: "watching pods", Err: errors.New("no answer")}
	for name, tc := range map[string]struct {
		namespace string
		status    link.Status
		sees      []string
		not       string
	}{
		"all namespaces": {"", link.Status{State: link.Connecting, Err: refusal}, []string{"You may not list the pods of all namespaces", "ada may not", "n namespace"}, "does not answer"},
		"one namespace":  {"shop", link.Status{State: link.Lost, Err: refusal}, []string{"You may not list the pods of namespace shop", "n namespace"}, "does not answer"},
		"silence":        {"shop", link.Status{State: link.Connecting, Err: silence}, []string{"The cluster does not answer", "no answer"}, "n namespace"},
	} {
		t.Run(name, func(t *testing.T) {
			p := testPart(t, &env.Environment{Docker: &fakeVolumes{}})
			p.kube = kube.Snapshot{Namespace: tc.namespace, Status: tc.status}
			shown := func() string {
				n, _ := p.right.board().empty()
				return ansi.Strip(strings.Join(p.drawNotice(n, 70, 20), "\n"))
			}
			see := func(texts ...string) {
				t.Helper()
				for _, text := range texts {
					if !strings.Contains(shown(), text) {
						t.Errorf("%q is not said:\n%s", text, shown())
					}
				}
				if strings.Contains(shown(), tc.not) {
					t.Errorf("%q is said:\n%s", tc.not, shown())
				}
			}
			see(tc.sees...)
			p.right.turn(1)
			if errors.Is(tc.status.Err, kube.ErrForbidden) {
				see("No deployments can be listed", "ada may not", "n namespace")
			}
		})
	}
}
