package kube

import (
	"encoding/json"
	"regexp"
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
		maskSecret(nil, v)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return secret.Hidden
	}
	return string(out)
}

// maskSecret hides the values of a Secret before and after a change. Where
// they differ both say so, as in kubectl diff.
func maskSecret(before, after map[string]any) {
	for _, field := range []string{"data", "stringData"} {
		was, _ := before[field].(map[string]any)
		is, _ := after[field].(map[string]any)
		for key, value := range is {
			old, known := was[key]
			is[key] = secret.Hidden
			if known && old != value {
				is[key], was[key] = secret.Hidden+" (after)", secret.Hidden+" (before)"
			} else if known {
				was[key] = secret.Hidden
			}
		}
		for key := range was {
			if _, kept := is[key]; !kept {
				was[key] = secret.Hidden
			}
		}
	}
}

// describedEnv is a variable as kubectl describe prints it.
var describedEnv = regexp.MustCompile(`^(\s+)([A-Za-z_][A-Za-z0-9_.-]*):(\s+)(\S.*)$`)

// maskDescribed hides secret variables in the Environment blocks of a
// description.
func maskDescribed(text string) string {
	var b strings.Builder
	depth := -1 // indent of the open Environment block's title; -1: none
	for line := range strings.Lines(text) {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		m := describedEnv.FindStringSubmatch(strings.TrimRight(line, "\n"))
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "Environment:"):
			depth = indent
		case depth >= 0 && indent <= depth:
			depth = -1
		case depth >= 0 && m != nil && !strings.HasPrefix(m[4], "<set to "):
			line = m[1] + m[2] + ":" + m[3] + secret.MaskEnv(m[2], m[4]) + "\n"
		}
		b.WriteString(line)
	}
	return b.String()
}
