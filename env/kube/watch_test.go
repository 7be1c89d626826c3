package kube

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/twindeck/twindeck/env/link"
)

// running runs c until the test ends, and waits for it.
func running(t *testing.T, c *Client) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.Run(ctx) // always the context's error
	}()
	t.Cleanup(func() { stop(); <-done })
}

func TestWatchStreamsTheList(t *testing.T) {
	t.Parallel()
	f := newFakeAPI(t, "a", "b")
	c := f.client()
	running(t, c)
	s := await(t, c, "two pods", func(s Snapshot) bool { return s.Synced })
	if len(s.Pods) != 2 || s.Pods[0].Name != "a" || s.Namespace != "shop" || s.Status.State != link.Live || s.Status.Err != nil {
		t.Errorf("first list: %+v", s)
	}
	f.news <- "aa"
	next := await(t, c, "a third", func(s Snapshot) bool { return len(s.Pods) == 3 })
	if next.Pods[1].Name != "aa" || next.Version <= s.Version || len(s.Pods) != 2 {
		t.Errorf("after an event: %+v", next)
	}
	if same := c.Snapshot(); same.Version != next.Version {
		t.Errorf("nothing changed, but version %d became %d", next.Version, same.Version)
	}
	if q := f.queries(); strings.Contains(q, "limit=") {
		t.Errorf("asked for pages:\n%s", q)
	}
}

func TestWatchReadsPagesFromAnOldServer(t *testing.T) {
	t.Parallel()
	f := newFakeAPI(t, "a", "b", "c")
	f.old = true
	c := f.client()
	running(t, c)
	s := await(t, c, "three pods", func(s Snapshot) bool { return s.Synced })
	if len(s.Pods) != 3 {
		t.Errorf("rows %+v", s.Pods)
	}
	f.news <- "d"
	await(t, c, "a fourth", func(s Snapshot) bool { return len(s.Pods) == 4 })
	if q := f.queries(); !strings.Contains(q, "limit=500") || !strings.Contains(q, "resourceVersion=7") {
		t.Errorf("queries:\n%s", q)
	}
}

func TestWatchComesBack(t *testing.T) {
	t.Parallel()
	f := newFakeAPI(t, "a", "b")
	c := f.client()
	running(t, c)
	await(t, c, "two pods", func(s Snapshot) bool { return s.Synced })
	f.stop()
	s := await(t, c, "the loss", func(s Snapshot) bool { return s.Status.State == link.Lost && errors.Is(s.Status.Err, ErrUnreachable) })
	if len(s.Pods) != 2 || !s.Synced || s.Status.News.IsZero() || s.Status.Since.IsZero() {
		t.Errorf("while lost: %+v", s)
	}
	f.pods = []string{"b", "c", "d"}
	f.start(f.addr)
	took(t, 2*time.Second, func() {
		s = await(t, c, "the server again", func(s Snapshot) bool { return s.Status.State == link.Live && len(s.Pods) == 3 })
	})
	if s.Pods[0].Name != "b" || s.Status.Err != nil {
		t.Errorf("back: %+v", s)
	}
}

// A row has the images of all containers, each with what its node tells of it.
func TestImagesOfAPod(t *testing.T) {
	status := func(name, imageID string) corev1.ContainerStatus {
		return corev1.ContainerStatus{Name: name, ImageID: imageID}
	}
	for name, c := range map[string]struct {
		spec            corev1.PodSpec
		status          corev1.PodStatus
		images, helpers []PodImage
	}{
		"pulled": {
			spec:   corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "web:1"}}},
			status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{status("web", "docker.io/library/web@sha256:aa")}},
			images: []PodImage{{Container: "web", Image: "web:1", Digest: "sha256:aa"}},
		},
		"imported": {
			spec:   corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "web:1"}}},
			status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{status("web", "docker.io/library/import-2026-06-03@sha256:aa")}},
			images: []PodImage{{Container: "web", Image: "web:1", Digest: "sha256:aa", Imported: true}},
		},
		"called import by its maker": {
			spec:   corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "acme/import-2026-06-03:1"}}},
			status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{status("web", "docker.io/acme/import-2026-06-03@sha256:aa")}},
			images: []PodImage{{Container: "web", Image: "acme/import-2026-06-03:1", Digest: "sha256:aa"}},
		},
		"with an init container": {
			spec: corev1.PodSpec{
				Containers:     []corev1.Container{{Name: "web", Image: "web:1"}},
				InitContainers: []corev1.Container{{Name: "migrate", Image: "migrate:1"}, {Name: "proxy", Image: "proxy:1"}},
			},
			status:  corev1.PodStatus{InitContainerStatuses: []corev1.ContainerStatus{status("migrate", "sha256:bb")}},
			images:  []PodImage{{Container: "web", Image: "web:1"}},
			helpers: []PodImage{{Container: "migrate", Image: "migrate:1", Digest: "sha256:bb"}, {Container: "proxy", Image: "proxy:1"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := row(&corev1.Pod{Spec: c.spec, Status: c.status})
			if !reflect.DeepEqual(got.Images, c.images) || !reflect.DeepEqual(got.Helpers, c.helpers) {
				t.Errorf("images %+v, helpers %+v", got.Images, got.Helpers)
			}
		})
	}
}

// Some may list pods and not watch them.
func TestPodsAreListedForThoseWhoMayNotWatch(t *testing.T) {
	t.Parallel()
	f := newFakeAPI(t, "a", "b")
	f.may = func(verb string) bool { return verb == "list" }
	c := f.client()
	running(t, c)
	s := await(t, c, "two pods", func(s Snapshot) bool { return s.Synced })
	if len(s.Pods) != 2 || s.Status.State != link.Live || s.Status.Err != nil {
		t.Errorf("first list: %+v", s)
	}
	f.mu.Lock()
	f.pods = []string{"b", "c", "d"}
	f.mu.Unlock()
	s = await(t, c, "the next list", func(s Snapshot) bool { return len(s.Pods) == 3 })
	if s.Pods[0].Name != "b" || s.Status.State != link.Live || !s.Synced {
		t.Errorf("the next list: %+v", s)
	}
}

// Who may do neither is told so, and the server is not asked again at once.
func TestPodsThatMayNotBeListed(t *testing.T) {
	t.Parallel()
	f := newFakeAPI(t, "a")
	f.may = func(string) bool { return false }
	c := f.client()
	running(t, c)
	s := await(t, c, "the refusal", func(s Snapshot) bool { return s.Status.Err != nil })
	if !errors.Is(s.Status.Err, ErrForbidden) || !strings.Contains(s.Status.Err.Error(), "cannot list") || s.Status.State != link.Connecting || s.Synced {
		t.Errorf("refused: %+v", s)
	}
	time.Sleep(2 * time.Second)
	if n := len(strings.Split(f.queries(), "\n")); n != 2 {
		t.Errorf("asked %d times within two seconds", n)
	}
	f.mu.Lock()
	f.may = nil
	f.mu.Unlock()
	await(t, c, "the pod", func(s Snapshot) bool { return s.Synced && s.Status.State == link.Live && len(s.Pods) == 1 })
}

func TestWatchOfNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config")
	c := Open(Options{Kubeconfig: path})
	running(t, c)
	await(t, c, "absence", func(s Snapshot) bool { return s.Status.State == link.Absent && errors.Is(s.Status.Err, ErrNoConfig) })
	f := newFakeAPI(t, "a")
	text, err := os.ReadFile(f.client().options.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	took(t, 3*time.Second, func() {
		await(t, c, "the new kubeconfig's pods", func(s Snapshot) bool { return len(s.Pods) == 1 && s.Namespace == "shop" })
	})
}

func TestServerThatNeverAnswers(t *testing.T) {
	t.Parallel()
	c := openServer(t, "http://"+hang(t), "")
	running(t, c)
	took(t, callLimit/2, func() {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		_, err := c.Nodes(ctx)
		if !errors.Is(err, ErrTimeout) || !strings.Contains(err.Error(), "listing nodes on test (http://127.0.0.1:") {
			t.Errorf("Nodes() = %v", err)
		}
	})
	took(t, answerLimit+2*time.Second, func() {
		await(t, c, "the verdict", func(s Snapshot) bool { return errors.Is(s.Status.Err, ErrTimeout) && s.Status.State == link.Connecting })
	})
}

// A connection on which nothing arrives any more, as after a laptop slept, is
// found by pings.
func TestConnectionThatFallsSilent(t *testing.T) {
	t.Parallel()
	f := newFakeAPI(t, "a")
	srv := httptest.NewUnstartedServer(f)
	srv.EnableHTTP2 = true
	srv.StartTLS()
	wire := newWire(t, srv.Listener.Addr().String())
	c := openServer(t, "https://"+wire.addr, ", insecure-skip-tls-verify: true")
	t.Cleanup(func() { f.stop(); srv.Close() })
	running(t, c)
	await(t, c, "a pod", func(s Snapshot) bool { return s.Synced })
	wire.cut()
	took(t, pingAfter+pongLimit+3*time.Second, func() {
		s := await(t, c, "the loss", func(s Snapshot) bool { return s.Status.State == link.Lost })
		if !errors.Is(s.Status.Err, ErrTimeout) || len(s.Pods) != 1 {
			t.Errorf("while lost: %+v", s)
		}
	})
	wire.mend()
	took(t, answerLimit+2*time.Second, func() {
		await(t, c, "the server again", func(s Snapshot) bool { return s.Status.State == link.Live })
	})
}

func TestErrorsAreTold(t *testing.T) {
	t.Parallel()
	answer := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			reason := map[int]string{401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 503: "ServiceUnavailable"}[code]
			_, _ = w.Write([]byte(`{"kind":"Status","apiVersion":"v1","status":"Failure","message":"the server's words","reason":"` + reason + `","code":` + strconv.Itoa(code) + `}`))
		}
	}
	plain := func(code int) string {
		srv := httptest.NewServer(answer(code))
		t.Cleanup(srv.Close)
		return srv.URL
	}
	tls := httptest.NewTLSServer(answer(200))
	t.Cleanup(tls.Close)
	free := newFakeAPI(t)
	free.stop()
	for name, tc := range map[string]struct {
		server string
		kind   error
		says   string
	}{
		"refused":          {"http://" + free.addr, ErrUnreachable, "nothing listens there"},
		"no such name":     {"https://no-such-host.invalid:6443", ErrUnreachable, "does not resolve"},
		"strange CA":       {tls.URL, ErrCertificate, "kubeconfig"},
		"no TLS":           {strings.Replace(plain(200), "http:", "https:", 1), ErrUnreachable, "does not speak TLS"},
		"not logged in":    {plain(401), ErrUnauthorized, "log in again"},
		"may not":          {plain(403), ErrForbidden, "the server's words"},
		"not there":        {plain(404), ErrNotFound, "the server's words"},
		"still coming up":  {plain(503), ErrUnreachable, "wait"},
		"closes at once":   {"http://" + slam(t), ErrUnreachable, "starting or stopping"},
		"bad server value": {"127.0.0.1:6443:1", ErrNoContext, "test"},
	} {
		t.Run(name, func(t *testing.T) {
			c := openServer(t, tc.server, "")
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			err := c.Delete(ctx, PodRef("shop", "web"))
			if !errors.Is(err, tc.kind) || !strings.Contains(err.Error(), tc.says) || !strings.HasPrefix(err.Error(), "deleting pod shop/web") {
				t.Errorf("got %v", err)
			}
		})
	}
}
