package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/ship"
)

// runJob runs a job over the simulated environment, whose clock stands still.
func runJob(t *testing.T, name string, faults []demo.Fault, args ...string) (out, errs string, err error) {
	t.Helper()
	t.Setenv("TWINDECK_REGISTRY", "")
	open := func(*cobra.Command) (*env.Environment, error) {
		return demo.OpenAt(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), faults...), nil
	}
	root := &cobra.Command{Use: "twindeck", SilenceErrors: true, SilenceUsage: true}
	root.PersistentFlags().StringP("namespace", "n", "", "")
	for _, j := range jobs {
		root.AddCommand(newJob(j, open))
	}
	var o, e bytes.Buffer
	root.SetOut(&o)
	root.SetErr(&e)
	root.SetArgs(append([]string{name}, args...))
	err = root.ExecuteContext(t.Context())
	return o.String(), e.String(), err
}

// spans are times that differ from run to run.
var spans = regexp.MustCompile(`(?m) in [0-9.msµ]+$`)

func TestJobsAsText(t *testing.T) {
	tests := []struct {
		name   string
		job    string
		faults []demo.Fault
		args   []string
		code   int
	}{
		{name: "ship", job: "ship"},
		{name: "dry run", job: "ship", args: []string{"--dry-run"}},
		{name: "build fails", job: "ship", faults: []demo.Fault{demo.BuildFails}, code: exitFailed},
		{name: "image crashes", job: "ship", faults: []demo.Fault{demo.CrashesOnStart}, code: exitFailed},
		{name: "no project", job: "ship", faults: []demo.Fault{demo.NoProject}, code: exitFailed},
		{name: "not local", job: "ship", faults: []demo.Fault{demo.ContextNotLocal}, code: exitFailed},
		{name: "through a registry", job: "ship", faults: []demo.Fault{demo.RegistryRequired}},
		{name: "history", job: "build", args: []string{"--history"}},
		{name: "check", job: "build", args: []string{"--check"}, code: exitFailed},
		{name: "wrong option", job: "build", args: []string{"--cache-to", "type=local"}, code: exitUsage},
		{name: "no secret", job: "build", args: []string{"--secret", "id=npm,env=NO_SUCH_VARIABLE"}, code: exitFailed},
		{name: "a remote context", job: "build", args: []string{"https://example.com/team/web.git#main", "--tag", "v1", "--build-arg", "A=hush", "--label", "b=c d"}},
		{name: "builder elsewhere", job: "build", faults: []demo.Fault{demo.BuilderElsewhere}},
		{name: "release", job: "push", args: []string{"--release", "minor", "--allow-dirty", "--dry-run", "--registry", "ghcr.io/acme"}, code: exitFailed},
		{name: "release of a build", job: "build", args: []string{"--release", "v2.0.0-rc.1", "--allow-dirty"}},
		{name: "release of what is not committed", job: "ship", faults: []demo.Fault{demo.RegistryRequired}, args: []string{"--release", "patch"}, code: exitFailed},
		{name: "overwrite without a release", job: "push", args: []string{"--overwrite"}, code: exitUsage},
		{name: "into nodes", job: "ship", faults: []demo.Fault{demo.ClusterInNodes}},
		{name: "pods that may not pull", job: "ship", faults: []demo.Fault{demo.RegistryRequired, demo.RegistryPrivate}, args: []string{"--dry-run"}},
		{name: "pods given a login", job: "ship", faults: []demo.Fault{demo.RegistryRequired, demo.RegistryPrivate}, args: []string{"--pull-secret"}},
		{name: "several images", job: "ship", faults: []demo.Fault{demo.SeveralImages}},
		{name: "several images, dry run", job: "ship", faults: []demo.Fault{demo.SeveralImages}, args: []string{"--dry-run"}},
		{name: "one of several images", job: "ship", faults: []demo.Fault{demo.SeveralImages}, args: []string{"--image", "my-app-api"}},
		{name: "one of several images built", job: "build", faults: []demo.Fault{demo.SeveralImages}, args: []string{"my-app-worker"}},
		{name: "one of several images fails", job: "build", faults: []demo.Fault{demo.SeveralImages, demo.BuildFails}, code: exitFailed},
		{name: "an image that is none", job: "build", faults: []demo.Fault{demo.SeveralImages}, args: []string{"my-ap"}, code: exitFailed},
		{name: "a name for several images", job: "build", faults: []demo.Fault{demo.SeveralImages}, args: []string{"--name", "x"}, code: exitUsage},
		{name: "another context unlocked", job: "deploy", args: []string{"--unlock", "prod"}, code: exitUsage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, errs, err := runJob(t, tt.job, tt.faults, tt.args...)
			if code := codeOf(t.Context(), err); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			text := out + "--- errors\n" + errs
			var coded exitError
			if errors.As(err, &coded) && coded.err != nil {
				text += err.Error() + "\n"
			}
			golden.RequireEqual(t, spans.ReplaceAllString(text, " in TIME"))
		})
	}
}

// TestJobsAsJSON holds the shape programs rely on: one object a line, the plan
// first, the end last.
func TestJobsAsJSON(t *testing.T) {
	for _, tt := range []struct {
		faults []demo.Fault
		last   ship.EventKind
	}{
		{nil, ship.Shipped},
		{[]demo.Fault{demo.CrashesOnStart}, ship.Failed},
		{[]demo.Fault{demo.NoProject}, "plan"},
	} {
		out, errs, err := runJob(t, "ship", tt.faults, "--output", "json")
		if (err == nil) != (tt.last == ship.Shipped) || errs != "" {
			t.Errorf("%s: %v, on stderr %q", tt.last, err, errs)
		}
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		var kinds []string
		for _, line := range lines {
			var object struct {
				Kind   string
				Report *struct{ Digest string }
			}
			if err := json.Unmarshal([]byte(line), &object); err != nil {
				t.Fatalf("%v in %s", err, line)
			}
			kinds = append(kinds, object.Kind)
			if (object.Report != nil) != (object.Kind == string(ship.Shipped)) {
				t.Errorf("a report in %s", line)
			}
		}
		if kinds[0] != "plan" || kinds[len(kinds)-1] != string(tt.last) {
			t.Errorf("kinds %v, want plan … %s", kinds, tt.last)
		}
	}
}

// closed is an output nobody reads.
type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestOutputThatCannotBeWritten(t *testing.T) {
	for _, tell := range []teller{&jsonTeller{out: closed{}}, &textTeller{out: closed{}, errs: closed{}}} {
		tell.plan(ship.Plan{}, false)
		if tell.failed() == nil {
			t.Errorf("%T lost the error", tell)
		}
	}
}

// TestTextIsClean: output of a build cannot move the cursor.
func TestTextIsClean(t *testing.T) {
	_, errs, err := runJob(t, "ship", []demo.Fault{demo.BuildFails})
	if err == nil || strings.ContainsAny(errs, "\x1b\r") {
		t.Errorf("%v: %q", err, errs)
	}
	var out bytes.Buffer
	tell := &textTeller{out: &out}
	tell.lines(&out, "  │ ", "one\x1b[2J\rtwo\n")
	if strings.ContainsAny(out.String(), "\x1b\r") {
		t.Errorf("%q", out.String())
	}
}

// A card that does not say what to do gets what is known of its cause.
func TestCardOfAKnownError(t *testing.T) {
	var errs bytes.Buffer
	tell := &textTeller{errs: &errs}
	tell.card(ship.Failure{Stage: ship.Deploy, Cause: `namespaces "shop" not found`})
	for _, want := range []string{"cause      namespaces", "means      The namespace shop does not exist", "do         kubectl create namespace shop"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("no %q in\n%s", want, errs.String())
		}
	}
}
