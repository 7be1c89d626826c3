package checks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

func TestCatalogueIsSound(t *testing.T) {
	if err := Verify(All()); err != nil {
		t.Fatal(err)
	}
	id := regexp.MustCompile(`^(docker|desktop|kube|pods|services|registry|project)(\.[a-z][a-z-]*)+$`)
	for _, c := range All() {
		if !id.MatchString(c.ID) {
			t.Errorf("%s is no ID as the others are", c.ID)
		}
		if c.Title == "" || c.Why == "" || c.Probe == nil || !slices.Contains(Subjects(), c.Subject) {
			t.Errorf("%s lacks a title, a why, a probe or a subject", c.ID)
		}
		if strings.HasSuffix(c.Title, ".") || !strings.HasSuffix(c.Why, ".") {
			t.Errorf("%s: a title is a statement without a full stop, a why a sentence with one", c.ID)
		}
	}
}

func TestHealthyLaptops(t *testing.T) {
	for name, make := range map[string]func(*testing.T) *laptop{
		"mac": mac, "windows": windows, "linux": linux, "linux with Desktop": linuxDesktop,
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range Collect(t.Context(), All(), make(t).environment()) {
				if s := r.Finding.Status; s != OK && s != NotHere {
					t.Errorf("%s is %s: %s %v", r.Check.ID, s, r.Finding.Summary, r.Finding.Evidence)
				}
				if r.Finding.Summary == "" {
					t.Errorf("%s says nothing", r.Check.ID)
				}
			}
		})
	}
}

func faults() []fault {
	return slices.Concat(engineFaults, builderFaults, desktopFaults, clusterFaults, podFaults)
}

func TestFaults(t *testing.T) {
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			l := f.on(t)
			f.spoil(t, l)
			s := Summarise(Collect(t.Context(), All(), l.environment()))
			problems := slices.Concat(s.Roots, s.Warnings)
			if len(problems) != 1 || problems[0].Check.ID != f.id {
				for _, p := range problems {
					t.Errorf("problem: %s: %s %v", p.Check.ID, p.Finding.Summary, p.Finding.Evidence)
				}
				t.Fatalf("want the one problem %s", f.id)
			}
			found := problems[0].Finding
			steps := strings.Join(found.Steps, "\n")
			switch {
			case found.Status != f.want:
				t.Errorf("status %s, want %s", found.Status, f.want)
			case !strings.Contains(found.Summary, f.says):
				t.Errorf("it says %q, want %q in it", found.Summary, f.says)
			case !strings.Contains(steps, f.do):
				t.Errorf("to do is\n%s\nwant %q in it", steps, f.do)
			case (found.Fix != nil) != f.fix:
				t.Errorf("fix %v, want one: %v", found.Fix, f.fix)
			case len(found.Evidence) == 0:
				t.Error("there is no evidence")
			}
			for _, id := range f.waits {
				i := slices.IndexFunc(s.Results, func(r Result) bool { return r.Check.ID == id })
				if r := s.Results[i]; r.Finding.Status != Blocked || r.Cause != f.id || !slices.Contains(problems[0].Blocks, id) {
					t.Errorf("%s is %s by %q, want blocked by %s", id, r.Finding.Status, r.Cause, f.id)
				}
			}
		})
	}
}

// Each check must be seen fine and be seen to find something, or it may be
// saying nothing at all.
func TestEveryCheckHasBothCases(t *testing.T) {
	fine, caught := map[string]bool{}, map[string]bool{}
	for _, make := range []func(*testing.T) *laptop{mac, windows, linux, linuxDesktop} {
		for _, r := range Collect(t.Context(), All(), make(t).environment()) {
			fine[r.Check.ID] = fine[r.Check.ID] || r.Finding.Status == OK
		}
	}
	for _, f := range faults() {
		caught[f.id] = true
	}
	for _, c := range All() {
		// These two only report: what they would find is another check's root.
		reportsOnly := slices.Contains([]string{"desktop.installed", "desktop.version", "desktop.running"}, c.ID)
		// On laptops with a client certificate there is neither of the two.
		otherLogin := c.ID == "kube.plugin" || c.ID == "kube.token"
		if !fine[c.ID] && !otherLogin {
			t.Errorf("%s is fine on no healthy laptop", c.ID)
		}
		if !caught[c.ID] && !reportsOnly {
			t.Errorf("%s finds none of the faults", c.ID)
		}
	}
}

func TestTwoFaultsAreTwoRoots(t *testing.T) {
	l := mac(t)
	l.host.Sockets = map[string]error{"unix:/var/run/docker.sock": nil, "tcp:localhost:5000": nil}
	l.docker.down, l.kube.down = docker.ErrUnreachable, kube.ErrUnreachable
	l.says = `{"Status":"stopped"}`
	l.kube.config.Err = fmt.Errorf("%w: line 3", kube.ErrBadConfig)
	l.kube.contextErr = l.kube.config.Err

	s := Summarise(Collect(t.Context(), All(), l.environment()))
	var roots []string
	for _, r := range s.Roots {
		roots = append(roots, r.Check.ID)
	}
	slices.Sort(roots)
	want := []string{"docker.endpoint", "kube.config"}
	if !slices.Equal(roots, want) {
		t.Errorf("roots %v, want %v", roots, want)
	}
	if len(s.Roots[0].Blocks) < len(s.Roots[1].Blocks) {
		t.Error("the root that most checks wait for is not the first")
	}
}

// DOCKER_HOST leads nowhere, the cluster answers: the cluster is not blocked.
func TestWhatAnswersIsNotBlocked(t *testing.T) {
	l := mac(t)
	l.docker.endpoint = docker.Endpoint{Host: "tcp://10.0.0.9:2375", Context: "default", Source: "DOCKER_HOST"}
	l.docker.down = docker.ErrUnreachable
	for _, r := range Collect(t.Context(), All(), l.environment()) {
		if r.Check.ID == "kube.server" && r.Finding.Status != OK {
			t.Errorf("kube.server is %s: %s", r.Finding.Status, r.Finding.Summary)
		}
	}
}

// Desktop's own word can lag behind its engine.
func TestEngineAnswersThoughDesktopSaysStarting(t *testing.T) {
	l := mac(t)
	l.says = `{"Status":"starting"}`
	for _, r := range Collect(t.Context(), All(), l.environment()) {
		if r.Check.ID != "desktop.running" {
			continue
		}
		if r.Finding.Status != OK || len(r.Finding.Evidence) != 2 || !strings.Contains(r.Finding.Summary, "starting") {
			t.Errorf("want ok with both words, got %s: %s %v", r.Finding.Status, r.Finding.Summary, r.Finding.Evidence)
		}
	}
}

func TestSecretsDoNotReachAReport(t *testing.T) {
	l := mac(t)
	l.host.Env["HTTPS_PROXY"] = "http://ada:geheim@proxy:3128"
	for _, r := range Collect(t.Context(), All(), l.environment()) {
		if strings.Contains(fmt.Sprint(r.Finding), "geheim") {
			t.Errorf("%s shows the password: %v", r.Check.ID, r.Finding)
		}
	}
}
