package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	udiff "github.com/aymanbagabas/go-udiff"

	"github.com/twindeck/twindeck/env/kube"
)

const (
	deploymentYAML = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: %s
  labels:
    app: my-app
spec:
  replicas: 3
  selector:
    matchLabels:
      app: my-app
  template:
    metadata:
      labels:
        app: my-app
    spec:
      containers:
      - name: my-app
        image: %s
        ports:
        - containerPort: 3000
        envFrom:
        - configMapRef:
            name: my-app-config
        readinessProbe:
          httpGet:
            path: /health
            port: 3000
        resources:
          requests:
            cpu: 100m
            memory: 128Mi
          limits:
            cpu: 200m
            memory: 256Mi
`
	serviceYAML = `apiVersion: v1
kind: Service
metadata:
  name: my-app
spec:
  selector:
    app: my-app
  ports:
  - port: 80
    targetPort: 3000
`
	configYAML = `apiVersion: v1
kind: ConfigMap
metadata:
  name: my-app-config
data:
  LOG_LEVEL: %s
`
)

// manifests are the objects of the simulated project.
func manifests(name, image, level string) []kube.Manifest {
	return []kube.Manifest{
		{Ref: kube.Ref{Version: "v1", Kind: "ConfigMap", Namespace: "default", Name: "my-app-config"}, File: folder + "/k8s/config.yaml", Line: 1, YAML: fmt.Appendf(nil, configYAML, level)},
		{Ref: kube.Ref{Group: "apps", Version: "v1", Kind: "Deployment", Namespace: "default", Name: name}, File: folder + "/k8s/deployment.yaml", Line: 1, YAML: fmt.Appendf(nil, deploymentYAML, name, image), Images: []string{image}},
		{Ref: kube.Ref{Version: "v1", Kind: "Service", Namespace: "default", Name: "my-app"}, File: folder + "/k8s/service.yaml", Line: 1, YAML: []byte(serviceYAML)},
	}
}

// written is the image as the manifests name it.
func (w *world) written() string {
	if w.has(RegistryRequired) {
		return "localhost:5000/my-app"
	}
	return "my-app"
}

func (c cluster) ReadManifests(ctx context.Context, src kube.Source, images map[string]string) ([]kube.Manifest, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.w.has(SeveralImages) {
		return severalManifests(images, "debug"), nil
	}
	image := images["my-app"]
	switch {
	case image == "" && len(images) > 0:
		return nil, fmt.Errorf("reading %s: the simulated project has manifests for my-app only", strings.Join(src.Files, ", "))
	case image == "":
		image = c.w.written()
	}
	return manifests("my-app", image, "debug"), nil
}

// compare says what applying a manifest would change.
func (w *world) compare(namespace string, m kube.Manifest) kube.Applied {
	if m.Ref.Namespace != "" && namespace != "" {
		m.Ref.Namespace = namespace
	}
	a := kube.Applied{Ref: m.Ref, Change: kube.Unchanged, File: m.File, Line: m.Line}
	was, there := w.live[m.Ref.String()]
	switch {
	case !there:
		a.Change = kube.Created
	case was != string(m.YAML):
		a.Change = kube.Updated
	default:
		return a
	}
	a.Diff = udiff.Unified("live/"+m.Ref.Kind+"/"+m.Ref.Name, "wanted/"+m.Ref.Kind+"/"+m.Ref.Name, was, string(m.YAML))
	return a
}

func (c cluster) DryRun(ctx context.Context, namespace string, ms []kube.Manifest) (all []kube.Applied, err error) {
	return all, c.do(ctx, func(time.Time) error {
		for _, m := range ms {
			all = append(all, c.w.compare(namespace, m))
		}
		return nil
	})
}

func (c cluster) Apply(ctx context.Context, namespace string, ms []kube.Manifest, news func(kube.Applied)) ([]kube.Applied, error) {
	var all []kube.Applied
	for _, m := range ms {
		if err := c.w.pass(ctx, 120*time.Millisecond); err != nil {
			return all, fmt.Errorf("applying %s: %w", m.Ref, err)
		}
		err := c.do(ctx, func(now time.Time) error {
			a := c.w.compare(namespace, m)
			if a.Change != kube.Unchanged {
				c.w.live[a.Ref.String()] = string(m.YAML)
				c.w.deploy(a.Ref, m, now)
			}
			all = append(all, a)
			return nil
		})
		if err != nil {
			return all, fmt.Errorf("applying %s: %w", m.Ref, err)
		}
		if news != nil {
			news(all[len(all)-1])
		}
	}
	return all, nil
}

// deploy rolls the Deployment a manifest describes.
func (w *world) deploy(ref kube.Ref, m kube.Manifest, now time.Time) {
	if ref.Kind != "Deployment" || len(m.Images) == 0 {
		return
	}
	f := thrives
	if w.has(CrashesOnStart) {
		f = crashes
	}
	digest := w.images[m.Images[0]].Digest
	if digest == "" {
		f, digest = cannotPull, digestOf(m.Images[0])
	}
	l := w.workload(ref)
	if l == nil {
		l = &workload{owner: kube.Owner{Kind: ref.Kind, Name: ref.Name}, namespace: ref.Namespace, replicas: 3}
		w.workloads = append(w.workloads, l)
	}
	w.roll(l, m.Images[0], digest, f, now)
}

func (w *world) workload(ref kube.Ref) *workload {
	for _, l := range w.workloads {
		if l.owner.Kind == ref.Kind && l.owner.Name == ref.Name && l.namespace == ref.Namespace {
			return l
		}
	}
	return nil
}

// Rollout tells of each change until all workloads are done. A workload whose
// pods do not come up fails after a while, as its deadline passes.
func (c cluster) Rollout(ctx context.Context, refs []kube.Ref, news func(kube.Rollout)) error {
	const patience = 12 * time.Second
	began := c.w.clock.Now()
	told := map[kube.Ref]string{}
	for {
		pending, stuck := 0, ""
		for _, ref := range refs {
			r, err := c.rollout(ctx, ref)
			if err != nil {
				return err
			}
			if !r.Done {
				pending++
				if c.w.clock.Now().Sub(began) > patience {
					r.Deadline, stuck = true, r.Message
				}
			}
			if now := fmt.Sprint(r.Message, r.Ready, r.Old, r.Deadline, statuses(r.Pods)); told[ref] != now {
				told[ref] = now
				news(r)
			}
			if stuck != "" {
				return fmt.Errorf("rolling out %s: %s", ref, stuck)
			}
		}
		if pending == 0 {
			return nil
		}
		if err := c.w.pass(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

func statuses(pods []kube.RolloutPod) string {
	var b strings.Builder
	for _, p := range pods {
		fmt.Fprint(&b, p.Name, p.Status, p.Ready)
	}
	return b.String()
}

func (c cluster) rollout(ctx context.Context, ref kube.Ref) (r kube.Rollout, err error) {
	return r, c.do(ctx, func(now time.Time) error {
		l := c.w.workload(ref)
		if l == nil {
			return fmt.Errorf("%s %q not found in namespace %s", ref.Kind, ref.Name, ref.Namespace)
		}
		fresh, old, going := c.w.podsOf(l)
		r = kube.Rollout{Ref: ref, Desired: l.replicas, Updated: len(fresh), Old: len(old) + len(going)}
		all := slices.Concat(fresh, old, going)
		for i, p := range all {
			up := kube.RolloutPod{
				Name: p.Name, New: i < len(fresh), Ready: p.Phase == kube.PhaseReady,
				Status: p.Status, Age: now.Sub(p.Created),
			}
			if p.Images[0].Digest != "" {
				up.Digests = []string{p.Images[0].Digest}
			}
			if up.New && up.Ready {
				r.Ready++
			}
			r.Pods = append(r.Pods, up)
		}
		switch {
		case r.Updated < r.Desired:
			r.Message = fmt.Sprintf("Waiting for deployment %q rollout to finish: %d out of %d new replicas have been updated...", ref.Name, r.Updated, r.Desired)
		case r.Old > 0:
			r.Message = fmt.Sprintf("Waiting for deployment %q rollout to finish: %d old replicas are pending termination...", ref.Name, r.Old)
		case r.Ready < r.Desired:
			r.Message = fmt.Sprintf("Waiting for deployment %q rollout to finish: %d of %d updated replicas are available...", ref.Name, r.Ready, r.Desired)
		default:
			r.Done, r.Message = true, fmt.Sprintf("deployment %q successfully rolled out", ref.Name)
		}
		return nil
	})
}

func (c cluster) Trouble(ctx context.Context, ref kube.Ref) (all []kube.Trouble, err error) {
	return all, c.do(ctx, func(time.Time) error {
		l := c.w.workload(ref)
		if l == nil {
			return fmt.Errorf("%s %q not found in namespace %s", ref.Kind, ref.Name, ref.Namespace)
		}
		fresh, _, _ := c.w.podsOf(l)
		for _, p := range fresh {
			if p.Phase == kube.PhaseReady {
				continue
			}
			t := troubleOf(p)
			if l.fate == crashes {
				t.ExitCode, t.Tail = 1, crashTail
			}
			all = append(all, t)
		}
		return nil
	})
}

var crashTail = []string{
	"node:internal/modules/cjs/loader:1404",
	"  throw err;",
	"  ^",
	"Error: Cannot find module '/app/dist/server.js'",
	"    at Module._resolveFilename (node:internal/modules/cjs/loader:1401:15)",
	"Node.js v24.11.0",
}

// Undo goes back to the revision before.
func (c cluster) Undo(ctx context.Context, ref kube.Ref) error {
	return c.do(ctx, func(now time.Time) error {
		l := c.w.workload(ref)
		if l == nil || l.before == nil {
			return fmt.Errorf("no rollout history found for %s", ref)
		}
		c.w.roll(l, l.before.image, l.before.digest, l.before.fate, now)
		return nil
	})
}
