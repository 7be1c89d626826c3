package kube

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestFixtureExecInPod talks to a program in a real pod over its standard
// streams, and hears why one that cannot be run did not.
func TestFixtureExecInPod(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ns := c.options.Namespace
	ctx := deadline(t, 60*time.Second)
	ms := read(t, c, app("Deployment", "talks", 1, "exec sleep 600"))
	if _, err := c.Apply(ctx, ns, ms, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Rollout(ctx, []Ref{{Group: "apps", Version: "v1", Kind: "Deployment", Namespace: ns, Name: "talks"}}, func(Rollout) {}); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(os.Getenv("TWINDECK_FIXTURE"), "home", ".kube", "config")

	nc, err := ExecInPod(ctx, config, ns, "talks", []string{"cat"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(nc, "hello, pod\n"); err != nil {
		t.Fatal(err)
	}
	if got, err := bufio.NewReader(nc).ReadString('\n'); err != nil || got != "hello, pod\n" {
		t.Errorf("it answers %q, %v", got, err)
	}
	if err := nc.Close(); err != nil {
		t.Error(err)
	}

	nc, err = ExecInPod(ctx, config, ns, "talks", []string{"no-such-program"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = nc.Read(make([]byte, 1)); err == nil || !strings.Contains(err.Error(), "no-such-program") {
		t.Errorf("a program that is not there: %v", err)
	}
	_ = nc.Close()
}
