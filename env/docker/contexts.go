package docker

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	endpoints "github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"
)

// SourceChosen is Endpoint.Source of a context that SetContext changed to.
const SourceChosen = "the choice made in twindeck"

// Context is a Docker context that can be chosen.
type Context struct {
	Endpoint // Source is set for the one in force only
	InForce  bool
	Err      error // why it cannot be used
}

// Contexts are those the docker command knows, by name: the default one and
// those in its store. It reads files and talks to nobody. One that is in force
// and does not exist is among them, with the error.
func (c *Client) Contexts() ([]Context, error) {
	inForce, wrong := c.target()
	s := c.opts.store()
	stored, err := s.List()
	if err != nil {
		err = fmt.Errorf("reading Docker's contexts in %s%w: %w", filepath.Join(c.opts.configDir(), "contexts"), silent{ErrConfig}, err)
	}
	stored = append(stored, store.Metadata{Name: defaultContext})
	var out []Context
	for _, m := range stored {
		var row Context
		if m.Name == inForce.Context {
			row.Endpoint, row.InForce = inForce.Endpoint, true
		} else {
			o := c.opts
			o.Context = m.Name
			var t target
			t, row.Err = o.resolve()
			row.Endpoint, row.Context, row.Source = t.Endpoint, m.Name, ""
		}
		out = append(out, row)
	}
	if missing, ok := errors.AsType[*ContextError](wrong); ok {
		out = append(out, Context{Endpoint: Endpoint{Context: missing.Name, Source: missing.Source}, InForce: true, Err: wrong})
	}
	slices.SortFunc(out, func(a, b Context) int { return byName(a.Context, b.Context) })
	return out, err
}

// SetContext changes to another Docker context for as long as this Client
// lives; "" is the one that the docker command would use now. Nothing is
// written. The rows of the former engine are gone at once, calls under way end
// where they began, and what Aim bound to it fails with ErrElsewhere. An error
// says why the context cannot be used; nothing has changed then.
func (c *Client) SetContext(name string) error {
	o := c.opts
	if name != "" {
		o.Context = name
	}
	t, err := o.resolve()
	if err != nil {
		return fmt.Errorf("changing the Docker context: %w", err)
	}
	if name != "" {
		t.Source = SourceChosen
	}
	at, err := c.target()
	c.mu.Lock()
	if err == nil && at.Context == t.Context && at.Host == t.Host && at.TLS == t.TLS {
		if c.pinned.Host == "" {
			c.pinned = t
		}
		c.mu.Unlock()
		return nil
	}
	c.turn++
	c.pinned = t
	former := c.now
	c.now = nil
	c.digests.clear()
	c.rows.reset(c.turn, t.Endpoint)
	c.mu.Unlock()
	if former != nil {
		former.close()
	}
	poke(c.moved)
	c.notice.Touch()
	return nil
}

// store is where the docker command keeps its contexts.
func (o Options) store() *store.ContextStore {
	return store.New(filepath.Join(o.configDir(), "contexts"), store.NewConfig(
		func() any { return &map[string]any{} },
		store.EndpointTypeGetter(endpoints.DockerEndpoint, func() any { return &endpoints.EndpointMeta{} }),
	))
}
