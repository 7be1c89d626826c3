package checks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"sigs.k8s.io/yaml"

	"github.com/twindeck/twindeck/env/host"
)

// Files are edited in place, value by value: what a person wrote, in the order
// and with the spacing they wrote it, stays.

// byteOrderMark is what editors on Windows begin a file with.
var byteOrderMark = []byte("\xef\xbb\xbf")

// setTop sets a value at the top level of a JSON object. Of a key that is there
// twice the last one counts, as for those who read the file.
func setTop(data []byte, key string, value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	mark := len(data) - len(bytes.TrimPrefix(data, byteOrderMark))
	if len(bytes.TrimSpace(data[mark:])) == 0 {
		data = append(data[:mark:mark], "{}\n"...)
	}
	dec := json.NewDecoder(bytes.NewReader(data[mark:]))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("the file is not a JSON object")
	}
	open := mark + int(dec.InputOffset())
	empty := !dec.More()
	from, to := 0, 0 // of the value there; none: 0, 0
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var old json.RawMessage
		if err := dec.Decode(&old); err != nil {
			return nil, err
		}
		if name == key {
			to = mark + int(dec.InputOffset())
			from = to - len(old)
		}
	}
	if to > 0 {
		return splice(data, from, to, text)
	}
	entry := fmt.Appendf(nil, "\n\t%q: %s", key, text)
	if empty {
		entry = append(entry, '\n')
	} else {
		entry = append(entry, ',')
	}
	return splice(data, open, open, entry)
}

func splice(data []byte, from, to int, with []byte) ([]byte, error) {
	out := bytes.Join([][]byte{data[:from], with, data[to:]}, nil)
	if !json.Valid(bytes.TrimPrefix(out, byteOrderMark)) {
		return nil, errors.New("the file is not valid JSON")
	}
	return out, nil
}

var currentContextLine = regexp.MustCompile(`(?m)^current-context:.*$`)

// setCurrentContext sets the current context in a kubeconfig's text.
func setCurrentContext(data []byte, name string) ([]byte, error) {
	value, err := yaml.Marshal(name)
	if err != nil {
		return nil, err
	}
	line := append([]byte("current-context: "), bytes.TrimSpace(value)...)
	var out []byte
	switch {
	case currentContextLine.Match(data):
		out = currentContextLine.ReplaceAllLiteral(data, line)
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")):
		return setTop(data, "current-context", name)
	default:
		out = append(bytes.TrimRight(data, "\n"), '\n')
		out = append(append(out, line...), '\n')
	}
	got, err := currentContext(out)
	if err != nil || got != name {
		return nil, errors.New("the file is written in a way that cannot be edited safely; run kubectl config use-context")
	}
	return out, nil
}

func currentContext(data []byte) (string, error) {
	var c struct {
		Current string `json:"current-context"`
	}
	err := yaml.Unmarshal(data, &c)
	return c.Current, err
}

// currentContextFile is the file of a KUBECONFIG list that kubectl would
// change: the first that names a current context, or the first of all.
func currentContextFile(h host.Host, files []string) string {
	for _, f := range files {
		if data, err := h.ReadFile(f); err == nil {
			if name, err := currentContext(data); err == nil && name != "" {
				return f
			}
		}
	}
	if len(files) == 0 {
		return ""
	}
	return files[0]
}
