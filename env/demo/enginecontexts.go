package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/twindeck/twindeck/env/docker"
)

// The Docker contexts of the simulated laptop.
const (
	desktopContext = "desktop-linux"
	colimaContext  = "colima" // its engine does not run
	colimaSocket   = home + "/.colima/default/docker.sock"
	serverContext  = "build-server"
)

var contexts = []docker.Context{
	{Endpoint: docker.Endpoint{Context: serverContext, Host: "ssh://sam@build.acme.example"}},
	{Endpoint: docker.Endpoint{Context: colimaContext, Host: "unix://" + colimaSocket, Local: true}},
	{Endpoint: docker.Endpoint{Context: "default", Host: "unix://" + defaultSocket, Local: true}},
	{Endpoint: docker.Endpoint{Context: desktopContext, Host: "unix://" + socket, Local: true}},
}

var errColimaOff error = &docker.Error{
	Kind: docker.ErrUnreachable, Tried: "connecting to the Docker engine at unix://" + colimaSocket,
	Happened: "there is no " + colimaSocket, Do: "start Docker, or choose another context: docker context ls",
}

// store is what an engine has.
type store struct {
	containers map[string]*docker.Container // by ID; pod containers are made of pods
	images     map[string]docker.Image      // by reference; by ID where there is none
	volumes    map[string]volume            // by name
	networks   map[string]network           // by ID
}

func newStore() store {
	return store{map[string]*docker.Container{}, map[string]docker.Image{}, map[string]volume{}, map[string]network{}}
}

// Contexts implements env.Docker.
func (e engine) Contexts() ([]docker.Context, error) {
	at, _ := e.Endpoint()
	var list []docker.Context
	for _, c := range contexts {
		if c.InForce = c.Context == at.Context; c.InForce {
			c.Source = at.Source
		}
		list = append(list, c)
	}
	return list, nil
}

// Endpoint implements env.Docker.
func (e engine) Endpoint() (docker.Endpoint, error) {
	e.w.lock()
	defer e.w.mu.Unlock()
	return e.w.endpoint(), nil
}

func (w *world) endpoint() docker.Endpoint {
	for _, c := range contexts {
		if c.Context == w.dockerContext {
			c.Source = docker.SourceChosen
			if c.Context == desktopContext {
				c.Source = "config.json currentContext"
			}
			return c.Endpoint
		}
	}
	return docker.Endpoint{}
}

// SetContext implements env.Docker.
func (e engine) SetContext(name string) error {
	now := e.w.lock()
	defer e.w.mu.Unlock()
	if name == "" {
		name = desktopContext
	}
	for _, c := range contexts {
		if c.Context == name {
			e.w.moveTo(name, now)
			return nil
		}
	}
	return fmt.Errorf("changing the Docker context: %w", &docker.ContextError{Name: name, Source: "--docker-context", Known: []string{desktopContext, serverContext, colimaContext, "default"}})
}

// moveTo puts another engine's things in the place of those of the one in use.
func (w *world) moveTo(name string, now time.Time) {
	shelf := func(context string) string {
		if context == "default" {
			return desktopContext // the usual socket is a link to Desktop's
		}
		return context
	}
	w.stores[shelf(w.dockerContext)] = w.store
	next, known := w.stores[shelf(name)]
	if !known {
		next = newStore()
	}
	w.store, w.dockerContext, w.movedAt = next, name, now
	if !known && name == serverContext {
		w.castServer()
	}
	w.changed()
}

// castServer puts what runs on the build machine.
func (w *world) castServer() {
	for name, image := range map[string]string{"runner-1": "gitlab/gitlab-runner:v18.4.0", "runner-2": "gitlab/gitlab-runner:v18.4.0", "cache": "minio/minio:RELEASE.2026-09-07"} {
		i := w.image(image, w.opened.Add(-12*day))
		w.images[image] = i
		c := docker.Container{
			ID: hash("container " + name), Name: name, Image: image, ImageID: i.ID, ImageDigest: i.Digest,
			State: "running", Status: "Up 12 days", Started: w.opened.Add(-12 * day), Created: w.opened.Add(-12 * day),
		}
		w.containers[c.ID] = &c
	}
	w.volumes["cache"] = volume{
		Volume: docker.Volume{Name: "cache", Driver: "local", Scope: "local", Size: -1, Mountpoint: "/var/lib/docker/volumes/cache/_data", Created: w.opened.Add(-90 * day)},
		bytes:  88_000_000_000, users: []string{"cache"},
	}
	for _, n := range []docker.Network{{Name: "bridge", Driver: "bridge", Subnets: []string{"172.17.0.0/16"}}, {Name: "host", Driver: "host"}, {Name: "none", Driver: "null"}} {
		n.ID, n.Scope, n.BuiltIn, n.Created = hash("server network "+n.Name), "local", true, w.opened.Add(-90*day)
		w.networks[n.ID] = network{Network: n, users: []string{"cache", "runner-1", "runner-2"}}
	}
}

// reached tells why the engine in use does not answer; nil if it does.
func (w *world) reached() error {
	switch w.dockerContext {
	case colimaContext:
		return errColimaOff
	case serverContext:
		return nil
	}
	if !w.engineUp {
		return errEngineOff
	}
	return nil
}

// aimedEngine reports as an error that ctx is bound to another engine.
func (w *world) aimedEngine(ctx context.Context) error {
	want, bound := docker.AimedAt(ctx)
	if at := w.endpoint(); bound && at.Context != want.Context {
		return fmt.Errorf("%w: this was asked of context %s, and context %s is in use now; choose the context you mean and ask again", docker.ErrElsewhere, want.Context, at.Context)
	}
	return nil
}
