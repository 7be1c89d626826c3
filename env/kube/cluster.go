package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sort"
	"strconv"
	"strings"

	authv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// call runs one request, or a few that belong together, with a deadline, and
// explains its failure.
func (c *Client) call(ctx context.Context, doing string, do func(ctx context.Context, cn *conn) error) error {
	cn, err := c.connected(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	ctx, cancel := within(ctx)
	defer cancel()
	return explain(doing, cn.at, do(ctx, cn))
}

// Version asks the API server what it is.
func (c *Client) Version(ctx context.Context) (Version, error) {
	var v Version
	err := c.call(ctx, "asking for the version", func(ctx context.Context, cn *conn) error {
		// Not through the discovery client, which takes no context here.
		var info struct{ Major, Minor, GitVersion, Platform string }
		body, err := cn.calls.RESTClient().Get().AbsPath("/version").DoRaw(ctx)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(body, &info); err != nil {
			return fmt.Errorf("reading the answer: %w", err)
		}
		v = Version{Git: info.GitVersion, Major: leadingInt(info.Major), Minor: leadingInt(info.Minor), Platform: info.Platform}
		return nil
	})
	return v, err
}

// leadingInt reads the digits a text begins with: some clouds say "28+".
func leadingInt(s string) int {
	end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(s)
	}
	n, _ := strconv.Atoi(s[:end]) // 0 where there is none
	return n
}

// Readyz asks the API server how its parts are. A server that says it is not
// ready is no error: the parts tell.
func (c *Client) Readyz(ctx context.Context) (Readyz, error) {
	var r Readyz
	err := c.call(ctx, "asking /readyz", func(ctx context.Context, cn *conn) error {
		var code int
		res := cn.calls.RESTClient().Get().AbsPath("/readyz").Param("verbose", "").MaxRetries(0).Do(ctx)
		body, err := res.StatusCode(&code).Raw()
		if err != nil && code != http.StatusInternalServerError && code != http.StatusServiceUnavailable {
			return err
		}
		r = Readyz{OK: code == http.StatusOK, Parts: readyzParts(string(body))}
		if !r.OK && len(r.Parts) == 0 {
			return err
		}
		return nil
	})
	return r, err
}

// readyzParts reads lines like "[+]etcd ok" and "[-]etcd failed: reason withheld".
func readyzParts(body string) []ReadyzPart {
	var parts []ReadyzPart
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		rest, ok := strings.CutPrefix(line, "[+]")
		if !ok {
			var bad bool
			if rest, bad = strings.CutPrefix(line, "[-]"); !bad {
				continue
			}
		}
		name, _, _ := strings.Cut(rest, " ")
		parts = append(parts, ReadyzPart{Name: name, OK: ok})
	}
	return parts
}

// Nodes lists the nodes by name.
func (c *Client) Nodes(ctx context.Context) ([]Node, error) {
	var nodes []Node
	err := c.call(ctx, "listing nodes", func(ctx context.Context, cn *conn) error {
		list, err := cn.calls.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		for i := range list.Items {
			nodes = append(nodes, nodeOf(&list.Items[i]))
		}
		sort.Slice(nodes, func(i, j int) bool { return nodes[i].Name < nodes[j].Name })
		return nil
	})
	return nodes, err
}

func nodeOf(n *corev1.Node) Node {
	info := n.Status.NodeInfo
	out := Node{
		Name: n.Name, Reason: "no Ready condition reported", Runtime: info.ContainerRuntimeVersion,
		OSImage: info.OSImage, Kubelet: info.KubeletVersion, Arch: info.Architecture,
		CPU: n.Status.Allocatable.Cpu().MilliValue(), Memory: n.Status.Allocatable.Memory().Value(),
	}
	for _, c := range n.Status.Conditions {
		switch {
		case c.Type == corev1.NodeReady:
			out.Ready = c.Status == corev1.ConditionTrue
			if out.Reason = ""; !out.Ready {
				out.Reason = strings.TrimSpace(c.Reason + ": " + c.Message)
			}
		case strings.HasSuffix(string(c.Type), "Pressure") && c.Status == corev1.ConditionTrue:
			out.Pressures = append(out.Pressures, string(c.Type))
		}
	}
	for _, a := range n.Status.Addresses {
		if a.Type == corev1.NodeInternalIP {
			out.InternalIP = a.Address
			break
		}
	}
	out.Closed = closed(n)
	return out
}

// closed tells why a node takes no ordinary pods. Taints that Kubernetes sets
// for a condition of the node pass with it.
func closed(n *corev1.Node) string {
	if n.Spec.Unschedulable {
		return "cordoned"
	}
	for _, t := range n.Spec.Taints {
		if t.Effect != corev1.TaintEffectPreferNoSchedule && !strings.HasPrefix(t.Key, "node.kubernetes.io/") {
			return t.ToString()
		}
	}
	return ""
}

// Namespaces lists the names of the namespaces.
func (c *Client) Namespaces(ctx context.Context) ([]string, error) {
	var names []string
	err := c.call(ctx, "listing namespaces", func(ctx context.Context, cn *conn) error {
		list, err := cn.calls.CoreV1().Namespaces().List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		for i := range list.Items {
			names = append(names, list.Items[i].Name)
		}
		sort.Strings(names)
		return nil
	})
	return names, err
}

// CanI asks whether the user may do verb to resource ("pods", "pods/log") in
// namespace; "" is all namespaces.
func (c *Client) CanI(ctx context.Context, namespace, verb, group, resource string) (bool, error) {
	allowed := false
	err := c.call(ctx, "asking whether "+verb+" "+resource+" is allowed", func(ctx context.Context, cn *conn) error {
		resource, sub, _ := strings.Cut(resource, "/")
		review := &authv1.SelfSubjectAccessReview{Spec: authv1.SelfSubjectAccessReviewSpec{
			ResourceAttributes: &authv1.ResourceAttributes{
				Namespace: namespace, Verb: verb, Group: group, Resource: resource, Subresource: sub,
			},
		}}
		got, err := cn.calls.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
		if err != nil {
			return err
		}
		if got.Status.EvaluationError != "" && !got.Status.Allowed && !got.Status.Denied {
			return errors.New(got.Status.EvaluationError)
		}
		allowed = got.Status.Allowed
		return nil
	})
	return allowed, err
}

// CoreDNS counts the pods of the cluster's name service. None at all is no error.
func (c *Client) CoreDNS(ctx context.Context) (ready, total int, err error) {
	err = c.call(ctx, "looking for CoreDNS", func(ctx context.Context, cn *conn) error {
		list, err := cn.calls.CoreV1().Pods(metav1.NamespaceSystem).List(ctx, metav1.ListOptions{LabelSelector: "k8s-app=kube-dns"})
		if err != nil {
			return err
		}
		total = len(list.Items)
		for i := range list.Items {
			if row(&list.Items[i]).Phase == PhaseReady {
				ready++
			}
		}
		return nil
	})
	return ready, total, err
}
