package kube

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// fakeAPI is an API server that serves pods as JSON.
type fakeAPI struct {
	t    *testing.T
	old  bool                   // cannot stream lists
	may  func(verb string) bool // what the user may do; nil: all
	mu   sync.Mutex
	pods []string      // names
	news chan string   // names of pods that are added to running watches
	gone chan struct{} // closed: all answers end
	seen []string      // the queries, in order
	srv  *httptest.Server
	addr string
}

func newFakeAPI(t *testing.T, pods ...string) *fakeAPI {
	t.Helper()
	f := &fakeAPI{t: t, pods: pods, news: make(chan string, 10)}
	f.start("127.0.0.1:0")
	t.Cleanup(f.stop)
	return f
}

func (f *fakeAPI) start(addr string) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		f.t.Fatal(err)
	}
	f.addr, f.gone = l.Addr().String(), make(chan struct{})
	f.srv = &httptest.Server{Listener: l, Config: &http.Server{Handler: f}}
	f.srv.Start()
}

func (f *fakeAPI) stop() {
	if f.srv != nil {
		close(f.gone)
		f.srv.CloseClientConnections()
		f.srv.Close()
		f.srv = nil
	}
}

// client opens the fake with a kubeconfig of its own.
func (f *fakeAPI) client() *Client {
	return openServer(f.t, "http://"+f.addr, "")
}

func openServer(t *testing.T, server, more string) *Client {
	t.Helper()
	return Open(Options{Kubeconfig: writeConfig(t, fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: test
clusters: [{name: test, cluster: {server: %q%s}}]
users: [{name: test, user: {token: t}}]
contexts: [{name: test, context: {cluster: test, user: test, namespace: shop}}]
`, server, more))})
}

func (f *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f.mu.Lock()
	f.seen = append(f.seen, r.URL.RawQuery)
	pods, may := f.pods, f.may
	f.mu.Unlock()
	if r.URL.Path != "/api/v1/namespaces/shop/pods" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	verb := "watch"
	if q.Get("watch") == "" {
		verb = "list"
	}
	switch {
	case may != nil && !may(verb):
		w.WriteHeader(http.StatusForbidden)
		_ = json.NewEncoder(w).Encode(metav1.Status{
			TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: "Failure", Code: 403, Reason: metav1.StatusReasonForbidden,
			Message: "pods is forbidden: cannot " + verb + ` resource "pods"`,
		})
	case verb == "list":
		f.page(w, q.Get("continue"), pods)
	case q.Get("sendInitialEvents") == "true" && f.old:
		w.WriteHeader(http.StatusUnprocessableEntity)
		_ = json.NewEncoder(w).Encode(metav1.Status{
			TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: "Failure", Code: 422, Reason: metav1.StatusReasonInvalid,
			Message: "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled",
		})
	default:
		f.watch(w, r, q.Get("sendInitialEvents") == "true", pods)
	}
}

// page answers a list, one pod a page.
func (f *fakeAPI) page(w http.ResponseWriter, from string, pods []string) {
	i := 0
	_, _ = fmt.Sscan(from, &i) // "" is the first page
	list := corev1.PodList{TypeMeta: metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"}, ListMeta: metav1.ListMeta{ResourceVersion: "7"}}
	if i < len(pods) {
		list.Items = []corev1.Pod{*fakePod(pods[i])}
	}
	if i+1 < len(pods) {
		list.Continue = fmt.Sprint(i + 1)
	}
	_ = json.NewEncoder(w).Encode(list)
}

func (f *fakeAPI) watch(w http.ResponseWriter, r *http.Request, initial bool, pods []string) {
	send := func(kind string, pod *corev1.Pod) {
		_ = json.NewEncoder(w).Encode(map[string]any{"type": kind, "object": pod})
		w.(http.Flusher).Flush()
	}
	w.WriteHeader(http.StatusOK)
	w.(http.Flusher).Flush()
	if initial {
		for _, name := range pods {
			send("ADDED", fakePod(name))
		}
		mark := fakePod("")
		mark.Annotations = map[string]string{metav1.InitialEventsAnnotationKey: "true"}
		send("BOOKMARK", mark)
	}
	for {
		select {
		case name := <-f.news:
			send("ADDED", fakePod(name))
		case <-f.gone:
			return
		case <-r.Context().Done():
			return
		}
	}
}

func fakePod(name string) *corev1.Pod {
	return &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, ResourceVersion: "7"},
		Status:     corev1.PodStatus{Phase: corev1.PodPending},
	}
}

// queries are the parameters of the pod requests so far.
func (f *fakeAPI) queries() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.seen, "\n")
}

// hang accepts connections and never answers.
func hang(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var open []net.Conn
		for {
			c, err := l.Accept()
			if err != nil {
				for _, c := range open {
					c.Close()
				}
				return
			}
			open = append(open, c)
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

// took fails the test if do takes longer than limit.
func took(t *testing.T, limit time.Duration, do func()) {
	t.Helper()
	begun := time.Now()
	do()
	if d := time.Since(begun); d > limit {
		t.Errorf("took %v, at most %v is allowed", d, limit)
	}
}

// slam accepts connections and closes them at once.
func slam(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

// wire forwards connections to a server until it is cut: then it stays open,
// and nothing passes.
type wire struct {
	addr   string
	silent atomic.Bool
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{addr: l.Addr().String()}
	var (
		running sync.WaitGroup
		mu      sync.Mutex
		open    []net.Conn
	)
	forward := func(from, to net.Conn) {
		buf := make([]byte, 32<<10)
		for {
			n, err := from.Read(buf)
			if err != nil {
				to.Close()
				return
			}
			if w.silent.Load() {
				continue
			}
			if _, err := to.Write(buf[:n]); err != nil {
				from.Close()
				return
			}
		}
	}
	running.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil {
				near.Close()
				continue
			}
			mu.Lock()
			open = append(open, near, far)
			mu.Unlock()
			running.Go(func() { forward(near, far) })
			running.Go(func() { forward(far, near) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range open {
			c.Close()
		}
		mu.Unlock()
		running.Wait()
	})
	return w
}

func (w *wire) cut()  { w.silent.Store(true) }
func (w *wire) mend() { w.silent.Store(false) }
