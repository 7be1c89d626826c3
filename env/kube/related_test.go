package kube

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"
)

// tiedAPI is a cluster of a few objects and of the kinds that it says it has.
type tiedAPI struct {
	objects   []unstructured.Unstructured
	forbidden []string // paths that may not be read
}

// tiedKinds are the kinds of a tiedAPI, by group/version: resource and name.
var tiedKinds = map[string][][2]string{
	"v1": {
		{"pods", "Pod"},
		{"services", "Service"},
		{"configmaps", "ConfigMap"},
		{"secrets", "Secret"},
		{"serviceaccounts", "ServiceAccount"},
		{"persistentvolumeclaims", "PersistentVolumeClaim"},
		{"persistentvolumes", "PersistentVolume"},
		{"replicationcontrollers", "ReplicationController"},
	},
	"apps/v1":              {{"deployments", "Deployment"}, {"replicasets", "ReplicaSet"}, {"statefulsets", "StatefulSet"}, {"daemonsets", "DaemonSet"}},
	"batch/v1":             {{"jobs", "Job"}, {"cronjobs", "CronJob"}},
	"autoscaling/v2":       {{"horizontalpodautoscalers", "HorizontalPodAutoscaler"}},
	"policy/v1":            {{"poddisruptionbudgets", "PodDisruptionBudget"}},
	"networking.k8s.io/v1": {{"ingresses", "Ingress"}, {"networkpolicies", "NetworkPolicy"}},
	"storage.k8s.io/v1":    {{"storageclasses", "StorageClass"}},
	gateway + "/v1":        {{"httproutes", "HTTPRoute"}, {"gateways", "Gateway"}},
	"argoproj.io/v1alpha1": {{"rollouts", "Rollout"}},
	"acme.dev/v1":          {{"widgets", "Widget"}},
}

// everywhere are those of them that are in no namespace.
var everywhere = []string{"StorageClass", "PersistentVolume"}

// client opens a cluster that has objects, given as YAML documents.
func (a tiedAPI) client(t *testing.T, objects string) *Client {
	t.Helper()
	for text := range strings.SplitSeq(objects, "\n---\n") {
		var o unstructured.Unstructured
		if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
			t.Fatal(err)
		}
		if o.GetNamespace() == "" && !slices.Contains(everywhere, o.GetKind()) {
			o.SetNamespace("shop")
		}
		a.objects = append(a.objects, o)
	}
	var kinds []metav1.APIResourceList
	for group, all := range tiedKinds {
		list := metav1.APIResourceList{GroupVersion: group}
		for _, k := range all {
			list.APIResources = append(list.APIResources, metav1.APIResource{Name: k[0], Kind: k[1], Namespaced: !slices.Contains(everywhere, k[1]), Verbs: []string{"get", "list"}})
		}
		kinds = append(kinds, list)
	}
	whatThereIs, err := url.Parse(discoverable(t, kinds))
	if err != nil {
		t.Fatal(err)
	}
	discovery := httputil.NewSingleHostReverseProxy(whatThereIs)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if n := strings.Count(r.URL.Path, "/"); n == 1 || n == 2 && strings.HasPrefix(r.URL.Path, "/api/") || n == 3 && strings.HasPrefix(r.URL.Path, "/apis/") {
			discovery.ServeHTTP(w, r)
			return
		}
		a.answer(w, r)
	}))
	t.Cleanup(srv.Close)
	return openServer(t, srv.URL, "")
}

// answer gives one object, or the list of those of a kind.
func (a tiedAPI) answer(w http.ResponseWriter, r *http.Request) {
	fail := func(code int, reason metav1.StatusReason) {
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure, Code: int32(code), Reason: reason, Message: r.URL.Path + ": " + string(reason)})
	}
	if slices.Contains(a.forbidden, r.URL.Path) {
		fail(http.StatusForbidden, metav1.StatusReasonForbidden)
		return
	}
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	group, rest := "v1", path[2:]
	if path[0] == "apis" {
		group, rest = path[1]+"/"+path[2], path[3:]
	}
	namespace := ""
	if len(rest) > 2 && rest[0] == "namespaces" {
		namespace, rest = rest[1], rest[2:]
	}
	i := slices.IndexFunc(tiedKinds[group], func(k [2]string) bool { return k[0] == rest[0] })
	if i < 0 {
		fail(http.StatusNotFound, metav1.StatusReasonNotFound)
		return
	}
	kind := tiedKinds[group][i][1]
	wanted, _ := labels.Parse(r.URL.Query().Get("labelSelector"))
	items := []map[string]any{}
	for _, o := range a.objects {
		if o.GetKind() != kind || o.GetAPIVersion() != group || namespace != "" && o.GetNamespace() != namespace || !wanted.Matches(labels.Set(o.GetLabels())) {
			continue
		}
		if len(rest) == 2 && o.GetName() == rest[1] {
			_ = json.NewEncoder(w).Encode(o.Object)
			return
		}
		items = append(items, o.Object)
	}
	if len(rest) == 2 {
		fail(http.StatusNotFound, metav1.StatusReasonNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"kind": kind + "List", "apiVersion": group, "metadata": map[string]any{}, "items": items})
}

const tied = `{kind: ConfigMap, apiVersion: v1, metadata: {name: settings}}
---
{kind: ServiceAccount, apiVersion: v1, metadata: {name: runner}}
---
{kind: PersistentVolumeClaim, apiVersion: v1, metadata: {name: data}, spec: {storageClassName: fast}}
---
{kind: PersistentVolumeClaim, apiVersion: v1, metadata: {name: by-hand}, spec: {storageClassName: manual, volumeName: disk}}
---
{kind: CronJob, apiVersion: batch/v1, metadata: {name: nightly, uid: cron}, spec: {jobTemplate: {spec: {template: {spec: {serviceAccountName: runner, containers: [{name: a, envFrom: [{configMapRef: {name: settings}}]}]}}}}}}
---
{kind: Deployment, apiVersion: apps/v1, metadata: {name: at-rest}, spec: {replicas: 0, selector: {matchLabels: {app: rest}}, template: {metadata: {labels: {app: rest}}, spec: {containers: [{name: a, envFrom: [{configMapRef: {name: settings}}]}], volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]}}}}
---
{kind: Job, apiVersion: batch/v1, metadata: {name: nightly-1, ownerReferences: [{kind: CronJob, apiVersion: batch/v1, name: nightly, uid: cron, controller: true}]}, spec: {template: {spec: {containers: [{name: a, envFrom: [{configMapRef: {name: settings}}]}]}}}}
---
{kind: Rollout, apiVersion: argoproj.io/v1alpha1, metadata: {name: web, uid: rollout}, spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, envFrom: [{configMapRef: {name: settings}}]}]}}}}
---
{kind: ReplicaSet, apiVersion: apps/v1, metadata: {name: web-1, uid: set, labels: {app: web}, ownerReferences: [{kind: Rollout, apiVersion: argoproj.io/v1alpha1, name: web, uid: rollout, controller: true}]}, status: {replicas: 1}}
---
{kind: Pod, apiVersion: v1, metadata: {name: web-1-a, labels: {app: web, rollouts-pod-template-hash: "1"}, ownerReferences: [{kind: ReplicaSet, apiVersion: apps/v1, name: web-1, uid: set, controller: true}]}, spec: {containers: [{name: a}]}}
---
{kind: Service, apiVersion: v1, metadata: {name: web}, spec: {selector: {app: web}}}
---
{kind: HTTPRoute, apiVersion: gateway.networking.k8s.io/v1, metadata: {name: front}, spec: {parentRefs: [{name: edge}, {name: gone}], rules: [{backendRefs: [{name: web}]}]}}
---
{kind: Gateway, apiVersion: gateway.networking.k8s.io/v1, metadata: {name: edge}}
---
{kind: HorizontalPodAutoscaler, apiVersion: autoscaling/v2, metadata: {name: more}, spec: {scaleTargetRef: {kind: Rollout, name: web}}}
---
{kind: NetworkPolicy, apiVersion: networking.k8s.io/v1, metadata: {name: walls}, spec: {podSelector: {}}}
---
{kind: PodDisruptionBudget, apiVersion: policy/v1, metadata: {name: one-stays}, spec: {selector: {matchLabels: {app: web}}}}
---
{kind: PodDisruptionBudget, apiVersion: policy/v1, metadata: {name: for-nobody}, spec: {}}
---
{kind: Widget, apiVersion: acme.dev/v1, metadata: {name: thing}, spec: {template: just text}}`

// What keeps no pod now is found as well, and what another program brought.
func TestRelated(t *testing.T) {
	ref := func(group, version, kind, name string) Ref {
		return Ref{Group: group, Version: version, Kind: kind, Namespace: "shop", Name: name}
	}
	for _, tc := range []struct {
		of        Ref
		forbidden []string
		want      []string
		failed    error
	}{
		{of: ref("", "v1", "ConfigMap", "settings"), want: []string{"Deployment/at-rest uses it", "Rollout/web uses it", "CronJob/nightly uses it"}},
		{of: ref("", "v1", "ServiceAccount", "runner"), want: []string{"CronJob/nightly uses it"}},
		{of: ref("", "v1", "PersistentVolumeClaim", "data"), want: []string{"StorageClass/fast provides it (missing)", "Deployment/at-rest uses it"}},
		{of: ref("", "v1", "PersistentVolumeClaim", "by-hand"), want: []string{"PersistentVolume/disk bound to it (missing)"}},
		{of: ref("batch", "v1", "CronJob", "nightly"), want: []string{"Job/nightly owned by it", "ConfigMap/settings in its environment", "ServiceAccount/runner it runs as", "NetworkPolicy/walls applies to it"}},
		{of: ref("argoproj.io", "v1alpha1", "Rollout", "web"), want: []string{
			"HorizontalPodAutoscaler/more scales it", "ReplicaSet/web owned by it", "Pod/web owned by it", "Service/web selects it", "HTTPRoute/front routes to it",
			"ConfigMap/settings in its environment", "NetworkPolicy/walls applies to it", "PodDisruptionBudget/one-stays applies to it",
		}},
		{of: ref("", "v1", "Service", "web"), forbidden: []string{"/apis/" + gateway + "/v1/httproutes"}, want: []string{"HTTPRoute/front routes to it", "Pod/web selected by it"}},
		{of: ref("", "v1", "Service", "web"), forbidden: []string{"/apis/networking.k8s.io/v1/namespaces/shop/ingresses"}, want: []string{"Pod/web selected by it"}, failed: ErrForbidden},
		{of: ref(gateway, "v1", "HTTPRoute", "front"), want: []string{"Gateway/edge routes to it", "Gateway/gone routes to it (missing)", "Service/web gets its requests"}},
		{of: ref(gateway, "v1", "Gateway", "edge"), want: []string{"HTTPRoute/front gets its requests"}},
		{of: ref("policy", "v1", "PodDisruptionBudget", "one-stays"), want: []string{"Pod/web selected by it"}},
		{of: ref("policy", "v1", "PodDisruptionBudget", "for-nobody")},
		{of: ref("networking.k8s.io", "v1", "NetworkPolicy", "walls"), want: []string{"Pod/web selected by it"}},
		{of: ref("acme.dev", "v1", "Widget", "thing")},
	} {
		t.Run(fmt.Sprint(tc.of.Kind, " ", tc.of.Name, len(tc.forbidden)), func(t *testing.T) {
			found, err := tiedAPI{forbidden: tc.forbidden}.client(t, tied).Related(t.Context(), tc.of)
			if !errors.Is(err, tc.failed) || !slices.Equal(ties(found), tc.want) {
				t.Errorf("%q, %v\nwant %q", ties(found), err, tc.want)
			}
		})
	}
}

// From an operator's pod the way up ends at what Kubernetes itself keeps pods by.
func TestWorkloads(t *testing.T) {
	for _, tc := range []struct {
		group, kind string
		want        bool
	}{
		{"apps", "Deployment", true},
		{"batch", "CronJob", true},
		{"", "ReplicationController", true},
		{"argoproj.io", "Rollout", true},
		{"", "Service", false},
		{"acme.dev", "Widget", false},
		{"kafka.strimzi.io", "Kafka", false},
	} {
		if got := (Relation{Kind: Kind{Group: tc.group, Name: tc.kind}}).Workload(); got != tc.want {
			t.Errorf("%s of %q: %v", tc.kind, tc.group, got)
		}
	}
	if (Ref{Group: "acme.dev", Kind: "Widget"}).Relates() || !(Ref{Group: "networking.k8s.io", Kind: "Ingress"}).Relates() || !(Ref{Kind: "Pod"}).Relates() {
		t.Error("it is not told which kinds are looked at")
	}
}
