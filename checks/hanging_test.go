package checks_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/local"
)

// An API server that accepts connections and never answers, seen by the real
// client: the verdict comes within 5 s and names it alone.
func TestHangingAPIServer(t *testing.T) {
	t.Parallel()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan struct{})
	go func() {
		defer close(accepted)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close() //nolint:errcheck,revive // held open, to the end of the test
		}
	}()
	defer func() {
		_ = l.Close()
		<-accepted
	}()

	path := filepath.Join(t.TempDir(), "config")
	config := `{"apiVersion":"v1","kind":"Config","current-context":"hanging",
		"clusters":[{"name":"c","cluster":{"server":"https://` + l.Addr().String() + `"}}],
		"contexts":[{"name":"hanging","context":{"cluster":"c","user":"u"}}],"users":[{"name":"u","user":{"token":"x"}}]}`
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	e := *local.Open(local.Options{Dir: t.TempDir()})
	e.Kube = kube.Open(kube.Options{Kubeconfig: path})
	list, err := checks.Select(checks.All(), []string{"kube"}, []string{"kube.cli"})
	if err != nil {
		t.Fatal(err)
	}

	start := time.Now()
	results := checks.Collect(t.Context(), list, e)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("the verdict took %s", took)
	}
	for _, r := range results {
		switch {
		case r.Check.ID == "kube.server" && (r.Finding.Status != checks.Fail || !strings.Contains(r.Finding.Summary, "does not answer")):
			t.Errorf("kube.server is %s: %s", r.Finding.Status, r.Finding.Summary)
		case r.Check.ID == "kube.coredns" && r.Cause != "kube.server":
			t.Errorf("kube.coredns waits for %q", r.Cause)
		}
	}
}
