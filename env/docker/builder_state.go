package docker

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// buildxState is the folder in which buildx keeps its builders:
//
//	current               {"Key": engine, "Name": builder, "Global": for all engines}
//	defaults/HASH         the builder to use for the engine that HASH is made of
//	instances/NAME        a builder
type buildxState struct{ dir string }

// buildxDir is where buildx keeps its state.
func (o Options) buildxDir() string {
	if dir := o.getenv("BUILDX_CONFIG"); dir != "" {
		return dir
	}
	return filepath.Join(o.configDir(), "buildx")
}

// instance is a builder as buildx writes it down.
type instance struct {
	Name   string
	Driver string
	Nodes  []builderNode // at least one
}

// builderNode is one of the BuildKits of a builder.
type builderNode struct {
	Name       string
	Endpoint   string // a Docker context or engine, an address, or kubernetes:///…?kubeconfig=
	Platforms  []struct{ OS, Architecture, Variant string }
	DriverOpts map[string]string
}

// container is what buildx calls the container of a node.
func (n builderNode) container() string { return "buildx_buildkit_" + n.Name }

// deployment is what buildx calls the Deployment or StatefulSet of a node.
func (n builderNode) deployment() string { return strings.ReplaceAll(n.Name, "_", "-") }

// kubeconfig is the file the node's cluster is named in; empty: the usual one.
func (n builderNode) kubeconfig() string {
	u, err := url.Parse(n.Endpoint)
	if err != nil {
		return ""
	}
	return u.Query().Get("kubeconfig")
}

// builds reports whether the node was set up for a platform, os/arch[/variant].
func (n builderNode) builds(platform string) bool {
	for _, p := range n.Platforms {
		if strings.HasPrefix(platform+"/", p.OS+"/"+p.Architecture+"/") {
			return true
		}
	}
	return false
}

// node is the BuildKit to use for a platform: the one set up for it, else the
// first, which builds it if it can.
func (in instance) node(platform string) builderNode {
	for _, n := range in.Nodes {
		if platform != "" && n.builds(platform) {
			return n
		}
	}
	return in.Nodes[0]
}

func (s buildxState) currentFile() string { return filepath.Join(s.dir, "current") }

// current is the name of the builder chosen for an engine; empty: none was.
func (s buildxState) current(scope string) (string, error) {
	var now struct {
		Key, Name string
		Global    bool
	}
	if _, err := s.read(s.currentFile(), &now); err != nil {
		return "", err
	}
	if now.Name != "" && (now.Global || now.Key == scope) {
		return now.Name, nil
	}
	sum := sha256.Sum256([]byte(scope))
	file := filepath.Join(s.dir, "defaults", hex.EncodeToString(sum[:])[:20])
	name, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", s.broken(file, err)
	}
	return strings.TrimSpace(string(name)), nil
}

// validBuilder is what buildx accepts as a name; it lower-cases the file's.
var validBuilder = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9.\-_]*$`)

// instance reads a builder; known: there is one of this name.
func (s buildxState) instance(name string) (in instance, known bool, err error) {
	if !validBuilder.MatchString(name) {
		return instance{}, false, nil
	}
	file := filepath.Join(s.dir, "instances", strings.ToLower(name))
	known, err = s.read(file, &in)
	if known && err == nil && len(in.Nodes) == 0 {
		err = s.broken(file, errors.New("the builder has no nodes"))
	}
	return in, known && err == nil, err
}

// names are the builders there are.
func (s buildxState) names() []string {
	entries, err := os.ReadDir(filepath.Join(s.dir, "instances"))
	if err != nil {
		return nil // the error told is about one builder
	}
	var names []string
	for _, e := range entries {
		if validBuilder.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

// read fills into from a JSON file, which need not be there.
func (s buildxState) read(file string, into any) (there bool, err error) {
	data, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err == nil:
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		return true, s.broken(file, err)
	}
	return true, nil
}

// broken is the error of a file that buildx itself could not use.
func (s buildxState) broken(file string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return &Error{
		Kind: ErrBuilder, Tried: "reading buildx's builders: " + file, Happened: err.Error(), Err: err,
		Do: fmt.Sprintf("mend the file, or move it away and create the builder anew: docker buildx create (%s is buildx's folder)", s.dir),
	}
}

// contexts are the names of the Docker contexts there are.
func (o Options) contexts() []string {
	return contextNames(o.store())
}
