package kube

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const twoObjects = `# the app
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports: [{port: 80}]
---

# its pods
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      initContainers:
      - {name: i, image: "registry.example.com:5000/team/web:old"}
      containers:
      - name: web
        image: web   # replaced
      - name: proxy
        image: 'envoy:v1'
      - name: by-digest
        image: &img x/web@sha256:0123
      - name: again
        image: *img
`

func TestReadManifests(t *testing.T) {
	const image = "localhost:5050/web:v1.4.2-3-g1a2b3c"
	ms, errs := parseManifests("app.yaml", []byte(twoObjects), map[string]string{"web": image})
	if len(errs) > 0 || len(ms) != 2 {
		t.Fatalf("%v, %v", ms, errs)
	}
	if ms[0].Ref != (Ref{Version: "v1", Kind: "Service", Name: "web"}) || ms[0].Line != 2 {
		t.Errorf("first: %+v", ms[0])
	}
	if ms[1].Ref != (Ref{Group: "apps", Version: "v1", Kind: "Deployment", Namespace: "shop", Name: "web"}) || ms[1].Line != 11 {
		t.Errorf("second: %+v", ms[1])
	}
	if want := []string{image, image, "envoy:v1", image, image}; !slices.Equal(ms[1].Images, want) {
		t.Errorf("images %v", ms[1].Images)
	}
	// Nothing but the image values changes.
	_, deployment, _ := strings.Cut(twoObjects, "apiVersion: apps")
	want := strings.NewReplacer(
		"registry.example.com:5000/team/web:old", image, "image: web ", "image: "+image+" ",
		"x/web@sha256:0123", image, "*img", image,
	).Replace("apiVersion: apps" + deployment)
	if string(ms[1].YAML) != want {
		t.Errorf("got\n%s\nwant\n%s", ms[1].YAML, want)
	}
}

func TestReadManifestsFromFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	c := Open(Options{Kubeconfig: filepath.Join(dir, "none")})
	json := write("a.json", "{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"ConfigMap\",\n\t\"metadata\": {\"name\": \"a\"}\n}\n")
	list := write("list.yaml", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: b}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c}\n")
	ms, err := c.ReadManifests(t.Context(), Source{Files: []string{json, list}}, nil)
	if err != nil || len(ms) != 3 || ms[2].Ref.Name != "c" || ms[2].Line != 7 {
		t.Errorf("%+v, %v", ms, err)
	}
	_, err = c.ReadManifests(t.Context(), Source{Files: []string{json, json}}, nil)
	if err == nil || !strings.Contains(err.Error(), "the same object is also at") {
		t.Errorf("one object twice: %v", err)
	}
	if _, err = c.ReadManifests(t.Context(), Source{Files: []string{filepath.Join(dir, "gone.yaml")}}, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}

	write("deploy.yaml", twoObjects)
	write("kustomization.yaml", "namePrefix: my-\nresources: [deploy.yaml]\n")
	ms, err = c.ReadManifests(t.Context(), Source{Kustomize: dir}, map[string]string{"web": "web:new"})
	if err != nil || len(ms) != 2 || ms[1].Ref.Name != "my-web" || ms[1].Images[0] != "web:new" || ms[1].File != "" {
		t.Errorf("kustomize: %+v, %v", ms, err)
	}
	write("kustomization.yaml", "resources: [gone.yaml]\n")
	var bad *ManifestError
	if _, err = c.ReadManifests(t.Context(), Source{Kustomize: dir}, nil); !errors.As(err, &bad) || !strings.Contains(bad.File, "kustomization.yaml") {
		t.Errorf("a broken kustomization: %v", err)
	}
}

func deployment(change func(string) string) string {
	return change(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: web:v1
        env:
        - name: PORT
          value: "8080"
`)
}

func replace(old, to string) func(string) string {
	return func(s string) string { return strings.Replace(s, old, to, 1) }
}

func TestReadManifestsSaysWhatIsWrong(t *testing.T) {
	for name, tc := range map[string]struct {
		text       string
		line       int
		says, hint string
	}{
		"tab":                     {deployment(replace("  replicas", "\treplicas")), 6, "not YAML", "no"},
		"second document":         {"apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n---\n" + deployment(replace("  name: web\n", "  name: web\n   x: y\n")), 9, "not YAML", "indentation"},
		"helm":                    {deployment(replace("name: web", "name: {{ .Release.Name }}")), 3, "", "helm"},
		"scalar":                  {"hello\n", 1, "not a manifest", "apiVersion"},
		"list":                    {"- a\n- b\n", 1, "not a manifest", ""},
		"twice":                   {deployment(replace("  replicas: 3", "  replicas: 3\n  replicas: 4")), 7, "\"replicas\" is written twice, first on line 6", "keep one"},
		"no apiVersion":           {deployment(replace("apiVersion: apps/v1\n", "")), 1, "apiVersion is missing", "apps/v1"},
		"no kind":                 {deployment(replace("kind: Deployment\n", "")), 1, "kind is missing", "Deployment"},
		"no name":                 {deployment(replace("  name: web\n", "  labels: {a: b}\n")), 3, "metadata.name is missing", "name:"},
		"bad apiVersion":          {deployment(replace("apps/v1", "apps/v1/x")), 1, "apiVersion", "group/version"},
		"metadata, lost":          {deployment(replace("  name: web\n", "name: web\n")), 4, "name: lost its indentation: it belongs below metadata: on line 3", "indent name:"},
		"spec, lost":              {deployment(func(s string) string { return strings.ReplaceAll(s, "\n  replicas", "\nreplicas") }), 7, "not YAML", ""},
		"replicas, lost":          {"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\nreplicas: 3\n", 6, "replicas: lost its indentation: it belongs below spec: on line 5", "two spaces"},
		"custom metadata, lost":   {"apiVersion: example.com/v1\nkind: Thing\nmetadata:\nname: x\n", 4, "lost its indentation", "indent"},
		"template, lost":          {deployment(replace("  template:\n", "template:\n")), 10, "template: lost its indentation: it belongs below spec: on line 5", "indent template:"},
		"containers, lost":        {deployment(replace("      containers:", "   containers:")), 15, "not YAML", "indentation"},
		"image, lost":             {deployment(replace("        image: web:v1\n        env:\n        - name: PORT\n          value: \"8080\"\n", "      image: web:v1\n")), 17, "image: lost its indentation: it belongs below containers: on line 15", "indent image:"},
		"open brace":              {deployment(replace("  replicas: 3", "  replicas: {")), 8, "not YAML", "indentation"},
		"open brace at the end":   {"apiVersion: v1\nkind: Thing\nmetadata: {name: x}\nspec: {\n", 4, "not YAML", "indentation"},
		"no template":             {"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n", 4, "spec.template is missing", "template:"},
		"misspelt":                {deployment(replace("containers:", "contaners:")), 15, "contaners is not known", "containers:"},
		"other case":              {deployment(replace("matchLabels", "matchlabels")), 8, "matchlabels is not known", "matchLabels:"},
		"number for text":         {deployment(replace(`"8080"`, "8080")), 20, "8080 is a number, where a text is expected", `"8080"`},
		"selector":                {deployment(replace("        app: web", "        app: shop")), 9, "selector app=web does not match the template's labels app=shop (line 12)", "make the two the same"},
		"selector without labels": {deployment(replace("    metadata:\n      labels:\n        app: web\n", "")), 9, "does not match", ""},
		"no selector":             {deployment(replace("  selector:\n    matchLabels:\n      app: web\n", "")), 5, "spec.selector is missing", "matchLabels"},
	} {
		t.Run(name, func(t *testing.T) {
			_, errs := parseManifests("app.yaml", []byte(tc.text), nil)
			if len(errs) == 0 {
				t.Fatal("accepted")
			}
			var bad *ManifestError
			if !errors.As(errs[0], &bad) {
				t.Fatalf("not a ManifestError: %v", errs[0])
			}
			if bad.File != "app.yaml" || bad.Line != tc.line || !strings.Contains(bad.Error(), tc.says) || !strings.Contains(bad.Hint, tc.hint) {
				t.Errorf("%v (hint %q), want line %d, %q, hint %q", bad, bad.Hint, tc.line, tc.says, tc.hint)
			}
		})
	}
}

func TestLineOf(t *testing.T) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(deployment(replace("app: web", "app.kubernetes.io/name: web"))), &doc); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"spec.replicas":                                              6,
		".spec.replicas":                                             6,
		"spec.template.spec.containers[0].image":                     17,
		`spec.template.spec.containers[name="web"].env`:              18,
		`.spec.template.spec.containers[name="web"].env[0].value`:    20,
		"spec.selector.matchLabels[app.kubernetes.io/name]":          9,
		"spec.template.spec.containers[7].image":                     15,
		"spec.nothing.there":                                         5,
		`spec.template.spec.containers[name="web"].resources.limits`: 16,
		"": 0,
	} {
		if got := lineOf(doc.Content[0], path); got != want {
			t.Errorf("lineOf(%s) = %d, want %d", path, got, want)
		}
	}
}

func TestRepository(t *testing.T) {
	for image, want := range map[string]string{
		"web": "web", "web:v1": "web", "localhost:5000/web": "web", "localhost:5000/a/b/web:v1@sha256:00": "web", "": "",
	} {
		if got := repository(image); got != want {
			t.Errorf("repository(%q) = %q, want %q", image, got, want)
		}
	}
}

func FuzzManifests(f *testing.F) {
	f.Add([]byte(twoObjects))
	f.Add([]byte(deployment(replace("web:v1", "\"web:v1\""))))
	f.Add([]byte("apiVersion: v1\nkind: List\nitems: [{kind: Pod, apiVersion: v1, metadata: {name: &a x}, spec: {containers: [{image: *a}]}}]\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("--- {a: b}\n...\n%YAML 1.2\n---\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		const image = "localhost:5050/web:new"
		ms, errs := parseManifests("f.yaml", data, map[string]string{"web": image})
		lines := strings.Count(string(data), "\n") + 1
		for _, m := range ms {
			if m.Line < 1 || m.Line > lines || m.Ref.Name == "" || m.Ref.Kind == "" {
				t.Errorf("manifest at line %d of %d: %+v", m.Line, lines, m.Ref)
			}
			// What was substituted reads back as what was meant.
			var doc yaml.Node
			if err := yaml.Unmarshal(m.YAML, &doc); err != nil {
				t.Fatalf("no longer YAML: %v\n%s", err, m.YAML)
			}
			var now []string
			for _, n := range imageNodes(doc.Content[0]) {
				now = append(now, text(n))
			}
			if !slices.Equal(now, m.Images) {
				t.Errorf("images %q, said %q", now, m.Images)
			}
		}
		for _, err := range errs {
			var bad *ManifestError
			if !errors.As(err, &bad) || bad.Line < 0 || bad.Line > lines+1 {
				t.Errorf("error at a line there is not (%d): %v", lines, err)
			}
		}
	})
}
