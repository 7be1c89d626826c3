//go:build linux

package e2e

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// relay is a registry of the fixture behind a line of the test's own, which
// counts what is uploaded, can break, and can refuse.
type relay struct {
	at string // host:port

	mu      sync.Mutex
	sent    map[string]int64 // bytes that came, by the blob's digest
	arrived map[string]int   // how often each blob came whole
	bigs    int              // uploads of the big layer so far
	tokens  map[string]bool  // those that are valid
	over    chan struct{}    // closed at the test's end: nothing is held any more
	small   chan struct{}    // closed when the small layer has come

	// big says how the n-th upload of the big layer goes, from 0 on: broken off
	// after so many bytes (0: not at all), and not before hold is closed.
	big func(n int) (cut int64, hold <-chan struct{})
	// refuse answers instead of the registry; code 0: it does not.
	refuse func(*http.Request) (code int, says string)
	// login says which password is taken; nil: anybody's. Then each request
	// needs a token.
	login func(user, password string) bool
}

// The sizes of the layers by which relays know them.
const (
	bigSize   = 3 << 20
	smallSize = 100 << 10
)

// newRelay opens a line to a registry of the fixture.
func newRelay(t *testing.T, registry string) *relay {
	t.Helper()
	r := &relay{over: make(chan struct{}), small: make(chan struct{}), sent: map[string]int64{}, arrived: map[string]int{}, tokens: map[string]bool{}}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(&url.URL{Scheme: "http", Host: registry})
			p.Out.Host = p.In.Host // where the registry sends the client next
			if r.login != nil {
				p.Out.Header.Del("Authorization") // it was meant for us
			}
		},
		ModifyResponse: func(answer *http.Response) error {
			if digest := answer.Request.URL.Query().Get("digest"); answer.Request.Method == http.MethodPut && answer.StatusCode == http.StatusCreated && digest != "" {
				r.took(digest)
			}
			return nil
		},
		// A line that breaks closes the connection, and says nothing.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		ErrorLog:     log.New(io.Discard, "", 0),
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { r.serve(w, q, proxy) }))
	r.at = server.Listener.Addr().String()
	t.Cleanup(func() {
		close(r.over)
		server.Close()
	})
	return r
}

func (r *relay) serve(w http.ResponseWriter, q *http.Request, registry http.Handler) {
	if r.login != nil && !r.admits(w, q) {
		return
	}
	if r.refuse != nil {
		if code, says := r.refuse(q); code != 0 {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			_, _ = io.WriteString(w, says)
			return
		}
	}
	if (q.Method == http.MethodPut || q.Method == http.MethodPatch) && strings.Contains(q.URL.Path, "/blobs/uploads/") {
		q.Body = r.upload(q)
	}
	registry.ServeHTTP(w, q)
}

// took notes that a blob came whole.
func (r *relay) took(digest string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.arrived[digest]++
	if size := r.sent[digest]; size < bigSize && size >= smallSize {
		select {
		case <-r.small:
		default:
			close(r.small)
		}
	}
}

// upload is the body of an upload, counted and perhaps broken off.
func (r *relay) upload(q *http.Request) io.ReadCloser {
	line := &line{ReadCloser: q.Body, relay: r, digest: q.URL.Query().Get("digest"), cut: -1}
	if q.ContentLength < bigSize || q.ContentLength > bigSize+bigSize/10 {
		return line
	}
	r.mu.Lock()
	n := r.bigs
	r.bigs++
	r.mu.Unlock()
	if r.big != nil {
		cut, hold := r.big(n)
		if cut > 0 {
			line.cut = cut
		}
		if hold != nil {
			select {
			case <-hold:
			case <-r.over:
			}
		}
	}
	return line
}

// line carries an upload.
type line struct {
	io.ReadCloser
	relay  *relay
	digest string
	cut    int64 // bytes until it breaks; -1: it holds
}

func (l *line) Read(p []byte) (int, error) {
	if l.cut == 0 {
		return 0, errors.New("the line is cut")
	}
	if l.cut > 0 {
		p = p[:min(int64(len(p)), l.cut)]
	}
	n, err := l.ReadCloser.Read(p)
	if l.cut > 0 {
		l.cut -= int64(n)
	}
	l.relay.mu.Lock()
	l.relay.sent[l.digest] += int64(n)
	l.relay.mu.Unlock()
	return n, err
}

// admits lets requests with a token pass, and gives tokens for a password.
func (r *relay) admits(w http.ResponseWriter, q *http.Request) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if q.URL.Path != "/token" {
		if token, ok := strings.CutPrefix(q.Header.Get("Authorization"), "Bearer "); ok && r.tokens[token] {
			return true
		}
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="http://%s/token",service="relay",scope="repository:%s:pull,push"`, r.at, repositoryIn(q.URL.Path)))
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`)
		return false
	}
	user, password, ok := q.BasicAuth()
	if !ok {
		user, password = q.PostFormValue("username"), q.PostFormValue("password")
	}
	if !r.login(user, password) {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"errors":[{"code":"UNAUTHORIZED","message":"incorrect username or password"}]}`)
		return false
	}
	token := fmt.Sprintf("token-%d", rand.Uint64())
	r.tokens[token] = true
	_ = json.NewEncoder(w).Encode(map[string]any{"token": token, "access_token": token, "expires_in": 3600})
	return false
}

// expire ends all tokens.
func (r *relay) expire() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.tokens)
}

// repositoryIn is the repository that a path of the registry's API is about.
func repositoryIn(path string) string {
	path = strings.TrimPrefix(path, "/v2/")
	for _, end := range []string{"/blobs/", "/manifests/", "/tags/"} {
		path, _, _ = strings.Cut(path, end)
	}
	return path
}

// once fails the test unless each blob that came whole came so once.
func (r *relay) once(t *testing.T) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.arrived) == 0 {
		t.Error("nothing arrived")
	}
	for digest, n := range r.arrived {
		if n != 1 {
			t.Errorf("%s was sent %d times", digest, n)
		}
	}
}

// uploaded is how many bytes came in all.
func (r *relay) uploaded() (bytes int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.sent {
		bytes += n
	}
	return bytes
}

// whole is how many blobs have come whole.
func (r *relay) whole() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.arrived)
}

// own is a name that no other run of the test has: registries remember.
func (w *world) own(name string) string {
	return name + w.namespace[strings.LastIndex(w.namespace, "-"):]
}

// heavy puts a project into the world whose image has a big and a small layer
// that no other has, on an engine that reaches the cluster through a registry.
func (w *world) heavy(name string) {
	w.t.Helper()
	w.tiny(name)
	source := rand.NewChaCha8(sha256.Sum256([]byte(w.namespace)))
	for file, size := range map[string]int{"big": bigSize, "small": smallSize} {
		data := make([]byte, size)
		_, _ = source.Read(data)
		if err := os.WriteFile(filepath.Join(w.dir, file), data, 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
	w.replace("Dockerfile", "RUN echo made > /made", "COPY small /small\nCOPY big /big")
	w.commit("layers")
	w.set("DOCKER_CONTEXT", "separate")
	w.forgetsOwn()
}

// forgetsOwn removes the images of the test's own names from the engine when it ends.
func (w *world) forgetsOwn() {
	w.t.Helper()
	w.t.Cleanup(func() {
		images := w.command("docker", "--context", "separate", "images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", "reference=*/*"+w.own("")).ok()
		if names := strings.Fields(images); len(names) > 0 {
			w.command("docker", append([]string{"--context", "separate", "rmi", "-f"}, names...)...).ok()
		}
	})
}
