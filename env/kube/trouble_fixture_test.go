package kube

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// What is the matter with a workload whose pods are gone, or were never made.
func TestFixtureTroubleOfAWorkload(t *testing.T) {
	t.Parallel()
	job := `apiVersion: batch/v1
kind: Job
metadata: {name: backup}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: OnFailure
      terminationGracePeriodSeconds: 0
      containers: [{name: main, image: twindeck.local/base:1, imagePullPolicy: Never, command: [sh, -c, "exit 3"]}]
`
	for name, tc := range map[string]struct {
		manifest string
		of       Ref
		says     string
		cause    Cause
	}{
		"givenup": {
			job, Ref{Group: "batch", Version: "v1", Kind: "Job", Name: "backup"}, "BackoffLimitExceeded", GivenUp,
		},
		"late": {
			strings.NewReplacer("backoffLimit: 0", "activeDeadlineSeconds: 2", "exit 3", "exec sleep 1000").Replace(job),
			Ref{Group: "batch", Version: "v1", Kind: "Job", Name: "backup"},
			"DeadlineExceeded", PastEnd,
		},
		"lacking": {
			"apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: one}\nspec: {hard: {pods: 1}}\n---\n" + app("Deployment", "web", 2, "exec sleep 1000"),
			Ref{Group: "apps", Version: "v1", Kind: "Deployment", Name: "web"},
			"FailedCreate", Quota,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := inNamespace(t)
			if _, err := c.Apply(deadline(t, 20*time.Second), "", read(t, c, tc.manifest), nil); err != nil {
				t.Fatal(err)
			}
			ctx := deadline(t, time.Minute)
			untilTrouble(ctx, t, c, tc.of, func(got []Trouble) bool {
				return len(got) == 1 && got[0].Pod == "" && got[0].Reason == tc.says && got[0].Cause() == tc.cause
			})
		})
	}
}

// A job that came to its end is well, whatever failed on the way.
func TestFixtureNoTroubleOfAJobThatIsDone(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ctx := deadline(t, time.Minute)
	applied, err := c.Apply(ctx, "", read(t, c, `apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  completions: 2
  parallelism: 2
  completionMode: Indexed
  successPolicy: {rules: [{succeededIndexes: "0"}]}
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 0
      containers: [{name: main, image: twindeck.local/base:1, imagePullPolicy: Never, command: [sh, -c, 'test "$JOB_COMPLETION_INDEX" = 0 && sleep 4']}]
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	of := applied[0].Ref
	untilTrouble(ctx, t, c, of, func(got []Trouble) bool { return len(got) == 1 && got[0].Reason == "Error" })
	if err := c.Rollout(ctx, []Ref{of}, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Trouble(ctx, of); err != nil || len(got) > 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// untilTrouble waits for what is the matter with a workload.
func untilTrouble(ctx context.Context, t *testing.T, c *Client, of Ref, fits func([]Trouble) bool) {
	t.Helper()
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		got, err := c.Trouble(ctx, of)
		if err == nil && fits(got) {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal(fmt.Errorf("the trouble of %s is %+v, %w", of, got, err))
		}
	}
}

// A claim of a class that nobody has: the cluster's own words on the claim.
func TestFixtureWhyOfAnUnboundClaim(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	manifest := `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {storageClassName: nowhere, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{name: main, image: twindeck.local/base:1, imagePullPolicy: Never, command: [sh, -c, "exec sleep 1000"]}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
`
	if _, err := c.Apply(deadline(t, 20*time.Second), "", read(t, c, manifest), nil); err != nil {
		t.Fatal(err)
	}
	at, err := c.Context()
	if err != nil {
		t.Fatal(err)
	}
	ctx := deadline(t, time.Minute)
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		a, err := c.Why(ctx, at.Namespace, "web")
		if err == nil && a.Unbound != nil && a.Unbound.Claim == "data" && strings.Contains(a.Unbound.Says, `"nowhere" not found`) {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%+v, %+v, %v", a.Troubles, a.Unbound, err)
		}
	}
}
