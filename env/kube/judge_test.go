package kube

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestJudges(t *testing.T) {
	t.Parallel()
	core := func(resource string) Kind { return Kind{Resource: resource} }
	custom := Kind{Group: "acme.dev", Resource: "ants"}
	for _, tc := range []struct {
		kind  Kind
		cells string // COLUMN=cell, in lines
		age   time.Duration
		want  Phase
	}{
		{Kind{Group: "apps", Resource: "deployments"}, "READY=3/3", time.Hour, PhaseReady},
		{Kind{Group: "apps", Resource: "deployments"}, "READY=1/3", time.Second, PhaseStarting},
		{Kind{Group: "apps", Resource: "deployments"}, "READY=1/3", time.Hour, PhaseWarning},
		{Kind{Group: "apps", Resource: "deployments"}, "READY=0/0", time.Hour, PhaseDone},
		{Kind{Group: "apps", Resource: "deployments"}, "", time.Hour, PhaseUnknown},
		{Kind{Group: "apps", Resource: "daemonsets"}, "DESIRED=2\nREADY=1", time.Hour, PhaseWarning},
		{Kind{Group: "apps", Resource: "replicasets"}, "DESIRED=0\nREADY=0", time.Hour, PhaseDone},
		{Kind{Group: "batch", Resource: "jobs"}, "STATUS=Running\nCOMPLETIONS=0/1", time.Hour, PhaseReady},
		{Kind{Group: "batch", Resource: "jobs"}, "STATUS=Complete", time.Hour, PhaseDone},
		{Kind{Group: "batch", Resource: "jobs"}, "COMPLETIONS=1/1", time.Hour, PhaseDone},
		{Kind{Group: "batch", Resource: "jobs"}, "STATUS=Failed", time.Hour, PhaseFailed},
		{core("persistentvolumeclaims"), "STATUS=Pending", time.Hour, PhaseStarting},
		{core("persistentvolumeclaims"), "STATUS=Bound", time.Hour, PhaseReady},
		{core("persistentvolumeclaims"), "STATUS=Lost", time.Hour, PhaseFailed},
		{core("nodes"), "STATUS=Ready", time.Hour, PhaseReady},
		{core("nodes"), "STATUS=NotReady", time.Hour, PhaseFailed},
		{core("nodes"), "STATUS=NotReady,SchedulingDisabled", time.Hour, PhaseFailed},
		{core("nodes"), "STATUS=Ready,SchedulingDisabled", time.Hour, PhaseWarning},
		{core("events"), "TYPE=Warning", time.Hour, PhaseWarning},
		{core("events"), "TYPE=Normal", time.Hour, PhaseNone},
		{core("services"), "EXTERNAL-IP=<pending>", time.Hour, PhaseWarning},
		{core("services"), "EXTERNAL-IP=<none>", time.Hour, PhaseNone},
		{core("configmaps"), "DATA=1", time.Hour, PhaseNone},
		{core("pods"), "READY=1/1\nSTATUS=Running\nRESTARTS=0", time.Hour, PhaseReady},
		{core("pods"), "READY=0/1\nSTATUS=Running\nRESTARTS=3 (1m ago)", time.Second, PhaseWarning},
		{core("pods"), "READY=0/1\nSTATUS=ContainerCreating", time.Second, PhaseStarting},
		{core("pods"), "READY=0/1\nSTATUS=Init:0/2", time.Second, PhaseStarting},
		{core("pods"), "READY=0/1\nSTATUS=Init:Error", time.Second, PhaseFailed},
		{core("pods"), "READY=0/1\nSTATUS=Completed", time.Hour, PhaseDone},
		{core("pods"), "READY=0/1\nSTATUS=ImagePullBackOff", time.Hour, PhaseFailed},
		{Kind{Group: "autoscaling", Resource: "horizontalpodautoscalers"}, "TARGETS=cpu: <unknown>/50%", time.Hour, PhaseWarning},
		{custom, "READY=True", time.Hour, PhaseReady},
		{custom, "READY=False", time.Hour, PhaseWarning},
		{custom, "STATUS=Failed", time.Hour, PhaseFailed},
		{custom, "PHASE=Provisioning", time.Hour, PhaseStarting},
		{custom, "STATE=2/3", time.Hour, PhaseWarning},
		{custom, "STATUS=something of its own", time.Hour, PhaseNone},
		{custom, "", time.Hour, PhaseNone},
	} {
		cell := func(column string) string {
			for line := range strings.Lines(tc.cells) {
				if name, value, _ := strings.Cut(strings.TrimSpace(line), "="); name == column {
					return value
				}
			}
			return ""
		}
		if got := judgeOf(tc.kind)(cell, tc.age); got != tc.want {
			t.Errorf("%s %q of %v: phase %d, want %d", tc.kind.Resource, tc.cells, tc.age, got, tc.want)
		}
	}
}

func TestColumnsSort(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		column Column
		sorted []string
	}{
		"numbers":    {Column{Number: true}, []string{"2", "9", "10", "<none>"}},
		"ready":      {Column{}, []string{"0/2", "1/1", "10/10", ""}},
		"restarts":   {Column{}, []string{"0", "2 (3h ago)", "11 (2d ago)"}},
		"quantities": {Column{}, []string{"512Mi", "1Gi", "20Gi", "<unset>"}},
		"cores":      {Column{Cores: true}, []string{"25m", "250m", "2", "<none>"}},
		"durations":  {Column{}, []string{"45s", "5m30s", "3d4h", "1y"}},
		"addresses":  {Column{}, []string{"10.96.0.1", "10.96.0.10", "None", "<none>"}},
		"texts":      {Column{}, []string{"alpha", "beta", "", ""}},
		"mixed":      {Column{}, []string{"3", "40", "False", "True"}},
		"ages":       {Column{Age: true}, []string{"2026-03-01T00:00:00Z", "2026-01-02T00:00:00Z", "<unknown>"}},
		"running jobs come after those that took less": {Column{Age: true}, []string{"3s", "2m", "2026-03-01T00:00:00Z", "2026-01-02T00:00:00Z"}},
	} {
		got := slices.Clone(tc.sorted)
		slices.Reverse(got)
		slices.SortStableFunc(got, tc.column.Compare)
		if !slices.Equal(got, tc.sorted) {
			t.Errorf("%s: %q, want %q", name, got, tc.sorted)
		}
	}
}

// The order of cells is one, whatever they hold.
func FuzzColumnsSort(f *testing.F) {
	f.Add("1", "2/3", "a", false)
	f.Add("", "\xff", "5m", true)
	f.Add("3 (5m ago)", "3 (a", "3 (z ago)", false)
	f.Add("500m", "2", "1h", false)
	f.Fuzz(func(t *testing.T, a, b, c string, is bool) {
		col := Column{Age: is, Cores: !is}
		if ab, ba := col.Compare(a, b), col.Compare(b, a); (ab > 0) != (ba < 0) || (ab == 0) != (ba == 0) {
			t.Errorf("%q and %q: %d one way, %d the other", a, b, ab, ba)
		}
		if col.Compare(a, b) <= 0 && col.Compare(b, c) <= 0 && col.Compare(a, c) > 0 {
			t.Errorf("%q <= %q <= %q, but not %[1]q <= %[3]q", a, b, c)
		}
	})
}

func TestDurations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"45s": 45 * time.Second, "5m30s": 330 * time.Second, "3d4h": 76 * time.Hour, "2y": 2 * 365 * 24 * time.Hour, "0s": 0,
	} {
		if got, ok := duration(text); !ok || got != want {
			t.Errorf("%q is %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "5", "m", "5 m", "<none>", "-5s", "900y", "1000000y1000000y", "99999999999999999999s", "5x"} {
		if got, ok := duration(text); ok {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}
