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
	groups, lists, err := client.ServerGroupsAndResourcesWithContext(ctx)
	var partly *discovery.ErrGroupDiscoveryFailed
	if err != nil && (!errors.As(err, &partly) || len(lists) == 0) {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	kinds := kindsOf(groups, lists)
	cn.mu.Lock()
	defer cn.mu.Unlock()
	cn.kinds = kinds
	return kinds, nil
}

// kindsOf are the kinds of what a server serves, version by version.
func kindsOf(groups []*metav1.APIGroup, lists []*metav1.APIResourceList) []Kind {
	preferred := map[string]string{}
	for _, g := range groups {
		preferred[g.Name] = g.PreferredVersion.Version
	}
	var kinds []Kind
	at := map[schema.GroupResource]int{} // of kinds
	for _, l := range lists {
		gv, err := schema.ParseGroupVersion(l.GroupVersion)
		if err != nil {
			continue
		}
		for i := range l.APIResources {
			r := &l.APIResources[i]
			k := Kind{
				Group: cmp.Or(r.Group, gv.Group), Version: cmp.Or(r.Version, gv.Version), Resource: r.Name, Name: r.Kind,
				Singular: cmp.Or(r.SingularName, strings.ToLower(r.Kind)), Short: r.ShortNames, Namespaced: r.Namespaced, Verbs: r.Verbs,
				Scales: scales(l, r.Name),
			}
			if !k.Can("list") || strings.Contains(r.Name, "/") {
				continue
			}
			switch n, again := at[k.resource().GroupResource()]; {
			case !again:
				at[k.resource().GroupResource()] = len(kinds)
				kinds = append(kinds, k)
			case k.Version == preferred[k.Group]:
				kinds[n] = k
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

// scales says whether the server lets the replicas of a resource be set.
func scales(l *metav1.APIResourceList, resource string) bool {
	return slices.ContainsFunc(l.APIResources, func(r metav1.APIResource) bool {
		return r.Name == resource+"/"+scaleSubresource && slices.Contains(r.Verbs, "get") && slices.Contains(r.Verbs, "update")
	})
}

// custom ranks kinds: the cluster's own first, then those that something else
// brought.
func (k Kind) custom() int {
	if customGroup(k.Group) != "" {
		return 1
	}
	return 0
}

// customGroup is a group that something else brought; "" for the cluster's own.
func customGroup(group string) string {
	if strings.Contains(group, ".") && !strings.HasSuffix(group, ".k8s.io") {
		return group
	}
	return ""
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
