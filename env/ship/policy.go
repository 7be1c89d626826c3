package ship

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
)

// pullPolicies finds the containers of manifests that run one of our images
// (by name) under an imagePullPolicy which defeats the route.
func pullPolicies(manifests []kube.Manifest, ours map[string]string, defeat map[string]string) []Problem {
	var problems []Problem
	for _, m := range manifests {
		var object any
		if yaml.Unmarshal(m.YAML, &object) != nil {
			continue // told of where manifests are read
		}
		for _, policy := range policiesOf(object, slices.Collect(maps.Values(ours))) {
			why, bad := defeat[policy]
			if !bad {
				continue
			}
			problems = append(problems, Problem{
				Fatal: true, Stage: Deploy, File: m.File, Line: policyLine(m, policy),
				Text: fmt.Sprintf("%s: imagePullPolicy: %s %s", m.Ref, policy, why),
				Do:   "use imagePullPolicy: IfNotPresent, or leave it out",
			})
		}
	}
	return problems
}

// keptPolicies finds the containers that would run one of our images under a
// policy that no manifest sets: the cluster keeps what it has, such as the
// Always it gave a container whose image had no tag once.
func keptPolicies(changes []kube.Applied, ours map[string]string, defeat map[string]string) []Problem {
	images := slices.Collect(maps.Values(ours))
	var problems []Problem
	for _, a := range changes {
		for _, p := range a.Pulls {
			why, bad := defeat[p.Policy]
			if !bad || !slices.Contains(images, p.Image) {
				continue
			}
			problems = append(problems, Problem{
				Fatal: true, Stage: Deploy, File: a.File, Line: imageLine(a.File, a.Line, project.LastPart(p.Image)),
				Text: fmt.Sprintf("%s: container %s has imagePullPolicy: %s in the cluster, which %s", a.Ref, p.Container, p.Policy, why),
				Do:   "write imagePullPolicy: IfNotPresent beside its image",
			})
		}
	}
	return problems
}

// imageLine is where a file names an image whose last part is name, from a line
// on; that line, if nowhere.
func imageLine(file string, from int, name string) int {
	text, err := os.ReadFile(file)
	if err != nil {
		return from
	}
	for i, line := range bytes.Split(text, []byte("\n")) {
		key, value, _ := strings.Cut(strings.TrimLeft(string(line), " -"), ":")
		if i+1 >= from && key == "image" && project.LastPart(strings.Trim(value, ` "'`+"\r")) == name {
			return i + 1
		}
	}
	return from
}

// policiesOf walks an object to every container that runs one of images.
func policiesOf(node any, images []string) []string {
	var found []string
	switch v := node.(type) {
	case map[string]any:
		if image, ok := v["image"].(string); ok && slices.Contains(images, image) {
			if policy, ok := v["imagePullPolicy"].(string); ok {
				found = append(found, policy)
			}
		}
		for _, child := range v {
			found = append(found, policiesOf(child, images)...)
		}
	case []any:
		for _, child := range v {
			found = append(found, policiesOf(child, images)...)
		}
	}
	return found
}

// policyLine is where a manifest's file sets the policy; without a file, 0.
func policyLine(m kube.Manifest, policy string) int {
	text, err := os.ReadFile(m.File)
	if err != nil {
		return 0
	}
	for i, line := range bytes.Split(text, []byte("\n")) {
		key, value, _ := strings.Cut(strings.TrimLeft(string(line), " -"), ":")
		value, _, _ = strings.Cut(value, "#")
		if i+1 >= m.Line && key == "imagePullPolicy" && strings.Trim(value, ` "'`+"\r") == policy {
			return i + 1
		}
	}
	return m.Line
}
