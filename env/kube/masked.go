package kube

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// masked hands on what a server sends with its secrets hidden. kubectl's
// describers read through it: in the text that they make of a value, with its
// blanks, names and line breaks changed, it can hardly be found again.
type masked struct{ rt http.RoundTripper }

// RoundTrip sends r and masks the answer.
func (m masked) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := m.rt.RoundTrip(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		return answer, err // others carry a message, no object
	}
	defer answer.Body.Close()
	d := json.NewDecoder(answer.Body)
	d.UseNumber() // numbers stay as they are written
	var o map[string]any
	if err := d.Decode(&o); err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	maskAnswer(o)
	body, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("masking the answer: %w", err)
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer.Header.Del("Content-Length")
	return answer, nil
}

// maskAnswer hides what is secret in an object or in the objects of a list,
// which do not tell their kind themselves.
func maskAnswer(o map[string]any) {
	kind, _ := o["kind"].(string)
	items, ok := o["items"].([]any)
	if of, list := strings.CutSuffix(kind, "List"); list && ok {
		for _, v := range items {
			if item, ok := v.(map[string]any); ok {
				item["kind"], item["apiVersion"] = of, o["apiVersion"]
				maskForDescriber(item)
			}
		}
		return
	}
	maskForDescriber(o)
}

// maskForDescriber hides what is secret in an object and leaves it one that
// the API's types can hold.
func maskForDescriber(o map[string]any) {
	kind := o["kind"]
	if o["apiVersion"] != "v1" {
		kind = nil
	}
	switch kind {
	case "Secret":
		emptySecret(o)
	case "ConfigMap":
		binary, ok := o["binaryData"] // kubectl tells its sizes only
		delete(o, "binaryData")
		maskObject(o)
		if ok {
			o["binaryData"] = binary
		}
	default:
		maskObject(o)
	}
}

// emptySecret keeps the sizes of a Secret's values only. kubectl prints the
// token of a service account as it is, so its size is put in its place.
func emptySecret(o map[string]any) {
	data, _ := o["data"].(map[string]any)
	for key, v := range data {
		text, _ := v.(string)
		value := make([]byte, decodedSize(text))
		if key == "token" && o["type"] == "kubernetes.io/service-account-token" {
			value = fmt.Appendf(nil, "%d bytes", len(value))
		}
		data[key] = base64.StdEncoding.EncodeToString(value)
	}
	maskTexts(o)
}
