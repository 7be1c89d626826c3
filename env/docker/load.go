package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/distribution/reference"
)

// LoadRequest is an image to load into a node of a cluster.
type LoadRequest struct {
	Image   string // repository:tag, as the engine has it
	Node    Node
	Runtime string // what runs the node's pods, as its kubelet reports it: containerd://…, docker://…
	Arch    string // of the node; empty: as the image is
}

// Loaded is an image that a node has, as the node itself says.
type Loaded struct {
	Node   string `json:"node"`
	Image  string `json:"image"`            // the full name that its kubelet looks for
	Digest string `json:"digest,omitempty"` // what that name leads to there
	Config string `json:"config,omitempty"` // digest of the configuration: what pods report
	Layers int    `json:"layers"`           // of the image
	Moved  int    `json:"moved"`            // of those, the ones that the node lacked
	Bytes  int64  `json:"bytes"`            // moved
}

// Load brings an image of the engine to a node that is a container of the
// engine, and asks the node whether it has it now. To a node on containerd
// only what it lacks is moved; Docker in a node is given all of it, and keeps
// what is new. news is called from one goroutine and never after Load returned.
func (c *Client) Load(ctx context.Context, r LoadRequest, news func(LayerProgress)) (Loaded, error) {
	doing := fmt.Sprintf("loading %s into node %s", r.Image, r.Node.Name)
	named, err := reference.ParseNormalizedNamed(r.Image)
	if err != nil {
		return Loaded{}, fmt.Errorf("%s: this is no valid image name: %w", doing, err)
	}
	store, err := storeOf(r)
	if err != nil {
		return Loaded{}, err
	}
	ctx, cn, err := c.answering(ctx, doing)
	if err != nil {
		return Loaded{}, err
	}
	l := &loading{cn: cn, request: r, name: reference.TagNameOnly(named), store: store}
	l.news = func(p LayerProgress) {
		if news != nil {
			p.Node = r.Node.Name
			news(p)
		}
	}
	loaded, err := l.load(ctx)
	if err != nil {
		return Loaded{}, l.explain(doing, err)
	}
	return loaded, nil
}

// loading is one image on its way to one node.
type loading struct {
	cn      *conn
	request LoadRequest
	name    reference.Named // in full, with its tag
	store   nodeStore
	news    func(LayerProgress)
}

func (l *loading) load(ctx context.Context) (Loaded, error) {
	held, err := l.store.held(ctx, l)
	if err != nil {
		return Loaded{}, err
	}
	a, loaded, err := l.send(ctx, held)
	if err != nil && a != nil && a.left > 0 && ctx.Err() == nil {
		// The node may have thrown away what it had a moment ago.
		_, loaded, err = l.send(ctx, nil)
	}
	return loaded, err
}

// send moves what is not held, and has the node say what it has then.
func (l *loading) send(ctx context.Context, held map[string]bool) (*archive, Loaded, error) {
	stream, err := l.cn.api.ImageSave(ctx, []string{reference.FamiliarString(l.name)})
	if err != nil {
		return nil, Loaded{}, err
	}
	defer func() { _ = stream.Close() }()
	a := newArchive(held, l.news)
	if _, err := l.inNode(ctx, l.store.load(ctx, l), func(in io.Writer) error { return a.pass(in, stream) }); err != nil {
		return a, Loaded{}, err
	}
	want, err := a.find(l.name.String(), l.request.Arch)
	if err != nil {
		return a, Loaded{}, err
	}
	digest, err := l.store.verify(ctx, l, want)
	if err != nil {
		return a, Loaded{}, err
	}
	out := Loaded{Node: l.request.Node.Name, Image: l.name.String(), Digest: digest, Config: want.config, Layers: len(want.layers), Bytes: a.sent}
	for _, layer := range want.layers {
		if !held[layer] {
			out.Moved++
		}
	}
	return a, out, nil
}

// inNode runs a command in the node.
func (l *loading) inNode(ctx context.Context, command []string, feed func(io.Writer) error) (string, error) {
	return l.cn.exec(ctx, l.request.Node.ID, command, feed)
}

// explain tells what went wrong on the way to a node.
func (l *loading) explain(doing string, err error) error {
	var failed *commandError
	if !errors.As(err, &failed) {
		return l.cn.explain(doing, workTime, err)
	}
	e := &Error{Kind: ErrLoad, Tried: doing, Happened: failed.Error(), Err: err}
	switch {
	case strings.Contains(failed.said, "no match for platform"), strings.Contains(failed.said, "mismatched image rootfs"):
		e.Do = fmt.Sprintf("build it for the node's architecture: --platform linux/%s", l.request.Arch)
	case strings.Contains(failed.said, "no space left on device"):
		e.Do = "make room on the engine's disk: docker system df"
	case strings.Contains(failed.said, "executable file not found"):
		e.Do = "the node has no such program: load the image with the tool that made the cluster (" + l.request.Node.Tool + ")"
	case strings.Contains(failed.said, "connect:"), strings.Contains(failed.said, "connection refused"):
		e.Do = "the node's container runtime does not answer: docker logs " + l.request.Node.Name
	}
	return e
}
