package demo

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

const (
	day     = 24 * time.Hour
	runsTag = "my-app:v1.4.2"
	oldTag  = "my-app:v1.4.1"
)

// hash is the hex digest that stands for a name, the same every time.
func hash(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

func digestOf(image string) string { return "sha256:" + hash("manifest "+image) }

// cast puts the containers, images and pods there are in the beginning.
func (w *world) cast() {
	for _, ref := range []string{
		runsTag, oldTag, "my-app-api:v0.9.0", "my-app-worker:v0.9.0", "postgres:17-alpine", "registry:3",
		"grafana/grafana:12.3.0", "mysql:8.4", "opensearchproject/opensearch:3.2.0",
	} {
		w.images[ref] = w.image(ref, w.opened.Add(-cmp.Or(others[ref].age, 36*time.Hour)))
	}
	if w.has(SeveralImages) {
		api := "my-app-api:" + apiTag
		w.images[api] = w.image(api, w.opened.Add(-20*time.Hour))
	}
	w.castContainers()
	w.castObjects()
	w.castPods()
	w.later(w.opened, 3*time.Second, w.workerFlaps)
	if !w.has(PodsWell) {
		w.later(w.opened, 11*time.Second, w.checkoutCrashes)
	}
}

func (w *world) image(ref string, created time.Time) docker.Image {
	repository := cutTag(ref)
	return docker.Image{
		ID:      "sha256:" + hash("image "+ref),
		Digest:  digestOf(ref),
		Tags:    []string{ref},
		Digests: []string{repository + "@" + digestOf(ref)},
		Arch:    "arm64",
		OS:      "linux",
		Size:    cmp.Or(others[ref].size, 187_400_000),
		User:    "1000",
		Ports:   []string{"3000/tcp"},
		Created: created,
	}
}

func cutTag(ref string) string {
	for i := len(ref) - 1; i >= 0 && ref[i] != '/'; i-- {
		if ref[i] == ':' {
			return ref[:i]
		}
	}
	return ref
}

func (w *world) castContainers() {
	ago := func(d time.Duration) time.Time { return w.opened.Add(-d) }
	port := func(host, container uint16) []docker.Port {
		return []docker.Port{{HostIP: "0.0.0.0", Host: host, Container: container, Proto: "tcp"}}
	}
	for _, c := range []docker.Container{
		{Name: "my-app-web-1", Image: runsTag, State: "running", Status: "Up 5 minutes", Started: ago(5 * time.Minute), Project: "my-app", Service: "web", Ports: port(3000, 3000)},
		{Name: "my-app-api-1", Image: "my-app-api:v0.9.0", State: "running", Status: "Up 5 minutes (healthy)", Health: "healthy", Started: ago(5 * time.Minute), Project: "my-app", Service: "api", Ports: port(8080, 8080)},
		{Name: "my-app-worker-1", Image: "my-app-worker:v0.9.0", State: "restarting", Status: "Restarting (1) 2 seconds ago", ExitCode: 1, Restarts: 4, Started: ago(2 * time.Second), Project: "my-app", Service: "worker"},
		{Name: "my-app-db-1", Image: "postgres:17-alpine", State: "running", Status: "Up 5 minutes (healthy)", Health: "healthy", Started: ago(5 * time.Minute), Project: "my-app", Service: "db", Ports: port(5432, 5432)},
		{Name: "grafana", Image: "grafana/grafana:12.3.0", State: "running", Status: "Up 2 days", Started: ago(2 * day), Ports: port(3001, 3000)},
		{Name: "old-db", Image: "mysql:8.4", State: "exited", Status: "Exited (0) 3 days ago", Started: ago(3 * day)},
		{Name: "registry", Image: "registry:3", State: "running", Status: "Up 4 days", Started: ago(4 * day), Ports: port(5000, 5000)},
		{Name: "search", Image: "opensearchproject/opensearch:3.2.0", State: "running", Status: "Up 41 minutes (unhealthy)", Health: "unhealthy", Started: ago(41 * time.Minute), Ports: port(9200, 9200)},
	} {
		c.ID = hash("container " + c.Name)
		c.Created = c.Started.Add(-2 * time.Second)
		if c.State == "restarting" {
			c.Created = ago(5 * time.Minute)
		}
		c.ImageID = w.images[c.Image].ID
		c.ImageDigest, c.ImageConfig = w.images[c.Image].Digest, "sha256:"+hash("configuration "+c.Image)
		if c.Project != "" {
			c.Labels = []string{projectLabel + "=" + c.Project, "com.docker.compose.service=" + c.Service}
		}
		w.containers[c.ID] = &c
	}
}

// fate is how pods of a workload fare.
type fate int

const (
	thrives fate = iota
	crashes
	cannotPull
	completes
)

// workload keeps pods alive.
type workload struct {
	owner     kube.Owner
	namespace string
	image     string
	digest    string
	replicas  int
	revision  int
	fate      fate
	before    *workload // the revision before this one, for going back
	names     []string  // of the pods in the beginning
	age       time.Duration
}

func (w *world) castPods() {
	const system = "kube-system"
	const registry = "registry.k8s.io/"
	for _, l := range []workload{
		{owner: kube.Owner{Kind: "Deployment", Name: "my-app"}, namespace: "default", image: runsTag, replicas: 3, age: 33 * time.Minute, names: []string{"my-app-987c6cb7d-7znrw", "my-app-987c6cb7d-clfgs"}},
		{owner: kube.Owner{Kind: "Deployment", Name: "checkout"}, namespace: "default", image: "ghcr.io/acme/checkout:2.8.0", replicas: 1, fate: crashes, age: 12 * time.Minute, names: []string{"checkout-6d4cf56db6-x9k2p"}},
		{owner: kube.Owner{Kind: "Deployment", Name: "thumbs"}, namespace: "default", image: "ghcr.io/acme/thumbs:0.3.1", replicas: 1, fate: cannotPull, age: 4 * time.Minute, names: []string{"thumbs-5b7f9d8c4-q4wzt"}},
		{owner: kube.Owner{Kind: "StatefulSet", Name: "redis"}, namespace: "default", image: "redis:8.2-alpine", replicas: 2, age: 2 * day, names: []string{"redis-0", "redis-1"}},
		{owner: kube.Owner{Kind: "Job", Name: "db-migrate"}, namespace: "default", image: runsTag, replicas: 1, fate: completes, age: 34 * time.Minute, names: []string{"db-migrate-8vbn5"}},
		{owner: kube.Owner{Kind: "Deployment", Name: "coredns"}, namespace: system, image: registry + "coredns/coredns:v1.13.1", replicas: 2, age: 4 * day, names: []string{"coredns-7d764666f9-2xkqb", "coredns-7d764666f9-m5h8d"}},
		{owner: kube.Owner{Kind: "Node", Name: node}, namespace: system, image: registry + "etcd:3.6.6-0", replicas: 1, age: 4 * day, names: []string{"etcd-" + node}},
		{owner: kube.Owner{Kind: "Node", Name: node}, namespace: system, image: registry + "kube-apiserver:v1.36.3", replicas: 1, age: 4 * day, names: []string{"kube-apiserver-" + node}},
		{owner: kube.Owner{Kind: "Node", Name: node}, namespace: system, image: registry + "kube-controller-manager:v1.36.3", replicas: 1, age: 4 * day, names: []string{"kube-controller-manager-" + node}},
		{owner: kube.Owner{Kind: "Node", Name: node}, namespace: system, image: registry + "kube-scheduler:v1.36.3", replicas: 1, age: 4 * day, names: []string{"kube-scheduler-" + node}},
		{owner: kube.Owner{Kind: "DaemonSet", Name: "kube-proxy"}, namespace: system, image: registry + "kube-proxy:v1.36.3", replicas: 1, age: 4 * day, names: []string{"kube-proxy-hq8zl"}},
		{namespace: system, image: "docker/desktop-storage-provisioner:v3.0", replicas: 1, age: 4 * day, names: []string{"storage-provisioner"}},
	} {
		l.revision = 3
		l.digest = digestOf(l.image)
		if w.has(PodsWell) && l.fate != completes {
			l.fate = thrives
		}
		w.workloads = append(w.workloads, &l)
		for _, name := range l.names {
			w.put(w.settled(&l, name, w.opened.Add(-l.age)))
		}
	}
	// The third pod of my-app still runs what was there before: its node
	// never noticed.
	mine := w.workloads[0]
	old := *mine
	old.revision, old.image, old.digest = 2, oldTag, digestOf(oldTag)
	mine.before = &old
	straggler := w.settled(&old, "my-app-6f58b9d4c8-cpzzd", w.opened.Add(-2*time.Hour))
	if straggler.Images[0].Image = runsTag; !w.has(PodsWell) {
		w.put(straggler)
	}
	for _, m := range manifests("my-app", runsTag, "info") {
		w.live[m.Ref.String()] = string(m.YAML)
	}
	w.fates()
}

// fates gives the pods that do badly the looks of it.
func (w *world) fates() {
	all := map[string]func(*kube.Pod){
		"default/checkout-6d4cf56db6-x9k2p": func(p *kube.Pod) {
			p.Status, p.Phase, p.Ready, p.Restarts = "CrashLoopBackOff", kube.PhaseWarning, 0, 6
		},
		"default/thumbs-5b7f9d8c4-q4wzt": func(p *kube.Pod) {
			p.Status, p.Phase, p.Ready = "ImagePullBackOff", kube.PhaseFailed, 0
			p.Images[0].Digest = ""
		},
		"default/db-migrate-8vbn5": func(p *kube.Pod) {
			p.Status, p.Phase, p.Ready = "Completed", kube.PhaseDone, 0
		},
		"kube-system/coredns-7d764666f9-2xkqb": func(p *kube.Pod) { p.Restarts = 1 },
	}
	if w.has(PodsWell) {
		delete(all, "default/checkout-6d4cf56db6-x9k2p")
		delete(all, "default/thumbs-5b7f9d8c4-q4wzt")
	}
	for name, looks := range all {
		w.change(name, looks)
	}
}

// workerFlaps is the life of a container that exits soon after each start.
func (w *world) workerFlaps(at time.Time) {
	id := hash("container my-app-worker-1")
	up := false
	w.edit(id, func(c *docker.Container) {
		switch c.State {
		case "restarting":
			c.State, c.Status, c.Started, c.ExitCode, up = "running", "Up Less than a second", at, 0, true
		case "running":
			c.State, c.Status, c.ExitCode = "restarting", "Restarting (1) Less than a second ago", 1
			c.Restarts++
		}
	})
	wait := 8 * time.Second
	if up {
		wait = 2 * time.Second
	}
	w.later(at, wait, w.workerFlaps)
}

// checkoutCrashes is the life of a pod in a crash loop.
func (w *world) checkoutCrashes(at time.Time) {
	wait := 20 * time.Second
	w.change("default/checkout-6d4cf56db6-x9k2p", func(p *kube.Pod) {
		switch p.Status {
		case "CrashLoopBackOff":
			p.Status, p.Phase, p.Ready, wait = "Running", kube.PhaseStarting, 0, 2*time.Second
			p.Restarts++
		case "Running":
			p.Status, p.Phase, wait = "Error", kube.PhaseFailed, 2*time.Second
		default:
			p.Status, p.Phase = "CrashLoopBackOff", kube.PhaseWarning
		}
	})
	w.later(at, wait, w.checkoutCrashes)
}
