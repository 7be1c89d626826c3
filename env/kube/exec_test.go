package kube

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// podLike is a pod in a phase; ready and leaving as said.
func podLike(name string, phase corev1.PodPhase, ready, leaving bool) corev1.Pod {
	p := corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ci", Name: name, Labels: map[string]string{"app": "box0"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "buildkitd"}}},
		Status:     corev1.PodStatus{Phase: phase},
	}
	if ready {
		p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	}
	if leaving {
		now := metav1.NewTime(time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC))
		p.DeletionTimestamp = &now
	}
	return p
}

// podServer lists pods of the namespace ci with the label app=box0, and lets
// nobody run commands in them; it tells whom it was asked about.
func podServer(t *testing.T, pods ...corev1.Pod) (kubeconfig string, asked *[]string) {
	t.Helper()
	asked = &[]string{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/api/v1/namespaces/ci/pods" && r.URL.Query().Get("labelSelector") == "app=box0" {
			_ = json.NewEncoder(w).Encode(corev1.PodList{TypeMeta: metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"}, Items: pods})
			return
		}
		*asked = append(*asked, r.URL.Path)
		w.WriteHeader(http.StatusForbidden)
		_ = json.NewEncoder(w).Encode(metav1.Status{
			TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: "Failure", Code: http.StatusForbidden,
			Reason: metav1.StatusReasonForbidden, Message: "ada may not run commands in pods",
		})
	}))
	t.Cleanup(srv.Close)
	return writeConfig(t, fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: lab
clusters: [{name: lab, cluster: {server: %q}}]
users: [{name: lab, user: {token: t}}]
contexts: [{name: lab, context: {cluster: lab, user: lab, namespace: ci}}]
`, srv.URL)), asked
}

func TestExecInPodChoosesARunningPod(t *testing.T) {
	for name, c := range map[string]struct {
		pods []corev1.Pod
		in   string // the pod; empty: none will do
		says string
	}{
		"none":                {nil, "", "there is none"},
		"one that waits":      {[]corev1.Pod{podLike("a", corev1.PodPending, false, false)}, "", "none runs: a is Pending"},
		"one that leaves":     {[]corev1.Pod{podLike("a", corev1.PodRunning, true, true)}, "", "none runs"},
		"one not ready":       {[]corev1.Pod{podLike("a", corev1.PodRunning, false, false)}, "a", ""},
		"the ready one":       {[]corev1.Pod{podLike("a", corev1.PodRunning, false, false), podLike("b", corev1.PodRunning, true, false)}, "b", ""},
		"always the same one": {[]corev1.Pod{podLike("c", corev1.PodRunning, true, false), podLike("b", corev1.PodRunning, true, false)}, "b", ""},
	} {
		t.Run(name, func(t *testing.T) {
			config, asked := podServer(t, c.pods...)
			nc, err := ExecInPod(t.Context(), config, "", "box0", []string{"buildctl", "dial-stdio"})
			if c.in == "" {
				if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "box0 in namespace ci on lab") {
					t.Errorf("error %v, want %q", err, c.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			_, err = nc.Read(make([]byte, 1))
			if err == nil || !strings.Contains(err.Error(), "running buildctl dial-stdio in pod ci/"+c.in) || !strings.Contains(err.Error(), "may not run commands") {
				t.Errorf("error %v", err)
			}
			_ = nc.Close()
			if len(*asked) == 0 || (*asked)[0] != "/api/v1/namespaces/ci/pods/"+c.in+"/exec" {
				t.Errorf("asked for %v", *asked)
			}
		})
	}
}

func TestExecInPodWithoutACluster(t *testing.T) {
	_, err := ExecInPod(t.Context(), t.TempDir()+"/none", "", "box0", nil)
	if err == nil || !strings.Contains(err.Error(), "found none") {
		t.Error(err)
	}
}
