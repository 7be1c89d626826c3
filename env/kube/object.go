package kube

import (
	"context"
	"fmt"
	"sort"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/kubectl/pkg/describe"
	"sigs.k8s.io/yaml"

	"github.com/twindeck/twindeck/env/secret"
)

// Describe is what kubectl describe prints of an object, secrets masked.
func (c *Client) Describe(ctx context.Context, ref Ref) (string, error) {
	var text string
	err := c.call(ctx, "describing "+ref.plain(), func(ctx context.Context, cn *conn) error {
		k, err := cn.kindOf(ctx, ref)
		if err != nil {
			return err
		}
		config := cn.boundConfig(ctx)
		d, ok := describe.DescriberFor(ref.groupKind(), config)
		if !ok {
			if d, ok = describe.GenericDescriberFor(k.mapping(), config); !ok {
				return fmt.Errorf("kubectl has no description for a %s", ref.Kind)
			}
		}
		text, err = d.Describe(ref.Namespace, ref.Name, describe.DescriberSettings{ShowEvents: true, ChunkSize: pageSize})
		if customGroup(ref.Group) != "" {
			text = secret.Mask(text) // its events, too, may say what its maker alone understands
		}
		return err
	})
	return text, err
}

// YAML is an object as the server has it, without managed fields, secrets
// masked: of a Secret's values only their sizes are told.
func (c *Client) YAML(ctx context.Context, ref Ref) (string, error) {
	var text string
	err := c.call(ctx, "reading "+ref.plain(), func(ctx context.Context, cn *conn) error {
		obj, err := cn.get(ctx, ref)
		if err != nil {
			return err
		}
		obj.SetManagedFields(nil)
		maskObject(obj.Object)
		out, err := yaml.Marshal(obj.Object)
		text = string(out)
		return err
	})
	return text, err
}

// Events are what happened to an object, oldest first.
func (c *Client) Events(ctx context.Context, ref Ref) ([]Event, error) {
	var events []Event
	err := c.call(ctx, "reading events of "+ref.plain(), func(ctx context.Context, cn *conn) error {
		var err error
		events, err = cn.events(ctx, ref.Namespace, ref.Kind, ref.Name)
		return err
	})
	return events, err
}

func (cn *conn) events(ctx context.Context, namespace, kind, name string) ([]Event, error) {
	list, err := cn.calls.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{
		FieldSelector: fields.Set{"involvedObject.kind": kind, "involvedObject.name": name}.String(),
	})
	if err != nil {
		return nil, fmt.Errorf("reading events: %w", err)
	}
	events := make([]Event, 0, len(list.Items))
	for i := range list.Items {
		events = append(events, eventOf(&list.Items[i]))
	}
	sort.SliceStable(events, func(i, j int) bool { return events[i].Last.Before(events[j].Last) })
	return events, nil
}

// Delete asks the server to end an object; a pod goes when its grace period
// is over, and what an object owns goes after it.
func (c *Client) Delete(ctx context.Context, ref Ref) error {
	return c.call(ctx, "deleting "+ref.plain(), func(ctx context.Context, cn *conn) error {
		at, err := cn.resource(ctx, ref)
		if err != nil {
			return err
		}
		after := metav1.DeletePropagationBackground // as kubectl: else the pods of a Job stay
		return at.Delete(ctx, ref.Name, metav1.DeleteOptions{PropagationPolicy: &after})
	})
}

func (cn *conn) get(ctx context.Context, ref Ref) (*unstructured.Unstructured, error) {
	at, err := cn.resource(ctx, ref)
	if err != nil {
		return nil, err
	}
	return at.Get(ctx, ref.Name, metav1.GetOptions{})
}

// resource is where the server keeps objects like ref.
func (cn *conn) resource(ctx context.Context, ref Ref) (dynamic.ResourceInterface, error) {
	k, err := cn.kindOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	r := cn.dynamic.Resource(k.resource())
	if !k.Namespaced {
		return r, nil
	}
	return r.Namespace(cn.namespaceOf(ref)), nil
}

// mapping is the kind as kubectl's helpers take it.
func (k Kind) mapping() *meta.RESTMapping {
	m := &meta.RESTMapping{
		Resource: k.resource(), Scope: meta.RESTScopeRoot,
		GroupVersionKind: schema.GroupVersionKind{Group: k.Group, Version: k.Version, Kind: k.Name},
	}
	if k.Namespaced {
		m.Scope = meta.RESTScopeNamespace
	}
	return m
}

// boundConfig is for kubectl's describers, which make clients of their own and
// take no context: all their requests end with ctx, and no secrets reach them.
func (cn *conn) boundConfig(ctx context.Context) *rest.Config {
	return &rest.Config{
		Host: cn.fast.Host, APIPath: cn.fast.APIPath, UserAgent: cn.fast.UserAgent, QPS: cn.fast.QPS, Burst: cn.fast.Burst,
		Transport: masked{boundTransport{ctx, cn.rt}}, WarningHandler: rest.NoWarnings{},
		ContentConfig: rest.ContentConfig{ContentType: runtime.ContentTypeJSON, AcceptContentTypes: runtime.ContentTypeJSON}, // masked reads it
	}
}
