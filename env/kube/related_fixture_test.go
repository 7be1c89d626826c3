package kube

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const shop = `apiVersion: v1
kind: ConfigMap
metadata: {name: web-config}
data: {LEVEL: debug}
---
apiVersion: v1
kind: Secret
metadata: {name: web-tls}
type: Opaque
stringData: {a: b}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: web-data}
spec: {storageClassName: none, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: walls}
spec: {podSelector: {matchLabels: {app: web}}, ingress: [{}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: one-stays}
spec: {minAvailable: 0, selector: {matchLabels: {app: web}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: another}
spec: {selector: {app: another}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front}
spec:
  tls: [{secretName: web-tls, hosts: [web.localhost]}]
  rules:
  - host: web.localhost
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
      - {path: /v2, pathType: Prefix, backend: {service: {name: web-v2, port: {number: 80}}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 2, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "* * * * *"
  suspend: true
  jobTemplate:
    spec: {template: {spec: {serviceAccountName: runner, restartPolicy: Never, containers: [{name: main, image: "twindeck.local/base:1", imagePullPolicy: Never, envFrom: [{configMapRef: {name: web-config}}]}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 0
      imagePullSecrets: [{name: no-such-login}]
      volumes:
      - {name: maybe, secret: {secretName: not-there, optional: true}}
      - {name: tls, secret: {secretName: web-tls}}
      containers:
      - name: main
        image: twindeck.local/base:1
        imagePullPolicy: Never
        command: [sleep, "1000"]
        envFrom: [{configMapRef: {name: web-config}}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 0
  selector: {matchLabels: {app: db}}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {storageClassName: none, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
  template:
    metadata: {labels: {app: db}}
    spec:
      volumes:
      - {name: scratch, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: none, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}}}}
      containers:
      - {name: main, image: "twindeck.local/base:1", imagePullPolicy: Never, command: [sleep, "1000"]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-db-0}
spec: {storageClassName: none, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-db-old}
spec: {storageClassName: none, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
`

// ties writes relations as lines, generated endings of names left out.
func ties(all []Relation) []string {
	var lines []string
	for _, r := range all {
		name := r.Name
		if r.Kind.Name == "Pod" || r.Kind.Name == "ReplicaSet" || r.Kind.Name == "Job" {
			name, _, _ = strings.Cut(name, "-")
		}
		line := fmt.Sprintf("%s/%s %s", r.Kind.Name, name, r.How)
		if r.Missing {
			line += " (missing)"
		}
		lines = append(lines, line)
	}
	return lines
}

// From a pod the way leads to its owners, its service, its ingress, to what it
// is given and to its node; and back from each of these.
func TestFixtureRelated(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ns := c.options.Namespace
	ctx := deadline(t, time.Minute)
	if _, err := c.Apply(ctx, ns, read(t, c, shop), nil); err != nil {
		t.Fatal(err)
	}
	web := Ref{Group: "apps", Version: "v1", Kind: "Deployment", Namespace: ns, Name: "web"}
	var last Rollout
	if err := c.Rollout(ctx, []Ref{web}, func(r Rollout) { last = r }); err != nil {
		t.Fatal(err)
	}
	pod, set := last.Pods[0].Name, ""
	core := func(kind, name string) Ref { return Ref{Version: "v1", Kind: kind, Namespace: ns, Name: name} }
	for _, tc := range []struct {
		of   Ref
		want []string
	}{
		{core("Pod", pod), []string{
			"ReplicaSet/web owns it", "Deployment/web owns it", "Service/web selects it", "Ingress/front routes to it",
			"ConfigMap/web-config in its environment", "Secret/web-tls mounted", "Secret/no-such-login pulls its images (missing)", "Node/docker-desktop runs it",
			"NetworkPolicy/walls applies to it", "PodDisruptionBudget/one-stays applies to it",
		}},
		{web, []string{
			"HorizontalPodAutoscaler/web scales it", "ReplicaSet/web owned by it", "Pod/web owned by it", "Service/web selects it", "Ingress/front routes to it",
			"ConfigMap/web-config in its environment", "Secret/web-tls mounted", "Secret/no-such-login pulls its images (missing)",
			"NetworkPolicy/walls applies to it", "PodDisruptionBudget/one-stays applies to it",
		}},
		{Ref{Group: "apps", Version: "v1", Kind: "StatefulSet", Namespace: ns, Name: "db"}, []string{"PersistentVolumeClaim/data-db-0 made for its pods"}},
		{core("Service", "web"), []string{"Ingress/front routes to it", "Pod/web selected by it"}},
		{core("Service", "another"), nil},
		{Ref{Group: "networking.k8s.io", Version: "v1", Kind: "Ingress", Namespace: ns, Name: "front"}, []string{
			"Service/web gets its requests", "Service/web-v2 gets its requests (missing)", "Secret/web-tls its certificate",
		}},
		{core("ConfigMap", "web-config"), []string{"Deployment/web uses it", "CronJob/nightly uses it", "Pod/web uses it"}},
		{core("Secret", "web-tls"), []string{"Deployment/web uses it", "Pod/web uses it", "Ingress/front uses it"}},
		{core("ServiceAccount", "runner"), []string{"CronJob/nightly uses it"}},
		{core("PersistentVolumeClaim", "web-data"), []string{"StorageClass/none provides it (missing)"}},
		{Ref{Group: "policy", Version: "v1", Kind: "PodDisruptionBudget", Namespace: ns, Name: "one-stays"}, []string{"Pod/web selected by it"}},
		{Ref{Group: "autoscaling", Version: "v2", Kind: "HorizontalPodAutoscaler", Namespace: ns, Name: "web"}, []string{"Deployment/web scaled by it"}},
		{Ref{Group: "batch", Version: "v1", Kind: "CronJob", Namespace: ns, Name: "nightly"}, []string{"ConfigMap/web-config in its environment", "ServiceAccount/runner it runs as"}},
	} {
		found, err := c.Related(ctx, tc.of)
		if err != nil || !slices.Equal(ties(found), tc.want) {
			t.Errorf("%s: %v, %v; want %v", tc.of, ties(found), err, tc.want)
		}
		for _, r := range found {
			if r.Kind.Name == "ReplicaSet" {
				set = r.Name
			}
			if r.Kind.Resource == "" || !r.Kind.Can("list") {
				t.Errorf("%+v cannot be listed", r)
			}
		}
	}
	found, err := c.Related(ctx, Ref{Group: "apps", Version: "v1", Kind: "ReplicaSet", Namespace: ns, Name: set})
	if err != nil || !slices.Contains(ties(found), "Deployment/web owns it") || !slices.Contains(ties(found), "Pod/web owned by it") {
		t.Errorf("the ReplicaSet: %v, %v", ties(found), err)
	}
	found, err = c.Related(ctx, Ref{Version: "v1", Kind: "Node", Name: "docker-desktop"})
	if err != nil || !slices.ContainsFunc(found, func(r Relation) bool { return r.Name == pod && r.How == RunsThere }) {
		t.Errorf("the node: %v, %v", found, err)
	}
	events, err := c.Related(ctx, core("Event", anEventOf(t, c, pod)))
	if err != nil || !slices.Equal(ties(events), []string{"Pod/web what it tells of"}) {
		t.Errorf("an event: %v, %v", events, err)
	}
	if _, err := c.Related(ctx, core("Pod", "no-such-pod")); !errors.Is(err, ErrNotFound) {
		t.Errorf("of a pod that is not there: %v", err)
	}
}

// anEventOf is the name of an event about a pod.
func anEventOf(t *testing.T, c *Client, pod string) string {
	t.Helper()
	o := follow(t, c, kindNamed(t, c, "events"), c.options.Namespace).await("an event", func(o Objects) bool {
		return slices.ContainsFunc(o.Rows, func(r *Object) bool { return o.cell(r, "OBJECT") == "pod/"+pod })
	})
	i := slices.IndexFunc(o.Rows, func(r *Object) bool { return o.cell(r, "OBJECT") == "pod/"+pod })
	return o.Rows[i].Name
}

// The kubelet's own figures say that a pod is busy.
func TestFixturePodStats(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ctx := deadline(t, 90*time.Second)
	if _, err := c.Apply(ctx, "", read(t, c, app("Deployment", "busy", 1, "while :; do :; done")), nil); err != nil {
		t.Fatal(err)
	}
	running(t, c)
	s := await(t, c, "the busy pod", func(s Snapshot) bool { return len(s.Pods) == 1 && s.Pods[0].Phase == PhaseReady })
	busy := s.Pods[0]
	elsewhere := &Pod{UID: "lost", Namespace: "shop", Name: "lost", Node: "no-such-node"}
	tick := time.NewTicker(time.Second) // the kubelet looks every few seconds
	defer tick.Stop()
	for {
		stats, err := c.PodStats(ctx, []*Pod{busy, elsewhere})
		if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "node no-such-node") {
			t.Fatalf("a node that is not there: %v", err)
		}
		if got := stats[busy.UID]; got.CPU > 0.05 && got.Memory > 100_000 && len(stats) == 1 {
			break
		}
		select {
		case <-ctx.Done():
			t.Fatalf("no figures: %+v", stats)
		case <-tick.C:
		}
	}
}

// Another context of the kubeconfig is gone to and come back from. What was
// asked of the former does not go to the other.
func TestFixtureSwitchesContexts(t *testing.T) {
	t.Parallel()
	here := inNamespace(t)
	ns := here.options.Namespace
	ctx := deadline(t, time.Minute)
	if _, err := here.Apply(ctx, ns, read(t, here, app("Deployment", "web", 1, "exec sleep 1000")), nil); err != nil {
		t.Fatal(err)
	}
	c, _ := throughLine(t, "") // the file's context leads over a line of its own
	direct, err := here.Context()
	if err != nil {
		t.Fatal(err)
	}
	addContext(t, c.options.Kubeconfig, "direct", direct.Server, ns)
	running(t, c)
	await(t, c, "the first context's pods", func(s Snapshot) bool { return s.Synced && s.Context == "docker-desktop" && s.Namespace == "default" })
	first, err := c.Context()
	if err != nil {
		t.Fatal(err)
	}
	cms := follow(t, c, kindNamed(t, c, "deploy"), "")
	cms.await("its deployments", func(o Objects) bool { return o.Synced && o.Context == "docker-desktop" })
	if err := c.SetContext("direct"); err != nil {
		t.Fatal(err)
	}
	if s := c.Snapshot(); s.Synced || len(s.Pods) > 0 || s.Context != "direct" || s.Namespace != ns {
		t.Errorf("at once: %+v", s)
	}
	if _, err := c.YAML(Aim(ctx, first), PodRef("kube-system", "any")); !errors.Is(err, ErrElsewhere) {
		t.Errorf("a call aimed at the former context: %v", err)
	}
	await(t, c, "the other context's pod", func(s Snapshot) bool { return s.Synced && len(s.Pods) == 1 && s.Context == "direct" })
	cms.await("its deployments", func(o Objects) bool { return o.Synced && o.Context == "direct" && o.row("web") != nil })
	if at, err := c.Context(); err != nil || at.Name != "direct" || c.Config().Current != "docker-desktop" {
		t.Errorf("in force is %v, %v; the file says %s", at, err, c.Config().Current)
	}
	if err := c.SetContext(""); err != nil {
		t.Fatal(err)
	}
	await(t, c, "the first context again", func(s Snapshot) bool { return s.Synced && s.Context == "docker-desktop" && s.Namespace == "default" })
}
