package kube

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/twindeck/twindeck/env/secret"
)

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// maskEnv hides, in every container anywhere in an object, the value of
// variables that are secrets, also in the copy of the object that kubectl
// apply leaves in an annotation.
func maskEnv(v any) {
	switch v := v.(type) {
	case map[string]any:
		if list, ok := v["env"].([]any); ok {
			for _, e := range list {
				maskVariable(e)
			}
		}
		if text, ok := v[lastApplied].(string); ok {
			v[lastApplied] = maskJSON(text)
		}
		for _, child := range v {
			maskEnv(child)
		}
	case []any:
		for _, child := range v {
			maskEnv(child)
		}
	}
}

func maskVariable(v any) {
	e, ok := v.(map[string]any)
	if !ok {
		return
	}
	name, _ := e["name"].(string)
	if value, ok := e["value"].(string); ok {
		e["value"] = secret.MaskEnv(name, value)
	}
}

func maskJSON(text string) string {
	var v map[string]any
	if json.Unmarshal([]byte(text), &v) != nil {
		return secret.Hidden // unreadable: nothing is known to be safe
	}
	maskEnv(v)
	if v["kind"] == "Secret" {
		hideValues(v)
	} else {
		maskObject(v)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return secret.Hidden
	}
	return string(out)
}

// hideValues hides the values of a Secret, their sizes too.
func hideValues(o map[string]any) {
	for _, field := range []string{"data", "stringData"} {
		values, _ := o[field].(map[string]any)
		for key := range values {
			values[key] = secret.Hidden
		}
	}
}

// maskObject hides what is secret in an object: the values of a Secret, of
// which only the sizes are told, secret-like entries of a ConfigMap, and the
// secret variables of containers, in anything.
func maskObject(o map[string]any) {
	maskEnv(o)
	kind, _ := o["kind"].(string)
	version, _ := o["apiVersion"].(string)
	switch {
	case strings.Contains(version, ".") && !strings.Contains(version, ".k8s.io/"):
		maskLeaves(o) // what a custom resource holds where, its maker alone knows
	case version != "v1":
	case kind == "Secret":
		tellSizes(o, "data", decodedSize)
		tellSizes(o, "stringData", func(v string) int { return len(v) })
	case kind == "ConfigMap":
		data, _ := o["data"].(map[string]any)
		for key, v := range data {
			if text, ok := v.(string); ok {
				data[key] = secret.MaskEnv(key, text)
			}
		}
		binary, _ := o["binaryData"].(map[string]any)
		for key, v := range binary {
			if text, ok := v.(string); ok && secret.MaskEnv(key, text) != text {
				binary[key] = sizeOnly(decodedSize(text))
			}
		}
	}
}

// maskLeaves hides the texts anywhere in v whose keys or looks are those of secrets.
func maskLeaves(v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, child := range v {
			if text, ok := child.(string); ok {
				v[key] = secret.MaskEnv(key, text)
			} else {
				maskLeaves(child)
			}
		}
	case []any:
		for i, child := range v {
			if text, ok := child.(string); ok {
				v[i] = secret.Mask(text)
			} else {
				maskLeaves(child)
			}
		}
	}
}

// maskAnnotations hides the annotations of an object whose names or looks are
// those of secrets.
func maskAnnotations(o map[string]any) {
	metadata, _ := o["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	for key, v := range annotations {
		if text, ok := v.(string); ok && key != lastApplied {
			annotations[key] = secret.MaskEnv(key[strings.LastIndexByte(key, '/')+1:], text)
		}
	}
}

// decodedSize is how many bytes a value in base64 has.
func decodedSize(v string) int {
	return base64.StdEncoding.DecodedLen(len(v)) - strings.Count(v, "=")
}

func tellSizes(o map[string]any, field string, size func(string) int) {
	values, _ := o[field].(map[string]any)
	for key, v := range values {
		text, _ := v.(string)
		values[key] = sizeOnly(size(text))
	}
}

func sizeOnly(bytes int) string { return fmt.Sprintf("%s (%d bytes)", secret.Hidden, bytes) }
