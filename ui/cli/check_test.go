package cli

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
)

// check runs `twindeck check` over the simulated environment.
func check(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	return checkOf(t, demo.Open(demo.PodsWell), args...)
}

func checkOf(t *testing.T, e *env.Environment, args ...string) (out string, err error) {
	t.Helper()
	cmd := newCheck(func(*cobra.Command) (*env.Environment, error) { return e, nil })
	var page bytes.Buffer
	cmd.SetOut(&page)
	cmd.SetErr(&page)
	cmd.SetArgs(args)
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	err = cmd.ExecuteContext(t.Context())
	return page.String(), err
}

func TestCheckText(t *testing.T) {
	out, err := check(t)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{" fine", "Docker Desktop", "Kubernetes"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "\x1b") {
		t.Errorf("colours without a terminal: %q", out)
	}
}

// A pod that fails is a failure, unless one leaves pods out.
func TestCheckFailsForPods(t *testing.T) {
	out, err := checkOf(t, demo.Open())
	var code exitError
	if !errors.As(err, &code) || code.code != exitFailed || !strings.Contains(out, "cannot pull ghcr.io/acme/thumbs:0.3.1") || !strings.Contains(out, "checkout-6d4cf56db6-x9k2p crashes") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err = checkOf(t, demo.Open(), "--skip", "pods"); err != nil || strings.Contains(out, "thumbs") {
		t.Errorf("without pods: %v\n%s", err, out)
	}
}

func TestCheckJSON(t *testing.T) {
	out, err := check(t, "--output", "json")
	if err != nil {
		t.Fatal(err)
	}
	var r checks.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if r.Schema != 1 || len(r.Checks) != len(checks.All()) || r.Status == "" || r.System.OS == "" {
		t.Errorf("%+v", r)
	}
}

func TestCheckOnlyAndSkip(t *testing.T) {
	out, err := check(t, "--all", "--only", "docker.engine", "--skip", "docker.permission")
	if err != nil {
		t.Fatal(err)
	}
	for want, in := range map[string]bool{"docker.engine": true, "docker.endpoint": true, "docker.permission": false, "kube.": false} {
		if strings.Contains(out, want) != in {
			t.Errorf("%s in the report: %v, want %v\n%s", want, !in, in, out)
		}
	}
}

func TestCheckOfAnUnknownIDIsBadUsage(t *testing.T) {
	_, err := check(t, "--only", "docker.engin")
	var coded exitError
	if !errors.As(err, &coded) || coded.code != exitUsage || !strings.Contains(err.Error(), `"docker.engin", but docker.engine`) {
		t.Errorf("got %v", err)
	}
}

func TestCheckThatFindsSomethingExitsWithOne(t *testing.T) {
	out, err := checkOf(t, demo.Open(demo.EngineOff))
	var coded exitError
	if !errors.As(err, &coded) || coded.code != exitFailed || coded.err != nil {
		t.Errorf("got %v", err)
	}
	if !strings.HasPrefix(out, "✕ ") || !strings.Contains(out, "by hand") {
		t.Errorf("the report is\n%s", out)
	}
}

func TestCheckFormats(t *testing.T) {
	subjects := map[checks.Subject]bool{}
	for _, c := range checks.All() {
		subjects[c.Subject] = true
	}
	out, err := check(t, "--output", "junit")
	var suites struct {
		Tests  int        `xml:"tests,attr"`
		Suites []struct{} `xml:"testsuite"`
	}
	if err != nil || xml.Unmarshal([]byte(out), &suites) != nil || suites.Tests != len(checks.All()) || len(suites.Suites) != len(subjects) {
		t.Errorf("%v, %+v\n%s", err, suites, out)
	}
	out, err = check(t, "-o", "markdown")
	if err != nil || !strings.HasPrefix(out, "**twindeck check: ") || !strings.Contains(out, "<details>") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestCheckFlagsThatDoNotGoTogether(t *testing.T) {
	for _, args := range [][]string{
		{"--list", "--watch"},
		{"--list", "-o", "junit"},
		{"--watch", "-o", "markdown"},
		{"--interval", "2s"},
		{"--watch", "--interval", "999ms"},
	} {
		_, err := check(t, args...)
		var coded exitError
		if !errors.As(err, &coded) || coded.code != exitUsage {
			t.Errorf("%q: got %v", args, err)
		}
	}
}

func TestCheckList(t *testing.T) {
	out, err := check(t, "--list")
	if err != nil || strings.Count(out, "\n") != len(checks.All()) || !strings.Contains(out, "kube.coredns") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = check(t, "--list", "-o", "json")
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(out, "\n")
	var one listed
	if err := json.Unmarshal([]byte(first), &one); err != nil || one.ID != checks.All()[0].ID {
		t.Errorf("%v in %s", err, first)
	}
}
