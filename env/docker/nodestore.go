package docker

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/distribution/reference"
)

// nodeStore is where a node keeps its images, and what in the node deals with
// it.
type nodeStore struct {
	load   func(ctx context.Context, l *loading) []string // command that reads an archive from its standard input
	held   func(ctx context.Context, l *loading) (map[string]bool, error)
	verify func(ctx context.Context, l *loading, want contents) (digest string, err error)
}

// k3sSocket is where k3s, which brings its own containerd, has it listen.
const k3sSocket = "/run/k3s/containerd/containerd.sock"

// ctr is a command to a node's containerd, in the namespace that the kubelet's
// images are in.
func ctr(n Node, words ...string) []string {
	command := []string{"ctr"}
	if n.Tool == "k3d" {
		command = append(command, "--address", k3sSocket)
	}
	return append(append(command, "--namespace", "k8s.io"), words...)
}

// storeOf is the store of a node by what runs its pods.
func storeOf(r LoadRequest) (nodeStore, error) {
	if !r.Node.Running {
		return nodeStore{}, &Error{
			Kind: ErrLoad, Tried: fmt.Sprintf("loading %s into node %s", r.Image, r.Node.Name),
			Happened: "its container does not run", Do: "start it: docker start " + r.Node.Name,
		}
	}
	switch runtime, _, _ := strings.Cut(r.Runtime, "://"); runtime {
	case "containerd":
		return nodeStore{load: containerdLoad, held: containerdHeld, verify: containerdVerify}, nil
	case "docker":
		return nodeStore{load: dockerLoad, held: dockerHeld, verify: dockerVerify}, nil
	}
	return nodeStore{}, &Error{
		Kind: ErrLoad, Tried: fmt.Sprintf("loading %s into node %s", r.Image, r.Node.Name),
		Happened: "its pods run on " + r.Runtime + ", and only containerd and Docker can be loaded into",
		Do:       "push the image to a registry instead: --registry HOST",
	}
}

// CanLoad reports whether images can be loaded into nodes with a runtime, as
// their kubelets report it.
func CanLoad(runtime string) bool {
	name, _, _ := strings.Cut(runtime, "://")
	return slices.Contains([]string{"containerd", "docker"}, name)
}

// containerdHeld are the blobs in the node's content store. An image may
// consist of them without bringing them along: containerd's import takes
// blobs from the archive and the store alike.
func containerdHeld(ctx context.Context, l *loading) (map[string]bool, error) {
	out, err := l.inNode(ctx, ctr(l.request.Node, "content", "ls", "-q"), nil)
	if err != nil {
		return nil, err
	}
	held := map[string]bool{}
	for _, digest := range strings.Fields(out) {
		held[digest] = true
	}
	return held, nil
}

// containerdLoad reads an archive and unpacks the image for the snapshotter
// that the kubelet's containers are made with. Where that is not known, it is
// containerd's usual one; the kubelet's runtime unpacks what it finds packed.
func containerdLoad(ctx context.Context, l *loading) []string {
	words := []string{"images", "import"}
	if l.request.Node.Tool != "k3d" { // k3s tells nothing of its containerd's configuration
		if config, err := l.inNode(ctx, []string{"containerd", "config", "dump"}, nil); err == nil {
			if name := snapshotterIn(config); name != "" {
				words = append(words, "--snapshotter", name)
			}
		}
	}
	return ctr(l.request.Node, append(words, "-")...)
}

// snapshotterIn is the snapshotter of the kubelet's images in containerd's
// configuration: in the section of the CRI plugin, whose name has changed once.
func snapshotterIn(config string) string {
	ours := false
	for line := range strings.Lines(config) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			section := strings.NewReplacer(`"`, "", "'", "").Replace(line)
			ours = section == "[plugins.io.containerd.cri.v1.images]" || section == "[plugins.io.containerd.grpc.v1.cri.containerd]"
			continue
		}
		if key, value, ok := strings.Cut(line, "="); ok && ours && strings.TrimSpace(key) == "snapshotter" {
			return strings.Trim(value, ` "'`)
		}
	}
	return ""
}

// complete is how containerd says that all blobs of an image are there.
var complete = regexp.MustCompile(`\scomplete \(\d+/\d+\)\s`)

// containerdVerify asks the node what the name leads to, and whether all of it
// is there.
func containerdVerify(ctx context.Context, l *loading, want contents) (string, error) {
	name := l.name.String()
	out, err := l.inNode(ctx, ctr(l.request.Node, "images", "check", fmt.Sprintf("name==%q", name)), nil)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(out) {
		// REF TYPE DIGEST STATUS SIZE UNPACKED
		fields := strings.Fields(line)
		if len(fields) < 4 || fields[0] != name {
			continue
		}
		digest := fields[2]
		switch {
		case want.target != "" && digest != want.target:
			return "", fmt.Errorf("the node has %s under that name, and not %s", digest, want.target)
		case !complete.MatchString(line):
			return "", fmt.Errorf("the node says that the image is not whole: %s", strings.Join(fields[3:], " "))
		}
		return digest, nil
	}
	return "", fmt.Errorf("the node has no image %s afterwards", name)
}

func dockerLoad(context.Context, *loading) []string { return []string{"docker", "load"} }

// dockerHeld is nothing: Docker does not say which blobs it has, and reads an
// archive that lacks none.
func dockerHeld(context.Context, *loading) (map[string]bool, error) { return nil, nil }

// dockerVerify asks the node's Docker by which digest it has the image: of the
// configuration, or of the manifest with containerd's store.
func dockerVerify(ctx context.Context, l *loading, want contents) (string, error) {
	name := reference.FamiliarString(l.name)
	out, err := l.inNode(ctx, []string{"docker", "image", "inspect", "--format", "{{.Id}}", name}, nil)
	if err != nil {
		return "", err
	}
	id := strings.TrimSpace(out)
	if id != want.config && id != want.target {
		return "", fmt.Errorf("the node has %s under that name, and not %s", id, want.config)
	}
	return id, nil
}
