package kube

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// followed is a Follow that runs until the test ends.
type followed struct {
	t    *testing.T
	news chan Objects
	last Objects
	done chan error
}

func follow(t *testing.T, c *Client, k Kind, namespace string) *followed {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	f := &followed{t: t, news: make(chan Objects), done: make(chan error, 1)}
	go func() {
		f.done <- c.Follow(ctx, k, namespace, func(o Objects) {
			select {
			case f.news <- o:
			case <-ctx.Done():
			}
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-f.done; !errors.Is(err, context.Canceled) {
			t.Errorf("Follow(%s) = %v", k, err)
		}
	})
	return f
}

// await waits for a state that fits.
func (f *followed) await(what string, fits func(Objects) bool) Objects {
	f.t.Helper()
	limit := time.After(30 * time.Second)
	for f.last.Version == 0 || !fits(f.last) {
		select {
		case f.last = <-f.news:
		case <-limit:
			f.t.Fatalf("waited for %s, have %+v", what, f.last)
		}
	}
	return f.last
}

// row is the row of a name, if it is there.
func (o Objects) row(name string) *Object {
	i := slices.IndexFunc(o.Rows, func(r *Object) bool { return r.Name == name })
	if i < 0 {
		return nil
	}
	return o.Rows[i]
}

func (o Objects) cell(r *Object, column string) string {
	i := slices.IndexFunc(o.Columns, func(c Column) bool { return c.Name == column })
	if i < 0 || r == nil {
		return ""
	}
	return r.Cells[i]
}

// addContext adds a context to a kubeconfig: a cluster of its own, and the
// user that is there.
func addContext(t *testing.T, file, name, server, namespace string) {
	t.Helper()
	config, err := clientcmd.LoadFromFile(file)
	if err != nil {
		t.Fatal(err)
	}
	was := config.Contexts[config.CurrentContext]
	cluster := *config.Clusters[was.Cluster]
	cluster.Server = server
	config.Clusters[name] = &cluster
	config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: was.AuthInfo, Namespace: namespace}
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		t.Fatal(err)
	}
}
