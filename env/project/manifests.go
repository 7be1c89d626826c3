package project

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Where manifests are looked for. A folder's overlays come before itself, and
// a base comes last, because it is seldom complete on its own.
var (
	manifestDirs   = []string{"k8s", "kubernetes", "deploy", "manifests", ".k8s"}
	kustomizations = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}
	kustomizeDirs  = []string{"overlays/dev", "overlays/local", ".", "base"}
)

// findManifests returns the first place under dir that holds Kubernetes
// objects, and what was passed over on the way.
func findManifests(dir string) (Manifests, []Problem) {
	var problems []Problem
	for _, name := range manifestDirs {
		place := filepath.Join(dir, name)
		if info, err := os.Stat(place); err != nil || !info.IsDir() {
			continue
		}
		for _, sub := range kustomizeDirs {
			at := filepath.Join(place, filepath.FromSlash(sub))
			if first(at, kustomizations) != "" {
				return Manifests{Kind: Kustomize, Path: at}, problems
			}
		}
		if chart := first(place, []string{"Chart.yaml"}); chart != "" {
			problems = append(problems, Problem{
				File: chart, Line: 1,
				Text: "a Helm chart: only plain manifests and kustomizations are deployed; render it with helm template into k8s/",
			})
			continue
		}
		files, found := plainFiles(place)
		problems = append(problems, found...)
		if len(files) > 0 {
			return Manifests{Kind: PlainFiles, Path: place, Files: files}, problems
		}
	}
	if first(dir, kustomizations) != "" {
		return Manifests{Kind: Kustomize, Path: dir}, problems
	}
	return Manifests{}, problems
}

// plainFiles returns the manifests directly in dir, sorted, as kubectl apply
// -f dir would take them, without the YAML that is plainly something else.
func plainFiles(dir string) ([]string, []Problem) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, []Problem{{File: dir, Text: fmt.Sprintf("the folder cannot be read: %v", err)}}
	}
	var files []string
	var problems []Problem
	for _, e := range entries {
		name := e.Name()
		if !slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(name)) || slices.Contains(composes, name) {
			continue
		}
		path := filepath.Join(dir, name)
		info, err := os.Stat(path) // follows links, which ReadDir does not
		if err != nil {
			problems = append(problems, Problem{File: path, Text: fmt.Sprintf("the file cannot be read: %v", err)})
			continue
		}
		if !info.Mode().IsRegular() {
			continue
		}
		text, err := os.ReadFile(path)
		switch {
		case err != nil:
			problems = append(problems, Problem{File: path, Text: fmt.Sprintf("the file cannot be read: %v", err)})
		case looksLikeManifest(text):
			files = append(files, path)
		case len(bytes.TrimSpace(text)) > 0:
			problems = append(problems, Problem{File: path, Line: 1, Text: "has neither kind nor apiVersion: not a manifest, left out"})
		}
	}
	slices.Sort(files)
	return files, problems
}

// looksLikeManifest tells a manifest, even a broken one whose indentation is
// lost, from other YAML and JSON.
func looksLikeManifest(text []byte) bool {
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for lines.Scan() {
		key, _, ok := strings.Cut(strings.TrimLeft(lines.Text(), " \t-{"), ":")
		if !ok {
			continue
		}
		switch strings.Trim(key, ` "'`) {
		case "kind", "apiVersion":
			return true
		}
	}
	return false
}
