package kube

import (
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// A diff shows no secret, and that a secret changed.
func TestCompareHidesSecrets(t *testing.T) {
	t.Parallel()
	const (
		configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n"
		custom    = "apiVersion: acme.dev/v1\nkind: Database\nmetadata: {name: one}\n"
		secretOne = "apiVersion: v1\nkind: Secret\nmetadata: {name: one}\n"
		podOne    = "apiVersion: v1\nkind: Pod\nmetadata: {name: one}\n"
	)
	for name, tc := range map[string]struct {
		live, wanted string
		change       Change
		lines        []string // that change
	}{
		"a new Secret": {
			"", secretOne + "data: {password: aHVudGVyMg==}\nstringData: {token: hunter2}\n", Created,
			[]string{"+apiVersion: v1", "+data:", "+  password: '********'", "+kind: Secret", "+metadata:", "+  name: one", "+stringData:", "+  token: '********'"},
		},
		"a Secret": {
			secretOne + "data: {gone: aHVudGVyMg==, password: aHVudGVyMQ==, user: aHVudGVyMg==}\n",
			secretOne + "data: {new: aHVudGVyMg==, password: aHVudGVyMg==, user: aHVudGVyMg==}\n", Updated,
			[]string{"-  gone: '********'", "-  password: '******** (before)'", "+  new: '********'", "+  password: '******** (after)'"},
		},
		"a new ConfigMap": {
			"", configMap + "data: {DB_PASSWORD: hunter2, LEVEL: debug}\n", Created,
			[]string{"+apiVersion: v1", "+data:", "+  DB_PASSWORD: '********'", "+  LEVEL: debug", "+kind: ConfigMap", "+metadata:", "+  name: one"},
		},
		"a ConfigMap": {
			configMap + "data: {API_KEY: hunter2, DB_PASSWORD: hunter1, LEVEL: debug, app.ini: \"user=a\\npassword=hunter1\\n\"}\n",
			configMap + "data: {API_KEY: hunter2, DB_PASSWORD: hunter2, LEVEL: info, app.ini: \"user=a\\npassword=hunter2\\n\"}\n", Updated,
			[]string{
				"-  DB_PASSWORD: '******** (before)'", "-  LEVEL: debug", "+  DB_PASSWORD: '******** (after)'", "+  LEVEL: info",
				"-    password=******** (before)", "+    password=******** (after)",
			},
		},
		"a custom resource": {
			custom + "spec: {adminPassword: hunter1, secretName: db, users: [{name: ada, token: hunter1}, {name: bob, token: hunter2}]}\n",
			custom + "spec: {adminPassword: hunter2, secretName: other, users: [{name: bob, token: hunter2}, {name: ada, token: hunter2}]}\n", Updated,
			[]string{
				"-  adminPassword: '******** (before)'", "-  secretName: db", "+  adminPassword: '******** (after)'", "+  secretName: other",
				"-  - name: ada", "-    token: '******** (before)'", "+  - name: ada", "+    token: '******** (after)'",
			},
		},
		"a variable": {
			podOne + "spec: {containers: [{name: main, env: [{name: A, value: a}, {name: TOKEN, value: hunter1}, {name: PASSWORD, value: hunter2}]}]}\n",
			podOne + "spec: {containers: [{name: main, env: [{name: TOKEN, value: hunter2}, {name: PASSWORD, value: hunter2}]}]}\n", Updated,
			[]string{"-    - name: A", "-      value: a", "-      value: '******** (before)'", "+      value: '******** (after)'"},
		},
		"nothing": {
			configMap + "data: {DB_PASSWORD: hunter2}\n", configMap + "data: {DB_PASSWORD: hunter2}\n", Unchanged, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var live *unstructured.Unstructured
			if tc.live != "" {
				live = object(t, tc.live)
			}
			change, diff, err := compare(live, object(t, tc.wanted))
			if err != nil || change != tc.change {
				t.Fatalf("%s, %v", change, err)
			}
			var lines []string
			for line := range strings.Lines(diff) {
				if strings.HasPrefix(line, "@@") || strings.HasPrefix(line, "---") || strings.HasPrefix(line, "+++") || line[0] == ' ' {
					continue
				}
				lines = append(lines, strings.TrimSuffix(line, "\n"))
			}
			slices.Sort(lines)
			slices.Sort(tc.lines)
			if !slices.Equal(lines, tc.lines) {
				t.Errorf("it changes %q, not %q:\n%s", lines, tc.lines, diff)
			}
			for _, hidden := range []string{"hunter", "aHVud"} {
				if strings.Contains(diff, hidden) {
					t.Errorf("it shows %q:\n%s", hidden, diff)
				}
			}
		})
	}
}

func object(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	o := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return &unstructured.Unstructured{Object: o}
}
