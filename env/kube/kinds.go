package kube

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
)

// Kinds are the kinds of objects that the server can list, each in the version
// it prefers, sorted by name, its own before custom ones. A part of the API
// that another program serves and that does not answer is left out.
func (c *Client) Kinds(ctx context.Context) ([]Kind, error) {
	var kinds []Kind
	err := c.call(ctx, "asking for the kinds of objects", func(ctx context.Context, cn *conn) error {
		var err error
		kinds, err = cn.ask(ctx)
		return err
	})
	return kinds, err
}

// ask reads the kinds and keeps them for kindOf.
func (cn *conn) ask(ctx context.Context) ([]Kind, error) {
	client, err := discovery.NewDiscoveryClientForConfigAndClient(cn.fast, &http.Client{Transport: boundTransport{ctx, cn.rt}})
	if err != nil {
		return nil, err
	}
	lists, err := client.ServerPreferredResourcesWithContext(ctx)
	var partly *discovery.ErrGroupDiscoveryFailed
	if err != nil && (!errors.As(err, &partly) || len(lists) == 0) {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	kinds := kindsOf(lists)
	cn.mu.Lock()
	defer cn.mu.Unlock()
	cn.kinds = kinds
	return kinds, nil
}

func kindsOf(lists []*metav1.APIResourceList) []Kind {
	var kinds []Kind
	for _, l := range lists {
		for i := range l.APIResources {
			r := &l.APIResources[i]
			gv, err := schema.ParseGroupVersion(l.GroupVersion)
			k := Kind{
				Group: cmp.Or(r.Group, gv.Group), Version: cmp.Or(r.Version, gv.Version), Resource: r.Name, Name: r.Kind,
				Singular: cmp.Or(r.SingularName, strings.ToLower(r.Kind)), Short: r.ShortNames, Namespaced: r.Namespaced, Verbs: r.Verbs,
			}
			if err == nil && k.Can("list") && !strings.Contains(r.Name, "/") {
				kinds = append(kinds, k)
			}
		}
	}
	slices.SortFunc(kinds, func(a, b Kind) int {
		return cmp.Or(cmp.Compare(a.custom(), b.custom()), cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Group, b.Group))
	})
	// Events are served twice, under a name of their own and as ever: kubectl
	// means the latter.
	return slices.DeleteFunc(kinds, func(k Kind) bool { return k.Group == "events.k8s.io" })
}

// custom ranks kinds: the cluster's own first, then those that something else
// brought.
func (k Kind) custom() int {
	if strings.Contains(k.Group, ".") && !strings.HasSuffix(k.Group, ".k8s.io") {
		return 1
	}
	return 0
}

// known are the kinds as last asked for.
func (cn *conn) known(ctx context.Context) ([]Kind, error) {
	cn.mu.Lock()
	kinds := cn.kinds
	cn.mu.Unlock()
	if kinds != nil {
		return kinds, nil
	}
	return cn.ask(ctx)
}

// kindOf finds the kind of an object, asking the server anew for one that was
// not there the last time.
func (cn *conn) kindOf(ctx context.Context, ref Ref) (Kind, error) {
	if pod := PodKind(); ref.Group == pod.Group && ref.Kind == pod.Name {
		return pod, nil
	}
	is := func(k Kind) bool { return k.Group == ref.Group && k.Name == ref.Kind }
	known, err := cn.known(ctx)
	i := slices.IndexFunc(known, is)
	if i < 0 && err == nil {
		known, err = cn.ask(ctx)
		i = slices.IndexFunc(known, is)
	}
	if err != nil {
		return Kind{}, fmt.Errorf("asking for the kinds of objects: %w", err)
	}
	if i < 0 {
		return Kind{}, fmt.Errorf("the cluster has no kind %s in %s: %w", ref.Kind, cmp.Or(ref.Group, "v1"), ErrNotFound)
	}
	k := known[i]
	k.Version = cmp.Or(ref.Version, k.Version)
	return k, nil
}

func (k Kind) resource() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: k.Group, Version: k.Version, Resource: k.Resource}
}
