package kube

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Only where a target has its processes to itself is process 1 its own; else the
// error names the field.
func TestTargetRoot(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for name, c := range map[string]struct {
		spec   corev1.PodSpec
		shares string
	}{
		"its own":            {},
		"said to be":         {spec: corev1.PodSpec{ShareProcessNamespace: &no}},
		"the node's":         {spec: corev1.PodSpec{HostPID: true}, shares: "hostPID"},
		"those of all":       {spec: corev1.PodSpec{ShareProcessNamespace: &yes}, shares: "shareProcessNamespace"},
		"the node's network": {spec: corev1.PodSpec{HostNetwork: true}},
	} {
		t.Run(name, func(t *testing.T) {
			pod := corev1.Pod{
				TypeMeta: metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"}, ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}, Spec: c.spec,
			}
			if got := row(&pod).Shares; got != c.shares {
				t.Errorf("its row says it shares %q", got)
			}
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodGet || r.URL.Path != "/api/v1/namespaces/shop/pods/web" {
					t.Errorf("%s %s", r.Method, r.URL.Path)
				}
				w.Header().Set("Content-Type", "application/json")
				_ = json.NewEncoder(w).Encode(pod)
			}))
			defer srv.Close()
			root, err := openServer(t, srv.URL, "").TargetRoot(deadline(t, callLimit), "shop", "web")
			switch {
			case c.shares == "" && (err != nil || root != "/proc/1/root"):
				t.Errorf("TargetRoot = %q, %v", root, err)
			case c.shares != "" && (root != "" || err == nil || !strings.Contains(err.Error(), c.shares+": true")):
				t.Errorf("TargetRoot = %q, %v", root, err)
			}
		})
	}
}
