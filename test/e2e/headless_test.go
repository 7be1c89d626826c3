//go:build unix

package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// Shipping without a screen: the same pipeline, told in text or JSON lines.
func TestShipHeadless(t *testing.T) {
	w := servers(t)
	w.example("hello-go")

	first := shippedIn(t, w.twindeck("ship", "--output", "json").ok())
	if len(first.Report.Workloads) != 1 {
		t.Fatalf("workloads = %+v, want the one Deployment", first.Report.Workloads)
	}
	work := first.Report.Workloads[0]
	if !work.Verified || work.Ready != 2 || work.Desired != 2 || work.Ref.Name != "hello-go" {
		t.Errorf("workload = %+v, want hello-go verified, 2 of 2 ready", work)
	}
	if len(work.Digests) != 1 || !runAll(w.podDigests("hello-go"), work.Digests[0]) {
		t.Errorf("report says %v, kubectl says %v", work.Digests, w.podDigests("hello-go"))
	}
	if strings.HasSuffix(first.Report.Image, ":latest") || !strings.Contains(first.Report.Image, "hello-go:") {
		t.Errorf("image %s: want a tag of its own", first.Report.Image)
	}

	// A changed line makes another image, and the pods turn over to it.
	w.replace("main.go", "Hello from", "Good morning from")
	second := shippedIn(t, w.twindeck("ship", "--output", "json").ok())
	if second.Report.Image == first.Report.Image || second.Report.Digest == first.Report.Digest {
		t.Errorf("a change made no new image: %s %s", second.Report.Image, second.Report.Digest)
	}
	if !strings.Contains(second.Report.Image, "dirty") {
		t.Errorf("image %s does not say that the work is not committed", second.Report.Image)
	}
	if !runAll(w.podDigests("hello-go"), second.Report.Workloads[0].Digests[0]) {
		t.Errorf("the pods run %v, not %v", w.podDigests("hello-go"), second.Report.Workloads[0].Digests)
	}

	// Text tells the same, and shipping the same again changes nothing.
	w.twindeck("ship").exits(0).says("plan: build, deliver, deploy, verify", "unchanged", "cached", "running 2/2 of sha256:", "verified")
}

// runAll reports whether all of at least one pod's images have the digest.
func runAll(images []string, digest string) bool {
	return len(images) > 0 && !slices.ContainsFunc(images, func(image string) bool { return !strings.Contains(image, digest) })
}

func TestStagesOneByOne(t *testing.T) {
	w := servers(t)
	w.tiny("steps")

	w.twindeck("deploy").exits(1).says("build") // nothing was built yet
	w.holds()
	w.twindeck("build").exits(0).says("built sha256:")
	w.holds()
	w.twindeck("push").exits(0)
	w.twindeck("deploy", "--dry-run").exits(0).says("created", "deployment/steps")
	w.holds()
	w.twindeck("deploy").exits(0).says("running 1/1", "verified")
	w.holds("deployment.apps/steps")
}

func TestShipThroughARegistry(t *testing.T) {
	w := onFixture(t)
	w.tiny("remote")
	w.set("DOCKER_CONTEXT", "separate")

	w.twindeck("ship").exits(1).says("no way is known", "--registry")
	w.holds()
	s := shippedIn(t, w.twindeck("ship", "--registry", registry(t), "--output", "json").ok())
	if !strings.HasPrefix(s.Report.Image, registry(t)+"/remote:") || !s.Report.Workloads[0].Verified {
		t.Errorf("report = %+v, want it verified from %s", s.Report, registry(t))
	}
}

// On healthy servers, in the shape in which engine and cluster share their
// images, the checks have nothing to complain of.
func TestCheckHealthy(t *testing.T) {
	w := onFixture(t)
	w.example("hello-go")
	var report struct {
		Status string
		Counts map[string]int
		Checks []struct{ ID, Status, Summary string }
	}
	out := w.twindeck("check", "--output", "json").ok()
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, out)
	}
	if report.Status != "ok" || len(report.Checks) < 20 {
		t.Errorf("status %s of %d checks, want ok of many", report.Status, len(report.Checks))
	}
	for _, c := range report.Checks {
		if c.Status != "ok" && c.Status != "not applicable" {
			t.Errorf("%s: %s: %s", c.ID, c.Status, c.Summary)
		}
	}
	w.twindeck("check").exits(0).says("Docker", "Kubernetes", "fine")
}

func TestVersionAndCompletions(t *testing.T) {
	w := nowhere(t)
	w.twindeck("version").exits(0).says("twindeck")
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		w.twindeck("completion", shell).exits(0).says("twindeck")
	}
	w.twindeck("shpi").exits(2).says("shpi")
	w.twindeck("ship", "--output", "xml").exits(2).says("text or json")
}
