package docker

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Builder is a buildx builder: where builds run, and why there.
type Builder struct {
	Name   string // as docker buildx ls shows it; of the engine's own, the Docker context's name
	Driver string // docker, docker-container, remote, kubernetes
	Place  string // where its BuildKit is: a container, an address, a Deployment
	Why    string // what decided, in words: "docker buildx use", "BUILDX_BUILDER"
	Own    bool   // the engine's own BuildKit
	// File is buildx's file of the current builder, and Scope the engine it is
	// current for, as that file names it.
	File, Scope string
}

// ErrBuilder is a builder that cannot be used; the engine may be fine. Use
// errors.Is; the error is an *Error that says what to do.
var ErrBuilder = errors.New("buildx builder")

// What decided which builder is used.
const (
	byOption   = "--builder"
	byVariable = "BUILDX_BUILDER"
	byUse      = "docker buildx use"
	byNobody   = "no other was chosen"
)

// The drivers of buildx that twindeck speaks to.
const (
	driverEngine    = "docker"
	driverContainer = "docker-container"
	driverRemote    = "remote"
	driverCluster   = "kubernetes"
)

// Builder is the builder that docker buildx build would use for this engine,
// or the one named. It reads files and talks to nobody. With an error, what is
// known of the builder is returned all the same.
func (c *Client) Builder(name string) (Builder, error) {
	b, _, err := c.builder(name)
	return b, err
}

// builder is Builder with what buildx wrote down of it.
func (c *Client) builder(name string) (Builder, instance, error) {
	t, err := c.target()
	if err != nil {
		return Builder{}, instance{}, err
	}
	s := buildxState{dir: c.opts.buildxDir()}
	b := Builder{File: s.currentFile(), Scope: t.scope()}
	if b.Name, b.Why, err = c.opts.chosenBuilder(s, b.Scope); err != nil {
		return b, instance{}, err
	}
	if name != "" && name != b.Name {
		b.Name, b.Why = name, byOption
	}
	in, known, err := s.instance(b.Name)
	// Like buildx: a current builder that was removed means the engine's own.
	removed := !known && b.Why == byUse && b.Name != t.Context
	switch {
	case err != nil:
		return b, instance{}, err
	case known && in.Driver != driverEngine:
		b.Driver, b.Place = in.Driver, in.place()
		return b, in, nil
	case known && in.Nodes[0].Endpoint == t.Context, b.Name == t.Context, b.Name == "", removed:
		if b.Name == "" || removed {
			b.Why = byNobody
		}
		b.Name, b.Driver, b.Own, b.Place = t.Context, driverEngine, true, t.Host
		return b, instance{}, nil
	}
	return b, instance{}, c.unknownBuilder(b, s, known)
}

// chosenBuilder is the builder in force for an engine, and what decided; an
// empty name is the engine's own. The order is that of docker buildx.
func (o Options) chosenBuilder(s buildxState, scope string) (name, why string, err error) {
	if o.Builder != "" {
		return o.Builder, byOption, nil
	}
	if name := o.getenv("BUILDX_BUILDER"); name != "" {
		return name, byVariable, nil
	}
	name, err = s.current(scope)
	return name, byUse, err
}

// scope is how buildx names an engine that builders are current for.
func (t target) scope() string {
	if t.Context == defaultContext {
		return t.Host
	}
	return t.Context
}

// unknownBuilder is the error of a builder that was named and is not there, or
// is the own one of another engine.
func (c *Client) unknownBuilder(b Builder, s buildxState, known bool) error {
	e := &Error{Kind: ErrBuilder, Tried: fmt.Sprintf("looking for the builder %q (%s)", b.Name, b.Why)}
	if known || slices.Contains(c.opts.contexts(), b.Name) {
		e.Happened = "it belongs to the engine of another Docker context"
		e.Do = "choose that engine (--docker-context " + b.Name + "), or another builder"
		return e
	}
	e.Happened = "buildx knows no builder of this name"
	if all := s.names(); len(all) > 0 {
		e.Happened += "; there are: " + strings.Join(all, ", ")
	}
	e.Do = "name another one (docker buildx ls)"
	if b.Why == byVariable {
		e.Do = "unset BUILDX_BUILDER or set it to another one (docker buildx ls)"
	}
	return e
}

// place says where a builder's BuildKit is, with all its nodes.
func (in instance) place() string {
	var all []string
	for _, n := range in.Nodes {
		switch in.Driver {
		case driverContainer:
			all = append(all, "container "+n.container())
		case driverCluster:
			all = append(all, "Deployment "+n.deployment())
		default:
			all = append(all, withoutPassword(n.Endpoint))
		}
	}
	return strings.Join(all, ", ")
}

// withoutPassword is an address as it may be shown.
func withoutPassword(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Redacted()
	}
	return address
}

// failed is the error of a builder that could not be used.
func (b Builder) failed(happened, do string, err error) *Error {
	return &Error{
		Kind: ErrBuilder, Err: err, Happened: happened, Do: do + ", or " + b.elsewhere(),
		Tried: fmt.Sprintf("using the builder %s (%s: %s, chosen by %s)", b.Name, b.Driver, b.Place, b.Why),
	}
}

// elsewhere is how to go on with the engine's own builder. Docker calls it by
// the name of the Docker context.
func (b Builder) elsewhere() string {
	own := b.Scope
	if strings.Contains(own, "://") {
		own = defaultContext
	}
	switch b.Why {
	case byOption:
		return "use the engine's own builder: --builder " + own
	case byVariable:
		return "use the engine's own builder: unset BUILDX_BUILDER"
	}
	return "use the engine's own builder: docker buildx use " + own
}
