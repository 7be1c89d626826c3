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
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/streaming/pkg/httpstream"

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
	run, err := cn.executor(pod, command)
	if err != nil {
		cn.close()
		return nil, err
	}
	return link.Stdio(ctx, func(ctx context.Context, in io.Reader, out, errs io.Writer) error {
		defer cn.close()
		ended := make(chan error, 1)
		go func() {
			ended <- run.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: in, Stdout: out, Stderr: errs})
		}()
		doing := fmt.Sprintf("running %s in pod %s/%s", strings.Join(command, " "), pod.Namespace, pod.Name)
		select {
		case err := <-ended:
			return explain(doing, at, err)
		case <-ctx.Done(): // a dial to a server that hangs is left behind
			return nil
		}
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

// executor runs a command in the first container of a pod, over WebSocket, or
// over SPDY where the server or a proxy on the way knows nothing else.
func (cn *conn) executor(pod corev1.Pod, command []string) (remotecommand.Executor, error) {
	url := cn.streams.CoreV1().RESTClient().Post().
		Namespace(pod.Namespace).Resource("pods").Name(pod.Name).SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{
			Container: pod.Spec.Containers[0].Name, Command: command, Stdin: true, Stdout: true, Stderr: true,
		}, scheme.ParameterCodec).URL()
	cfg := rest.CopyConfig(cn.fast)
	modern, err := remotecommand.NewWebSocketExecutor(cfg, "GET", url.String())
	if err != nil {
		return nil, explain("preparing to run a command in pod "+pod.Name, cn.at, err)
	}
	old, err := remotecommand.NewSPDYExecutor(cfg, "POST", url)
	if err != nil {
		return nil, explain("preparing to run a command in pod "+pod.Name, cn.at, err)
	}
	return remotecommand.NewFallbackExecutor(modern, old, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	})
}
