package checks

import (
	"testing"

	"github.com/twindeck/twindeck/env/ship"
)

func TestExplainFailure(t *testing.T) {
	for _, tt := range []struct {
		name string
		card ship.Failure
		want string
	}{
		{"no advice", ship.Failure{Stage: ship.Deploy, Cause: `deployments.apps is forbidden: User "dev" cannot create resource "deployments"`}, "kube-forbidden"},
		{"advice of its own", ship.Failure{Stage: ship.Deploy, Cause: "exceeded quota: compute", Do: "ask for more"}, ""},
		{"a step's last lines", ship.Failure{Stage: ship.Build, Step: "RUN npm ci", Cause: "exit code: 1", Do: "read the last lines", Tail: []string{"npm error code SELF_SIGNED_CERT_IN_CHAIN"}}, "ca-in-build"},
		{"a step that just failed", ship.Failure{Stage: ship.Build, Step: "RUN false", Cause: `process "/bin/sh -c false" did not complete successfully: exit code: 1`}, ""},
		{"the Dockerfile's place", ship.Failure{Stage: ship.Build, File: "Dockerfile", Line: 3, Cause: "unknown instruction: RUNN", Do: "mend it there"}, ""},
		{"cancelled", ship.Failure{Stage: ship.Build, Cause: "cancelled"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, ok := ExplainFailure("linux", tt.card)
			if e.ID != tt.want || ok != (tt.want != "") {
				t.Errorf("explained by %q, %v; want %q", e.ID, ok, tt.want)
			}
		})
	}
}
