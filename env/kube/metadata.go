package kube

import (
	"context"
	"encoding/json"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// metadata is what an object is called and who owns it; nothing of what it
// holds, which may be a secret, is asked for.
func (cn *conn) metadata(ctx context.Context, k Kind, namespace, name string) (*metav1.PartialObjectMetadata, error) {
	m := &metav1.PartialObjectMetadata{}
	return m, cn.readMetadata(ctx, k, namespace, name, "PartialObjectMetadata", m)
}

// metadataList is the metadata of all objects of a kind in a namespace.
func (cn *conn) metadataList(ctx context.Context, k Kind, namespace string) (*metav1.PartialObjectMetadataList, error) {
	l := &metav1.PartialObjectMetadataList{}
	return l, cn.readMetadata(ctx, k, namespace, "", "PartialObjectMetadataList", l)
}

func (cn *conn) readMetadata(ctx context.Context, k Kind, namespace, name, as string, into any) error {
	path := k.path(namespace)
	if name != "" {
		path = append(path, name)
	}
	body, err := cn.calls.RESTClient().Get().AbsPath(path...).MaxRetries(0).
		SetHeader("Accept", "application/json;as="+as+";v=v1;g=meta.k8s.io").Stream(ctx)
	if err != nil {
		return err
	}
	defer body.Close()
	if err := json.NewDecoder(body).Decode(into); err != nil {
		return fmt.Errorf("reading the metadata of %s %s: %w", k, name, err)
	}
	return nil
}

// path is where the server has the kind's objects.
func (k Kind) path(namespace string) []string {
	path := []string{"/apis", k.Group, k.Version}
	if k.Group == "" {
		path = []string{"/api", k.Version}
	}
	if namespace != "" && k.Namespaced {
		path = append(path, "namespaces", namespace)
	}
	return append(path, k.Resource)
}
