package kube

import (
	"encoding/base64"
	"fmt"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

func secretYAML(kind, key, config string) string {
	return fmt.Sprintf("{kind: Secret, apiVersion: v1, metadata: {name: s}, type: %s, data: {%s: %s}}", kind, key, base64.StdEncoding.EncodeToString([]byte(config)))
}

func TestPullHosts(t *testing.T) {
	s := &shopAPI{other: map[string]string{
		accountPath:          "{kind: ServiceAccount, apiVersion: v1, metadata: {name: default}, imagePullSecrets: [{name: hub}, {name: gone}]}",
		secretsPath + "/hub": secretYAML("kubernetes.io/dockerconfigjson", ".dockerconfigjson", `{"auths":{"https://index.docker.io/v1/":{"auth":"x"}}}`),
		secretsPath + "/own": secretYAML("kubernetes.io/dockerconfigjson", ".dockerconfigjson", `{"auths":{"ghcr.io":{},"quay.io":{}}}`),
		secretsPath + "/old": secretYAML("kubernetes.io/dockercfg", ".dockercfg", `{"reg.example":{"auth":"x"}}`),
		secretsPath + "/bad": secretYAML("kubernetes.io/dockerconfigjson", ".dockerconfigjson", `{"auths":`),
		secretsPath + "/tls": secretYAML("kubernetes.io/tls", "tls.crt", `{"auths":{"no.example":{}}}`),
	}}
	c := s.client(t)
	tests := []struct {
		account string
		secrets []string
		want    []string
	}{
		{"", nil, []string{"https://index.docker.io/v1/"}},
		{"default", []string{"own", "old", "own", "missing", "bad", "tls"}, []string{"ghcr.io", "https://index.docker.io/v1/", "quay.io", "reg.example"}},
		{"unknown", []string{"old"}, []string{"reg.example"}},
		{"unknown", nil, nil},
	}
	for _, tt := range tests {
		if got, err := c.PullHosts(t.Context(), "shop", tt.account, tt.secrets); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("account %q with %v: %q, %v, want %q", tt.account, tt.secrets, got, err, tt.want)
		}
	}
}

func TestPullPolicies(t *testing.T) {
	var object map[string]any
	if err := yaml.Unmarshal([]byte(`
spec:
  template:
    spec:
      initContainers: [{name: z, image: i, imagePullPolicy: Never}]
      containers: [{name: b, image: x, imagePullPolicy: Always}, {name: a, image: y}]
      volumes: [{name: v, imagePullPolicy: Always}]
`), &object); err != nil {
		t.Fatal(err)
	}
	want := []PullPolicy{{"b", "x", "Always"}, {"z", "i", "Never"}}
	if got := pullPolicies(object); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestClosedNodes(t *testing.T) {
	for spec, want := range map[string]string{
		"{}":                    "",
		"{unschedulable: true}": "cordoned",
		"{taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]}":                          "node-role.kubernetes.io/control-plane:NoSchedule",
		"{taints: [{key: gpu, value: a, effect: NoExecute}]}":                                                   "gpu=a:NoExecute",
		"{taints: [{key: gpu, effect: PreferNoSchedule}]}":                                                      "",
		"{taints: [{key: node.kubernetes.io/not-ready, effect: NoSchedule}]}":                                   "",
		"{taints: [{key: node.kubernetes.io/disk-pressure, effect: NoSchedule}, {key: x, effect: NoSchedule}]}": "x:NoSchedule",
	} {
		var n corev1.Node
		if err := yaml.Unmarshal([]byte(spec), &n.Spec); err != nil {
			t.Fatal(err)
		}
		if got := nodeOf(&n).Closed; got != want {
			t.Errorf("%s: %q, want %q", spec, got, want)
		}
	}
}
