package checks

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host/hosttest"
	"github.com/twindeck/twindeck/env/kube"
)

func diagnosed(t *testing.T, l *laptop, list []*Check) string {
	t.Helper()
	var page bytes.Buffer
	if err := Diagnose(t.Context(), list, l.environment(), "v1.2.3").WriteMarkdown(&page); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

func ofAda(l *laptop) *laptop {
	l.host.Env["USER"] = "ada"
	l.host.Programs["/usr/bin/hostname"] = hosttest.Prints("Lovelace.local\n")
	return l
}

func TestDiagnosis(t *testing.T) {
	l := ofAda(mac(t))
	l.kube.warnings = map[string][]kube.Event{"": {
		{Reason: "BackOff", Message: "Back-off restarting failed container web in pod web-1", Count: 7, Last: now, Object: "Pod/web-1", Namespace: "default"},
		{Reason: "FailedMount", Message: "lovelace: no such volume", Count: 1, Last: now.Add(-time.Minute), Object: "Pod/x", Namespace: "shop"},
	}}
	golden(t, "diagnosis.md", diagnosed(t, l, All()))
	golden(t, "diagnosis-stopped.md", diagnosed(t, ofAda(stopped(t)), All()))
}

func TestDiagnosisNamesNobody(t *testing.T) {
	for system, l := range map[string]*laptop{"darwin": mac(t), "windows": windows(t), "linux": linux(t)} {
		l = ofAda(l)
		l.kube.warnings = map[string][]kube.Event{"": {{Message: `open C:\\Users\\ada\\x: LOVELACE knows ADA, not adamant`, Object: "Pod/x"}}}
		if system == "windows" {
			l.host.Env["COMPUTERNAME"] = "LOVELACE"
		}
		text := diagnosed(t, l, All())
		lower := strings.ReplaceAll(strings.ToLower(text), "adamant", "")
		if strings.Contains(lower, "ada") && !strings.Contains(lower, "metadata") || strings.Contains(lower, "lovelace") {
			t.Errorf("%s: somebody is named in\n%s", system, text)
		}
		if !strings.Contains(text, "adamant") {
			t.Errorf("%s: a name was cut out of a word", system)
		}
	}
}

func TestWarningsOfTheNamespaceAlone(t *testing.T) {
	l := mac(t)
	l.kube.warnings = map[string][]kube.Event{"default": make([]kube.Event, mostWarnings+5)}
	lines, err := warnings(t.Context(), &Machine{Environment: l.environment()})
	if err != nil || len(lines) != mostWarnings+1 || lines[mostWarnings] != "… and 5 older ones" {
		t.Errorf("%v, %d lines: %q", err, len(lines), lines)
	}
}

// TestDiagnosisOfWhatHangs: every server and program accepts and says nothing.
func TestDiagnosisOfWhatHangs(t *testing.T) {
	t.Parallel()
	l := mac(t)
	l.docker.hangs, l.kube.hangs = true, true
	l.host.Programs["/usr/bin/hostname"] = hosttest.Hangs()
	for path := range l.host.Programs {
		l.host.Programs[path] = hosttest.Hangs()
	}
	start := time.Now()
	text := diagnosed(t, l, All())
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %s", took)
	}
	for _, want := range []string{"## Versions", "## Docker's disk\n\nNot to be had: docker engine does not answer", "KubernetesMode: "} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// planted are what a secret comes in; %s is its place.
var planted = []string{
	"https://ada:%s@registry.example.com/v2/", "DB_PASSWORD=%s", `{"auths":{"x":{"auth":"%s"}}}`, "Authorization: Bearer %s",
	"Cookie: sid=%s", "GET https://x/y?token=%s&a=b", "docker login -u ada -p %s x", "ghp_%s", "client-key-data: %s",
	"-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----",
}

// spill puts text wherever something from outside gets into a report.
func spill(l *laptop, text string) []*Check {
	l.project.Name = "app " + text
	l.docker.endpoint.Host = text
	l.kube.config.Contexts[0].Server = text
	l.kube.config.Contexts[0].Name = text
	l.kube.warnings = map[string][]kube.Event{"": {{Message: text, Reason: text, Object: text}}}
	l.host.Files["/Users/ada/Library/Group Containers/group.com.docker/settings-store.json"] = fmt.Sprintf(`{"OverrideProxyHttp": %q, "Unheard": %[1]q, "KubernetesMode": %[1]q}`, text)
	l.docker.down = errors.New(text)
	return []*Check{
		{ID: "a", Subject: Docker, Title: "A", Probe: yields(fail("it said %s", text).saw("x", "%s", text).saw(text, "y").saw("output", "a\n%s\nb", text).
			byHand("try " + text).read(text).fix(&Fix{Title: text, Changes: []string{text}}))},
		{ID: "b", Subject: Docker, Title: "B", Probe: yields(warn("%s", text).saw("x", "%s", text))},
		{ID: "c", Subject: Project, Title: "C", Probe: func(ctx context.Context, m *Machine) Finding {
			p, err := m.project(ctx)
			return ok("%s %v", p.Name, err)
		}},
	}
}

func TestNoSecretGetsIntoAReport(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // a test that repeats itself
	for _, carrier := range planted {
		word := fmt.Sprintf("q%dZ%d", r.Uint64(), r.Uint64())
		l := mac(t)
		text := fmt.Sprintf(carrier, word)
		list := spill(l, text)
		d := Diagnose(t.Context(), list, l.environment(), text)
		s := Summarise(Collect(t.Context(), list, l.environment()))
		for name, write := range map[string]func(io.Writer) error{
			"text":     func(w io.Writer) error { return WriteText(w, s, TextOptions{All: true}) },
			"json":     d.Report.WriteJSON,
			"junit":    d.Report.WriteJUnit,
			"markdown": func(w io.Writer) error { return d.Report.WriteMarkdown(w, MarkdownOptions{Evidence: true}) },
			"report":   d.WriteMarkdown,
		} {
			var page bytes.Buffer
			if err := write(&page); err != nil {
				t.Fatal(err)
			}
			for _, form := range []string{word, base64.StdEncoding.EncodeToString([]byte(word)), base64.StdEncoding.EncodeToString([]byte(text))} {
				if at := strings.Index(page.String(), form); at >= 0 {
					t.Errorf("%s: %q is in the %s: …%s", carrier, form, name, page.String()[max(0, at-80):at+len(form)])
				}
			}
			if !strings.Contains(page.String(), "********") {
				t.Errorf("%s: the %s shows nothing was hidden", carrier, name)
			}
		}
	}
}

// TestReportsHoldWhatIsHeld: text that would break out of its place.
func TestReportsHoldWhatIsHeld(t *testing.T) {
	const wild = "a|b `c` ```\n```\n</details><script>alert(1)</script> @ada #77 [x](http://y) *z* \\| \x00\x1b[31m\x08\ufffe\u202e\xff ]]> & <!--"
	raw := []Result{{
		Check:   &Check{ID: "a", Subject: Docker, Title: "A", Why: "Why."},
		Finding: Finding{Status: Fail, Summary: wild, Evidence: []Evidence{{What: wild, Got: wild}}, Steps: []string{wild}, Link: wild},
	}, {
		Check: &Check{ID: "b", Subject: Docker, Title: "B"}, Finding: Finding{Status: Warn, Summary: wild},
	}, {
		Check: &Check{ID: "c", Subject: Docker, Title: "C"}, Finding: Finding{Status: NotHere, Summary: wild},
	}}
	r := NewReport(Summarise(raw), ReportSystem{OS: "linux", Arch: "amd64"}, now, time.Second)

	var junit, md bytes.Buffer
	if err := errors.Join(r.WriteJUnit(&junit), r.WriteMarkdown(&md, MarkdownOptions{Evidence: true})); err != nil {
		t.Fatal(err)
	}
	for dec := xml.NewDecoder(&junit); ; {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the XML is not valid: %v", err)
		}
	}

	fenced := false
	for line := range strings.Lines(md.String()) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "````"):
			fenced = !fenced
		case fenced:
		case strings.HasPrefix(line, "| ") && strings.Count(line, "|") != 5:
			t.Errorf("a row of another width: %s", line)
		case strings.Contains(line, "<script"), strings.Contains(line, "@ada"), strings.Contains(line, "#77"), strings.Contains(line, "](http"),
			strings.Contains(line, "</details>") && line != "</details>", strings.Contains(line, "*z*"):
			t.Errorf("not held: %s", line)
		}
	}
	if fenced || strings.ContainsAny(md.String(), "\x00\x1b\x08\u202e") {
		t.Errorf("a fence is open, or something hides in\n%q", md.String())
	}
}

func TestVersionsSayWhy(t *testing.T) {
	l := stopped(t)
	l.docker.down = docker.ErrUnreachable
	lines, err := versions(t.Context(), &Machine{Environment: l.environment()})
	if text := strings.Join(lines, "\n"); err != nil || !strings.Contains(text, "engine          ? docker engine unreachable") {
		t.Errorf("%v\n%s", err, text)
	}
}
