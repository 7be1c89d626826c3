//go:build linux

package e2e

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// wire is a line of the test's own to a server, which can be cut: what goes
// over it breaks off wherever it is, and nobody answers until it is mended.
type wire struct {
	network, to string
	listener    net.Listener
	work        sync.WaitGroup

	mu    sync.Mutex
	down  bool
	conns map[net.Conn]bool
}

// newWire carries what comes in at listener to an address.
func newWire(t *testing.T, listener net.Listener, network, to string) *wire {
	t.Helper()
	l := &wire{network: network, to: to, listener: listener, conns: map[net.Conn]bool{}}
	l.work.Go(l.serve)
	t.Cleanup(func() {
		listener.Close()
		l.cut()
		l.work.Wait()
	})
	return l
}

func (l *wire) serve() {
	for {
		in, err := l.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial(l.network, l.to)
		if err != nil {
			in.Close()
			continue
		}
		if !l.hold(in, out) {
			in.Close()
			out.Close()
			continue
		}
		l.work.Go(func() { l.carry(in, out) })
		l.work.Go(func() { l.carry(out, in) })
	}
}

// hold remembers a connection; false while the line is down.
func (l *wire) hold(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range conns {
		if !l.down {
			l.conns[c] = true
		}
	}
	return !l.down
}

func (l *wire) carry(to, from net.Conn) {
	_, _ = io.Copy(to, from) // ends when either side does
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range []net.Conn{to, from} {
		c.Close()
		delete(l.conns, c)
	}
}

// cut breaks all connections, and lets none through.
func (l *wire) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = true
	for c := range l.conns {
		c.Close()
	}
}

// mend lets connections through again.
func (l *wire) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = false
}

// engineWire puts a line between the programs of a world and its engine.
func engineWire(t *testing.T, w *world) *wire {
	t.Helper()
	host, err := url.Parse(strings.TrimSpace(w.docker("context", "inspect", "--format", "{{.Endpoints.docker.Host}}")))
	if err != nil || host.Scheme != "unix" {
		t.Fatalf("the engine is at %v, %v: this test knows sockets only", host, err)
	}
	socket := filepath.Join(t.TempDir(), "wire.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	w.set("DOCKER_HOST", "unix://"+socket)
	return newWire(t, listener, "unix", host.Path)
}

// clusterWire puts a line between the programs of a world and its API server.
func clusterWire(t *testing.T, w *world) *wire {
	t.Helper()
	server := strings.TrimSpace(w.kubectl("config", "view", "--minify", "--output", "jsonpath={.clusters[0].cluster.server}"))
	at, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config := w.kubectl("config", "view", "--minify", "--flatten")
	ours := fmt.Sprintf("https://%s\n    tls-server-name: %s", listener.Addr(), at.Hostname())
	if !strings.Contains(config, server) {
		t.Fatalf("no %s in the kubeconfig", server)
	}
	w.set("KUBECONFIG", w.write("kubeconfig", strings.Replace(config, server, ours, 1)))
	return newWire(t, listener, "tcp", at.Host)
}
