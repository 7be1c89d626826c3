package kube

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// A real server writes the whole of what it refuses into its answer; a person
// sees why, and no secret.
func TestFixtureRefusalsHideSecrets(t *testing.T) {
	t.Parallel()
	const containers = `containers: [{name: main, image: "twindeck.local/base:1", imagePullPolicy: Never, command: [sleep, "1000"], env: [{name: DB_PASSWORD, value: "hunter2 FIRST\n}{\"\""}]}]`
	for name, c := range map[string]struct{ manifest, says string }{
		"pod": {"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  terminationGracePeriodSeconds: 0\n  " + containers + "\n", "may not change fields"},
		"job": {"apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      terminationGracePeriodSeconds: 0\n      " + containers + "\n", "field is immutable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c2 := inNamespace(t)
			if _, err := c2.Apply(deadline(t, 20*time.Second), "", read(t, c2, c.manifest), nil); err != nil {
				t.Fatal(err)
			}
			_, err := c2.Apply(deadline(t, 20*time.Second), "", read(t, c2, strings.Replace(c.manifest, "FIRST", "then", 1)), nil)
			var at *ManifestError
			if !errors.As(err, &at) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("it says %v", err)
			}
		})
	}
}
