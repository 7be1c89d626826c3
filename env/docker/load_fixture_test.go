package docker

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// nodeDockerfile makes an image like those of kind's nodes: it runs a
// containerd of its own.
const nodeDockerfile = `FROM twindeck.local/base:1
COPY containerd ctr containerd-shim-runc-v2 runc runc-real /usr/bin/
VOLUME /var/lib/containerd
CMD ["containerd"]
`

// kindNode is a container of the engine that is a node as kind makes it, with
// a real containerd in it, but no kubelet.
func kindNode(t *testing.T, c *Client) (n Node, inside func(command ...string) string) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Dockerfile"), nodeDockerfile)
	for _, name := range []string{"containerd", "ctr", "containerd-shim-runc-v2", "runc", "runc-real"} {
		from := filepath.Join(os.Getenv("TWINDECK_FIXTURE_BIN"), name)
		if err := os.Link(from, filepath.Join(dir, name)); err != nil {
			copyFile(t, from, filepath.Join(dir, name))
		}
	}
	image := tag(t, c, "fixture-node")
	if _, err := c.Build(t.Context(), BuildRequest{Tag: image, Context: dir}, func(BuildEvent) {}); err != nil {
		t.Fatal(err)
	}
	cn, err := c.conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("fixture-%d-control-plane", time.Now().UnixNano())
	made, err := cn.api.ContainerCreate(t.Context(), client.ContainerCreateOptions{
		Name:       name,
		Config:     &container.Config{Image: image, Labels: map[string]string{"io.x-k8s.kind.cluster": "fixture", "io.x-k8s.kind.role": "control-plane"}},
		HostConfig: &container.HostConfig{Privileged: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = cn.api.ContainerRemove(context.Background(), made.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	})
	if err := c.Start(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	inside = func(command ...string) string {
		t.Helper()
		out, err := cn.exec(t.Context(), made.ID, command, nil)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	inside("sh", "-c", "until ctr version >/dev/null 2>&1; do sleep 0.1; done")
	nodes, err := c.Nodes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range nodes {
		if n.Name == name {
			return n, inside
		}
	}
	t.Fatalf("%s is not among the nodes %+v", name, nodes)
	return Node{}, nil
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// noise is text that does not compress, so that bytes moved can be told.
func noise(t *testing.T, bytes int) string {
	t.Helper()
	b := make([]byte, bytes/2)
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(b)
}

// The first load moves all of an image, a changed image moves its new layer
// alone, and what the node then has is whole and runs.
func TestFixtureLoad(t *testing.T) {
	c := fixture(t, "separate")
	node, inside := kindNode(t, c)
	if node.Tool != "kind" || node.Cluster != "fixture" || !node.Running || len(node.Addresses) == 0 {
		t.Errorf("the node is %+v", node)
	}
	dir := project(t, map[string]string{
		"Dockerfile": "FROM twindeck.local/base:1\nCOPY large /large\nCOPY small /small\nCMD [\"cat\", \"/small\"]\n",
		"large":      noise(t, 3<<20), "small": "first",
	})
	load := func() (Loaded, Image, map[string]LayerProgress) {
		t.Helper()
		ref := tag(t, c, "fixture-load")
		if _, err := c.Build(t.Context(), BuildRequest{Tag: ref, Context: dir}, func(BuildEvent) {}); err != nil {
			t.Fatal(err)
		}
		image, err := c.Image(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		last := map[string]LayerProgress{}
		loaded, err := c.Load(t.Context(), LoadRequest{Image: ref, Node: node, Runtime: "containerd://2", Arch: image.Arch}, func(p LayerProgress) { last[p.ID] = p })
		if err != nil {
			t.Fatal(err)
		}
		return loaded, image, last
	}
	first, image, layers := load()
	if first.Moved != first.Layers || first.Layers != len(layers) || first.Bytes < 3<<19 || first.Digest != image.Digest {
		t.Errorf("first loaded %+v, the image is %+v", first, image)
	}
	for id, l := range layers {
		if l.Status != "Loaded" || l.Done != l.Total {
			t.Errorf("layer %s ended as %+v", id, l)
		}
	}
	again, err := c.Load(t.Context(), LoadRequest{Image: image.Tags[0], Node: node, Runtime: "containerd://2"}, nil)
	if err != nil || again.Moved != 0 || again.Bytes != 0 || again.Digest != first.Digest {
		t.Errorf("what is there already: %+v, %v", again, err)
	}

	write(t, filepath.Join(dir, "small"), "second")
	second, image, layers := load()
	if second.Moved != 1 || second.Layers != first.Layers || second.Bytes > 64<<10 || second.Digest != image.Digest || second.Digest == first.Digest {
		t.Errorf("a small change loaded %+v", second)
	}
	moved := 0
	for _, l := range layers {
		if l.Status == "Loaded" {
			moved++
		}
	}
	if moved != 1 || len(layers) != first.Layers {
		t.Errorf("of the layers %+v one is new", layers)
	}

	// The node has it under the name its kubelet looks for; it is whole, also
	// when what it shares layers with is gone, and it runs.
	inside("ctr", "-n", "k8s.io", "images", "rm", "--sync", first.Image)
	name := "docker.io/library/" + image.Tags[0]
	if listed := strings.Fields(inside("ctr", "-n", "k8s.io", "images", "ls", "-q")); !slices.Contains(listed, name) || slices.Contains(listed, first.Image) {
		t.Errorf("the node lists %q", listed)
	}
	if check := inside("ctr", "-n", "k8s.io", "images", "check", fmt.Sprintf("name==%q", name)); !complete.MatchString(check) || !strings.HasSuffix(strings.TrimSpace(check), "true") {
		t.Errorf("not whole and unpacked: %s", check)
	}
	if out := inside("ctr", "-n", "k8s.io", "run", "--rm", second.Image, "one"); out != "second" {
		t.Errorf("it ran and said %q", out)
	}

	// A node that lost what it had gets all of it again.
	inside("sh", "-c", "for d in $(ctr -n k8s.io content ls -q); do ctr -n k8s.io content rm $d >/dev/null; done")
	if left := inside("ctr", "-n", "k8s.io", "content", "ls", "-q"); left != "" {
		t.Errorf("the content is still there: %s", left)
	}
	if whole, err := c.Load(t.Context(), LoadRequest{Image: image.Tags[0], Node: node, Runtime: "containerd://2"}, nil); err != nil || whole.Moved != first.Layers {
		t.Errorf("after the loss: %+v, %v", whole, err)
	}
}

func TestFixtureLoadCancelled(t *testing.T) {
	c := fixture(t, "separate")
	node, inside := kindNode(t, c)
	ref := tag(t, c, "fixture-load")
	dir := project(t, map[string]string{"Dockerfile": "FROM twindeck.local/base:1\nCOPY large /large\n", "large": noise(t, 8<<20)})
	if _, err := c.Build(t.Context(), BuildRequest{Tag: ref, Context: dir}, func(BuildEvent) {}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := c.Load(ctx, LoadRequest{Image: ref, Node: node, Runtime: "containerd://2"}, func(LayerProgress) { cancel() })
	if err == nil || ctx.Err() == nil {
		t.Errorf("cancelled, and yet: %v", err)
	}
	if listed := inside("ctr", "-n", "k8s.io", "images", "ls", "-q"); listed != "" {
		t.Errorf("half an image is listed: %q", listed)
	}
	if loaded, err := c.Load(t.Context(), LoadRequest{Image: ref, Node: node, Runtime: "containerd://2"}, nil); err != nil || loaded.Moved != loaded.Layers {
		t.Errorf("afterwards: %+v, %v", loaded, err)
	}
}

// What needs a login to pull, and what does not.
func TestFixtureNeedsLogin(t *testing.T) {
	c := fixture(t, "separate")
	for host, want := range map[string]bool{os.Getenv("TWINDECK_FIXTURE_REGISTRY"): false, os.Getenv("TWINDECK_FIXTURE_REGISTRY_AUTH"): true} {
		if needs, err := c.NeedsLogin(t.Context(), host+"/never-pushed:1"); err != nil || needs != want {
			t.Errorf("%s: %t, %v, want %t", host, needs, err, want)
		}
	}
	if needs, err := c.NeedsLogin(t.Context(), "localhost:1/none:1"); err == nil || needs {
		t.Errorf("no registry: %t, %v", needs, err)
	}
}
