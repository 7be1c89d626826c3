package kube

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/secret"
)

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// maskTexts hides what is secret in what any object may have anywhere: the
// variables, command lines and probes of containers, and annotations, also
// that in which kubectl apply leaves a copy of the object.
func maskTexts(v any) {
	switch v := v.(type) {
	case map[string]any:
		maskPairs(v["env"])
		maskPairs(v["httpHeaders"])
		maskCommand(v)
		if get, ok := v["httpGet"].(map[string]any); ok {
			if path, ok := get["path"].(string); ok {
				get["path"] = secret.Mask(path)
			}
		}
		maskAnnotations(v)
		for _, child := range v {
			maskTexts(child)
		}
	case []any:
		for _, child := range v {
			maskTexts(child)
		}
	}
}

// maskPairs hides the values of secret variables or headers.
func maskPairs(v any) {
	list, _ := v.([]any)
	for _, v := range list {
		e, _ := v.(map[string]any)
		name, _ := e["name"].(string)
		if value, ok := e["value"].(string); ok {
			e["value"] = secret.MaskEnv(name, value)
		}
	}
}

// maskCommand hides the secrets of a container's command line, in each argument
// and where a flag and its value are two.
func maskCommand(container map[string]any) {
	command, _ := container["command"].([]any)
	args, _ := container["args"].([]any)
	line := slices.Concat(command, args)
	words := make([]string, len(line))
	for i, v := range line {
		words[i] = "_" // stands for what is no single word
		text, ok := v.(string)
		if !ok {
			continue
		}
		text = secret.Mask(text)
		line[i] = text
		if text != "" && !strings.ContainsAny(text, " \t\r\n\"'[{<") && !strings.HasSuffix(text, ":") && !strings.HasSuffix(text, "=") {
			words[i] = text
		}
	}
	masked := strings.Split(secret.Mask(strings.Join(words, " ")), " ")
	for i := range line {
		switch {
		case len(masked) != len(words):
			line[i] = secret.Hidden // which is which is not known
		case masked[i] == words[i]:
		case words[i] == "_":
			line[i] = secret.Hidden
		default:
			line[i] = masked[i]
		}
	}
	copy(command, line)
	copy(args, line[len(command):])
}

func maskJSON(text string) string {
	var v map[string]any
	if json.Unmarshal([]byte(text), &v) != nil {
		return secret.Hidden // unreadable: nothing is known to be safe
	}
	maskTexts(v)
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
// which only the sizes are told, secret-like entries of a ConfigMap, and
// secret texts in anything.
func maskObject(o map[string]any) {
	maskTexts(o)
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

// pointers are names of annotations that speak of a secret without holding it:
// the checksum of one, the names of objects for an ingress or an agent.
var pointers = regexp.MustCompile(`^checksum/|(^|[/-])(auth|tls|ssl|pull)-secret$|/agent-inject-|/private-key-`)

// maskAnnotations hides the annotations of an object whose names or looks are
// those of secrets.
func maskAnnotations(o map[string]any) {
	metadata, _ := o["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	for key, v := range annotations {
		text, ok := v.(string)
		name := strings.TrimPrefix(key[strings.LastIndexByte(key, '/')+1:], "auth-") // nginx's: auth-signin, but auth-token
		switch {
		case !ok:
		case key == lastApplied:
			annotations[key] = maskJSON(text)
		case pointers.MatchString(key):
			annotations[key] = secret.Mask(text)
		default:
			annotations[key] = secret.MaskEnv(name, text)
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
