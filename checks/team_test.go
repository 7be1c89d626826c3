package checks

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/host/hosttest"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project/team"
)

// teamOn gives a laptop's project a .twindeck.yaml of the checks, indented by
// two, and returns its path.
func teamOn(l *laptop, checks string) string {
	l.host.Files[l.project.Dir+"/.git/HEAD"] = "ref: refs/heads/main"
	path := host.Join(l.host, l.project.Dir, team.Name)
	l.host.Files[path] = "version: 1\nchecks:\n" + checks
	return path
}

// trustTeamOf agrees to the file as it is.
func trustTeamOf(t *testing.T, l *laptop) {
	t.Helper()
	f, err := TeamFile(l.environment())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.Give(l.host); err != nil {
		t.Fatal(err)
	}
}

// outcome runs the catalogue and returns the results by ID.
func outcome(t *testing.T, l *laptop) map[string]Result {
	t.Helper()
	e := l.environment()
	byID := map[string]Result{}
	for _, r := range Collect(t.Context(), Catalogue(e), e) {
		byID[r.Check.ID] = r
	}
	return byID
}

func laptops() map[string]func(*testing.T) *laptop {
	return map[string]func(*testing.T) *laptop{"mac": mac, "windows": windows, "linux": linux}
}

// program puts a program on a laptop's PATH.
func (l *laptop) program(name string, p hosttest.Program) {
	dir := map[string]string{"darwin": "/usr/local/bin/", "windows": `C:\Windows\System32\`, "linux": "/usr/bin/"}[l.host.OS()]
	l.host.Programs[dir+name] = p
}

// teamCases are the kinds of check, each seen fine and seen to find something.
var teamCases = []struct {
	name  string
	check string // without its id
	spoil func(l *laptop)
	want  Status
	says  string
	do    string
}{
	{"tool there", "tool: docker", nil, OK, "docker", ""},
	{"tool not there", "tool: terraform", nil, Fail, "terraform is not on PATH", "Install terraform"},
	{"version", `{tool: node, version: ">=20 <23"}`, nil, OK, "node 22.1.0", ""},
	{"version on stderr", `{tool: java, args: [-version], version: "21.x"}`, nil, OK, "java 21.0.2", ""},
	{"version too old", `{tool: node, version: ">=23"}`, nil, Fail, "node is 22.1.0, and the team asks for >=23", "Install node >=23"},
	{"version of its own kind", `{tool: odd, version: "~7.1", match: 'rel=(\S+)'}`, nil, OK, "odd 7.1.9", ""},
	{"version that is not found", `{tool: odd, version: "1", match: 'build=(\S+)'}`, nil, Fail, "No version of odd", "match with a group"},
	{"digits in a name", `{tool: k9s, version: ">=0.32"}`, nil, OK, "0.32.5", ""},
	{"a build's own suffix", `{tool: eks, version: ">=1.31"}`, nil, OK, "1.31.0-eks-1", ""},
	{"a release to come", `{tool: rc, version: "<2"}`, nil, Fail, "rc is 2.0.0-rc.1", ""},
	{"a range that speaks of it", `{tool: rc, version: ">=2.0.0-rc.2"}`, nil, Fail, "rc is 2.0.0-rc.1", ""},
	{"tool that fails", `{tool: broken, version: "1"}`, nil, Fail, "broken does not tell its version", "Run it by hand: broken --version"},
	{"tool that hangs", `{tool: hangs, version: "1", timeout: 100ms}`, nil, Fail, "hangs does not tell its version", ""},
	{"tool of the repository", `{tool: ./gradlew, version: "8"}`, nil, OK, "8.10", ""},
	{"tool of the repository, gone", "tool: ./mvnw", nil, Fail, "./mvnw is not there", ""},

	{"file", "file: conf/app.env", nil, OK, "app.env", ""},
	{"file at home", "file: ~/.npmrc", nil, OK, ".npmrc", ""},
	{"no file", "file: .env", nil, Fail, ".env is not there", "Make "},
	{"contains", `{file: conf/app.env, contains: "PORT="}`, nil, OK, "app.env", ""},
	{"contains not", `{file: conf/app.env, contains: "HOST="}`, nil, Fail, `conf/app.env does not contain "HOST="`, "Add it"},
	{"a folder has no text", `{file: conf, contains: x}`, nil, Fail, "conf cannot be searched", ""},
	{"a large file", `{file: conf/app.env, contains: x}`, func(l *laptop) {
		l.host.Files[l.project.Dir+"/conf/app.env"] = strings.Repeat("x", readLimit+1)
	}, Fail, "cannot be searched: it is no file of up to 1.0 MB", ""},
	{"a file that may not be looked at", "file: shut", func(l *laptop) {
		l.host.Broken = map[string]error{l.project.Dir + "/shut": fs.ErrPermission}
	}, Fail, "shut cannot be looked at", "shows whose it is"},
	{"mode", `{file: conf/app.env, mode: 0600}`, nil, OK, "app.env", ""},

	{"port", "port: 3000", nil, OK, "Nothing listens on 3000", ""},
	{"port taken", "port: 3000", func(l *laptop) { l.host.Sockets["tcp:localhost:3000"] = nil }, Fail, "Port 3000 is taken", "shows who listens"},

	{"variable", "env: STAGE", nil, OK, "dev", ""},
	{"variable that fits", `{env: STAGE, matches: "^(dev|test)$"}`, nil, OK, "dev", ""},
	{"variable that does not", `{env: STAGE, matches: "^prod$"}`, nil, Fail, "STAGE does not match ^prod$", "Set it"},
	{"variable not set", "env: NOBODY", nil, Fail, "NOBODY is not set", "Set it"},
	{"variable empty", "env: EMPTY", nil, Fail, "EMPTY is empty", "Set it"},

	{"host", "host: db.internal", nil, OK, "10.0.0.7", ""},
	{"host of nobody", "host: dbx.internal", nil, Fail, "dbx.internal does not resolve", "VPN"},
	{"host reachable", `{host: db.internal, connect: 5432}`, nil, OK, "10.0.0.7", ""},
	{"host that does not answer", `{host: db.internal, connect: 5433}`, nil, Fail, "Nothing answers at db.internal:5433", "VPN"},

	{"command", `{command: [lint, --fast], output: "fine"}`, nil, OK, "Exit code 0", ""},
	{"command with another exit code", `{command: [broken], exit: 3}`, nil, OK, "Exit code 3", ""},
	{"command that fails", `{command: [broken]}`, nil, Fail, "broken: exit code 3, not 0", "Run it by hand in "},
	{"command that says something else", `{command: [lint], output: "^bad"}`, nil, Fail, "its output does not match ^bad", ""},
	{"command that is not there", `{command: [nobody]}`, nil, Fail, "nobody is not on PATH", ""},
	{"command that hangs", `{command: [hangs], timeout: 100ms}`, nil, Fail, "no end within 100ms", ""},
	{"shell", `{shell: "lint | grep fine"}`, nil, OK, "Exit code 0", ""},
	{"shell that fails", `{shell: "false"}`, nil, Fail, "false: exit code 1, not 0", ""},

	{"a script that fails", `{shell: "cd web\nfalse"}`, nil, Fail, "cd web …: exit code 1, not 0", ""},

	{"image", "image: node:22", nil, OK, "sha256:0a1b", ""},
	{"no image", "image: node:23", nil, Fail, "The engine has no image node:23", "docker pull node:23"},
	{"namespace", "namespace: default", nil, OK, "default", ""},
	{"no namespace", "namespace: team-a", nil, Fail, "The namespace team-a does not exist", "kubectl create namespace team-a"},
}

// furnish gives a laptop what the cases look at.
func furnish(l *laptop) {
	l.host.Files[l.project.Dir+"/conf/app.env"] = "PORT=3000\n"
	l.host.Files[l.host.HomeDir+"/.npmrc"] = "x"
	l.host.Env["STAGE"], l.host.Env["EMPTY"] = "dev", ""
	l.host.Names = map[string][]string{"db.internal": {"10.0.0.7"}}
	l.host.Sockets["tcp:db.internal:5432"] = nil
	l.docker.images = map[string]docker.Image{"node:22": {ID: "sha256:0a1b"}}
	l.program("node", hosttest.Prints("v22.1.0\n"))
	l.program("java", hosttest.Exits(0, "", "openjdk version \"21.0.2\" 2024-01-16\n"))
	l.program("odd", hosttest.Prints("odd 2024 rel=7.1.9\n"))
	l.program("k9s", hosttest.Prints("k9s\nVersion: v0.32.5\n"))
	l.program("eks", hosttest.Prints("v1.31.0-eks-1"))
	l.program("rc", hosttest.Prints("2.0.0-rc.1"))
	l.program("broken", hosttest.Exits(3, "", "it broke"))
	l.program("hangs", hosttest.Hangs())
	l.program("lint", hosttest.Prints("all fine\n"))
	shell := hosttest.Program(func(_ context.Context, c host.Command) (host.Result, error) {
		if strings.HasSuffix(c.Args[len(c.Args)-1], "false") {
			return host.Result{Code: 1}, nil
		}
		return host.Result{}, nil
	})
	l.program("sh", shell)
	l.program("powershell", shell)
	l.host.Programs[host.Join(l.host, l.project.Dir, "gradlew")] = hosttest.Prints("Gradle 8.10\n")
}

func TestTeamChecks(t *testing.T) {
	for name, make := range laptops() {
		for _, tt := range teamCases {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				l := make(t)
				furnish(l)
				check := strings.TrimSuffix(strings.TrimPrefix(tt.check, "{"), "}")
				teamOn(l, "  - {id: it, "+check+"}\n")
				trustTeamOf(t, l)
				if tt.spoil != nil {
					tt.spoil(l)
				}
				r := outcome(t, l)["team.it"]
				f := r.Finding
				switch {
				case f.Status != tt.want:
					t.Errorf("it is %s: %s %v; want %s", f.Status, f.Summary, f.Evidence, tt.want)
				case !strings.Contains(f.Summary, tt.says):
					t.Errorf("it says %q, want %q in it", f.Summary, tt.says)
				case !strings.Contains(strings.Join(f.Steps, "\n"), tt.do):
					t.Errorf("to do is %q, want %q in it", f.Steps, tt.do)
				case len(f.Evidence) == 0:
					t.Error("there is no evidence")
				case f.Status == Fail && !strings.HasSuffix(f.Evidence[len(f.Evidence)-1].Got, team.Name+":3"):
					t.Errorf("it does not say who asks: %v", f.Evidence)
				}
				if c := r.Check; c.Subject != Team || c.Title == "" || strings.HasSuffix(c.Title, ".") || c.Command == "" || !strings.HasSuffix(c.Why, ".") {
					t.Errorf("it is shown as %+v", c)
				}
			})
		}
	}
}

// Every kind is in the table, with both ends.
func TestTeamCasesCoverTheKinds(t *testing.T) {
	fine, caught := map[team.Kind]bool{}, map[team.Kind]bool{}
	for _, tt := range teamCases {
		check := strings.TrimSuffix(strings.TrimPrefix(tt.check, "{"), "}")
		f, err := team.Parse("x", []byte("version: 1\nchecks:\n  - {id: it, "+check+"}\n"), nil)
		if err != nil {
			t.Fatal(err)
		}
		fine[f.Checks[0].Kind] = fine[f.Checks[0].Kind] || tt.want == OK
		caught[f.Checks[0].Kind] = caught[f.Checks[0].Kind] || tt.want == Fail
	}
	for _, k := range []team.Kind{team.Tool, team.Path, team.Port, team.Variable, team.Host, team.Command, team.Shell, team.Image, team.Namespace} {
		if !fine[k] || !caught[k] {
			t.Errorf("%s: seen fine %v, seen to find something %v", k, fine[k], caught[k])
		}
	}
}

func TestTeamModes(t *testing.T) {
	for name, want := range map[string]Status{"mac": Fail, "linux": Fail, "windows": OK} {
		l := laptops()[name](t)
		furnish(l)
		teamOn(l, "  - {id: it, file: conf/app.env, mode: 0400}\n")
		f := outcome(t, l)["team.it"].Finding
		if f.Status != want || want == Fail && (f.Summary != "conf/app.env has the permissions 0600, not 0400" || !strings.HasPrefix(f.Steps[0], "chmod 400 ")) {
			t.Errorf("%s: %s: %s %v", name, f.Status, f.Summary, f.Steps)
		}
	}
}

func TestTeamWords(t *testing.T) {
	l := mac(t)
	path := teamOn(l, `  - id: env
    title: The settings are there
    why: The app reads them.
    file: .env
    fix: [cp .env.example .env, ask Ada for the rest]
    link: https://wiki.example.com/env
    level: warning
  - {id: other, port: 3000, systems: [windows]}
  - {id: then, port: 3001, needs: [team.hard]}
  - {id: hard, file: gone}
`)
	got := outcome(t, l)
	env := got["team.env"]
	switch f := env.Finding; {
	case f.Status != Warn || f.Link != "https://wiki.example.com/env":
		t.Errorf("it is %s, more at %q", f.Status, f.Link)
	case !slices.Equal(f.Steps, []string{"cp .env.example .env", "ask Ada for the rest"}):
		t.Errorf("to do is %q", f.Steps)
	case env.Check.Title != "The settings are there" || env.Check.Why != "The app reads them.":
		t.Errorf("it is told as %+v", env.Check)
	case f.Evidence[len(f.Evidence)-1] != Evidence{What: "asked for in", Got: path + ":3"}:
		t.Errorf("evidence %v", f.Evidence)
	}
	if f := got["team.other"].Finding; f.Status != NotHere {
		t.Errorf("a check of Windows is %s", f.Status)
	}
	if r := got["team.then"]; r.Finding.Status != Blocked || r.Cause != "team.hard" {
		t.Errorf("what needs a failed one is %s by %q", r.Finding.Status, r.Cause)
	}
}

func TestTeamNeedsOfImageAndNamespace(t *testing.T) {
	l := mac(t)
	teamOn(l, "  - {id: image, image: node:22, needs: team.port}\n  - {id: port, port: 3000}\n  - {id: ns, namespace: a}\n")
	l.docker.down, l.kube.down = docker.ErrUnreachable, kube.ErrUnreachable
	l.says = `{"Status":"stopped"}`
	got := outcome(t, l)
	for _, id := range []string{"team.image", "team.ns"} {
		if r := got[id]; r.Finding.Status != Blocked {
			t.Errorf("%s is %s: %s", id, r.Finding.Status, r.Finding.Summary)
		}
	}
	if need := got["team.image"].Check.Needs; !slices.Equal(need, []string{"team.port", "docker.engine"}) {
		t.Errorf("the image needs %v", need)
	}
}

// shyKube does not show its namespaces to everybody.
type shyKube struct{ *fakeKube }

func (shyKube) Namespaces(context.Context) ([]string, error) { return nil, kube.ErrForbidden }

func TestTeamNamespaceThatMayNotBeSeen(t *testing.T) {
	l := mac(t)
	teamOn(l, "  - {id: ns, namespace: team-a}\n")
	e := l.environment()
	e.Kube = shyKube{l.kube}
	for _, r := range Collect(t.Context(), Catalogue(e), e) {
		if r.Check.ID == "team.ns" && r.Finding.Status != NotHere {
			t.Errorf("it is %s: %s", r.Finding.Status, r.Finding.Summary)
		}
	}
}

func TestTeamSecretsAreNotShown(t *testing.T) {
	l := mac(t)
	l.host.Env["API_TOKEN"], l.host.Env["DB"] = "geheim", "postgres://ada:geheim@db/app"
	teamOn(l, `  - {id: a, env: API_TOKEN}
  - {id: b, env: API_TOKEN, matches: "^tok_"}
  - {id: c, env: DB}
  - {id: d, env: DB, matches: "^mysql"}
  - {id: e, file: secrets.txt, contains: x}
`)
	l.host.Files[l.project.Dir+"/secrets.txt"] = "geheim"
	for id, r := range outcome(t, l) {
		if strings.Contains(fmt.Sprint(r.Finding), "geheim") {
			t.Errorf("%s shows it: %v", id, r.Finding)
		}
	}
}

func TestBrokenTeamFileStopsNothingElse(t *testing.T) {
	for name, make := range laptops() {
		l := make(t)
		path := teamOn(l, "  - id: node\n    tool: node\n    verison: 20\n  - {id: x, port: 0}\n")
		s := Summarise(Collect(t.Context(), Catalogue(l.environment()), l.environment()))
		if len(s.Roots) != 1 || len(s.Warnings) != 0 || s.Counts.OK < 10 {
			t.Fatalf("%s: %s", name, s.Line())
		}
		f := s.Roots[0].Finding
		if s.Roots[0].Check.ID != teamFileID || f.Summary != `.twindeck.yaml:5: unknown field "verison"; write "version", and 1 more` {
			t.Errorf("%s: %s says %q", name, s.Roots[0].Check.ID, f.Summary)
		}
		if len(f.Evidence) != 2 || f.Evidence[0].What != path+":5" || f.Evidence[1].What != path+":6" {
			t.Errorf("%s: evidence %v", name, f.Evidence)
		}
	}
}

func TestCatalogueWithoutATeamFileIsAll(t *testing.T) {
	ids := func(list []*Check) (all []string) {
		for _, c := range list {
			all = append(all, c.ID)
		}
		return all
	}
	if got := Catalogue(mac(t).environment()); !slices.Equal(ids(got), ids(All())) {
		t.Errorf("got %v", ids(got))
	}
}

// The example holds wherever the repository is checked out, and runs nothing.
func TestExampleTeamFile(t *testing.T) {
	dir, err := filepath.Abs(filepath.Join("..", "examples", "hello-node"))
	if err != nil {
		t.Fatal(err)
	}
	e := env.Environment{Host: host.Local(), Dir: dir}
	list, err := Select(Catalogue(e), []string{"team", teamFileID}, nil)
	if err != nil {
		t.Fatal(err)
	}
	results := Collect(t.Context(), list, e)
	if len(results) < 3 {
		t.Errorf("only %d checks", len(results))
	}
	for _, r := range results {
		if r.Finding.Status != OK || r.Check.ID == teamTrustID {
			t.Errorf("%s is %s: %s", r.Check.ID, r.Finding.Status, r.Finding.Summary)
		}
	}
}

// What can be read can be listed, and is a sound graph with the catalogue.
func FuzzTeamFile(f *testing.F) {
	for _, tt := range teamCases {
		check := strings.TrimSuffix(strings.TrimPrefix(tt.check, "{"), "}")
		f.Add("version: 1\nchecks:\n  - {id: it, " + check + "}\n  - {id: other, port: 1, needs: [kube.ready, team.it]}\n")
	}
	if example, err := os.ReadFile("../examples/hello-node/" + team.Name); err == nil {
		f.Add(string(example))
	}
	f.Fuzz(func(t *testing.T, text string) {
		l := mac(t)
		l.host.Files[l.project.Dir+"/"+team.Name] = text
		list := Catalogue(l.environment())
		if err := Verify(list); err != nil {
			t.Error(err)
		}
		for _, c := range list {
			if c.ID == "" || c.Title == "" || c.Why == "" || c.Probe == nil || strings.ContainsAny(c.Title+c.Command, "\n\x1b") {
				t.Errorf("it is listed as %+v", c)
			}
		}
		if ran := l.host.Ran(); len(ran) > 0 {
			t.Errorf("listing ran %v", ran)
		}
	})
}
