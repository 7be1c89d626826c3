package kube

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/twindeck/twindeck/env/link"
)

// ExecInPod runs a command in a pod of a Deployment or StatefulSet whose pods
// carry the label app=workload, and connects to its standard streams. The
// kubeconfig (empty: the usual one) names the cluster by its current context;
// an empty namespace is the context's. The end of ctx ends the command, and so
// does closing the connection.
func ExecInPod(ctx context.Context, kubeconfig, namespace, workload string, command []string) (net.Conn, error) {
	quiet()
	o := Options{Kubeconfig: kubeconfig}
	read := o.load()
	at, err := o.inForce(read)
	if err != nil {
		return nil, err
	}
	cn, err := connect(read, at)
	if err != nil {
		return nil, err
	}
	pod, err := cn.runningPod(ctx, cmp.Or(namespace, at.Namespace), workload)
	if err != nil {
		cn.close()
		return nil, err
	}
	url := cn.execURL(pod.Namespace, pod.Name, pod.Spec.Containers[0].Name, command, link.Streams{In: strings.NewReader("")})
	doing := fmt.Sprintf("running %s in pod %s/%s", strings.Join(command, " "), pod.Namespace, pod.Name)
	return link.Stdio(ctx, func(ctx context.Context, in io.Reader, out, errs io.Writer) error {
		defer cn.close()
		_, err := cn.stream(ctx, doing, url, link.Streams{In: in, Out: out, Err: errs})
		if ctx.Err() != nil {
			return nil
		}
		return err
	}), nil
}

// runningPod is a pod of a workload that a command can be run in, one that is
// ready if there is one. Which it is stays the same while the pods do, so that
// the build cache in it is found again.
func (cn *conn) runningPod(ctx context.Context, namespace, workload string) (corev1.Pod, error) {
	doing := fmt.Sprintf("looking for a pod of %s in namespace %s", workload, namespace)
	ctx, cancel := within(ctx)
	defer cancel()
	list, err := cn.calls.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=" + workload})
	if err != nil {
		return corev1.Pod{}, explain(doing, cn.at, err)
	}
	var found []corev1.Pod
	var others []string
	for _, p := range list.Items {
		if p.DeletionTimestamp == nil && p.Status.Phase == corev1.PodRunning {
			found = append(found, p)
		} else {
			others = append(others, fmt.Sprintf("%s is %s", p.Name, p.Status.Phase))
		}
	}
	if len(found) == 0 {
		why := "there is none"
		if len(others) > 0 {
			why = "none runs: " + strings.Join(others, ", ")
		}
		return corev1.Pod{}, &Error{Doing: doing, Context: cn.at.Name, Server: cn.at.Server, Kind: ErrNotFound, Err: fmt.Errorf("%w: %s", ErrNotFound, why)}
	}
	slices.SortFunc(found, func(a, b corev1.Pod) int {
		if r := cmp.Compare(notReady(a), notReady(b)); r != 0 {
			return r
		}
		return strings.Compare(a.Name, b.Name)
	})
	return found[0], nil
}

// notReady is 0 for a pod that is ready, else 1.
func notReady(p corev1.Pod) int {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
			return 0
		}
	}
	return 1
}
