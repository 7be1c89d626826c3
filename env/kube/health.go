package kube

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/twindeck/twindeck/env/link"
)

const (
	healthPods   = 500  // pods that are read each; of more, only the ailing ones
	healthLooks  = 16   // ailing pods that are looked at closely
	healthEvents = 2000 // warnings read at once
)

// Health is what a look at a namespace's pods found.
type Health struct {
	Namespace string
	Count     int       // pods there are
	Pods      []*Pod    // all of them; nil where there are too many to read each
	Ailing    []Ailing  // those that are not well, the most telling first
	Refused   []Refusal // workloads that may not make pods
}

// Refusal is a workload whose pods the API server refuses to make.
type Refusal struct {
	Owner   Owner
	Message string // the server's words
}

// Health looks at the pods of a namespace: which are not well, and why. What
// it costs is bounded, however many pods there are: one list of pods, one of
// warnings, and a closer look at a few.
func (c *Client) Health(ctx context.Context, namespace string) (Health, error) {
	h := Health{Namespace: namespace}
	known := c.watched(namespace)
	err := c.call(ctx, "looking at the pods of "+namespace, func(ctx context.Context, cn *conn) error {
		all, err := cn.glances(ctx, namespace, known)
		if err != nil {
			return err
		}
		h.Count, h.Pods = len(all), rowsOf(all)
		warnings, err := cn.warnings(ctx, namespace)
		if err != nil {
			return err
		}
		h.Ailing = cn.ailing(ctx, namespace, suspects(all), warnings)
		h.Refused = cn.refusals(ctx, namespace, warnings)
		return nil
	})
	return h, err
}

// watched are the rows of a namespace that the running watch has at hand; nil
// where it does not.
func (c *Client) watched(namespace string) []*Pod {
	s := c.Snapshot()
	if !s.Synced || s.Status.State != link.Live || s.Namespace != "" && s.Namespace != namespace {
		return nil
	}
	rows := []*Pod{}
	for _, p := range s.Pods {
		if p.Namespace == namespace {
			rows = append(rows, p)
		}
	}
	return rows
}

// glance is a pod as seen from afar.
type glance struct {
	name   string
	status string // as kubectl get pods prints it
	well   bool
	row    *Pod        // nil: not known
	pod    *corev1.Pod // nil: to be read
	alike  int
}

// glances are all pods of a namespace, in the cheapest way there is.
func (cn *conn) glances(ctx context.Context, namespace string, known []*Pod) ([]glance, error) {
	if known != nil {
		all := make([]glance, 0, len(known))
		for _, p := range known {
			all = append(all, glance{name: p.Name, status: p.Status, well: wellRow(p), row: p})
		}
		return all, nil
	}
	list, err := cn.calls.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{Limit: healthPods})
	if err != nil {
		return nil, err
	}
	if list.Continue != "" {
		return cn.table(ctx, namespace)
	}
	all := make([]glance, 0, len(list.Items))
	for i := range list.Items {
		p := &list.Items[i]
		r := row(p)
		all = append(all, glance{name: p.Name, status: r.Status, well: wellRow(r), row: r, pod: p})
	}
	return all, nil
}

// table asks for what kubectl get pods prints, and nothing else: a few hundred
// bytes a pod instead of many thousands.
func (cn *conn) table(ctx context.Context, namespace string) ([]glance, error) {
	var t metav1.Table
	// From the server's memory, not from etcd: it need not be of this very second.
	body, err := cn.calls.CoreV1().RESTClient().Get().Namespace(namespace).Resource("pods").
		SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").
		Param("includeObject", "None").Param("resourceVersion", "0").DoRaw(ctx)
	if err != nil {
		return nil, err
	}
	if err := unmarshalTable(body, &t); err != nil {
		return nil, err
	}
	return glancesOf(t), nil
}

// wellRow says whether a pod needs no closer look. One that came up after
// several crashes may be about to crash again.
func wellRow(p *Pod) bool {
	return p.Phase == PhaseReady && p.Restarts < crashes || p.Phase == PhaseDone
}

func rowsOf(all []glance) []*Pod {
	rows := make([]*Pod, 0, len(all))
	for _, g := range all {
		if g.row == nil {
			return nil
		}
		rows = append(rows, g.row)
	}
	return rows
}

// made is what controllers put behind a name: five letters and digits that
// make no words, or a number.
var made = regexp.MustCompile(`-(?:[bcdfghjklmnpqrstvwxz2456789]{5}|\d+)$`)

// suspects are the pods worth a closer look: of those that one workload made
// and that are in one state, the first. Failures come before pods that may
// only be starting.
func suspects(all []glance) []glance {
	type group struct{ name, status string }
	var out []glance
	first := map[group]int{}
	for _, g := range all {
		if g.well || g.status == "Terminating" {
			continue
		}
		k := group{made.ReplaceAllString(g.name, ""), g.status}
		if i, seen := first[k]; seen {
			out[i].alike++
			continue
		}
		first[k] = len(out)
		out = append(out, g)
	}
	slices.SortStableFunc(out, func(a, b glance) int { return urgency(a.status) - urgency(b.status) })
	return out[:min(len(out), healthLooks)]
}

func urgency(status string) int {
	switch {
	case status == "Running":
		return 1
	case startingTexts[status], strings.HasPrefix(status, "Init:") && strings.Contains(status, "/"):
		return 2
	}
	return 0
}

// warnings are the namespace's warning events by the object they are about,
// oldest first.
func (cn *conn) warnings(ctx context.Context, namespace string) (map[string][]Event, error) {
	list, err := cn.calls.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{FieldSelector: "type=Warning", Limit: healthEvents})
	if err != nil {
		return nil, err
	}
	by := map[string][]Event{}
	for i := range list.Items {
		e := eventOf(&list.Items[i])
		by[e.Object] = append(by[e.Object], e)
	}
	for _, events := range by {
		slices.SortStableFunc(events, func(a, b Event) int { return a.Last.Compare(b.Last) })
	}
	return by, nil
}

// ailing looks closely at pods. One that went meanwhile, or is only starting,
// is left out.
func (cn *conn) ailing(ctx context.Context, namespace string, who []glance, warnings map[string][]Event) []Ailing {
	var (
		mu  sync.Mutex
		out []Ailing
		g   errgroup.Group
	)
	g.SetLimit(atOnce)
	for _, s := range who {
		g.Go(func() error {
			pod := s.pod
			if pod == nil {
				var err error
				if pod, err = cn.calls.CoreV1().Pods(namespace).Get(ctx, s.name, metav1.GetOptions{}); err != nil {
					return nil //nolint:nilerr // gone meanwhile; the others are still worth telling
				}
			}
			events := eventsOf(pod, warnings["Pod/"+s.name])
			if len(events) > 0 && !started(pod) { // whether a warning is over is told by what came after it
				if all, err := cn.events(ctx, namespace, "Pod", s.name); err == nil {
					events = eventsOf(pod, all)
				}
			}
			troubles := cn.troubles(ctx, pod, events)
			if len(troubles) == 0 {
				return nil
			}
			a := ailingOf(pod, troubles, warningsOf(events))
			a.Alike, a.Unbound = s.alike, cn.unbound(ctx, pod, troubles)
			mu.Lock()
			defer mu.Unlock()
			out = append(out, a)
			return nil
		})
	}
	_ = g.Wait() // none fails
	slices.SortFunc(out, func(a, b Ailing) int {
		if by := a.telling().rank() - b.telling().rank(); by != 0 {
			return by
		}
		return strings.Compare(a.Pod.Name, b.Pod.Name)
	})
	return out
}

// calm is how long a container that crashed several times must run before it
// is believed: in a crash loop it is up for a moment between two crashes.
const calm = 30 * time.Second

// troubles are what is the matter with a pod, also with one that is up at the
// moment.
func (cn *conn) troubles(ctx context.Context, pod *corev1.Pod, events []Event) []Trouble {
	if found := cn.relapses(ctx, pod, events, time.Now()); len(found) > 0 {
		return found
	}
	return cn.troubleOf(ctx, pod, events)
}

// relapses are the containers of a pod that is up for a moment, after crashes.
func (cn *conn) relapses(ctx context.Context, pod *corev1.Pod, events []Event, now time.Time) []Trouble {
	return cn.upAgain(ctx, pod, events, func(_ *corev1.ContainerStateTerminated, run *corev1.ContainerStateRunning) bool {
		return now.Sub(run.StartedAt.Time) <= calm
	})
}

// upAgain are the containers that run, ended several times before and whose last
// end and start are to be told, as the crashes they had. What ended because its
// node or engine went down did not crash.
func (cn *conn) upAgain(ctx context.Context, pod *corev1.Pod, events []Event, tell func(*corev1.ContainerStateTerminated, *corev1.ContainerStateRunning) bool) []Trouble {
	var found []Trouble
	for i := range pod.Status.ContainerStatuses {
		c := &pod.Status.ContainerStatuses[i]
		last, run := c.LastTerminationState.Terminated, c.State.Running
		if last == nil || run == nil || c.RestartCount < crashes || last.ExitCode == 255 && last.Reason == "Unknown" || !tell(last, run) {
			continue
		}
		t := Trouble{Pod: pod.Name, Container: c.Name, Reason: crashLoop, Message: endWords(last), ExitCode: int(last.ExitCode)}
		if last.Reason == "OOMKilled" {
			t.Reason = last.Reason
		}
		t.Probe, t.Count = killer(pod, c.Name, events)
		t.Tail = cn.tail(ctx, pod, c.Name, true)
		found = append(found, t)
	}
	return found
}

// refusals are the workloads whose pods cannot even be made. An event of an
// hour ago proves nothing: the workload itself must say that it lacks pods.
func (cn *conn) refusals(ctx context.Context, namespace string, warnings map[string][]Event) []Refusal {
	var out []Refusal
	asked := 0
	for object, events := range warnings {
		last := events[len(events)-1]
		if last.Reason != "FailedCreate" || asked == healthLooks {
			continue
		}
		asked++
		kind, name, _ := strings.Cut(object, "/")
		if r := cn.refusal(ctx, namespace, kind, name, last.Message); r != nil && !slices.ContainsFunc(out, func(o Refusal) bool { return o.Owner == r.Owner }) {
			out = append(out, *r)
		}
	}
	slices.SortFunc(out, func(a, b Refusal) int { return strings.Compare(a.Owner.Name, b.Owner.Name) })
	return out
}

func (cn *conn) refusal(ctx context.Context, namespace, kind, name, message string) *Refusal {
	r := &Refusal{Owner: Owner{Kind: kind, Name: name}, Message: message}
	apps, o := cn.calls.AppsV1(), metav1.GetOptions{}
	switch kind {
	case "ReplicaSet":
		rs, err := apps.ReplicaSets(namespace).Get(ctx, name, o)
		if err != nil || rs.Spec.Replicas == nil || rs.Status.Replicas >= *rs.Spec.Replicas {
			return nil
		}
		if owner := ownerOf([]metav1.OwnerReference{{Kind: kind, Name: name, Controller: new(true)}}, rs.Labels); metav1.GetControllerOf(rs) != nil {
			r.Owner = owner
		}
	case "StatefulSet":
		s, err := apps.StatefulSets(namespace).Get(ctx, name, o)
		if err != nil || s.Spec.Replicas == nil || s.Status.Replicas >= *s.Spec.Replicas {
			return nil
		}
	case "DaemonSet":
		d, err := apps.DaemonSets(namespace).Get(ctx, name, o)
		if err != nil || d.Status.CurrentNumberScheduled >= d.Status.DesiredNumberScheduled {
			return nil
		}
	case "Job":
		j, err := cn.calls.BatchV1().Jobs(namespace).Get(ctx, name, o)
		if err != nil || j.Status.Active+j.Status.Succeeded+j.Status.Failed > 0 {
			return nil
		}
	default:
		return nil
	}
	return r
}
