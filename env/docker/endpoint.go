package docker

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/cli/cli/config/configfile"
	dcontext "github.com/docker/cli/cli/context"
	endpoints "github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"
	"github.com/docker/cli/opts"
)

// Options say which engine to talk to. The zero value is what the docker
// command would do in this environment.
type Options struct {
	// Context is the name of a Docker context; it beats everything else, as
	// docker --context does.
	Context string
	// Environ looks an environment variable up; nil: os.LookupEnv.
	Environ func(name string) (string, bool)
	// ConfigDir holds config.json and contexts/; empty: DOCKER_CONFIG, else ~/.docker.
	ConfigDir string
	// Builder names the buildx builder, as docker buildx --builder does.
	Builder string
	// ExecInPod reaches builders in a cluster; nil: they cannot be used.
	ExecInPod ExecInPod
}

// sourceOption is Endpoint.Source when Options.Context decided.
const sourceOption = "--docker-context"

const defaultContext = "default"

// target is an endpoint with all that is needed to connect to it.
type target struct {
	Endpoint
	dial    endpoints.Endpoint
	headers map[string]string // of every request, from config.json
	note    string            // something odd on the way here, for error texts
}

// String says where and why: unix:///… (context "default", by default).
func (t target) String() string {
	why := "from " + t.Source
	if t.Source == "default" {
		why = "by default"
	}
	return fmt.Sprintf("%s (context %q, %s)", t.Host, t.Context, why)
}

// socket is the part of the address that a person would look for.
func (t target) socket() string {
	for _, prefix := range []string{"unix://", "npipe://", "tcp://"} {
		if rest, ok := strings.CutPrefix(t.Host, prefix); ok {
			return rest
		}
	}
	return t.Host
}

// ContextError is a Docker context that was named and is not there.
// errors.Is(err, ErrConfig) holds.
type ContextError struct {
	Name   string
	Source string // as Endpoint.Source
	File   string // config.json, if that named it
	Known  []string
}

// Error says who named the context, which there are, and what to do.
func (e *ContextError) Error() string {
	by, do := e.Source, "name another one"
	switch e.Source {
	case "DOCKER_CONTEXT":
		do = "unset DOCKER_CONTEXT or set it to one of these"
	case "config.json currentContext":
		by = `"currentContext" in ` + e.File
		do = "run: docker context use " + e.Known[0]
	}
	return fmt.Sprintf("the Docker context %q does not exist; it is named by %s. There are: %s. To mend it, %s",
		e.Name, by, strings.Join(e.Known, ", "), do)
}

// Unwrap returns ErrConfig.
func (e *ContextError) Unwrap() error { return ErrConfig }

func (o Options) getenv(name string) string {
	if o.Environ == nil {
		return os.Getenv(name)
	}
	v, _ := o.Environ(name)
	return v
}

func (o Options) configDir() string {
	if o.ConfigDir != "" {
		return o.ConfigDir
	}
	if dir := o.getenv("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = o.getenv("HOME")
	}
	return filepath.Join(home, ".docker")
}

// contextName says which context is in force, and what decided. The order is
// the docker command's: --context, DOCKER_HOST (which means the default
// context), DOCKER_CONTEXT, config.json.
func (o Options) contextName(cfg *configfile.ConfigFile) (name, source string) {
	if o.Context != "" {
		return o.Context, sourceOption
	}
	if o.getenv("DOCKER_HOST") != "" {
		return defaultContext, "DOCKER_HOST"
	}
	if name := o.getenv("DOCKER_CONTEXT"); name != "" {
		return name, "DOCKER_CONTEXT"
	}
	if cfg.CurrentContext != "" {
		return cfg.CurrentContext, "config.json currentContext"
	}
	return defaultContext, "default"
}

// resolve finds the engine's endpoint. It reads files and connects to nothing.
func (o Options) resolve() (target, error) {
	dir := o.configDir()
	cfg, empty, err := readConfig(dir)
	name, source := o.contextName(cfg)
	if err != nil && (source == "default" || source == "config.json currentContext") {
		// The file may name another engine; guessing could act on the wrong one.
		return target{}, err
	}
	t := target{headers: cfg.HTTPHeaders}
	t.Context, t.Source = name, source
	if name == defaultContext {
		t.dial, err = o.defaultEndpoint(dir)
	} else {
		t.dial, err = o.storedEndpoint(dir, name, source)
	}
	if err != nil {
		return target{}, err
	}
	t.Host = t.dial.Host
	t.TLS = t.dial.TLSData != nil || t.dial.SkipTLSVerify
	t.Local = isLocal(t.Host)
	if empty && source == "default" {
		t.note = filepath.Join(dir, "config.json") + " is empty, so the default context is used"
	}
	return t, nil
}

// storedEndpoint reads a context from the context store.
func (o Options) storedEndpoint(dir, name, source string) (endpoints.Endpoint, error) {
	s := o.store()
	meta, err := s.GetMetadata(name)
	if cerrdefs.IsNotFound(err) {
		return endpoints.Endpoint{}, &ContextError{
			Name: name, Source: source, File: filepath.Join(dir, "config.json"), Known: contextNames(s),
		}
	}
	if err != nil {
		return endpoints.Endpoint{}, fmt.Errorf("reading the Docker context %q (named by %s)%w: %w", name, source, silent{ErrConfig}, err)
	}
	ep, err := endpoints.EndpointFromContext(meta)
	if err == nil && ep.Host == "" {
		err = errors.New("its host is empty")
	}
	if err != nil {
		return endpoints.Endpoint{}, fmt.Errorf("the Docker context %q names no engine%w: %w", name, silent{ErrConfig}, err)
	}
	full, err := endpoints.WithTLSData(s, name, ep)
	if err != nil {
		return endpoints.Endpoint{}, fmt.Errorf("reading TLS files of the Docker context %q%w: %w", name, silent{ErrConfig}, err)
	}
	return full, nil
}

// contextNames lists every context, the likeliest one first.
func contextNames(s store.Lister) []string {
	names := []string{defaultContext}
	if all, err := s.List(); err == nil {
		for _, m := range all {
			names = append(names, m.Name)
		}
	}
	slices.Sort(names[1:])
	if i := slices.Index(names, "desktop-linux"); i > 0 {
		names = append([]string{"desktop-linux"}, slices.Delete(names, i, i+1)...)
	}
	return names
}

// defaultEndpoint is the default context: DOCKER_HOST, or the system's usual
// socket, with TLS as DOCKER_TLS, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH say.
func (o Options) defaultEndpoint(dir string) (endpoints.Endpoint, error) {
	verify := o.getenv("DOCKER_TLS_VERIFY") != ""
	withTLS := verify || o.getenv("DOCKER_TLS") != ""
	named := o.getenv("DOCKER_HOST")
	host, err := opts.ParseHost(withTLS, named)
	if err != nil {
		return endpoints.Endpoint{}, fmt.Errorf("DOCKER_HOST=%q is no address of an engine (unix:///path, tcp://host:port, ssh://user@host)%w: %w", named, silent{ErrConfig}, err)
	}
	ep := endpoints.Endpoint{EndpointMeta: endpoints.EndpointMeta{Host: host}}
	if !withTLS {
		return ep, nil
	}
	certs := o.getenv("DOCKER_CERT_PATH")
	if certs == "" {
		certs = dir
	}
	ep.SkipTLSVerify = !verify
	ep.TLSData, err = dcontext.TLSDataFromFiles(
		filepath.Join(certs, "ca.pem"), ifThere(certs, "cert.pem"), ifThere(certs, "key.pem"))
	if err != nil {
		return ep, fmt.Errorf("reading TLS files for DOCKER_HOST from %s (DOCKER_CERT_PATH)%w: %w", certs, silent{ErrConfig}, err)
	}
	return ep, nil
}

// ifThere is the path of a file, or empty if there is none.
func ifThere(dir, name string) string {
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return ""
	}
	return path
}

// isLocal reports whether host is this machine: a socket, a pipe or loopback.
func isLocal(host string) bool {
	u, err := url.Parse(host)
	if err != nil {
		return strings.HasPrefix(host, "npipe:")
	}
	switch u.Scheme {
	case "unix", "npipe", "fd":
		return true
	case "tcp", "http", "https":
		name := u.Hostname()
		ip := net.ParseIP(name)
		return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
	}
	return false
}
