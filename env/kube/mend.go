package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// AddPullSecret keeps a registry login (a Docker config.json) in the cluster
// under name, and lets the pods of a service account use it. A secret of that
// name that somebody else made is an error. Pods that are there already do not
// get it: only new ones do.
func (c *Client) AddPullSecret(ctx context.Context, namespace, name, account string, login []byte) error {
	return c.call(ctx, "adding the pull secret "+namespace+"/"+name, func(ctx context.Context, cn *conn) error {
		secrets := cn.calls.CoreV1().Secrets(namespace)
		s := &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{managedBy: manager}},
			Type:       corev1.SecretTypeDockerConfigJson,
			Data:       map[string][]byte{corev1.DockerConfigJsonKey: login},
		}
		_, err := secrets.Create(ctx, s, metav1.CreateOptions{FieldManager: manager})
		if apierrors.IsAlreadyExists(err) {
			err = cn.renewSecret(ctx, namespace, s)
		}
		if err != nil {
			return err
		}
		return cn.patchAccount(ctx, namespace, account, map[string]any{"name": name})
	})
}

const managedBy = "app.kubernetes.io/managed-by"

// renewSecret replaces the login in a secret that is ours.
func (cn *conn) renewSecret(ctx context.Context, namespace string, s *corev1.Secret) error {
	secrets := cn.calls.CoreV1().Secrets(namespace)
	old, err := secrets.Get(ctx, s.Name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if old.Labels[managedBy] != manager {
		return fmt.Errorf("the secret %s is there already and not twindeck's: name it in imagePullSecrets, or delete it", s.Name)
	}
	old.Data = s.Data
	_, err = secrets.Update(ctx, old, metav1.UpdateOptions{FieldManager: manager})
	return err
}

// RemovePullSecret takes back what AddPullSecret did. What is gone already is
// no error.
func (c *Client) RemovePullSecret(ctx context.Context, namespace, name, account string) error {
	return c.call(ctx, "removing the pull secret "+namespace+"/"+name, func(ctx context.Context, cn *conn) error {
		gone := func(err error) error {
			if apierrors.IsNotFound(err) {
				return nil
			}
			return err
		}
		return errors.Join(
			gone(cn.patchAccount(ctx, namespace, account, map[string]any{"name": name, "$patch": "delete"})),
			gone(cn.calls.CoreV1().Secrets(namespace).Delete(ctx, name, metav1.DeleteOptions{})),
		)
	})
}

// patchAccount merges one entry into a service account's imagePullSecrets.
func (cn *conn) patchAccount(ctx context.Context, namespace, account string, entry map[string]any) error {
	patch, err := json.Marshal(map[string]any{"imagePullSecrets": []any{entry}})
	if err != nil {
		return err
	}
	_, err = cn.calls.CoreV1().ServiceAccounts(namespace).
		Patch(ctx, account, types.StrategicMergePatchType, patch, metav1.PatchOptions{FieldManager: manager})
	return err
}

// PullPolicyPatch is the patch that sets the imagePullPolicy of containers in a
// workload's template. They are known there by their names.
func PullPolicyPatch(containers []Container, policy string) string {
	spec := map[string]any{}
	for _, c := range containers {
		list := "containers"
		if c.Init {
			list = "initContainers"
		}
		entries, _ := spec[list].([]any)
		spec[list] = append(entries, map[string]any{"name": c.Name, "imagePullPolicy": policy})
	}
	patch, _ := json.Marshal(map[string]any{"spec": map[string]any{"template": map[string]any{"spec": spec}}}) // strings alone cannot fail
	return string(patch)
}

// SetPullPolicy sets the imagePullPolicy of containers in a workload's template
// (Deployment, StatefulSet, DaemonSet), which starts its pods anew.
func (c *Client) SetPullPolicy(ctx context.Context, namespace string, owner Owner, containers []Container, policy string) error {
	doing := fmt.Sprintf("setting imagePullPolicy of %s/%s to %s", owner.Kind, owner.Name, policy)
	return c.call(ctx, doing, func(ctx context.Context, cn *conn) error {
		var err error
		patch := []byte(PullPolicyPatch(containers, policy))
		apps, how, o := cn.calls.AppsV1(), types.StrategicMergePatchType, metav1.PatchOptions{FieldManager: manager}
		switch owner.Kind {
		case "Deployment":
			_, err = apps.Deployments(namespace).Patch(ctx, owner.Name, how, patch, o)
		case "StatefulSet":
			_, err = apps.StatefulSets(namespace).Patch(ctx, owner.Name, how, patch, o)
		case "DaemonSet":
			_, err = apps.DaemonSets(namespace).Patch(ctx, owner.Name, how, patch, o)
		default:
			err = fmt.Errorf("the pull policy of a %s cannot be changed: delete it and apply its manifest with imagePullPolicy: %s", owner.Kind, policy)
		}
		return err
	})
}
