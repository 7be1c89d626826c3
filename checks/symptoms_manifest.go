package checks

// manifestSymptoms are what kubectl and the API server say of manifests.
func manifestSymptoms() []Symptom {
	return []Symptom{
		{
			ID:    "selector-mismatch",
			Texts: []string{"selector` does not match template `labels`", "selector does not match template labels"},
			Check: "project.manifests",
			Cause: "The workload's selector does not select its own pods",
			Do:    []string{"Give spec.selector.matchLabels and spec.template.metadata.labels the same labels"},
			Link:  "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector",
		},
		{
			ID:    "immutable",
			Texts: []string{"field is immutable", "updates to statefulset spec for fields other than", "pod updates may not change fields other than", "may not change once set"},
			Check: "project.manifests",
			Cause: "{field} cannot be changed on an object that exists",
			Do:    []string{"Delete the object and apply again (its pods are replaced)", "or give it a new name"},
		},
		{
			ID:    "unknown-field",
			Texts: []string{"strict decoding error: unknown field", `unknown field "`, "field not declared in schema"},
			Check: "project.manifests",
			Cause: "The manifest has a field that Kubernetes does not know ({field}): misspelt, or indented wrongly",
			Do:    []string{"kubectl explain KIND.spec shows the fields there are", "See the indentation around the line named"},
		},
		{
			ID:    "missing-field",
			Texts: []string{`missing required field "`, ": required value"},
			Check: "project.manifests",
			Cause: "The manifest lacks a field that it must have: {field}",
			Do:    []string{"Write it: kubectl explain KIND.{field} tells what it holds"},
		},
		{
			ID:    "wrong-type",
			Texts: []string{"cannot unmarshal*into go struct field", "invalid type for*got \"", "expected string, got", "unable to decode*expected"},
			Check: "project.manifests",
			Cause: "A value in the manifest is of the wrong kind, such as a number where text is expected",
			Do:    []string{`Put values of env, labels and annotations in quotes: "8080", "true"`, "Ports and replicas are numbers: no quotes"},
		},
		{
			ID:    "secret-base64",
			Texts: []string{"illegal base64 data"},
			Check: "project.manifests",
			Cause: "A Secret's data is not base64",
			Do:    []string{"Write it as it is under stringData instead of data"},
			Link:  "https://kubernetes.io/docs/concepts/configuration/secret/",
		},
		{
			ID:    "object-name",
			Texts: []string{"rfc 1123", "rfc 1035", "metadata.name: invalid value", "must be no more than 63"},
			Check: "project.manifests",
			Cause: "A name or label in the manifest is not one that Kubernetes takes",
			Do:    []string{"Lower-case letters, digits and - only, with a letter or digit at both ends, 63 at most"},
			Link:  "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/",
		},
		{
			ID:    "duplicate-key",
			Texts: []string{`key "*" already set in map`, "mapping key*already defined", "duplicate field"},
			Check: "project.manifests",
			Cause: "A key stands twice in one place of the manifest",
			Do:    []string{"Keep one of them"},
		},
		{
			ID:    "yaml-tab",
			Texts: []string{"found character that cannot start any token", "found a tab character"},
			Check: "project.manifests",
			Cause: "YAML is indented by spaces; there is a tab (line {line})",
			Do:    []string{"Replace the tab by spaces"},
		},
		{
			ID:    "yaml-indent",
			Texts: []string{"mapping values are not allowed in this context", "did not find expected key", "did not find expected '-' indicator", "could not find expected ':'", "block sequence entries are not allowed", "error converting yaml to json", "yaml: unmarshal errors", "yaml: line"},
			Check: "project.manifests",
			Cause: "The YAML lost its indentation, or a quote, near line {line}",
			Do:    []string{"Indent by two spaces a level; lines of one level begin in one column", "Put text with a colon or a leading * & ! @ in quotes"},
		},
		{
			ID:    "unknown-kind",
			Texts: []string{"no matches for kind", "the server doesn't have a resource type", "ensure crds are installed first"},
			Check: "project.manifests",
			Cause: "The cluster does not know that kind",
			Do:    []string{"See whether kind and apiVersion are spelt right: kubectl api-resources", "A custom kind needs its CustomResourceDefinition applied first", "An apiVersion may be gone: https://kubernetes.io/docs/reference/using-api/deprecation-guide/"},
		},
		{
			ID:    "apply-conflict",
			Texts: []string{"apply failed with*conflict", "the object has been modified; please apply your changes"},
			Cause: "Somebody else changes the same fields of that object",
			Do:    []string{"kubectl get KIND NAME -o yaml --show-managed-fields tells who", "Leave these fields to them, or take them: kubectl apply --server-side --force-conflicts"},
			Link:  "https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts",
		},
		{
			ID:    "object-exists",
			Texts: []string{"(alreadyexists)"},
			Cause: "An object of that name is there already",
			Do:    []string{"kubectl apply changes what is there; kubectl create only makes new ones"},
		},
	}
}
