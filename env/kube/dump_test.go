package kube

import (
	"errors"
	"strings"
	"testing"
)

// Of what the server refuses the message stays, and no value of a variable.
func TestRefusalsHideWhatWasRefused(t *testing.T) {
	for name, c := range map[string]struct{ said, want string }{
		"plain": {
			`Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0`,
			`Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0`,
		},
		"JSON": {
			`Job.batch "a" is invalid: spec.template: Invalid value: {"Spec":{"Containers":[{"Env":[{"Name":"PASSWORD","Value":"hunt}er2 \"{"}]}]}}: field is immutable`,
			`Job.batch "a" is invalid: spec.template: Invalid value: {…}: field is immutable`,
		},
		"Go": {
			`[spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"a":"hunter2"}}: field is immutable, spec.template: Invalid value: core.PodTemplateSpec{Spec:core.PodSpec{}}: field is immutable]`,
			`[spec.selector: Invalid value: {…}: field is immutable, spec.template: Invalid value: {…}: field is immutable]`,
		},
		"no end": {`spec: Invalid value: {"a":"hunter2`, `spec: Invalid value: {…}`},
		"a difference of lines": {
			"spec: Forbidden: pod updates may not change fields other than `spec.tolerations`\n@@ -104,7 +104,7 @@\n-     \"Value\": \"hunter2\",\n",
			"spec: Forbidden: pod updates may not change fields other than `spec.tolerations`",
		},
		"a difference": {
			"Pod \"web\" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`\n\u00a0\u00a0core.PodSpec{\n- \tValue: \"hunter2\",\n  }\n",
			"Pod \"web\" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`",
		},
	} {
		if got := withoutDumps(c.said); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		for _, err := range []error{&Error{Doing: "scaling", Err: errors.New(c.said)}, refusal{nil, errors.New(c.said)}} {
			if text := err.Error(); !strings.HasSuffix(text, c.want) {
				t.Errorf("%s: it says %q", name, text)
			}
		}
	}
}
