//go:build unix

package e2e

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// Bad input: what was tried, what happened and what to do are said, with file
// and line where there is one, and cluster and files stay as they were.

// promptly is how long a command may take to say that it cannot.
const promptly = 20 * time.Second

func TestBadDockerfile(t *testing.T) {
	for name, c := range map[string]struct {
		dockerfile string
		says       []string
	}{
		"unknown instruction": {"FROM " + base() + "\nRUNN echo hello\n", []string{"unknown instruction: RUNN", "Dockerfile:2", "mend the Dockerfile"}},
		"failing RUN":         {"FROM " + base() + "\nRUN echo made\nRUN echo no luck >&2; exit 3\n", []string{"[3/3] RUN echo no luck", "│ no luck", "exit code: 3", "Dockerfile:3", "read the last lines"}},
		"missing COPY source": {"FROM " + base() + "\nCOPY missing.txt /\n", []string{"missing.txt", "Dockerfile:2"}},
		"empty":               {"", []string{"the Dockerfile cannot be empty"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := servers(t)
			w.tiny("broken")
			w.write("broken/Dockerfile", c.dockerfile)
			w.unchanged(func() {
				w.twindeck("ship").exits(1).says(c.says...).says("build failed", "unchanged")
			})
		})
	}
}

func TestBadManifest(t *testing.T) {
	for name, c := range map[string]struct {
		old, with string
		says      []string
	}{
		"lost indentation":        {"    metadata:\n", "metadata:\n", []string{"not YAML", "deployment.yaml:", "indentation of this line"}},
		"indentation of one line": {"  template:\n", "template:\n", []string{"deployment/manifest", "deployment.yaml:", "template"}},
		"broken YAML":             {"spec:\n  replicas: 1", "spec:\n replicas: 1\n   selector", []string{"not YAML", "deployment.yaml:", "indentation of this line"}},
		"tab":                     {"  replicas: 1", "\treplicas: 1", []string{"deployment.yaml:6"}},
		"unknown kind":            {"kind: Deployment", "kind: Deploymint", []string{"knows no kind Deploymint", "deployment.yaml:2", "check its spelling"}},
		"unknown field":           {"replicas: 1", "replica: 1", []string{"the field replica", "deployment.yaml:6", "write replicas:"}},
		"selector mismatch":       {"labels: {app: manifest}", "labels: {app: another}", []string{"the selector app=manifest does not match", "app=another (line 11)", "deployment.yaml:8", "make the two the same"}},
		"another image only":      {"image: manifest", "image: nginx:1.29", []string{"manifest", "nginx"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := servers(t)
			w.tiny("manifest")
			w.replace("k8s/deployment.yaml", c.old, c.with)
			w.unchanged(func() {
				w.twindeck("ship").exits(1).says(c.says...)
			})
		})
	}
}

// A program that ends at once is a deploy that failed: what was applied is
// said, why the pod does not run, and how to go back; and what ran before runs
// still.
func TestImageThatCrashes(t *testing.T) {
	t.Parallel() // it waits, and shares nothing
	w := servers(t)
	w.tiny("crash")
	w.replace("k8s/deployment.yaml", "  replicas: 1\n", "  replicas: 1\n  minReadySeconds: 3\n")
	good := shippedIn(t, w.twindeck("ship", "--output", "json").ok())

	w.replace("Dockerfile", `CMD ["sh", "-c", "`, `CMD ["sh", "-c", "echo cannot open the database; exit 4; `)
	before := w.files()
	w.twindeck("ship").exits(1).says(
		"cannot open the database", "exit code 4", "docker run --rm",
		"applied", "deployment/crash", "rollout undo deployment/crash",
	)
	if after := w.files(); after != before {
		t.Errorf("the project's files changed:\n%s\nbefore:\n%s", after, before)
	}
	was := good.Report.Workloads[0].Digests[0]
	if now := w.podDigests("crash"); !slices.ContainsFunc(now, func(image string) bool { return strings.Contains(image, was) }) {
		t.Errorf("what ran before, %s, does not run any more: %v", was, now)
	}
}

// Where nothing ran before there is nothing to roll back to: the way back is to
// delete what was applied, and the command that is shown does just that.
func TestFirstShipCrashes(t *testing.T) {
	t.Parallel() // it waits, and shares nothing
	w := servers(t)
	w.tiny("first")
	w.write("first/k8s/service.yaml", tinyService)
	w.replace("Dockerfile", `CMD ["sh", "-c", "`, `CMD ["sh", "-c", "echo cannot open the database; exit 4; `)
	r := w.twindeck("ship").exits(1).says("cannot open the database", "exit code 4", "docker run --rm")
	applied := regexp.MustCompile(`(?s)applied +created +deployment/first.*\n +created +service/first`)
	if !applied.MatchString(r.out + r.err) {
		t.Errorf("it does not say what was applied:\n%s", r.shown())
	}
	w.holds("deployment.apps/first", "service/first")

	_, back, ok := strings.Cut(r.out+r.err, "  go back    ")
	if !ok {
		t.Fatalf("it does not say how to go back:\n%s", r.shown())
	}
	back, _, _ = strings.Cut(back, "\n")
	w.command("sh", "-c", back).ok()
	w.holds()
}

const tinyService = `apiVersion: v1
kind: Service
metadata: {name: first}
spec:
  selector: {app: first}
  ports: [{port: 80}]
`

func TestWrongRegistryPassword(t *testing.T) {
	w := onFixture(t)
	w.tiny("secret")
	auth := variable(t, "TWINDECK_FIXTURE_REGISTRY_AUTH")
	w.ownDockerConfig(func(config string) string {
		login := base64.StdEncoding.EncodeToString([]byte("ada:not the password"))
		return strings.Replace(config, "{", fmt.Sprintf(`{"auths": {%q: {"auth": %q}},`, auth, login), 1)
	})
	w.set("DOCKER_CONTEXT", "separate")
	w.unchanged(func() {
		r := w.twindeck("ship", "--registry", auth).exits(1).says(auth, "docker login "+auth)
		if strings.Contains(r.out+r.err, "not the password") {
			t.Errorf("the password is shown:\n%s%s", r.out, r.err)
		}
	})
}

func TestBrokenDockerConfig(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		checked []string // what check says
		planned []string // what a plan says; nil: it may be fine
	}{
		"not JSON": {
			"{\n  \"currentContext\": \"desktop-linux\",\n  oops\n}\n",
			[]string{"config.json is broken", "config.json:3", "at the line named"},
			[]string{"config.json:3", "Mend the file"},
		},
		"empty": {"", []string{"config.json is empty", "Write {} into it"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := onFixture(t)
			w.tiny("config")
			path := w.ownDockerConfig(func(string) string { return c.text })
			w.unchanged(func() {
				w.twindeck("check").within(promptly).says(c.checked...)
				if c.planned != nil {
					w.twindeck("check").exits(1)
					w.twindeck("ship").exits(1).within(promptly).says(c.planned...)
				}
			})
			same(t, path, c.text)
		})
	}
}

func TestBrokenKubeconfig(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		says    []string
		deploys string // what to do, as deploy says it
		checks  string // the same, as check says it
	}{
		"not YAML": {
			"apiVersion: v1\nclusters: [\n",
			[]string{"broken-kubeconfig:2: not YAML"},
			"mend the line", "at the line named",
		},
		"empty": {
			"", []string{"broken-kubeconfig holds no context"}, "turn Kubernetes on", "Enable Kubernetes",
		},
		"missing cluster": {
			"apiVersion: v1\nkind: Config\ncurrent-context: here\ncontexts: [{name: here, context: {cluster: gone, user: me}}]\nusers: [{name: me}]\n",
			[]string{`context "here" names cluster "gone", which is not in`, "broken-kubeconfig"},
			"kubectl config use-context", "kubectl config use-context",
		},
		"missing context": {
			"apiVersion: v1\nkind: Config\ncurrent-context: there\ncontexts: [{name: here, context: {cluster: c, user: me}}]\nclusters: [{name: c, cluster: {server: https://127.0.0.1:1}}]\nusers: [{name: me}]\n",
			[]string{`"there" is not in`, "broken-kubeconfig"},
			"choose one of here", "kubectl config use-context here",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := servers(t)
			w.tiny("kubeconfig")
			healthy := w.value("KUBECONFIG")
			path := w.write("broken-kubeconfig", c.text)
			w.unchanged(func() {
				w.set("KUBECONFIG", path)
				w.twindeck("deploy").exits(1).within(promptly).says(c.says...).says(c.deploys)
				w.twindeck("check").exits(1).within(promptly).says(c.says...).says(c.checks)
				w.set("KUBECONFIG", healthy)
			})
			same(t, path, c.text)
		})
	}
}

// same fails the test when a file no longer holds the text.
func same(t *testing.T, path, text string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != text {
		t.Errorf("%s was changed to %q (%v)", path, got, err)
	}
}

// value is a variable of this world.
func (w *world) value(name string) string {
	for _, kv := range w.env {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v
		}
	}
	return ""
}

// ownDockerConfig gives this world a copy of the fixture's Docker
// configuration with another config.json, and returns where that is.
func (w *world) ownDockerConfig(change func(string) string) string {
	w.t.Helper()
	from := w.value("DOCKER_CONFIG")
	dir := filepath.Join(w.home, "docker-config")
	if err := os.CopyFS(filepath.Join(dir, "contexts"), os.DirFS(filepath.Join(from, "contexts"))); err != nil {
		w.t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(from, "config.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.set("DOCKER_CONFIG", dir)
	return w.write("docker-config/config.json", change(string(config)))
}

// unchanged fails the test when what do does changes the cluster or the
// project's files.
func (w *world) unchanged(do func()) {
	w.t.Helper()
	before := w.files()
	do()
	w.holds()
	if after := w.files(); after != before {
		w.t.Errorf("the project's files changed:\n%s\nbefore:\n%s", after, before)
	}
}

// files lists the project's files with their contents.
func (w *world) files() string {
	w.t.Helper()
	return w.git("status", "--porcelain", "--ignored") + w.git("diff")
}
