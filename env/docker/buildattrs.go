package docker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/containerd/platforms"
	buildkit "github.com/moby/buildkit/client"
	"github.com/moby/buildkit/exporter/containerimage/exptypes"
)

// syntaxArg is the build argument that names the frontend to use.
const syntaxArg = "BUILDKIT_SYNTAX"

// attrs are the request's options in the words of BuildKit's frontend.
func (r BuildRequest) attrs() map[string]string {
	a := map[string]string{"image-resolve-mode": "local"}
	for name, value := range r.Args {
		a["build-arg:"+name] = value
	}
	for name, value := range r.Labels {
		a["label:"+name] = value
	}
	for kind, value := range r.Attests {
		a["attest:"+kind] = value
	}
	if r.Target != "" {
		a["target"] = r.Target
	}
	if r.Platform != "" {
		a["platform"] = r.Platform
	}
	switch {
	case r.NoCache:
		a["no-cache"] = ""
	case len(r.NoCacheFilter) > 0:
		a["no-cache"] = strings.Join(r.NoCacheFilter, ",")
	}
	if r.Pull {
		a["image-resolve-mode"] = "pull"
	}
	if r.Network == "host" || r.Network == "none" {
		a["force-network-mode"] = r.Network
	}
	if len(r.AddHosts) > 0 {
		a["add-hosts"] = strings.Join(r.AddHosts, ",")
	}
	if r.ShmSize > 0 {
		a["shm-size"] = strconv.FormatInt(r.ShmSize, 10)
	}
	if len(r.Ulimits) > 0 {
		a["ulimit"] = strings.Join(r.Ulimits, ",")
	}
	return a
}

// useSyntax builds with the frontend that BUILDKIT_SYNTAX names, as buildx does.
func (r BuildRequest) useSyntax(o *buildkit.SolveOpt) {
	if line := strings.TrimSpace(r.Args[syntaxArg]); line != "" {
		o.Frontend = "gateway.v0"
		o.FrontendAttrs["source"], _, _ = strings.Cut(line, " ")
		o.FrontendAttrs["cmdline"] = line
	}
}

// exported is what the engine's exporter is told.
func (r BuildRequest) exported() map[string]string {
	out := map[string]string{"name": r.Tag}
	for _, a := range r.Annotations {
		key := exptypes.AnnotationKey{Type: a.On, Key: a.Key}
		if p, err := platforms.Parse(a.Platform); a.Platform != "" && err == nil {
			key.Platform = &p
		}
		out[key.String()] = a.Value
	}
	return out
}

// proxies adds the proxies of config.json as build arguments, as docker does;
// those that were given keep their value. They leave no trace in the image.
func (c *Client) proxies(o *buildkit.SolveOpt, r BuildRequest, host string) {
	cfg, _, err := readConfig(c.opts.configDir())
	if err != nil {
		return // who needs it will say so: credentials are read from it too
	}
	for name, value := range cfg.ParseProxyConfig(host, nil) {
		same := func(arg string) bool { return strings.EqualFold(arg, name) }
		var args []string
		for arg := range r.Args {
			args = append(args, arg)
		}
		if value != nil && !slices.ContainsFunc(args, same) {
			o.FrontendAttrs["build-arg:"+name] = *value
		}
	}
}

// gatewayLabel is where the engine's worker says by which address a step
// reaches the engine's machine.
const gatewayLabel = "org.mobyproject.buildkit.worker.moby.host-gateway-ip"

// resolveGateway puts the engine's own address in place of host-gateway.
func resolveGateway(ctx context.Context, bk *buildkit.Client, o *buildkit.SolveOpt) error {
	hosts := o.FrontendAttrs["add-hosts"]
	if !strings.Contains(hosts, "="+gatewayHost) {
		return nil
	}
	workers, err := bk.ListWorkers(ctx)
	if err != nil {
		return fmt.Errorf("asking the engine for its address: %w", err)
	}
	for _, w := range workers {
		if ip := w.Labels[gatewayLabel]; ip != "" {
			ip, _, _ = strings.Cut(ip, ",")
			o.FrontendAttrs["add-hosts"] = strings.ReplaceAll(hosts, "="+gatewayHost, "="+ip)
			return nil
		}
	}
	return errors.New("--add-host: the engine does not say which address host-gateway stands for: name the address")
}
