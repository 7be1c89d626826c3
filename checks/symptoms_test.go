package checks

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/twindeck/twindeck/env/secret"
)

var systems = []string{"darwin", "linux", "windows"}

func samples() []sample { return slices.Concat(dockerSamples(), clusterSamples()) }

// on are the systems that a sample stands for.
func (s sample) on() []string {
	if s.system == "" {
		return systems
	}
	return []string{s.system}
}

// ids are the symptoms found in a text, in order.
func ids(system, text string) []string {
	var out []string
	for _, e := range Explain(system, text) {
		out = append(out, e.ID)
	}
	return out
}

// The first symptom found in each sample is its own: no other stands in front of it.
func TestExplain(t *testing.T) {
	for _, s := range samples() {
		for _, system := range s.on() {
			t.Run(s.want+"/"+system, func(t *testing.T) {
				found := Explain(system, s.text)
				if len(found) == 0 || found[0].ID != s.want {
					t.Fatalf("%s in\n%s\nwant %s", ids(system, s.text), s.text, s.want)
				}
				e := found[0]
				if e.Line == "" || !strings.Contains(e.Line, secret.Hidden) && !strings.Contains(strings.Join(strings.Fields(strings.NewReplacer("‘", "'", "’", "'").Replace(s.text)), " "), e.Line) {
					t.Errorf("the line %q is not in the text", e.Line)
				}
				if words := e.Cause + strings.Join(e.Do, ""); blank.MatchString(words) {
					t.Errorf("a blank was left open in %q", words)
				}
			})
		}
	}
}

// The same texts in a terminal so narrow that it broke them anywhere.
func TestExplainOfBrokenLines(t *testing.T) {
	for _, s := range samples() {
		if strings.Contains(s.text, "\n") || len(s.text) < 100 {
			continue
		}
		var b strings.Builder
		for i, r := range s.text {
			if i > 0 && i%38 == 0 {
				b.WriteString("\r\n  ")
			}
			b.WriteRune(r)
		}
		if !slices.Contains(ids(s.on()[0], b.String()), s.want) {
			t.Errorf("%v in\n%s\nwant %s", ids(s.on()[0], b.String()), b.String(), s.want)
		}
	}
}

func TestEverySymptomHasASample(t *testing.T) {
	has := map[string]bool{}
	for _, s := range samples() {
		for _, system := range s.on() {
			has[s.want+" on "+system] = true
		}
	}
	for _, s := range symptoms() {
		if !slices.ContainsFunc(systems, func(system string) bool { return s.treats(system) && has[s.ID+" on "+system] }) {
			t.Errorf("%s %v has no sample", s.ID, s.Systems)
		}
	}
}

func TestSymptomsAreWhole(t *testing.T) {
	known := map[string]bool{}
	for _, c := range All() {
		known[c.ID] = true
	}
	vague := false
	on := map[string][]string{}
	for _, s := range symptoms() {
		on[s.ID] = append(on[s.ID], s.Systems...)
		if vague && !s.Vague {
			t.Errorf("%s stands after a vague one", s.ID)
		}
		vague = vague || s.Vague
		if s.Cause == "" || len(s.Do) == 0 || len(s.Texts) == 0 {
			t.Errorf("%s has no text, no cause or nothing to do", s.ID)
		}
		if s.Check != "" && !known[s.Check] {
			t.Errorf("%s belongs to %s, which is no check", s.ID, s.Check)
		}
		if s.Link != "" && !strings.HasPrefix(s.Link, "https://") {
			t.Errorf("%s: the link %s", s.ID, s.Link)
		}
		for _, text := range slices.Concat(s.Texts, s.With) {
			if text != lower(text) || text != strings.Join(strings.Fields(text), " ") && !strings.HasSuffix(text, " ") || strings.HasPrefix(text, "*") || len(text) < 4 {
				t.Errorf("%s: %q is not lower case with single blanks, or shows too much", s.ID, text)
			}
		}
		for _, b := range blank.FindAllString(s.Cause+strings.Join(s.Do, " "), -1) {
			if unnamed[strings.Trim(b, "{}")] == "" {
				t.Errorf("%s: nothing is known of %s", s.ID, b)
			}
		}
	}
	for id, systems := range on {
		if n := len(slices.Compact(slices.Sorted(slices.Values(systems)))); n > 0 && n < 3 {
			t.Errorf("%s has advice for %v only", id, systems)
		}
	}
}

// Names in the text make advice that can be copied.
func TestAdviceNamesWhatTheTextNames(t *testing.T) {
	for _, tt := range []struct{ system, text, want string }{
		{"linux", "denied: requested access to the resource is denied\nThe push refers to repository [registry.crew.example:5000/app]", "docker login registry.crew.example:5000"},
		{"linux", "The push refers to repository [ghcr.io/ada/app]\ndenied: permission_denied: write_package", "docker login ghcr.io, "},
		{"linux", "The push refers to repository [123456789012.dkr.ecr.eu-west-1.amazonaws.com/app]\nno basic auth credentials", "aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com"},
		{"linux", `Get "https://crew.azurecr.io/v2/": unauthorized: authentication required`, "az acr login --name crew"},
		{"linux", `Get "https://europe-west1-docker.pkg.dev/v2/": denied: Unauthenticated request.`, "gcloud auth configure-docker europe-west1-docker.pkg.dev"},
		{"linux", "no basic auth credentials", "docker login REGISTRY"},
		{"linux", `Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password`, "docker login docker.io"},
		{"linux", "Bind for 0.0.0.0:8080 failed: port is already allocated", "lsof -nP -i :8080"},
		{"linux", "failed to bind host port 0.0.0.0:8080/tcp: address already in use", "publish=8080"},
		{"windows", "listen tcp 127.0.0.1:5432: bind: Only one usage of each socket address", "findstr :5432"},
		{"linux", "Error: listen EADDRINUSE: address already in use :::3000", "publish=3000"},
		{"linux", `User "dev" cannot create resource "deployments" in API group "apps" in the namespace "prod"` + "\nis forbidden: User cannot", "kubectl auth can-i create deployments -n prod"},
		{"linux", "version difference between client (1.26) and server (1.32) exceeds the supported minor version skew of +/-1", "Install kubectl 1.32"},
		{"linux", "Mounts denied: \nThe path /opt/data is not shared from the host", "File sharing: add /opt/data"},
		{"linux", "Error response from daemon: client version 1.52 is too new. Maximum supported API version is 1.41", "DOCKER_API_VERSION=1.41"},
		{"linux", `Container image "app:1" is not present with pull policy of Never`, "kind load docker-image app:1"},
		{"linux", "Unable to retrieve some image pull secrets (regcred)", "docker-registry regcred "},
		{"linux", "denied: requested access to the resource is denied for image \"$(reboot)/x\"", "docker login REGISTRY"},
	} {
		if got := Explain(tt.system, tt.text); len(got) == 0 || !strings.Contains(strings.Join(got[0].Do, "\n"), tt.want) {
			t.Errorf("the advice for %q is %v, want %q in it", tt.text, got, tt.want)
		}
	}
}

func TestExplainUnknown(t *testing.T) {
	for _, text := range []string{"", "\n\n", "all is well", "Successfully tagged app:1", "NAME READY STATUS\nweb-1 1/1 Running", "*", strings.Repeat("a", 3000)} {
		if found := ids("linux", text); len(found) > 0 {
			t.Errorf("%q shows %v", text, found)
		}
	}
}

// A long log may show several things; what is vague goes when one says why.
func TestExplainSeveral(t *testing.T) {
	log := strings.Join([]string{
		`web-1 0/1 ImagePullBackOff`,
		`0/1 nodes are available: 1 Insufficient cpu.`,
		`toomanyrequests: You have reached your pull rate limit.`,
		`toomanyrequests: You have reached your pull rate limit.`,
		`bind: address already in use`,
		`CrashLoopBackOff`,
	}, "\n")
	if got, want := ids("linux", log), []string{"port-taken", "unschedulable-room", "rate-limit"}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	if got, want := ids("linux", "web-1 ImagePullBackOff\nweb-2 CrashLoopBackOff"), []string{"pull-failed", "crash-loop"}; !slices.Equal(got, want) {
		t.Errorf("of vague ones: found %v, want %v", got, want)
	}
}

// What is told back cannot move a cursor, and holds no secret.
func TestExplainTellsCleanly(t *testing.T) {
	for _, tt := range []struct{ name, text, line string }{
		{"colours", "\x1b[31mERROR\x1b[0m: no space \x1b[2Kleft on device", "ERROR: no space left on device"},
		{"title and bell", "\x1b]0;owned\x07no space left on device\a", "no space left on device"},
		{"open sequence", "\x1b]0;never closed\nno space left on device", "no space left on device"},
		{"bad bytes", "no space left on device\xff\xc3", "no space left on device\uFFFD"},
		{"overwritten", "50%\r100%\rno space left on device\r\n", "no space left on device"},
		{"right to left", "no space left on device\u202e", "no space left on device"},
		{"password in an address", "https://ada:geheim@crew.example/v2/: no space left on device", "https://ada:********@crew.example/v2/: no space left on device"},
		{"password", "PASSWORD=geheim no space left on device", "PASSWORD=******** no space left on device"},
		{"value of a name before", "- name: DB_PASSWORD\n  value: no space left on device", "value: ********"},
		{"long", "no space left on device" + strings.Repeat("x", 9000), "no space left on device" + strings.Repeat("x", longestEcho-23) + "…"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := Explain("linux", tt.text)
			if len(found) != 1 || found[0].ID != "disk-full" || found[0].Line != tt.line {
				t.Errorf("got %+v, want the line %q", found, tt.line)
			}
		})
	}
}

// Of a very long text the end counts, and it is read in no time.
func TestExplainOfALongLog(t *testing.T) {
	noise := strings.Repeat("docker registry /v2/ pull image exec / dial tcp lookup error during\n", 200_000)
	if got := ids("linux", noise+"no space left on device"); !slices.Equal(got, []string{"disk-full"}) {
		t.Errorf("found %v at the end", got)
	}
	if got := ids("linux", "no space left on device\n"+noise); len(got) > 0 {
		t.Errorf("found %v before the end", got)
	}
}

func FuzzExplain(f *testing.F) {
	for _, s := range samples() {
		f.Add(s.text)
	}
	f.Add("\x1b[31m\xff*\r\n{registry}")
	known := map[string]bool{}
	for _, s := range symptoms() {
		known[s.ID] = true
	}
	f.Fuzz(func(t *testing.T, text string) {
		seen := map[string]bool{}
		for _, e := range Explain("linux", text) {
			if !known[e.ID] || seen[e.ID] {
				t.Errorf("%q is no symptom, or found twice", e.ID)
			}
			seen[e.ID] = true
			for _, out := range append([]string{e.Line, e.Cause}, e.Do...) {
				if !utf8.ValidString(out) || strings.ContainsFunc(out, unicode.IsControl) {
					t.Errorf("%s tells %q", e.ID, out)
				}
			}
		}
	})
}

func FuzzShows(f *testing.F) {
	f.Add("a long line", "long")
	f.Fuzz(func(t *testing.T, text, pattern string) {
		if !strings.Contains(pattern, "*") && shows(text, pattern) != strings.Contains(text, pattern) {
			t.Errorf("shows(%q, %q) is wrong for a pattern without a star", text, pattern)
		}
	})
}

// Every blank can be filled by a rule.
func TestBlanksHaveRules(t *testing.T) {
	ruled := map[string]bool{}
	for _, rule := range blanks() {
		for _, name := range rule.SubexpNames() {
			ruled[name] = true
		}
	}
	delete(ruled, "")
	if got, want := slices.Sorted(maps.Keys(ruled)), slices.Sorted(maps.Keys(unnamed)); !slices.Equal(got, want) {
		t.Errorf("rules fill %v, words stand for %v", got, want)
	}
}

func TestSymptomsOfASystem(t *testing.T) {
	for _, system := range systems {
		seen := map[string]bool{}
		for _, s := range Symptoms(system) {
			if seen[s.ID] || !s.treats(system) || blank.MatchString(s.Cause+strings.Join(s.Do, "")) {
				t.Errorf("%s on %s stands twice, is for %v, or has an open blank", s.ID, system, s.Systems)
			}
			seen[s.ID] = true
		}
		if len(seen) != len(Symptoms("linux")) {
			t.Errorf("%s has %d symptoms, linux %d", system, len(seen), len(Symptoms("linux")))
		}
	}
}
