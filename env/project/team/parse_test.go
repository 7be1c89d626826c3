package team

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

const path = "/src/app/.twindeck.yaml"

var catalogue = []string{"docker.engine", "kube.ready"}

const sound = `version: 1
checks:
  - id: node
    title: Node is new enough
    why: The build uses it.
    tool: node
    version: ">=20 <23"
    fix: [nvm install 22]
    link: https://wiki.example.com/node
  - id: java
    tool: java
    version: 21.x
    args: -version
    match: version "([^"]+)"
    timeout: 20s
    systems: [linux, macos]
  - {id: env-file, file: .env, contains: "PORT=", mode: 0600, level: warning}
  - {id: port, port: 3000}
  - {id: token, env: API_TOKEN, matches: "^tok_", needs: [team.env-file, docker.engine]}
  - {id: db, host: db.internal, connect: 5432}
  - id: lint
    command: [make, "lint all"]
    exit: 3
    output: fine
  - id: long
    shell: |
      cd web
      npm ls
  - {id: base, image: "registry:5000/team/base:1"}
  - {id: ns, namespace: team-a}
`

func TestParse(t *testing.T) {
	f, err := Parse(path, []byte(sound), catalogue)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range f.Checks {
		got = append(got, fmt.Sprintf("%d %s %s %q", c.Line, c.ID, c.Kind, c.Of))
	}
	want := []string{
		`3 team.node tool "node"`, `10 team.java tool "java"`, `17 team.env-file file ".env"`, `18 team.port port "3000"`,
		`19 team.token env "API_TOKEN"`, `20 team.db host "db.internal"`, `21 team.lint command ""`, `25 team.long shell "cd web\nnpm ls\n"`,
		`29 team.base image "registry:5000/team/base:1"`, `30 team.ns namespace "team-a"`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	node, java, file, token, lint := f.Checks[0], f.Checks[1], f.Checks[2], f.Checks[4], f.Checks[6]
	switch {
	case node.Title != "Node is new enough" || node.Why != "The build uses it." || node.Fix[0] != "nvm install 22" || node.Link == "":
		t.Errorf("the words of %+v", node)
	case node.Range.String() != ">=20 <23" || node.Args[0] != "--version" || node.Timeout != 5*time.Second:
		t.Errorf("node is asked as %+v", node)
	case java.Args[0] != "-version" || java.Match.NumSubexp() != 1 || java.Timeout != 20*time.Second:
		t.Errorf("java is asked as %+v", java)
	case java.On("windows") || !java.On("darwin") || !node.On("windows"):
		t.Errorf("java is for %v, node for %v", java.Systems, node.Systems)
	case file.Mode != 0o600 || file.Contains != "PORT=" || !file.Warning:
		t.Errorf("the file is %+v", file)
	case strings.Join(token.Needs, " ") != "team.env-file docker.engine" || !token.Match.MatchString("tok_1"):
		t.Errorf("the token is %+v", token)
	case f.Checks[5].Port != 5432 || f.Checks[3].Port != 3000:
		t.Error("the ports are lost")
	case len(lint.Command) != 2 || lint.Exit != 3 || lint.Match.String() != "fine":
		t.Errorf("lint is %+v", lint)
	}
	commands := strings.Join(f.Commands(), "\n")
	wantRun := `team.node: node --version
team.java [linux, darwin]: java -version
team.lint: make "lint all"
team.long: (shell) cd web
│ npm ls`
	if commands != wantRun {
		t.Errorf("it would run\n%s\nwant\n%s", commands, wantRun)
	}
}

// head makes a file of one check.
func head(check string) string { return "version: 1\nchecks:\n  - id: a\n    " + check + "\n" }

func TestFaults(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", `1: is empty; write "version: 1"`},
		{"only a comment", "# soon\n", `1: is empty`},
		{"not YAML", "version: 1\nchecks: [\n", `is not YAML: `},
		{"tabs", "version: 1\nchecks:\n\t- id: a\n", `: is not YAML: found character that cannot start any token; indent with spaces`},
		{"a list", "- id: a\n", `1: the file is no mapping; write "version: …"`},
		{"two documents", "version: 1\nchecks: []\n---\nversion: 1\n", `3: a second document begins`},
		{"no version", "checks: []\n", `1: does not say its version; write "version: 1"`},
		{"another version", "version: 2\nchecks: []\n", `1: version "2" is not known to this twindeck; write "version: 1", or update twindeck`},
		{"no checks", "version: 1\n", `1: has no checks`},
		{"checks by name", "version: 1\nchecks:\n  a: {port: 1}\n", `3: checks is no list; write each check as "- id: …"`},
		{"a check that is text", "version: 1\nchecks:\n  - node\n", `3: a check is no mapping; write "id: …"`},
		{"too many", "version: 1\nchecks: [" + strings.Repeat("a,", 201) + "]\n", `2: has 201 checks; 200 are taken`},
		{"a slip at the top", "version: 1\ncheck: []\n", `2: unknown field "check"; write "checks"`},
		{"a slip", head("tool: node\n    verison: 20"), `5: unknown field "verison"; write "version"`},
		{"a field of nobody", head("port: 1\n    colour: red"), `5: unknown field "colour"; there are id, title, why, fix, link, level, systems, needs, tool, file, port`},
		{"twice", head("port: 1\n    port: 2"), `5: port is here twice; the first is in line 4`},
		{"no id", "version: 1\nchecks:\n  - port: 1\n", `3: a check has no id`},
		{"id with prefix", "version: 1\nchecks:\n  - id: team.x\n    port: 1\n", `3: "team." comes before the id by itself; write "id: x"`},
		{"odd id", "version: 1\nchecks:\n  - id: Node Version\n    port: 1\n", `3: the id "Node Version" has more than small letters`},
		{"looks at nothing", head("title: x"), `3: a check looks at nothing; write one of tool, file, port, env, host, command, shell, image, namespace`},
		{"looks at two things", head("port: 1\n    file: x"), `4: a check looks at one thing, and this at file and port; write two checks`},
		{"of another kind", head("file: x\n    version: 1"), `5: version does not go with file; with it go contains, mode`},
		{"alone", head("image: x\n    timeout: 1s"), `5: timeout does not go with image; image stands alone`},
		{"empty", head("file:"), `4: file is empty; say what it is, or leave it out`},
		{"no text", head("file: [a]"), `4: file is no text`},
		{"bad range", head("tool: node\n    version: newest"), `5: "newest" is no range of versions; write it as ">=20 <23"`},
		{"asked for nothing", head("tool: node\n    args: [-v]"), `5: args asks for the version; write "version:"`},
		{"bad pattern", head("env: X\n    matches: '('"), `5: matches is no regular expression: `},
		{"bad level", head("port: 1\n    level: fatal"), `5: level is "fatal"; write "error" or "warning"`},
		{"bad system", head("port: 1\n    systems: [mac]"), `5: there is no system "mac"; write "linux", "macos" or "windows"`},
		{"bad port", head("port: 70000"), `4: port is "70000"; write a number from 1 to 65535`},
		{"bad mode", head("file: x\n    mode: rw"), `5: mode is "rw"; write it as chmod takes it: "0600"`},
		{"bad timeout", head("shell: x\n    timeout: 5m"), `5: timeout is "5m"; write it as "20s", and at most "60s"`},
		{"an address as host", head("host: https://x.com"), `4: "https://x.com" is no host; write its name or address alone`},
		{"a variable with $", head("env: $X"), `4: "$X" is no name of a variable`},
		{"a bad image", head("image: My App"), `4: "My App" is no name of an image`},
		{"a bad namespace", head("namespace: Team_A"), `4: "Team_A" is no name of a namespace`},
		{"a command as text", head("command: make lint"), `4: command is one text; write it as a list, "command: [make, lint]", or use "shell:"`},
		{"an empty command", head("command: []"), `4: command is empty`},
		{"the same id", head("port: 1\n  - id: a\n    port: 2"), `5: the id "a" is taken by the check in line 3`},
		{"an unknown need", head("port: 1\n    needs: docker.engin"), "3: needs \"docker.engin\", which is no check; `twindeck check --list` names them"},
		{"a need without team.", head("port: 1\n    needs: b\n  - id: b\n    port: 2"), `3: needs "b", which is no check; write "team.b"`},
		{"a circle", head("port: 1\n    needs: team.b\n  - id: b\n    port: 2\n    needs: team.a"), `3: checks need each other: team.a -> team.b -> team.a`},
		{"an anchor", "version: 1\nchecks:\n  - &x {id: a, port: 1}\n", `3: anchors and aliases are not taken here`},
		{"an escape sequence", head(`title: "\e[2Jfine"` + "\n    port: 1"), `4: holds the character U+001B, which is not seen`},
		{"writing that runs backwards", head("shell: \"echo \\u202e\""), `4: holds the character U+202E, which is not seen`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Parse(path, []byte(tt.text), catalogue)
			var bad *Error
			if !errors.As(err, &bad) {
				t.Fatalf("got %+v, %v; want an error", f, err)
			}
			if first, _, _ := strings.Cut(err.Error(), "\n"); !strings.Contains(first, tt.want) || !strings.HasPrefix(first, path+":") {
				t.Errorf("it says %q, want %q in it", first, tt.want)
			}
			if len(bad.Faults) != 1 {
				t.Errorf("one mistake is told as %d: %v", len(bad.Faults), err)
			}
			if len(f.Checks) != 0 {
				t.Error("a broken file has checks")
			}
		})
	}
}

func TestAllFaultsAreTold(t *testing.T) {
	_, err := Parse(path, []byte("version: 1\nchecks:\n  - id: a\n    port: 0\n  - id: b\n    flie: x\n    env: Y\n"), catalogue)
	want := path + ":4: port is \"0\"; write a number from 1 to 65535\n" + path + ":6: unknown field \"flie\"; write \"file\""
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// What is shown before it is trusted must not look like something else.
func TestLinesHideNothing(t *testing.T) {
	for _, tt := range []struct{ check, want string }{
		{`command: [sh, -c, "a;  b"]`, `sh -c "a;  b"`},
		{`command: [cat, ""]`, ``},
		{`command: ["с"]`, `"\u0441"`}, // a Cyrillic letter
		{`shell: "curl с"`, `"curl \u0441"`},
		{`shell: "echo 'a'  $(b)"`, `echo 'a'  $(b)`},
		{`command: [echo, "$(b)", "a\nb"]`, `echo "$(b)" "a\nb"`},
	} {
		f, err := Parse(path, []byte(head(tt.check)), nil)
		if tt.want == "" {
			if err == nil {
				t.Errorf("%s is taken", tt.check)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(f.Checks[0].Lines(), "\n"); got != tt.want {
			t.Errorf("%s is shown as %s, want %s", tt.check, got, tt.want)
		}
	}
}
