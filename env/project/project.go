// Package project is the folder one stands in: what it builds, what it
// deploys, and which version it is at.
package project

// Project is a folder seen as something to ship.
type Project struct {
	Dir        string // absolute
	Name       string // image name without registry: "my-app"
	Dockerfile string // absolute; empty: none found
	Context    string // build context, absolute
	Compose    string // absolute path of the Compose file; empty: none
	Manifests  Manifests
	Images     []Image // all there are to build, each after those it needs; Dockerfile and Context are the first one's
	Version    Version
	Problems   []Problem // what was found and cannot be used, with its place
}

// ManifestKind says how the manifests are to be read.
type ManifestKind string

// The kinds of manifest source.
const (
	NoManifests ManifestKind = ""
	PlainFiles  ManifestKind = "files"
	Kustomize   ManifestKind = "kustomize"
)

// Manifests is where the project's Kubernetes objects are.
type Manifests struct {
	Kind  ManifestKind
	Path  string   // directory, absolute
	Files []string // absolute, sorted; for PlainFiles
}

// Version is the project's state in git.
type Version struct {
	Describe string // "v1.4.2-3-g1a2b3c-dirty"; without git, or before the first tag, what stands for it
	Commit   string // full hash; empty without git
	Dirty    bool
	Branch   string
	// Tag is a valid, unique image tag for what is in the folder now: the
	// description, plus a hash of the changed files when dirty. Never "latest";
	// empty where there is no Dockerfile, as nothing can be built, and where
	// there are several images, as each has its own.
	Tag string
}

// Problem is a finding at a place.
type Problem struct {
	File  string
	Line  int
	Text  string
	Fatal bool // what is built cannot be known before it is mended
}
