//go:build unix

package e2e

import (
	"fmt"
	"net"
	"testing"
)

// kubeconfigAt is a kubeconfig whose cluster answers at an address.
func (w *world) kubeconfigAt(address string) {
	w.set("KUBECONFIG", w.write("kubeconfig", fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: docker-desktop
contexts: [{name: docker-desktop, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://%s", insecure-skip-tls-verify: true}}]
users: [{name: u, user: {token: not-a-token}}]
`, address)))
}

// refuses is an address where nobody listens.
func refuses(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// silent is an address where somebody accepts and never answers.
func silent(t *testing.T) string {
	t.Helper()
	return silentAt(t, "127.0.0.1:0")
}

func silentAt(t *testing.T, address string) string {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var held []net.Conn
		for {
			c, err := l.Accept()
			if err != nil {
				break
			}
			held = append(held, c)
		}
		for _, c := range held {
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

// faraway are addresses of servers that cannot be used, and what check says to
// do about each.
var faraway = map[string]struct {
	address func(*testing.T) string
	engine  string // what to do when it is the engine's
	cluster string // what happened when it is the cluster's
}{
	"refuses":       {refuses, "Start Docker, or choose another context", "Nothing answers at"},
	"never answers": {silent, "wait, or restart Docker", "accepts connections and does not answer"},
}

func TestUnreachableHosts(t *testing.T) {
	for name, c := range faraway {
		t.Run(name, func(t *testing.T) {
			w := nowhere(t)
			w.tiny("far")
			engine, cluster := c.address(t), c.address(t)
			w.set("DOCKER_HOST", "tcp://"+engine)
			w.kubeconfigAt(cluster)
			before := w.files()
			w.twindeck("ship").exits(1).within(promptly).says(engine, cluster, c.engine)
			w.twindeck("check").exits(1).within(promptly).says(engine, "by hand")
			if after := w.files(); after != before {
				t.Errorf("the project's files changed:\n%s", after)
			}
		})
	}
}

// The same with a healthy engine: then the cluster is the cause.
func TestUnreachableCluster(t *testing.T) {
	for name, c := range faraway {
		t.Run(name, func(t *testing.T) {
			w := servers(t)
			w.tiny("far")
			healthy, cluster := w.value("KUBECONFIG"), c.address(t)
			w.unchanged(func() {
				w.kubeconfigAt(cluster)
				w.twindeck("deploy").exits(1).within(promptly).says(cluster)
				w.twindeck("check").exits(1).within(promptly).says(cluster, c.cluster, "by hand")
				w.set("KUBECONFIG", healthy)
			})
		})
	}
}

func TestNothingAtAllHeadless(t *testing.T) {
	w := nowhere(t)
	w.tiny("alone")
	w.twindeck("ship").exits(1).within(promptly).says("no.sock", "Start Docker", "no-kubeconfig", "turn Kubernetes on")
	w.twindeck("check").exits(1).within(promptly).says("no.sock", "by hand")
}
