package docker

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// BuildRequest says what to build. Paths are on this machine, those of the
// options as one stands in the working directory. Its options are those of
// docker buildx build; see BuildOptions.
type BuildRequest struct {
	Context    string // directory, or a remote one: https://….git#ref:dir, git@…, an archive's URL
	Dockerfile string // path, absolute or relative to Context; empty: Dockerfile
	Tag        string // full reference: repository:tag
	Target     string
	Args       map[string]string
	Platform   string // "linux/arm64", or several with commas; empty: the engine's
	NoCache    bool
	Builder    string // name of the buildx builder; empty: the one in force, see Client.Builder
	Labels     map[string]string

	NoCacheFilter []string // stages to build anew
	Pull          bool     // ask registries for newer base images
	Secrets       []BuildSecret
	SSH           []BuildSSH
	Contexts      map[string]string // further contexts by name: directory, docker-image://…, URL
	CacheFrom     []BuildCache
	CacheTo       []BuildCache
	Annotations   []BuildAnnotation
	Attests       map[string]string // kind to its parameters: "provenance": "mode=max"
	AddHosts      []string          // host=address; the address may be host-gateway
	Network       string            // of RUN: default, none, host
	ShmSize       int64             // bytes; 0: BuildKit's
	Ulimits       []string          // name=soft:hard
}

// BuildCache is where build cache is taken from or put.
type BuildCache struct {
	Type  string // registry, local, inline
	Attrs map[string]string
}

// BuildAnnotation is an annotation of what a registry keeps of the image.
type BuildAnnotation struct {
	On       string // "", manifest, index, manifest-descriptor, index-descriptor
	Platform string // of On; empty: every
	Key      string
	Value    string
}

// files finds the context's directory and the Dockerfile, both absolute. A
// remote context has no directory, and its Dockerfile is there unless an
// absolute path names one here.
func (r BuildRequest) files() (dir, file string, err error) {
	if r.Remote() {
		if file = r.Dockerfile; file == "" {
			file = "Dockerfile"
		}
		return "", file, nil
	}
	dir, err = filepath.Abs(r.Context)
	if err != nil {
		return "", "", fmt.Errorf("finding the build context %s: %w", r.Context, err)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", "", &BuildError{File: dir, Err: fmt.Errorf("the build context %s is not a directory that can be read", dir)}
	}
	file = r.Dockerfile
	if file == "" {
		file = "Dockerfile"
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", "", &BuildError{File: file, Err: fmt.Errorf("there is no %s. Write one, or name another with the Dockerfile option: %w", file, fs.ErrNotExist)}
	case err != nil:
		return "", "", &BuildError{File: file, Err: fmt.Errorf("reading the Dockerfile: %w", err)}
	case info.IsDir():
		return "", "", &BuildError{File: file, Err: fmt.Errorf("%s is a directory, not a Dockerfile", file)}
	}
	return dir, file, nil
}
