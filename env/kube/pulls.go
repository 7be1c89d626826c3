package kube

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// PullPolicy is when a node pulls the image of a container.
type PullPolicy struct {
	Container string
	Image     string
	Policy    string // Always, IfNotPresent, Never
}

// pullPolicies finds the containers anywhere in an object that say when their
// image is pulled.
func pullPolicies(node any) []PullPolicy {
	var found []PullPolicy
	switch v := node.(type) {
	case map[string]any:
		name, _ := v["name"].(string)
		image, _ := v["image"].(string)
		if policy, ok := v["imagePullPolicy"].(string); ok && image != "" {
			found = append(found, PullPolicy{Container: name, Image: image, Policy: policy})
		}
		for _, child := range v {
			found = append(found, pullPolicies(child)...)
		}
	case []any:
		for _, child := range v {
			found = append(found, pullPolicies(child)...)
		}
	}
	slices.SortFunc(found, func(a, b PullPolicy) int {
		return cmp.Or(cmp.Compare(a.Container, b.Container), cmp.Compare(a.Image, b.Image))
	})
	return found
}

// PullHosts are the registries that pods of a service account can log in to:
// those of the account's own pull secrets and of the secrets named beside
// them. What does not exist counts for nothing; which registries a secret is
// for is all that is looked at in it.
func (c *Client) PullHosts(ctx context.Context, namespace, account string, secrets []string) ([]string, error) {
	var hosts []string
	err := c.call(ctx, "looking at the pull secrets of "+namespace, func(ctx context.Context, cn *conn) error {
		names := slices.Clone(secrets)
		sa, err := cn.calls.CoreV1().ServiceAccounts(namespace).Get(ctx, cmp.Or(account, "default"), metav1.GetOptions{})
		switch {
		case err == nil:
			for _, s := range sa.ImagePullSecrets {
				names = append(names, s.Name)
			}
		case !apierrors.IsNotFound(err):
			return err
		}
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			s, err := cn.calls.CoreV1().Secrets(namespace).Get(ctx, name, metav1.GetOptions{})
			if apierrors.IsNotFound(err) {
				continue
			}
			if err != nil {
				return err
			}
			hosts = append(hosts, hostsOf(s)...)
		}
		slices.Sort(hosts)
		hosts = slices.Compact(hosts)
		return nil
	})
	return hosts, err
}

// hostsOf are the registries a pull secret is for, as they are written in it.
func hostsOf(s *corev1.Secret) []string {
	type entries map[string]json.RawMessage
	var config struct{ Auths entries }
	switch s.Type {
	case corev1.SecretTypeDockerConfigJson:
		_ = json.Unmarshal(s.Data[corev1.DockerConfigJsonKey], &config) // what cannot be read is for no registry
	case corev1.SecretTypeDockercfg:
		_ = json.Unmarshal(s.Data[corev1.DockerConfigKey], &config.Auths)
	}
	var hosts []string
	for host := range config.Auths {
		hosts = append(hosts, host)
	}
	return hosts
}
