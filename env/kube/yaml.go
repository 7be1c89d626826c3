package kube

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// field walks down mappings by key; nil if there is no such field.
func field(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		_, n = entry(n, key)
		if n == nil {
			return nil
		}
	}
	return n
}

// entry is a mapping's key and value, each as a node.
func entry(n *yaml.Node, key string) (k, v *yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

// text is a scalar's value; "" for anything else. An alias to a scalar counts
// as one.
func text(n *yaml.Node) string {
	if n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

// step is one part of a field path as the API server writes it: .name, [3],
// [name="web"] or [key].
var step = regexp.MustCompile(`\.?([^.\[\]]+)|\[(\d+)\]|\[([A-Za-z]+)="?([^"\],]*)"?[^\]]*\]|\[([^\]]+)\]`)

// lineOf is the line in n's text that a field path leads to: the key of the
// field, or of as much of the path as is written there. 0 if nothing is.
func lineOf(n *yaml.Node, path string) int {
	line := 0
	for _, m := range step.FindAllStringSubmatch(path, -1) {
		var next *yaml.Node
		switch {
		case m[1] != "" || m[5] != "":
			var key *yaml.Node
			if key, next = entry(n, m[1]+m[5]); key != nil {
				line = key.Line
			}
		case m[2] != "":
			if i, err := strconv.Atoi(m[2]); err == nil && n != nil && n.Kind == yaml.SequenceNode && i < len(n.Content) {
				next, line = n.Content[i], n.Content[i].Line
			}
		default:
			if next = itemWith(n, m[3], m[4]); next != nil {
				line = next.Line
			}
		}
		if next == nil {
			return line
		}
		n = next
	}
	return line
}

// itemWith is the item of a list whose field has the value.
func itemWith(n *yaml.Node, key, value string) *yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	for _, item := range n.Content {
		if strings.EqualFold(text(field(item, key)), value) {
			return item
		}
	}
	return nil
}
