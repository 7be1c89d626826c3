package demo

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/kube"
)

// How long the parts of a pod's life take.
const (
	toSchedule  = 200 * time.Millisecond
	toStart     = 900 * time.Millisecond
	toReady     = 1200 * time.Millisecond // from started
	toTerminate = 1100 * time.Millisecond
	toNotice    = 300 * time.Millisecond // for a controller to look again
)

func key(p *kube.Pod) string      { return p.Namespace + "/" + p.Name }
func (w *world) put(p *kube.Pod)  { w.pods[key(p)] = p; w.changed() }
func (w *world) drop(name string) { delete(w.pods, name); w.changed() }

// change alters a pod that may be gone by now; what was handed out before
// stays as it was.
func (w *world) change(name string, how func(*kube.Pod)) {
	was, ok := w.pods[name]
	if !ok {
		return
	}
	p := *was
	p.Images = append([]kube.PodImage(nil), was.Images...)
	how(&p)
	w.put(&p)
}

// settled is a pod that runs and is ready.
func (w *world) settled(l *workload, name string, created time.Time) *kube.Pod {
	h := hash("pod " + l.namespace + name + created.String())
	container := l.owner.Name
	if container == "" || l.owner.Kind == "Node" {
		container = strings.TrimSuffix(name, "-"+node)
	}
	return &kube.Pod{
		UID:       h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:32],
		Namespace: l.namespace, Name: name, Owner: l.owner,
		Status: "Running", Phase: kube.PhaseReady, Ready: 1, Total: 1,
		Created: created, Node: node, IP: address(name + created.String()),
		Images: []kube.PodImage{{Container: container, Image: l.image, Digest: l.digest}},
		Labels: []string{"app=" + container},
	}
}

// address is one of the cluster's network.
func address(seed string) string {
	h := sha256.Sum256([]byte("address " + seed))
	return fmt.Sprintf("10.1.0.%d", 2+int(h[0])%250)
}

// suffix is n letters as Kubernetes gives generated names.
func suffix(seed string, n int) string {
	const letters = "bcdfghjklmnpqrstvwxz2456789"
	h := hash(seed)
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[(int(h[2*i])*31+int(h[2*i+1]))%len(letters)]
	}
	return string(b)
}

// spawn starts a pod and lets it come up, or not, as its fate is.
func (w *world) spawn(l *workload, at time.Time, name string) {
	w.serial++
	if name == "" {
		name = l.owner.Name + "-" + suffix(fmt.Sprint(l.owner.Name, w.serial), 5)
		if l.owner.Kind == "Deployment" {
			name = l.owner.Name + "-" + l.prefix() + "-" + suffix(fmt.Sprint(l.owner.Name, w.serial), 5)
		}
	}
	p := w.settled(l, name, at)
	address := p.IP
	p.Status, p.Phase, p.Ready, p.IP, p.Images[0].Digest = "Pending", kube.PhaseStarting, 0, "", ""
	w.put(p)
	k := key(p)
	set := func(from time.Time, after time.Duration, how func(*kube.Pod)) {
		w.later(from, after, func(time.Time) { w.change(k, how) })
	}
	set(at, toSchedule, func(p *kube.Pod) { p.Status = "ContainerCreating" })
	switch l.fate {
	case cannotPull:
		set(at, toStart, func(p *kube.Pod) { p.Status, p.Phase, p.IP = "ErrImagePull", kube.PhaseFailed, address })
		set(at, 4*toStart, func(p *kube.Pod) { p.Status = "ImagePullBackOff" })
		return
	case crashes:
		set(at, toStart, func(p *kube.Pod) { p.Status, p.IP, p.Images[0].Digest = "Running", address, l.digest })
		set(at, toStart+time.Second, func(p *kube.Pod) { p.Status, p.Phase = "Error", kube.PhaseFailed })
		set(at, toStart+2*time.Second, func(p *kube.Pod) {
			p.Status, p.Phase, p.Restarts = "CrashLoopBackOff", kube.PhaseWarning, p.Restarts+1
		})
		return
	}
	set(at, toStart, func(p *kube.Pod) { p.Status, p.IP, p.Images[0].Digest = "Running", address, l.digest })
	set(at, toStart+toReady, func(p *kube.Pod) { p.Phase, p.Ready = kube.PhaseReady, 1 })
}

// terminate lets a pod go; then, if any, what follows.
func (w *world) terminate(k string, at time.Time, then func(at time.Time)) {
	w.change(k, func(p *kube.Pod) { p.Status, p.Phase, p.Ready = "Terminating", kube.PhaseWarning, 0 })
	w.later(at, toTerminate, func(at time.Time) {
		w.drop(k)
		if then != nil {
			then(at)
		}
	})
}

// of returns the workload a pod belongs to; nil for none.
func (w *world) of(p *kube.Pod) *workload {
	for _, l := range w.workloads {
		if l.owner != p.Owner || l.namespace != p.Namespace {
			continue
		}
		if l.owner.Kind != "Node" && l.owner.Name != "" || cutTag(l.image) == cutTag(p.Images[0].Image) {
			return l
		}
	}
	return nil
}

// podsOf are the workload's pods that are not going, new revision and old.
func (w *world) podsOf(l *workload) (fresh, old, going []*kube.Pod) {
	for _, p := range w.pods {
		switch {
		case p.Namespace != l.namespace || w.of(p) != l:
		case p.Status == "Terminating":
			going = append(going, p)
		case l.owner.Kind == "Deployment" && !strings.HasPrefix(p.Name, l.owner.Name+"-"+l.prefix()+"-"):
			old = append(old, p)
		default:
			fresh = append(fresh, p)
		}
	}
	byName(fresh)
	byName(old)
	byName(going)
	return fresh, old, going
}

// prefix is the pod-template hash in the names of the present revision's
// pods; the pods of the beginning have names of their own.
func (l *workload) prefix() string {
	if len(l.names) > 0 {
		name := strings.TrimPrefix(l.names[0], l.owner.Name+"-")
		return name[:strings.LastIndexByte(name, '-')]
	}
	return suffix(fmt.Sprint(l.owner.Name, l.image, l.revision), 10)
}

// reconcile brings the workload one step nearer to what is wanted, and looks
// again until it is there: one pod more, then one old pod less.
func (w *world) reconcile(l *workload, at time.Time) {
	fresh, old, _ := w.podsOf(l)
	ready := 0
	for _, p := range fresh {
		if p.Phase == kube.PhaseReady {
			ready++
		}
	}
	again := func(at time.Time) { w.reconcile(l, at) }
	switch {
	case len(fresh) < l.replicas && len(fresh)+len(old) <= l.replicas && len(fresh) == ready:
		w.spawn(l, at, "")
	case len(fresh) > l.replicas:
		w.terminate(key(fresh[len(fresh)-1]), at, nil)
	case len(old) > 0 && ready == len(fresh) && len(fresh)+len(old) > l.replicas:
		w.terminate(key(old[0]), at, nil)
	case len(fresh) == l.replicas && len(old) == 0:
		return
	case l.fate != thrives && len(fresh) > ready:
		return // it will not get any further by itself
	}
	w.later(at, toNotice, again)
}

// roll starts a new revision of a workload.
func (w *world) roll(l *workload, image, digest string, f fate, at time.Time) {
	was := *l
	l.before = &was
	l.image, l.digest, l.fate, l.names = image, digest, f, nil
	l.revision++
	w.reconcile(l, at)
}

func (c cluster) Delete(ctx context.Context, ref kube.Ref) error {
	if !isPod(ref) {
		return c.withThing(ctx, ref, func(t thing, now time.Time) error { c.w.remove(t, now); return nil })
	}
	pod := ref.Name
	return c.withPod(ctx, ref.Namespace, pod, func(p *kube.Pod, now time.Time) error {
		l := c.w.of(p)
		c.w.terminate(key(p), now, func(at time.Time) {
			if l == nil || l.owner.Kind == "" || l.owner.Kind == "Job" {
				return
			}
			if l.owner.Kind == "Deployment" {
				c.w.reconcile(l, at)
				return
			}
			name := pod
			if l.owner.Kind == "DaemonSet" {
				name = ""
			}
			c.w.spawn(l, at, name)
		})
		return nil
	})
}

// remove deletes a thing, and with a workload its pods.
func (w *world) remove(t thing, now time.Time) {
	w.deleted[t.ref()] = true
	w.changed()
	l := w.workload(t.ref())
	if l == nil {
		return
	}
	fresh, old, _ := w.podsOf(l)
	for _, p := range append(fresh, old...) {
		w.terminate(key(p), now, nil)
	}
	w.workloads = slices.DeleteFunc(w.workloads, func(o *workload) bool { return o == l })
}

// restartWorkload rolls a workload over that is a row of its own.
func (c cluster) restartWorkload(ctx context.Context, ref kube.Ref) error {
	return c.withThing(ctx, ref, func(t thing, now time.Time) error {
		if t.kind == "ReplicaSet" {
			ref.Kind, ref.Name = t.owner.Kind, t.owner.Name
		}
		l := c.w.workload(ref)
		if l == nil || l.owner.Kind == "Job" {
			return fmt.Errorf("a %s is not restarted as a whole: delete its pods instead", ref.Kind)
		}
		if l.owner.Kind == "Deployment" {
			c.w.roll(l, l.image, l.digest, l.fate, now)
			return nil
		}
		fresh, _, _ := c.w.podsOf(l)
		for _, p := range fresh {
			c.w.terminate(key(p), now, func(at time.Time) { c.w.spawn(l, at, p.Name) })
		}
		return nil
	})
}

func (c cluster) Restart(ctx context.Context, ref kube.Ref) error {
	if !isPod(ref) {
		return c.restartWorkload(ctx, ref)
	}
	pod := ref.Name
	return c.withPod(ctx, ref.Namespace, pod, func(p *kube.Pod, now time.Time) error {
		l := c.w.of(p)
		switch {
		case l == nil || l.owner.Kind == "":
			return errors.New("nothing owns this pod: deleted, it would not come back")
		case l.owner.Kind == "Deployment":
			c.w.roll(l, l.image, l.digest, l.fate, now)
		default:
			c.w.terminate(key(p), now, func(at time.Time) { c.w.spawn(l, at, pod) })
		}
		return nil
	})
}

// Replicas implements env.Kube.
func (c cluster) Replicas(ctx context.Context, ref kube.Ref) (n int, err error) {
	return n, c.withScaled(ctx, ref, func(l *workload, _ time.Time) error { n = l.replicas; return nil })
}

// Scale implements env.Kube.
func (c cluster) Scale(ctx context.Context, ref kube.Ref, by int) (replicas int, err error) {
	return replicas, c.withScaled(ctx, ref, func(l *workload, now time.Time) error {
		if ref.Kind != "Deployment" {
			return fmt.Errorf("a %s cannot be scaled here, only a Deployment", ref.Kind)
		}
		l.replicas = max(0, l.replicas+by)
		replicas = l.replicas
		c.w.reconcile(l, now)
		return nil
	})
}

// withScaled calls f with a workload that has replicas, the world locked.
func (c cluster) withScaled(ctx context.Context, ref kube.Ref, f func(l *workload, now time.Time) error) error {
	return c.do(ctx, func(now time.Time) error {
		l := c.w.workload(ref)
		switch {
		case l == nil:
			return fmt.Errorf("%s %q not found in namespace %s", ref.Kind, ref.Name, ref.Namespace)
		case !listingOf(ref.Kind).Scales:
			return fmt.Errorf("a %s has no replicas to set", ref.Kind)
		}
		return f(l, now)
	})
}
