//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// example puts a copy of one of the repository's examples into the world, as
// a git repository with one commit, and stands in it.
func (w *world) example(name string) {
	w.t.Helper()
	w.dir = filepath.Join(w.home, name)
	if err := os.CopyFS(w.dir, os.DirFS(filepath.Join("..", "..", "examples", name))); err != nil {
		w.t.Fatal(err)
	}
	w.git("init", "-q")
	w.commit("first")
}

// commit records everything in the project's folder.
func (w *world) commit(message string) {
	w.t.Helper()
	w.git("add", "-A")
	w.git("commit", "-q", "--allow-empty", "-m", message)
}

// tiny puts a project into the world whose image needs no compiler: a shell
// that ticks. Its parts can be replaced to see what happens then.
func (w *world) tiny(name string) {
	w.t.Helper()
	w.dir = filepath.Join(w.home, name)
	w.write(name+"/Dockerfile", tinyDockerfile)
	w.write(name+"/k8s/deployment.yaml", strings.ReplaceAll(tinyDeployment, "NAME", name))
	w.git("init", "-q")
	w.commit("first")
}

// base is an image with a shell that both the fixture and the world have.
func base() string {
	if isLocal() {
		return "busybox:1.37"
	}
	return "twindeck.local/base:1"
}

var tinyDockerfile = `FROM ` + base() + `
RUN echo made > /made
CMD ["sh", "-c", "n=0; while true; do echo tick $n; n=$((n+1)); sleep 1; done"]
`

const tinyDeployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: NAME
spec:
  replicas: 1
  selector:
    matchLabels: {app: NAME}
  template:
    metadata:
      labels: {app: NAME}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: main
          image: NAME
`

// shipped is what the last line of `ship --output json` says.
type shipped struct {
	Kind   string
	Report struct {
		Image  string
		Digest string
		Nodes  []struct {
			Node, Digest  string
			Layers, Moved int
			Bytes         int64
		}
		Workloads []struct {
			Ref            struct{ Kind, Name, Namespace string }
			Ready, Desired int
			Verified       bool
			Digests        []string
		}
	}
}

// shippedIn reads how shipping ended, and fails the test if it did not end well.
func shippedIn(t *testing.T, out string) shipped {
	t.Helper()
	var s shipped
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &s); err != nil || s.Kind != "shipped" {
		t.Fatalf("the last line does not say shipped: %v\n%s", err, out)
	}
	return s
}

// podDigests asks kubectl, not twindeck, what the pods of an app run, those
// left out that are on their way out.
func (w *world) podDigests(app string) []string {
	w.t.Helper()
	var list struct {
		Items []struct {
			Metadata struct{ DeletionTimestamp string }
			Status   struct {
				Phase             string
				ContainerStatuses []struct{ ImageID string }
			}
		}
	}
	out := w.kubectl("-n", w.namespace, "get", "pods", "-l", "app="+app, "-o", "json")
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		w.t.Fatalf("reading what kubectl says: %v\n%s", err, out)
	}
	var digests []string
	for _, p := range list.Items {
		if p.Metadata.DeletionTimestamp == "" && p.Status.Phase == "Running" {
			digests = append(digests, p.Status.ContainerStatuses[0].ImageID)
		}
	}
	return digests
}

// holds fails the test unless the cluster holds just these objects of the
// test's namespace: "deployment.apps/a", "service/a".
func (w *world) holds(want ...string) {
	w.t.Helper()
	out := w.kubectl("-n", w.namespace, "get", "deployments,services,statefulsets,jobs", "-o", "name")
	if got := strings.Fields(out); fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("the namespace holds %v, want %v", got, want)
	}
}

// replace changes text in one of the project's files.
func (w *world) replace(file, old, with string) {
	w.t.Helper()
	path := filepath.Join(w.dir, file)
	data, err := os.ReadFile(path)
	if err != nil {
		w.t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		w.t.Fatalf("%s holds no %q", file, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), old, with, 1)), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// registry is the fixture's registry without a password.
func registry(t *testing.T) string { t.Helper(); return variable(t, "TWINDECK_FIXTURE_REGISTRY") }

// variable is something that the fixture's environment must hold.
func variable(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("the fixture's environment lacks %s", name)
	}
	return value
}
