// Package house keeps the house rules: who may import whom, what no package
// may be called, and how long a file may be. ARCHITECTURE.md tells the rules in
// words; here they are data, and a test holds the code to them.
package house

import (
	"fmt"
	"path"
	"strings"
)

// Module is the product's module path.
const Module = "github.com/twindeck/twindeck"

// Rule says that the packages In must not import what Never names.
// Patterns are import paths; one that ends in "/..." means everything at or
// below it. Patterns that begin with "./" are below the module.
type Rule struct {
	In     []string // packages it binds
	But    []string // of those, the ones it does not bind
	Never  []string // imports that break it
	Except []string // of those, the ones that are fine
	Why    string
}

// Rules is the list of what must never be.
var Rules = []Rule{
	{
		In: []string{"./env/..."}, Never: []string{"./checks/...", "./ui/..."},
		Why: "imports run one way: main -> ui -> checks -> env",
	},
	{
		In: []string{"./checks/..."}, Never: []string{"./ui/..."},
		Why: "imports run one way: main -> ui -> checks -> env",
	},
	{
		In: []string{"./env/host"}, Never: []string{"./..."},
		Why: "host is this machine and knows nothing of Docker or Kubernetes",
	},
	{
		In: []string{"./env/docker/..."}, Never: []string{"./env/kube/...", "./env/desktop/...", "./env/project/...", "./env/ship/..."},
		Why: "the parts of the environment do not know each other; only env/ship sees several",
	},
	{
		In: []string{"./env/kube/..."}, Never: []string{"./env/docker/...", "./env/desktop/...", "./env/project/...", "./env/ship/..."},
		Why: "the parts of the environment do not know each other; only env/ship sees several",
	},
	{
		In: []string{"./env/desktop/..."}, Never: []string{"./env/docker/...", "./env/kube/...", "./env/project/...", "./env/ship/..."},
		Why: "the parts of the environment do not know each other; only env/ship sees several",
	},
	{
		In: []string{"./env/project/..."}, Never: []string{"./env/docker/...", "./env/kube/...", "./env/desktop/...", "./env/ship/..."},
		Why: "the parts of the environment do not know each other; only env/ship sees several",
	},
	{
		In: []string{"./..."}, But: []string{"./env/docker/..."},
		Never: []string{"github.com/moby/moby/...", "github.com/docker/docker/...", "github.com/docker/cli/...", "github.com/moby/buildkit/..."},
		Why:   "Docker's client lives in env/docker alone; it hands up plain structs and text",
	},
	{
		In: []string{"./..."}, But: []string{"./env/kube/..."},
		Never:  []string{"k8s.io/...", "sigs.k8s.io/..."},
		Except: []string{"sigs.k8s.io/yaml"},
		Why:    "client-go and its friends live in env/kube alone; it hands up plain structs and text",
	},
	{
		In: []string{"./..."}, But: []string{"./ui/...", "."},
		Never: []string{"charm.land/bubbletea/...", "charm.land/bubbles/...", "charm.land/lipgloss/...", "charm.land/fang/..."},
		Why:   "only the interface draws",
	},
	{
		In: []string{".", "./ui/...", "./checks/...", "./env/..."}, Never: []string{"./test/...", "./examples/..."},
		Why: "the product does not know its tests",
	},
}

// names that say nothing of what a package provides.
var emptyNames = []string{"util", "utils", "common", "helper", "helpers", "types", "misc", "shared", "base"}

// Package is what the rules look at: one package and what it imports,
// its tests' imports included.
type Package struct {
	Path    string
	Name    string
	Imports []string
}

// Broken lists the rules that a package breaks, as sentences.
func Broken(rules []Rule, p Package) []string {
	var out []string
	for _, r := range rules {
		if !matches(r.In, p.Path) || matches(r.But, p.Path) {
			continue
		}
		for _, imp := range p.Imports {
			if matches(r.Never, imp) && !matches(r.Except, imp) {
				out = append(out, fmt.Sprintf("%s imports %s: %s", p.Path, imp, r.Why))
			}
		}
	}
	for _, name := range emptyNames {
		if p.Name == name || path.Base(p.Path) == name {
			out = append(out, fmt.Sprintf("%s: a package called %s says nothing of what it provides", p.Path, name))
			break
		}
	}
	return out
}

// matches reports whether an import path is one that the patterns name.
func matches(patterns []string, imported string) bool {
	for _, p := range patterns {
		if p == "." {
			p = Module
		} else if below, ok := strings.CutPrefix(p, "./"); ok {
			p = Module + "/" + below
		}
		tree, whole := strings.CutSuffix(p, "/...")
		if imported == tree || whole && strings.HasPrefix(imported, tree+"/") {
			return true
		}
	}
	return false
}
