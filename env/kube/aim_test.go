package kube

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestAnotherContextIsChosen: somebody runs kubectl config use-context while
// the program is open. Its rows become those of the other cluster, and what
// was asked of the former one never reaches the other.
func TestAnotherContextIsChosen(t *testing.T) {
	home, work := newFakeAPI(t, "at-home"), newFakeAPI(t, "at-work")
	config := fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: home
clusters:
- {name: home, cluster: {server: "http://%s"}}
- {name: work, cluster: {server: "http://%s"}}
users: [{name: me, user: {token: t}}]
contexts:
- {name: home, context: {cluster: home, user: me, namespace: shop}}
- {name: work, context: {cluster: work, user: me, namespace: shop}}
`, home.addr, work.addr)
	path := writeConfig(t, config)
	c := Open(Options{Kubeconfig: path})
	running(t, c)
	await(t, c, "the pod at home", func(s Snapshot) bool { return s.Context == "home" && len(s.Pods) == 1 && s.Pods[0].Name == "at-home" })
	at, err := c.Context()
	if err != nil {
		t.Fatal(err)
	}
	ctx := Aim(deadline(t, callLimit), at)
	if err := c.Delete(ctx, PodRef("shop", "at-home")); !errors.Is(err, ErrNotFound) { // the fake's only answer
		t.Fatalf("aimed at the context in force: %v", err)
	}

	if err := c.Delete(Aim(deadline(t, callLimit), Context{Name: "home"}), PodRef("shop", "at-home")); !errors.Is(err, ErrNotFound) {
		t.Fatalf("aimed at the name of the context in force: %v", err)
	}

	chosen := strings.Replace(config, "current-context: home", "current-context: work", 1) + "\n"
	if err := os.WriteFile(path, []byte(chosen), 0o600); err != nil {
		t.Fatal(err)
	}
	await(t, c, "the pod at work", func(s Snapshot) bool { return s.Context == "work" && len(s.Pods) == 1 && s.Pods[0].Name == "at-work" })
	before := work.queries()
	for name, do := range map[string]func() error{
		"delete": func() error { return c.Delete(ctx, PodRef("shop", "at-home")) },
		"apply":  func() error { _, err := c.Apply(ctx, "shop", nil, nil); return err },
		"follow": func() error { return c.Rollout(ctx, nil, nil) },
	} {
		err := do()
		if !errors.Is(err, ErrElsewhere) || !strings.Contains(err.Error(), "home") || !strings.Contains(err.Error(), "work") {
			t.Errorf("%s: %v", name, err)
		}
	}
	named := Aim(deadline(t, callLimit), Context{Name: "home"}) // whatever its server
	if err := c.Delete(named, PodRef("shop", "at-home")); !errors.Is(err, ErrElsewhere) {
		t.Errorf("aimed at the name of the former context: %v", err)
	}
	if after := work.queries(); after != before {
		t.Errorf("the other cluster was asked: %s", strings.TrimPrefix(after, before))
	}
}
