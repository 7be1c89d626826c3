package kube

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sort"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
)

// Rollout is how far a workload's rollout is.
type Rollout struct {
	Ref      Ref          `json:"ref"`
	Desired  int          `json:"desired"`
	Updated  int          `json:"updated"` // pods of the new revision
	Ready    int          `json:"ready"`   // of these, ready
	Old      int          `json:"old"`     // pods of older revisions still there
	Done     bool         `json:"done"`
	Message  string       `json:"message,omitempty"` // kubectl rollout status's own words
	Pods     []RolloutPod `json:"pods,omitempty"`
	Deadline bool         `json:"deadlineExceeded,omitempty"` // progressDeadlineSeconds exceeded
}

// RolloutPod is a pod during a rollout.
type RolloutPod struct {
	Name    string        `json:"name"`
	New     bool          `json:"new"` // of the revision being rolled out
	Ready   bool          `json:"ready"`
	Status  string        `json:"status,omitempty"` // as kubectl get pods prints it
	Digests []string      `json:"digests,omitempty"`
	Age     time.Duration `json:"ageNs,omitempty"`
}

// RolloutError is a rollout that failed, or that ctx ended before it was done.
type RolloutError struct {
	Ref Ref
	Pod string // the one that cannot come up, if it is one
	Err error
}

// Error names the workload and, if there is one, the pod.
func (e *RolloutError) Error() string {
	if e.Pod != "" {
		return fmt.Sprintf("rolling out %s: pod %s: %v", e.Ref, e.Pod, e.Err)
	}
	return fmt.Sprintf("rolling out %s: %v", e.Ref, e.Err)
}

// Unwrap returns the cause.
func (e *RolloutError) Unwrap() error { return e.Err }

// Rollout watches the workloads among refs until all are done, one fails, or
// ctx ends. It does not wait for a deadline when a pod of the new revision
// cannot come up by itself. News comes from one goroutine at a time. The
// error is a *RolloutError, or says why the cluster cannot be asked.
func (c *Client) Rollout(ctx context.Context, refs []Ref, news func(Rollout)) error {
	cn, err := c.connected(ctx)
	if err != nil {
		return fmt.Errorf("watching the rollout: %w", err)
	}
	var tell sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	for _, ref := range refs {
		w, ok := workloads[ref.groupKind()]
		if !ok {
			continue
		}
		ref.Namespace = cn.namespaceOf(ref)
		f := &follower{conn: cn, ref: ref, workload: w, poke: make(chan struct{}, 1), began: time.Now()}
		f.news = func(r Rollout) {
			tell.Lock()
			defer tell.Unlock()
			if news != nil {
				news(r)
			}
		}
		g.Go(func() error { return f.follow(ctx) })
	}
	return g.Wait()
}

// follower watches one workload and its pods. Informers keep both at hand and
// take lost connections up again; what they say pokes an evaluation.
type follower struct {
	conn     *conn
	ref      Ref
	workload workload
	news     func(Rollout)
	poke     chan struct{}

	object cache.SharedIndexInformer // of the one workload
	pods   cache.SharedIndexInformer // of its pods, once its selector is known

	hash    string // of the newest revision
	hashFor string // what of the object hash was found for
	last    Rollout

	began    time.Time // to look
	steady   time.Time // since when all is ready; zero: it is not
	restarts int32     // of the new pods, when steady was set
}

func (f *follower) follow(ctx context.Context) error {
	var running sync.WaitGroup
	ctx, cancel := context.WithCancel(ctx)
	defer running.Wait()
	defer cancel()

	objects, err := f.conn.resource(ctx, f.ref)
	if err != nil {
		return explain("watching the rollout of "+f.ref.String(), f.conn.at, err)
	}
	f.object = informer(&unstructured.Unstructured{}, objects.List, objects.Watch, metav1.ListOptions{
		FieldSelector: fields.OneTermEqualSelector("metadata.name", f.ref.Name).String(),
	})
	if err := f.start(ctx, &running, f.object); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return f.stopped(ctx)
		case <-f.poke:
		}
		object := f.current()
		if object == nil {
			if f.object.HasSynced() && f.last.Ref.Name != "" {
				return &RolloutError{Ref: f.ref, Err: errors.New("it was deleted while it rolled out")}
			}
			if f.object.HasSynced() {
				return &RolloutError{Ref: f.ref, Err: ErrNotFound}
			}
			continue
		}
		if f.pods == nil {
			list, err := selects(object)
			if err != nil {
				return &RolloutError{Ref: f.ref, Err: err}
			}
			pods := f.conn.streams.CoreV1().Pods(f.ref.Namespace)
			f.pods = informer(&corev1.Pod{}, pods.List, pods.Watch, list)
			if err := f.start(ctx, &running, f.pods); err != nil {
				return err
			}
			continue
		}
		if !f.pods.HasSynced() {
			continue
		}
		if done, err := f.evaluate(ctx, object); done || err != nil {
			return err
		}
	}
}

// informer keeps the objects that which selects at hand. Made here, because
// client-go's factories link the informers of all kinds there are: 15 MB.
func informer[L runtime.Object](
	kind runtime.Object,
	list func(context.Context, metav1.ListOptions) (L, error),
	follow func(context.Context, metav1.ListOptions) (watch.Interface, error),
	which metav1.ListOptions,
) cache.SharedIndexInformer {
	narrow := func(o metav1.ListOptions) metav1.ListOptions {
		o.LabelSelector, o.FieldSelector = which.LabelSelector, which.FieldSelector
		return o
	}
	return cache.NewSharedIndexInformer(&cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return list(ctx, narrow(o))
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			return follow(ctx, narrow(o))
		},
	}, kind, 0, cache.Indexers{})
}

// start runs an informer under ctx; each of its news pokes.
func (f *follower) start(ctx context.Context, running *sync.WaitGroup, i cache.SharedIndexInformer) error {
	reg, err := i.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { f.again() },
		UpdateFunc: func(any, any) { f.again() },
		DeleteFunc: func(any) { f.again() },
	})
	if err != nil {
		return fmt.Errorf("watching %s: %w", f.ref, err)
	}
	running.Go(func() { i.RunWithContext(ctx) })
	running.Go(func() { // an empty first list makes no event
		if cache.WaitForCacheSync(ctx.Done(), reg.HasSynced) {
			f.again()
		}
	})
	return nil
}

// again asks for an evaluation; it never blocks.
func (f *follower) again() {
	select {
	case f.poke <- struct{}{}:
	default:
	}
}

// current is the workload as last seen; nil if it is not there.
func (f *follower) current() *unstructured.Unstructured {
	for _, o := range f.object.GetStore().List() {
		if u, ok := o.(*unstructured.Unstructured); ok {
			return u
		}
	}
	return nil
}

// evaluate tells how far the rollout is, and whether it is over.
func (f *follower) evaluate(ctx context.Context, object *unstructured.Unstructured) (done bool, err error) {
	message, done, failure := f.workload.progress(object)
	if err := f.findHash(ctx, object); err != nil {
		return false, explain("finding the revision of "+f.ref.String(), f.conn.at, err)
	}
	r := Rollout{Ref: f.ref, Desired: f.desired(object), Message: message, Deadline: errors.Is(failure, errDeadline)}
	var hopeless error
	for _, pod := range f.list() {
		p := f.podOf(pod)
		r.Pods = append(r.Pods, p)
		switch {
		case !p.New:
			r.Old++
		case pod.DeletionTimestamp == nil:
			r.Updated++
			if p.Ready {
				r.Ready++
			}
			if why := hopelessly(pod, f.workload.retries); why != nil && hopeless == nil {
				hopeless = &RolloutError{Ref: f.ref, Pod: pod.Name, Err: why}
			}
		}
	}
	if failure == nil && hopeless == nil {
		if refused := cannotCreate(object); refused != nil {
			failure = refused
		}
	}
	// The pods' own news may lag behind the workload's: who is told "done"
	// sees the pods ready too.
	r.Done = done && (f.workload.revision == "" || f.hash != "" && r.Ready >= updatedPods(object))
	if !r.Done {
		f.steady = time.Time{}
	} else if !f.workload.retries && !f.staysUp() {
		r.Done, r.Message = false, "up; watching for a moment whether it stays up, for it has no readiness probe"
	}
	// Until the controller has made the revision, no pod can be told old or new.
	if known := f.workload.revision == "" || f.hash != ""; known && !same(r, f.last) {
		f.last = r
		f.news(r)
	}
	switch {
	case r.Done:
		return true, nil
	case hopeless != nil:
		return true, hopeless
	case failure != nil:
		return true, &RolloutError{Ref: f.ref, Err: failure}
	}
	return false, nil
}

// findHash looks the newest revision up when the object changed in a way
// that may have made one.
func (f *follower) findHash(ctx context.Context, o *unstructured.Unstructured) error {
	if f.workload.revision == "" {
		return nil
	}
	observed, _, _ := unstructured.NestedInt64(o.Object, "status", "observedGeneration")
	update, _, _ := unstructured.NestedString(o.Object, "status", "updateRevision")
	is := fmt.Sprint(o.GetGeneration(), observed, update, o.GetAnnotations()[deployRevision])
	if f.hash != "" && is == f.hashFor {
		return nil
	}
	hash, err := f.conn.newest(ctx, o)
	f.hash, f.hashFor = hash, is
	return err
}

func (f *follower) desired(o *unstructured.Unstructured) int {
	if n, found, err := unstructured.NestedInt64(o.Object, f.workload.desired...); err == nil && found {
		return int(n)
	}
	return 1
}

func updatedPods(o *unstructured.Unstructured) int {
	path := []string{"status", "updatedReplicas"}
	if o.GetKind() == "DaemonSet" {
		path = []string{"status", "updatedNumberScheduled"}
	}
	n, _, _ := unstructured.NestedInt64(o.Object, path...)
	return int(n)
}

// list is the workload's pods by name.
func (f *follower) list() []*corev1.Pod {
	var pods []*corev1.Pod
	for _, o := range f.pods.GetStore().List() {
		if p, ok := o.(*corev1.Pod); ok {
			pods = append(pods, p)
		}
	}
	sort.Slice(pods, func(i, j int) bool { return pods[i].Name < pods[j].Name })
	return pods
}

func (f *follower) podOf(pod *corev1.Pod) RolloutPod {
	s := summarize(pod)
	p := RolloutPod{
		Name: pod.Name, New: f.workload.isNew(pod, f.hash), Ready: s.phase == PhaseReady,
		Status: s.text, Age: time.Since(pod.CreationTimestamp.Time).Round(time.Second),
	}
	for _, i := range imagesOf(pod.Spec.Containers, pod.Status.ContainerStatuses) {
		if i.Digest != "" {
			p.Digests = append(p.Digests, i.Digest)
		}
	}
	return p
}

// same says whether two pieces of news differ only by the pods' age.
func same(a, b Rollout) bool {
	return reflect.DeepEqual(ageless(a), ageless(b))
}

func ageless(r Rollout) Rollout {
	r.Pods = append([]RolloutPod(nil), r.Pods...)
	for i := range r.Pods {
		r.Pods[i].Age = 0
	}
	return r
}

// stopped is why the wait ended before the rollout did.
func (f *follower) stopped(ctx context.Context) error {
	err := context.Cause(ctx)
	if errors.Is(err, context.Canceled) {
		return &RolloutError{Ref: f.ref, Err: err}
	}
	text := "not done in time"
	if f.last.Message != "" {
		text += ": " + f.last.Message
	}
	for _, p := range f.last.Pods {
		if p.New && !p.Ready {
			return &RolloutError{Ref: f.ref, Pod: p.Name, Err: fmt.Errorf("%s: %s: %w", text, p.Status, err)}
		}
	}
	return &RolloutError{Ref: f.ref, Err: fmt.Errorf("%s: %w", strings.TrimSuffix(text, "..."), err)}
}
