package kube

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	authv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/twindeck/twindeck/env/link"
)

// asNobody opens the fixture as a service account of the namespace, which may
// do nothing.
func asNobody(t *testing.T, c *Client) *Client {
	t.Helper()
	ns := c.options.Namespace
	ctx := deadline(t, 20*time.Second)
	if _, err := c.Apply(ctx, ns, read(t, c, "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: nobody}\n"), nil); err != nil {
		t.Fatal(err)
	}
	cn, err := c.connected(ctx)
	if err != nil {
		t.Fatal(err)
	}
	token, err := cn.calls.CoreV1().ServiceAccounts(ns).CreateToken(ctx, "nobody", &authv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.LoadFromFile(c.options.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	was := config.Contexts[config.CurrentContext]
	config.AuthInfos = map[string]*clientcmdapi.AuthInfo{was.AuthInfo: {Token: token.Status.Token}}
	file := filepath.Join(t.TempDir(), "config")
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		t.Fatal(err)
	}
	return Open(Options{Kubeconfig: file, Namespace: ns})
}

// may gives nobody rights to resources of the namespace.
func may(t *testing.T, c *Client, resources, verbs string) {
	t.Helper()
	ns := c.options.Namespace
	rights := fmt.Sprintf(`apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [%s], verbs: [%s]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: nobody, namespace: %s}]
`, resources, verbs, ns)
	if _, err := c.Apply(deadline(t, 20*time.Second), ns, read(t, c, rights), nil); err != nil {
		t.Fatal(err)
	}
}

// Pods are there for those who may list and not watch them; those of all
// namespaces are refused, and the namespace's come back without a pause.
func TestFixturePodsAreListedWithoutAWatch(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ns := c.options.Namespace
	nobody := asNobody(t, c)
	running(t, nobody)
	s := await(t, nobody, "the refusal", func(s Snapshot) bool { return s.Status.Err != nil })
	if !errors.Is(s.Status.Err, ErrForbidden) || !strings.Contains(s.Status.Err.Error(), `cannot list resource "pods"`) || s.Status.State != link.Connecting {
		t.Errorf("without rights: %+v", s.Status)
	}
	may(t, c, "pods", "get, list")
	await(t, nobody, "the list", func(s Snapshot) bool { return s.Synced && s.Status.State == link.Live && len(s.Pods) == 0 })
	roll(t, c, read(t, c, app("Deployment", "web", 1, "exec sleep 1000")), Created)
	await(t, nobody, "a pod that runs", func(s Snapshot) bool { return len(s.Pods) == 1 && s.Pods[0].Phase == PhaseReady })

	nobody = asNobody(t, c)
	nobody.refused = time.Hour
	nobody.SetNamespace("")
	running(t, nobody)
	s = await(t, nobody, "the refusal of all", func(s Snapshot) bool { return s.Status.Err != nil })
	if !errors.Is(s.Status.Err, ErrForbidden) || !strings.Contains(s.Status.Err.Error(), "at the cluster scope") || s.Status.State != link.Connecting || len(s.Pods) > 0 {
		t.Errorf("all namespaces: %+v", s)
	}
	nobody.SetNamespace(ns)
	await(t, nobody, "the namespace again", func(s Snapshot) bool { return s.Status.State == link.Live && len(s.Pods) == 1 })
}

// Who may not list a kind is told so in the server's words; once it is
// allowed, the rows come by themselves. What else may not be looked at is told
// beside what may.
func TestFixtureForbidden(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ns := c.options.Namespace
	nobody := asNobody(t, c)
	ctx := deadline(t, time.Minute)
	k := kindNamed(t, nobody, "cm")
	f := follow(t, nobody, k, ns)
	o := f.await("the refusal", func(o Objects) bool { return o.Status.Err != nil })
	if !errors.Is(o.Status.Err, ErrForbidden) || !strings.Contains(o.Status.Err.Error(), `cannot list resource "configmaps"`) || o.Status.State != link.Connecting || o.Synced {
		t.Errorf("%+v", o)
	}
	if _, err := nobody.PodStats(ctx, []*Pod{{UID: "x", Namespace: ns, Name: "x", Node: "docker-desktop"}}); !errors.Is(err, ErrForbidden) || !strings.Contains(err.Error(), "nodes/proxy") {
		t.Errorf("PodStats() = %v", err)
	}
	last := roll(t, c, read(t, c, app("Deployment", "web", 1, "exec sleep 1000")), Created)
	may(t, c, "configmaps, pods", "get, list, watch")
	f.await("the rows", func(o Objects) bool { return o.Synced && o.Status.Err == nil && len(o.Rows) > 0 })
	found, err := nobody.Related(ctx, PodRef(ns, last.Pods[0].Name))
	if !errors.Is(err, ErrForbidden) || !strings.Contains(err.Error(), `cannot list resource "services"`) {
		t.Errorf("Related() = %v", err)
	}
	if got := strings.Join(ties(found), ", "); got != "ReplicaSet/web owns it, Node/docker-desktop runs it" {
		t.Errorf("found %s", got)
	}
}
