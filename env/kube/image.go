package kube

import (
	"bytes"
	"sort"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// containerLists are the fields of a pod's spec that list containers, wherever
// the spec is: in a Pod, a template, a CronJob, a custom resource.
var containerLists = map[string]bool{"containers": true, "initContainers": true, "ephemeralContainers": true}

// imageNodes finds the image of each container anywhere under n, in order.
func imageNodes(n *yaml.Node) []*yaml.Node {
	var found []*yaml.Node
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode {
			if i%2 == 0 {
				continue // a key
			}
			if containerLists[n.Content[i-1].Value] && child.Kind == yaml.SequenceNode {
				for _, c := range child.Content {
					if image := field(c, "image"); text(image) != "" {
						found = append(found, image)
					}
				}
			}
		}
		found = append(found, imageNodes(child)...)
	}
	return found
}

// repository is the last part of an image reference's path: my-app of
// localhost:5000/team/my-app:v1@sha256:….
func repository(image string) string {
	image, _, _ = strings.Cut(image, "@")
	image = image[strings.LastIndex(image, "/")+1:]
	image, _, _ = strings.Cut(image, ":")
	return image
}

// substitute puts an image of ours, by the last part of its repository, in
// place of each that has that last part, and changes no other byte of the
// document. It returns the text and the images it then names.
func substitute(d document, ours map[string]string) (out []byte, images []string, bad *ManifestError) {
	type edit struct {
		from, to int // bytes
		image    string
	}
	var edits []edit
	for _, n := range imageNodes(d.root) {
		was := text(n)
		image := ours[repository(was)]
		if image == "" {
			images = append(images, was)
			continue
		}
		images = append(images, image)
		from, to := span(d.text, n)
		if to == 0 {
			return nil, nil, d.fail(n.Line, Ref{}, "write it plainly on one line: image: "+was, "the image %q is written in a way that cannot be replaced", was)
		}
		edits = append(edits, edit{from, to, image})
	}
	// From the end, so that earlier offsets stay right.
	sort.Slice(edits, func(i, j int) bool { return edits[i].from > edits[j].from })
	out = bytes.Clone(d.text)
	for _, e := range edits {
		out = append(out[:e.from], append([]byte(e.image), out[e.to:]...)...)
	}
	return out, images, nil
}

// span is where a scalar's value stands in text, without its quotes; to is 0
// if that cannot be told.
func span(text []byte, n *yaml.Node) (from, to int) {
	at := 0
	for range n.Line - 1 {
		next := bytes.IndexByte(text[at:], '\n')
		if next < 0 {
			return 0, 0
		}
		at += next + 1
	}
	for range n.Column - 1 { // columns count characters
		if at >= len(text) {
			return 0, 0
		}
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	raw := n.Value
	if n.Kind == yaml.AliasNode {
		raw = "*" + n.Value
	}
	rest := text[at:]
	if n.Anchor != "" { // the place of "&name value" is that of the anchor
		skip := bytes.Index(rest, []byte("&"+n.Anchor))
		if skip != 0 {
			return 0, 0
		}
		rest = rest[len(n.Anchor)+1:]
		trimmed := bytes.TrimLeft(rest, " ")
		at += len(n.Anchor) + 1 + len(rest) - len(trimmed)
		rest = trimmed
	}
	if len(rest) > 0 && (rest[0] == '"' || rest[0] == '\'') {
		at, rest = at+1, rest[1:]
	}
	if !bytes.HasPrefix(rest, []byte(raw)) {
		return 0, 0
	}
	return at, at + len(raw)
}
