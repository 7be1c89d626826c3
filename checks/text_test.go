package checks

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
		t.Errorf("%s differs (go test ./checks -update writes it anew):\n%s", path, diff)
	}
}

// stopped is a Mac whose Docker Desktop is not running.
func stopped(t *testing.T) *laptop {
	t.Helper()
	l := mac(t)
	delete(l.host.Sockets, "unix:/Users/ada/.docker/run/docker.sock")
	delete(l.host.Sockets, "unix:/var/run/docker.sock")
	l.host.Env["DOCKER_HOST"] = "unix:///Users/ada/.docker/run/docker.sock"
	l.docker.down, l.kube.down = docker.ErrUnreachable, kube.ErrUnreachable
	l.says = `{"Status":"stopped"}`
	return l
}

func TestReports(t *testing.T) {
	tests := []struct {
		name string
		make func(*testing.T) *laptop
		all  bool
	}{
		{"healthy.txt", mac, false},
		{"healthy-all.txt", windows, true},
		{"stopped.txt", stopped, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := Summarise(Collect(t.Context(), All(), tt.make(t).environment()))
			var page bytes.Buffer
			if err := WriteText(&page, s, TextOptions{All: tt.all}); err != nil {
				t.Fatal(err)
			}
			golden(t, tt.name, page.String())
		})
	}
	t.Run("stopped.json", func(t *testing.T) {
		s := Summarise(Collect(t.Context(), All(), stopped(t).environment()))
		for i := range s.Results {
			s.Results[i].Took = 0 // the one thing that is not the same each time
		}
		var page, indented bytes.Buffer
		r := NewReport(s, ReportSystem{OS: "darwin", Arch: "arm64"}, now, 25*time.Millisecond)
		if err := r.WriteJSON(&page); err != nil {
			t.Fatal(err)
		}
		if strings.Count(page.String(), "\n") != 1 {
			t.Error("the report is not one line")
		}
		if err := json.Indent(&indented, page.Bytes(), "", "  "); err != nil {
			t.Fatal(err)
		}
		golden(t, "stopped.json", indented.String())
	})
}

// TestReportFormats holds what programs and issues are given, of the same run.
func TestReportFormats(t *testing.T) {
	s := Summarise(Collect(t.Context(), All(), stopped(t).environment()))
	for i := range s.Results {
		s.Results[i].Took = time.Duration(i) * time.Millisecond
	}
	r := NewReport(s, ReportSystem{OS: "darwin", Arch: "arm64"}, now, 25*time.Millisecond)
	for name, write := range map[string]func(io.Writer) error{
		"stopped.xml": r.WriteJUnit,
		"stopped.md":  func(w io.Writer) error { return r.WriteMarkdown(w, MarkdownOptions{}) },
	} {
		t.Run(name, func(t *testing.T) {
			var page bytes.Buffer
			if err := write(&page); err != nil {
				t.Fatal(err)
			}
			golden(t, name, page.String())
		})
	}
}

func TestNothingFineIsNotShownAsFine(t *testing.T) {
	s := Summarise(Collect(t.Context(), []*Check{{ID: "a", Subject: Project, Probe: yields(notHere("x"))}}, machine()))
	var page bytes.Buffer
	if err := WriteText(&page, s, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "· Project         1 not needed here") {
		t.Errorf("got\n%s", page.String())
	}
}

func TestPaintGetsWholePieces(t *testing.T) {
	var painted []string
	s := Summarise(Collect(t.Context(), []*Check{{ID: "a", Subject: Docker, Title: "A", Probe: yields(fail("it broke"))}}, machine()))
	err := WriteText(&bytes.Buffer{}, s, TextOptions{Paint: func(st Status, text string) string {
		painted = append(painted, string(st)+" "+text)
		return text
	}})
	if want := []string{"failed ✕", "failed ✕ it broke", "failed ✕"}; err != nil || !cmp.Equal(painted, want) {
		t.Errorf("painted %q, %v", painted, err)
	}
}

func TestWhatProgramsPrintIsTidied(t *testing.T) {
	f := fail("\x1b[31mred\x1b[0m\a").saw("x", "line\r\nhttp://ada:geheim@host \x1b]0;title\a\xff")
	tidy(&f)
	if f.Summary != "red" || strings.ContainsAny(f.Evidence[0].Got, "\x1b\r\a") || !utf8.ValidString(f.Evidence[0].Got) || strings.Contains(f.Evidence[0].Got, "geheim") {
		t.Errorf("%q %q", f.Summary, f.Evidence[0].Got)
	}
}
