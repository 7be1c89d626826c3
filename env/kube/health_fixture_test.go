package kube

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
)

// Pods that a real kubelet cannot bring up, and the cause that is seen of each.
func TestFixtureHealth(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ctx := deadline(t, 90*time.Second)
	ns := c.options.Namespace
	base := func(name, change, to string) string {
		return strings.Replace(app("Deployment", name, 1, "sleep 600"), change, to, 1)
	}
	all := strings.Join([]string{
		base("never", "twindeck.local/base:1", "twindeck.local/nobody-built-this:1"),
		base("room", "        command:", "        resources: {requests: {memory: 900Gi}}\n        command:"),
		base("probe", "        command:", "        readinessProbe: {tcpSocket: {port: 81}, periodSeconds: 1}\n        command:"),
		base("crash", "sleep 600", "echo boom; exit 3"),
		base("config", "        command:", "        envFrom: [{configMapRef: {name: nobody-made-this}}]\n        command:"),
	}, "---\n")
	if _, err := c.Apply(ctx, ns, read(t, c, all), nil); err != nil {
		t.Fatal(err)
	}
	want := map[string]Cause{"never": NeverPull, "room": NoRoom, "probe": ProbeRefused, "crash": Crashes, "config": ConfigMissing}
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		got := map[string]Cause{}
		h, err := c.Health(ctx, ns)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range h.Ailing {
			got[a.Pod.Owner.Name] = Telling(a.Troubles).Cause()
		}
		if maps.Equal(got, want) {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal(fmt.Errorf("saw %v, want %v", got, want))
		}
	}
}
