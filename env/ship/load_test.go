package ship_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/ship"
)

// container is a node of a tool's cluster as the engine has it.
func container(tool, cluster, name, address string) docker.Node {
	return docker.Node{ID: "id-" + name, Name: name, Tool: tool, Cluster: cluster, Running: true, Addresses: []string{address}}
}

func stoppedNode(n docker.Node) docker.Node { n.Running = false; return n }

// member is a node as the cluster has it.
func member(name, runtime, address, closed string) kube.Node {
	return kube.Node{Name: name, Runtime: runtime, InternalIP: address, Closed: closed, Ready: true, Arch: "amd64"}
}

const controlPlane = "node-role.kubernetes.io/control-plane:NoSchedule"

// TestChoiceOfRoute is every kind of cluster there is, with what is done there.
func TestChoiceOfRoute(t *testing.T) {
	plain := docker.Info{Name: "box", ContainerdStore: true}
	oldStore := docker.Info{Name: "box"}
	desktop := docker.Info{Name: "docker-desktop", OperatingSystem: "Docker Desktop", ContainerdStore: true}
	desktopOld := docker.Info{Name: "docker-desktop", OperatingSystem: "Docker Desktop"}
	const at = "172.18.0.2"
	kind := []docker.Node{container("kind", "dev", "dev-control-plane", at), container("kind", "dev", "dev-worker", "172.18.0.3"), container("kind", "dev", "dev-worker2", "172.18.0.4")}
	kindNodes := []kube.Node{member("dev-control-plane", "containerd://2.1", at, controlPlane), member("dev-worker", "containerd://2.1", "172.18.0.3", ""), member("dev-worker2", "containerd://2.1", "172.18.0.4", "")}
	single := []kube.Node{member("dev-control-plane", "containerd://2.1", at, "")}
	tests := []struct {
		name       string
		info       docker.Info
		context    string
		containers []docker.Node
		nodes      []kube.Node
		registry   string // asked for
		env        string // TWINDECK_REGISTRY
		tolerates  bool
		daemon     bool
		want       ship.Route
		into       string // names of the nodes
		says       string // why, or the problem
	}{
		{name: "Docker Desktop, kubeadm", info: desktopOld, nodes: []kube.Node{member("docker-desktop", "docker://29", "192.168.65.3", "")}, want: ship.Shared},
		{name: "Docker Desktop, kubeadm with the containerd store", info: desktop, nodes: []kube.Node{member("docker-desktop", "containerd://2", "192.168.65.3", "")}, want: ship.Shared},
		{name: "Docker Desktop, kind mode", info: desktop, nodes: []kube.Node{member("desktop-control-plane", "containerd://2", at, "")}, want: ship.Shared},
		{
			name: "Docker Desktop, kind mode whose nodes are shown", info: desktop, want: ship.Shared,
			containers: []docker.Node{container("kind", "desktop", "desktop-control-plane", at)}, nodes: []kube.Node{member("desktop-control-plane", "containerd://2", at, "")},
		},
		{
			name: "Docker Desktop, kind mode without the containerd store", info: desktopOld, want: ship.Load, into: "desktop-control-plane", says: "node desktop-control-plane of the kind cluster desktop",
			containers: []docker.Node{container("kind", "desktop", "desktop-control-plane", at)}, nodes: []kube.Node{member("desktop-control-plane", "containerd://2", at, "")},
		},
		{
			name: "Docker Desktop, kind mode without the containerd store, nodes hidden", info: desktopOld, want: ship.NoRoute, says: "containerd image store on",
			nodes: []kube.Node{member("desktop-control-plane", "containerd://2", at, "")},
		},
		{name: "kind beside Docker Desktop", info: desktop, containers: kind, nodes: single, context: "kind-dev", want: ship.Load, into: "dev-control-plane", says: "node dev-control-plane of the kind cluster dev, a container of this engine"},
		{name: "kind", info: plain, containers: kind, nodes: kindNodes, context: "kind-dev", want: ship.Load, into: "dev-worker dev-worker2", says: "2 nodes (dev-worker, dev-worker2) of the kind cluster dev, containers of this engine; not into dev-control-plane (" + controlPlane + "), where no pod goes"},
		{name: "kind, old store", info: oldStore, containers: kind, nodes: kindNodes, want: ship.Load, into: "dev-worker dev-worker2"},
		{name: "kind, whatever its context is called", info: plain, containers: kind, nodes: single, context: "work", want: ship.Load, into: "dev-control-plane"},
		{name: "kind, pods that tolerate a taint", info: plain, containers: kind, nodes: kindNodes, tolerates: true, want: ship.Load, into: "dev-control-plane dev-worker dev-worker2"},
		{name: "kind, a cordoned node", info: plain, containers: kind, nodes: []kube.Node{kindNodes[1], member("dev-worker2", "containerd://2.1", "172.18.0.4", "cordoned")}, want: ship.Load, into: "dev-worker"},
		{name: "kind, a cordoned node and a DaemonSet", info: plain, containers: kind, nodes: []kube.Node{kindNodes[1], member("dev-worker2", "containerd://2.1", "172.18.0.4", "cordoned")}, daemon: true, want: ship.Load, into: "dev-worker dev-worker2"},
		{name: "kind, every node tainted", info: plain, containers: kind, nodes: kindNodes[:1], want: ship.Load, into: "dev-control-plane"},
		{name: "kind of another engine", info: plain, nodes: single, context: "kind-dev", want: ship.NoRoute, says: "node dev-control-plane is no container of this engine"},
		{name: "two clusters of one name", info: plain, containers: kind, nodes: []kube.Node{member("dev-control-plane", "containerd://2.1", "10.1.2.3", "")}, context: "kind-dev", want: ship.NoRoute, says: "belong to two clusters"},
		{name: "a stopped node", info: plain, containers: []docker.Node{stoppedNode(kind[0])}, nodes: single, want: ship.NoRoute, says: "docker start dev-control-plane"},
		{name: "one node elsewhere", info: plain, containers: kind[:2], nodes: kindNodes, want: ship.NoRoute, says: "node dev-worker2 is no container"},
		{name: "kind, a registry asked for", info: plain, containers: kind, nodes: single, registry: "localhost:5000", want: ship.Registry},
		{name: "kind, a registry for all projects", info: plain, containers: kind, nodes: single, env: "localhost:5000", want: ship.Load, into: "dev-control-plane"},
		{
			name: "k3d", info: plain, context: "k3d-dev", want: ship.Load, into: "k3d-dev-agent-0 k3d-dev-server-0", says: "k3d cluster dev",
			containers: []docker.Node{container("k3d", "dev", "k3d-dev-server-0", at), container("k3d", "dev", "k3d-dev-agent-0", "172.18.0.3")},
			nodes:      []kube.Node{member("k3d-dev-agent-0", "containerd://2.1-k3s1", "172.18.0.3", ""), member("k3d-dev-server-0", "containerd://2.1-k3s1", at, "")},
		},
		{name: "minikube on Docker", info: plain, context: "minikube", containers: []docker.Node{container("minikube", "minikube", "minikube", "192.168.49.2")}, nodes: []kube.Node{member("minikube", "docker://28", "192.168.49.2", "")}, want: ship.Load, into: "minikube", says: "minikube cluster minikube"},
		{name: "minikube on containerd", info: plain, containers: []docker.Node{container("minikube", "minikube", "minikube", "192.168.49.2")}, nodes: []kube.Node{member("minikube", "containerd://2", "192.168.49.2", "")}, want: ship.Load, into: "minikube"},
		{name: "minikube on CRI-O", info: plain, containers: []docker.Node{container("minikube", "minikube", "minikube", "192.168.49.2")}, nodes: []kube.Node{member("minikube", "cri-o://1.30", "192.168.49.2", "")}, want: ship.NoRoute, says: "cri-o://1.30"},
		{name: "minikube's own engine (docker-env)", info: docker.Info{Name: "minikube"}, nodes: []kube.Node{member("minikube", "docker://28", "192.168.49.2", "")}, want: ship.Shared},
		{name: "a remote cluster", info: plain, containers: kind, nodes: []kube.Node{member("ip-10-0-0-1", "containerd://2", "10.0.0.1", "")}, want: ship.NoRoute, says: "has an image store of its own"},
		{name: "a remote cluster, a registry for all projects", info: plain, containers: kind, nodes: []kube.Node{member("ip-10-0-0-1", "containerd://2", "10.0.0.1", "")}, env: "reg.example", want: ship.Registry},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, c, p := world(t)
			e.info, e.nodes, c.nodes = tt.info, tt.containers, tt.nodes
			if tt.context != "" {
				c.at.Name = tt.context
			}
			if tt.tolerates {
				c.written[1].YAML = append([]byte{}, strings.Replace(deploymentYAML, "    spec:\n", "    spec:\n      tolerations: [{operator: Exists}]\n", 1)...)
			}
			if tt.daemon {
				c.written[1].Ref.Kind = "DaemonSet"
			}
			t.Setenv("TWINDECK_REGISTRY", tt.env)
			plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Registry: tt.registry})
			var into []string
			for _, n := range plan.Nodes {
				into = append(into, n.Name)
			}
			if plan.Route != tt.want || strings.Join(into, " ") != tt.into {
				t.Errorf("route %q into %q, want %q into %q\n%s", plan.Route, into, tt.want, tt.into, problems(plan))
			}
			if text := problems(plan); (text != "") != (tt.want == ship.NoRoute) || !strings.Contains(plan.RouteWhy+text, tt.says) {
				t.Errorf("why %q, problems %q; want %q", plan.RouteWhy, text, tt.says)
			}
			if tt.want == ship.Load && plan.Image != "web:"+tag {
				t.Errorf("image %s", plan.Image)
			}
		})
	}
}

// kindWorld is world with a kind cluster of two nodes.
func kindWorld(t *testing.T) (*engine, *cluster, func(ship.Options) ship.Plan) {
	t.Helper()
	e, c, p := world(t)
	e.info = docker.Info{Name: "box", ContainerdStore: true}
	e.nodes = []docker.Node{container("kind", "dev", "dev-control-plane", "172.18.0.2"), container("kind", "dev", "dev-worker", "172.18.0.3")}
	c.nodes = []kube.Node{member("dev-control-plane", "containerd://2.1", "172.18.0.2", ""), member("dev-worker", "containerd://2.1", "172.18.0.3", "")}
	return e, c, func(o ship.Options) ship.Plan { return ship.NewPlan(t.Context(), e, c, p, o) }
}

func TestRunLoads(t *testing.T) {
	e, c, plan := kindWorld(t)
	var events []ship.Event
	report, err := ship.Run(t.Context(), e, c, plan(ship.Options{}), func(ev ship.Event) { events = append(events, ev) })
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"build web:" + tag, "load web:" + tag + " into dev-control-plane", "load web:" + tag + " into dev-worker"}
	if !slices.Equal(e.did, want) {
		t.Errorf("did %q, want %q", e.did, want)
	}
	if len(report.Nodes) != 2 || report.Nodes[1].Node != "dev-worker" || report.Nodes[1].Digest != newDigest || !report.Workloads[0].Verified {
		t.Errorf("report %+v", report)
	}
	var told []string
	for _, ev := range events {
		switch ev.Kind {
		case ship.NodeLoaded:
			told = append(told, ev.Loaded.Node+", "+ev.Text)
		case ship.LayerMoved:
			told = append(told, ev.Layer.Node+" "+ev.Layer.Status)
		case ship.Command:
			if ev.Stage == ship.Deliver {
				told = append(told, ev.Text)
			}
		}
	}
	if got := strings.Join(told, "; "); got != "kind load docker-image web:"+tag+" --name dev; dev-control-plane Loaded; dev-control-plane, node 1 of 2; dev-worker Loaded; dev-worker, node 2 of 2" {
		t.Errorf("told %s", got)
	}
	line, err := json.Marshal(plan(ship.Options{}))
	if err != nil || !strings.Contains(string(line), `"route":"load"`) || !strings.Contains(string(line), `"nodes":["dev-control-plane","dev-worker"]`) {
		t.Errorf("%s, %v", line, err)
	}
}

func TestLoadFails(t *testing.T) {
	tests := []struct {
		name  string
		loads func(docker.LoadRequest) (docker.Loaded, error)
		want  []string
	}{
		{"a node that does not take it", func(docker.LoadRequest) (docker.Loaded, error) {
			return docker.Loaded{}, &docker.Error{Kind: docker.ErrLoad, Tried: "loading", Happened: "no space left on device", Do: "make room"}
		}, []string{"loading: no space left on device", "make room"}},
		{"another image under the name", func(r docker.LoadRequest) (docker.Loaded, error) {
			return docker.Loaded{Node: r.Node.Name, Digest: oldDigest, Config: oldDigest}, nil
		}, []string{"node dev-control-plane has " + oldDigest, "not what was built", "--tag"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, c, plan := kindWorld(t)
			e.loads = tt.loads
			_, err := ship.Run(t.Context(), e, c, plan(ship.Options{}), nil)
			f, ok := errors.AsType[*ship.Failure](err)
			if !ok || f.Stage != ship.Deliver || f.Back != "" || len(c.did) > 0 {
				t.Fatalf("failure %+v, the cluster was told %q", f, c.did)
			}
			for _, s := range tt.want {
				if !strings.Contains(f.Cause+" "+f.Do, s) {
					t.Errorf("cause %q, do %q; want %q", f.Cause, f.Do, s)
				}
			}
		})
	}
}

// A pull policy that would defeat the route is told of at its place, be it
// written in the manifest or kept by the cluster.
func TestPoliciesThatDefeatLoading(t *testing.T) {
	file := filepath.Join(t.TempDir(), "web.yaml")
	set := func(c *cluster, policy string) {
		text := strings.Replace(deploymentYAML, "        imagePullPolicy: IfNotPresent\n", policy, 1)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c.written[1].YAML, c.written[1].File, c.written[1].Line = []byte(text), file, 1
	}
	tests := []struct {
		name, written, kept string
		want                string
	}{
		{"Always", "        imagePullPolicy: Always\n", "", "!deploy: deployment/web: imagePullPolicy: Always asks a registry for an image that is only loaded into the nodes | use imagePullPolicy: IfNotPresent, or leave it out | " + file + ":10\n"},
		{"Never", "        imagePullPolicy: Never\n", "", ""},
		{"left out", "", "IfNotPresent", ""},
		{"left out, and the cluster kept Always from a time when the image had no tag", "", "Always", "!deploy: deployment/web (default): container web has imagePullPolicy: Always in the cluster, which asks a registry for an image that is only loaded into the nodes | write imagePullPolicy: IfNotPresent beside its image | " + file + ":9\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, c, plan := kindWorld(t)
			set(c, tt.written)
			if tt.kept != "" {
				c.pulls = []kube.PullPolicy{{Container: "web", Image: "web:" + tag, Policy: tt.kept}, {Container: "db", Image: "postgres", Policy: "Always"}}
			}
			if got := problems(plan(ship.Options{})); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestPullSecretIsOffered(t *testing.T) {
	login := docker.NewLogin("reg.example", "ada", "secret-word")
	withSecret := strings.Replace(deploymentYAML, "    spec:\n", "    spec:\n      serviceAccountName: runner\n      imagePullSecrets: [{name: mine}]\n", 1)
	tests := []struct {
		name  string
		set   func(*engine, *cluster, *ship.Options)
		want  string // the problems
		gives bool   // the plan gives the pods a login
		offer bool
	}{
		{"a registry open to all", func(*engine, *cluster, *ship.Options) {}, "", false, false},
		{"docker has a login", func(e *engine, _ *cluster, _ *ship.Options) { e.needs, e.login = true, login }, "deploy: deployment/web: the registry reg.example asks for a login, and the service account default of namespace default has none for it | name a secret in imagePullSecrets, or give the pods docker's login (ada at reg.example): --pull-secret | /src/web/k8s/web.yaml:9\n", false, true},
		{"docker has none", func(e *engine, _ *cluster, _ *ship.Options) { e.needs = true }, "deploy: deployment/web: the registry reg.example asks for a login, and the service account default of namespace default has none for it | log in first (docker login reg.example), and give the pods that login: --pull-secret | /src/web/k8s/web.yaml:9\n", false, false},
		{"asked to give it", func(e *engine, _ *cluster, o *ship.Options) { e.needs, e.login, o.PullSecret = true, login, true }, "", true, false},
		{"asked to give what docker has not", func(e *engine, _ *cluster, o *ship.Options) { e.needs, o.PullSecret = true, true }, "!deploy: deployment/web: the registry reg.example asks for a login, and the service account default of namespace default has none for it | log in first (docker login reg.example), and give the pods that login: --pull-secret | /src/web/k8s/web.yaml:9\n", false, false},
		{"the pods have one", func(e *engine, c *cluster, o *ship.Options) {
			e.needs, e.login, o.PullSecret, c.hosts = true, login, true, []string{"https://reg.example/v2/"}
		}, "", false, false},
		{"the pods have one for another registry", func(e *engine, c *cluster, _ *ship.Options) {
			e.needs, e.login, c.hosts = true, login, []string{"other.example"}
		}, "deploy: deployment/web: the registry reg.example asks for a login, and the service account default of namespace default has none for it | name a secret in imagePullSecrets, or give the pods docker's login (ada at reg.example): --pull-secret | /src/web/k8s/web.yaml:9\n", false, true},
		{"the manifests bring the secret", func(e *engine, c *cluster, _ *ship.Options) {
			e.needs, e.login = true, login
			c.written[1].YAML = []byte(withSecret)
			c.written = append(c.written, kube.Manifest{Ref: kube.Ref{Version: "v1", Kind: "Secret", Name: "mine"}, YAML: []byte("kind: Secret")})
		}, "", false, false},
		{"a shared store", func(e *engine, _ *cluster, o *ship.Options) { e.needs, e.login, o.Registry = true, login, "" }, "", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, c, p := world(t)
			o := ship.Options{Registry: "reg.example"}
			tt.set(e, c, &o)
			plan := ship.NewPlan(t.Context(), e, c, p, o)
			if got := problems(plan); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if (len(plan.Offers) > 0) != tt.offer || (len(plan.PullSecrets) > 0) != tt.gives {
				t.Errorf("offers %+v, gives %+v", plan.Offers, plan.PullSecrets)
			}
			if line, err := json.Marshal(plan); err != nil || strings.Contains(string(line), "secret-word") {
				t.Errorf("%s, %v", line, err)
			}
		})
	}
}

// The login is in the cluster before the pods are made.
func TestPullSecretIsGivenFirst(t *testing.T) {
	e, c, p := world(t)
	e.needs, e.login = true, docker.NewLogin("reg.example", "ada", "secret-word")
	c.written[1].YAML = []byte(strings.Replace(deploymentYAML, "    spec:\n", "    spec:\n      serviceAccountName: runner\n", 1))
	plan := ship.NewPlan(t.Context(), e, c, p, ship.Options{Registry: "reg.example", PullSecret: true})
	var said strings.Builder
	_, err := ship.Run(t.Context(), e, c, plan, func(ev ship.Event) {
		line, _ := json.Marshal(ev)
		said.Write(line)
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.did) < 2 || !strings.HasPrefix(c.did[0], "secret default/twindeck-reg-example for runner: ") || !strings.HasPrefix(c.did[1], "apply ") {
		t.Errorf("did %q", c.did)
	}
	if strings.Contains(said.String(), "secret-word") {
		t.Error("the password was told")
	}
	e.login = docker.Login{}
	_, err = ship.Run(t.Context(), e, c, plan, nil)
	if err == nil || !strings.Contains(err.Error(), "docker login reg.example") {
		t.Errorf("logged out meanwhile: %v", err)
	}
}
