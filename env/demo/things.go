package demo

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/kube"
)

// thing is an object of the simulated cluster that is no pod.
type thing struct {
	kind      string
	namespace string
	name      string
	age       time.Duration
	cells     string // in the order of the columns, without name and age, cut at "|"
	phase     kube.Phase
	owner     kube.Owner
	labels    []string
	images    []string
	body      string // what follows the metadata in its YAML
}

func (t thing) ref() kube.Ref { return listingOf(t.kind).Ref(t.namespace, t.name) }

// things are the objects that no workload makes.
func things() []thing {
	const none = kube.PhaseNone
	yes := kube.PhaseReady
	all := []thing{
		{kind: "ConfigMap", namespace: "default", name: "my-app-config", age: 2 * day, cells: "1", phase: none, labels: []string{"app=my-app"}, body: "data:\n  LOG_LEVEL: info\n"},
		{kind: "ConfigMap", namespace: "kube-system", name: "coredns", age: 4 * day, cells: "1", phase: none, body: "data:\n  Corefile: |\n    .:53 {\n        errors\n        kubernetes cluster.local\n        forward . /etc/resolv.conf\n    }\n"},
		{kind: "Secret", namespace: "default", name: "my-app-db", age: 2 * day, cells: "Opaque|2", phase: none, labels: []string{"app=my-app"}, body: "data:\n  DB_PASSWORD: '******** (16 bytes)'\n  DB_USER: '******** (6 bytes)'\ntype: Opaque\n"},
		{kind: "Secret", namespace: "default", name: "my-app-tls", age: 2 * day, cells: "kubernetes.io/tls|2", phase: none, body: "data:\n  tls.crt: '******** (1164 bytes)'\n  tls.key: '******** (1704 bytes)'\ntype: kubernetes.io/tls\n"},
		{kind: "Service", namespace: "default", name: "kubernetes", age: 4 * day, cells: "ClusterIP|10.96.0.1|<none>|443/TCP|<none>", phase: none},
		{kind: "Service", namespace: "default", name: "my-app", age: 2 * day, cells: "ClusterIP|10.96.118.40|<none>|80/TCP|app=my-app", phase: none, labels: []string{"app=my-app"}, body: "spec:\n  selector:\n    app: my-app\n  ports:\n  - port: 80\n    targetPort: 3000\n"},
		{kind: "Service", namespace: "default", name: "checkout", age: 6 * day, cells: "LoadBalancer|10.96.71.9|<pending>|8080:31544/TCP|app=checkout", phase: kube.PhaseWarning, body: "spec:\n  type: LoadBalancer\n  selector:\n    app: checkout\n  ports:\n  - port: 8080\n    nodePort: 31544\n"},
		{kind: "Service", namespace: "default", name: "redis", age: 2 * day, cells: "ClusterIP|None|<none>|6379/TCP|app=redis", phase: none, body: "spec:\n  clusterIP: None\n  selector:\n    app: redis\n  ports:\n  - port: 6379\n"},
		{kind: "Service", namespace: "kube-system", name: "kube-dns", age: 4 * day, cells: "ClusterIP|10.96.0.10|<none>|53/UDP,53/TCP,9153/TCP|app=coredns", phase: none},
		{kind: "Ingress", namespace: "default", name: "my-app", age: 2 * day, cells: "nginx|my-app.localhost|localhost|80, 443", phase: none, body: "spec:\n  ingressClassName: nginx\n  rules:\n  - host: my-app.localhost\n    http:\n      paths:\n      - path: /\n        pathType: Prefix\n        backend:\n          service:\n            name: my-app\n            port:\n              number: 80\n"},
		{kind: "Ingress", namespace: "default", name: "shop", age: 6 * day, cells: "nginx|shop.localhost|localhost|80", phase: none, body: "spec:\n  ingressClassName: nginx\n  rules:\n  - host: shop.localhost\n    http:\n      paths:\n      - path: /pay\n        pathType: Prefix\n        backend:\n          service:\n            name: checkout\n            port:\n              number: 8080\n      - path: /pay/v2\n        pathType: Prefix\n        backend:\n          service:\n            name: checkout-v2\n            port:\n              number: 8080\n"},
		{kind: "PersistentVolumeClaim", namespace: "default", name: "data-redis-0", age: 2 * day, cells: "Bound|pvc-4f0c2a71-9d1e-4a55-b0a1-6f3f0f1c8e52|1Gi|RWO|hostpath|<unset>|Filesystem", phase: yes, labels: []string{"app=redis"}},
		{kind: "PersistentVolumeClaim", namespace: "default", name: "data-redis-1", age: 2 * day, cells: "Bound|pvc-b83d7c19-02aa-4be7-8d2f-15e3cd94a6b0|1Gi|RWO|hostpath|<unset>|Filesystem", phase: yes, labels: []string{"app=redis"}},
		{kind: "PersistentVolumeClaim", namespace: "default", name: "reports", age: 26 * time.Minute, cells: "Pending|||RWX|nfs|<unset>|Filesystem", phase: kube.PhaseStarting},
		{kind: "CronJob", namespace: "default", name: "cleanup", age: 4 * day, cells: "0 3 * * *|<none>|False|0||cleanup|" + runsTag + "|<none>", phase: none, images: []string{runsTag}},
		{kind: "Certificate", namespace: "default", name: "my-app-tls", age: 2 * day, cells: "True|my-app-tls|local-ca|Certificate is up to date and has not expired", phase: yes},
		{kind: "Certificate", namespace: "default", name: "shop-tls", age: 19 * time.Minute, cells: "False|shop-tls|letsencrypt|Issuing certificate as Secret does not exist", phase: kube.PhaseWarning},
		{kind: "CustomResourceDefinition", name: "certificates.cert-manager.io", age: 4 * day, phase: none},
	}
	for _, ns := range []string{"default", "kube-node-lease", "kube-public", "kube-system"} {
		all = append(all,
			thing{kind: "Namespace", name: ns, age: 4 * day, cells: "Active", phase: yes},
			thing{kind: "ConfigMap", namespace: ns, name: "kube-root-ca.crt", age: 4 * day, cells: "1", phase: none})
	}
	return all
}

// made are the objects that the workloads and the machine make; the world is locked.
func (w *world) made() []thing {
	nodes := []string{node}
	switch {
	case w.has(ClusterInNodes):
		nodes = nil
		for _, n := range nodesInContainers(kube.Node{}) {
			nodes = append(nodes, n.Name)
		}
	case w.has(RegistryRequired):
		nodes = []string{"k3d-dev-server-0"}
	}
	var all []thing
	for _, name := range nodes {
		all = append(all, thing{
			kind: "Node", name: name, age: 4 * day, phase: kube.PhaseReady,
			cells: "Ready|control-plane|" + serverGit + "|192.168.65.3|<none>|Docker Desktop|6.12.54-linuxkit|" + nodeRuntime,
		})
	}
	for _, l := range w.workloads {
		all = append(all, w.makes(l)...)
	}
	return all
}

// makes is a workload as an object, with the ReplicaSet that a Deployment has.
func (w *world) makes(l *workload) []thing {
	fresh, old, _ := w.podsOf(l)
	ready := 0
	for _, p := range slices.Concat(fresh, old) {
		if p.Phase == kube.PhaseReady {
			ready++
		}
	}
	name, n := l.owner.Name, l.replicas
	age := l.age
	if age < 6*time.Hour && l.owner.Kind != "Job" {
		age = 2 * day // the workload is older than its pods
	}
	phase := kube.PhaseReady
	switch {
	case ready < n && l.fate == crashes:
		phase = kube.PhaseWarning
	case ready < n && l.fate == cannotPull:
		phase = kube.PhaseFailed
	case ready < n:
		phase = kube.PhaseStarting
	}
	t := thing{
		kind: l.owner.Kind, namespace: l.namespace, name: name, age: age, phase: phase,
		labels: []string{"app=" + name}, images: []string{l.image},
	}
	wide := fmt.Sprintf("%s|%s|app=%s", name, l.image, name)
	switch l.owner.Kind {
	case "Deployment":
		t.cells = fmt.Sprintf("%d/%d|%d|%d|%s", ready, n, len(fresh), ready, wide)
		set := t
		set.kind, set.name, set.owner, set.age = "ReplicaSet", name+"-"+l.prefix(), l.owner, l.age
		set.cells = fmt.Sprintf("%d|%d|%d|%s", n, len(fresh), ready, wide)
		return []thing{t, set}
	case "StatefulSet":
		t.cells = fmt.Sprintf("%d/%d|%s|%s", ready, n, name, l.image)
	case "DaemonSet":
		t.cells = fmt.Sprintf("%[1]d|%[1]d|%[2]d|%[1]d|%[2]d|kubernetes.io/os=linux|%[3]s", n, ready, wide)
	case "Job":
		t.phase, t.cells = kube.PhaseDone, "Complete|1/1|3s|"+wide
	default:
		return nil
	}
	return []thing{t}
}

// object is the row of a thing.
func (t thing) object(s listing, opened time.Time) *kube.Object {
	created := opened.Add(-t.age)
	h := hash(t.kind + t.namespace + t.name)
	o := &kube.Object{
		UID:       h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:32],
		Namespace: t.namespace, Name: t.name, Phase: t.phase, Created: created, Owner: t.owner, Labels: t.labels, Images: t.images,
	}
	rest := strings.Split(t.cells, "|")
	for _, c := range s.header() {
		switch {
		case c.Name == "NAME":
			o.Cells = append(o.Cells, t.name)
		case c.Name == "AGE", c.Name == "CREATED AT":
			o.Cells = append(o.Cells, created.UTC().Format(time.RFC3339))
		case len(rest) > 0:
			o.Cells, rest = append(o.Cells, rest[0]), rest[1:]
		}
	}
	return o
}

// podObjects are the pods as rows like any other.
func (w *world) podObjects() []*kube.Object {
	var rows []*kube.Object
	for _, p := range w.pods {
		rows = append(rows, &kube.Object{
			UID: p.UID, Namespace: p.Namespace, Name: p.Name, Phase: p.Phase, Created: p.Created, Owner: p.Owner, Labels: p.Labels,
			Images: []string{p.Images[0].Image}, Going: p.Status == "Terminating",
			Cells: []string{
				p.Name, fmt.Sprintf("%d/%d", p.Ready, p.Total), p.Status, fmt.Sprint(p.Restarts), p.Created.UTC().Format(time.RFC3339),
				"10.1.0." + fmt.Sprint(int(p.UID[0])), p.Node, "<none>", "<none>",
			},
		})
	}
	return rows
}

// eventObjects are what happened to the pods, as rows.
func (w *world) eventObjects(now time.Time) []*kube.Object {
	var rows []*kube.Object
	for _, p := range slices.Collect(maps.Values(w.pods)) {
		for i, e := range w.eventsOf(p, now) {
			phase := kube.PhaseNone
			if e.Type == "Warning" {
				phase = kube.PhaseWarning
			}
			name := p.Name + "." + hash(e.Reason + p.Name)[:16]
			rows = append(rows, &kube.Object{
				UID: hash(name + fmt.Sprint(i))[:32], Namespace: p.Namespace, Name: name, Phase: phase, Created: e.Last,
				Cells: []string{
					e.Last.UTC().Format(time.RFC3339), e.Type, e.Reason, strings.ToLower(e.Object), "", "kubelet, " + node, e.Message,
					p.Created.UTC().Format(time.RFC3339), fmt.Sprint(e.Count), name,
				},
			})
		}
	}
	return rows
}

// happened are the events as things, to be described and read.
func (w *world) happened(now time.Time) []thing {
	var all []thing
	for _, o := range w.eventObjects(now) {
		c := o.Cells
		all = append(all, thing{
			kind: "Event", namespace: o.Namespace, name: o.Name, age: w.opened.Sub(o.Created), cells: strings.Join(c[:len(c)-1], "|"), phase: o.Phase,
			body: fmt.Sprintf("type: %s\nreason: %s\nmessage: %q\n", c[1], c[2], c[6]),
		})
	}
	return all
}
