package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/docker"
)

// What tools read after docker buildx build is written in the same form.
func TestBuildWritesFiles(t *testing.T) {
	dir := t.TempDir()
	id, meta := filepath.Join(dir, "id"), filepath.Join(dir, "meta.json")
	if _, errs, err := runJob(t, "build", nil, "--iidfile", id, "--metadata-file", meta); err != nil {
		t.Fatalf("%v\n%s", err, errs)
	}
	if data, err := os.ReadFile(id); err != nil || !strings.HasPrefix(string(data), "sha256:") || strings.Contains(string(data), "\n") {
		t.Errorf("the image's ID is %q, %v", data, err)
	}
	var got map[string]any
	if data, err := os.ReadFile(meta); err != nil || json.Unmarshal(data, &got) != nil {
		t.Errorf("the metadata is %q, %v", data, err)
	}
	_, _, err := runJob(t, "build", nil, "--iidfile", filepath.Join(dir, "no", "such"))
	if err == nil || !strings.Contains(err.Error(), "--iidfile") || codeOf(t.Context(), err) != exitFailed {
		t.Errorf("a file that cannot be written: %v", err)
	}
}

// What makes the tag can be said to the jobs that look for it; the rest of a
// build's options are no business of theirs.
func TestBuildOptionsOfJobs(t *testing.T) {
	for _, tt := range []struct {
		job, option string
		has         bool
	}{
		{"build", "secret", true},
		{"ship", "secret", true},
		{"deploy", "secret", false},
		{"push", "cache-to", false},
		{"deploy", "label", true},
		{"push", "build-arg", true},
		{"deploy", "platform", true},
		{"build", "check", true},
		{"ship", "check", false},
	} {
		for _, j := range jobs {
			if j.name == tt.job && (newJob(j, nil).Flag(tt.option) != nil) != tt.has {
				t.Errorf("%s --%s: want %v", tt.job, tt.option, tt.has)
			}
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	t.Setenv("NPM_TOKEN", "hunter2")
	for _, output := range []string{"text", "json"} {
		out, errs, err := runJob(t, "build", nil, "--secret", "id=npm,env=NPM_TOKEN", "--output", output)
		if err != nil || strings.Contains(out+errs, "hunter2") || !strings.Contains(out, "--secret id=npm") {
			t.Errorf("%s: %v\n%s%s", output, err, out, errs)
		}
	}
}

// BuildKit reports a step ended each time it knows more of it; a line is worth
// only what is new.
func TestStepIsToldOnce(t *testing.T) {
	var out bytes.Buffer
	began := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	tell := textTeller{out: &out, steps: map[string]string{}}
	for _, s := range []docker.BuildStep{
		{ID: "a", Name: "[1/2] COPY . ."},
		{ID: "a", Name: "[1/2] COPY . .", Started: began, Finished: began},
		{ID: "a", Name: "[1/2] COPY . .", Started: began},
		{ID: "a", Name: "[1/2] COPY . .", Started: began, Finished: began},
		{ID: "b", Name: "[2/2] RUN make", Started: began},
		{ID: "b", Name: "[2/2] RUN make", Started: began, Finished: began.Add(2 * time.Second)},
		{ID: "b", Name: "[2/2] RUN make", Started: began, Finished: began.Add(2 * time.Second)},
		{ID: "c", Name: "[3/3] RUN test", Started: began, Finished: began},
		{ID: "c", Name: "[3/3] RUN test", Started: began, Finished: began, Cached: true},
	} {
		tell.step("", s)
	}
	want := "  0s       [1/2] COPY . .\n  …        [2/2] RUN make\n  2s       [2/2] RUN make\n  0s       [3/3] RUN test\n  cached   [3/3] RUN test\n"
	if out.String() != want {
		t.Errorf("told\n%swant\n%s", out.String(), want)
	}
}
