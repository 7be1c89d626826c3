package checks

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/host"
)

func registryChecks() []*Check {
	return []*Check{
		{
			ID: "registry.helper", Subject: Registry, Title: "The credential helper is on PATH",
			Why:   "Docker asks it for the password at each pull and push; without it even public images fail.",
			Needs: []string{"docker.config"}, Command: "docker-credential-desktop version",
			Probe: probeHelper,
		},
		{
			ID: "registry.helper.answers", Subject: Registry, Title: "The credential helper answers",
			Why:   "A helper that hangs makes every pull hang before its first line.",
			Needs: []string{"registry.helper"}, Command: "docker-credential-desktop list",
			Probe: probeHelperAnswers,
		},
		{
			ID: "registry.name", Subject: Registry, Title: "The registry to push to is written as one",
			Why:     "Images are named after it, and only a valid name can be pushed.",
			Command: "echo $TWINDECK_REGISTRY", Probe: probeRegistryName,
		},
		{
			ID: "registry.address", Subject: Registry, Title: "The registry to push to answers",
			Why:   "Images for a cluster with a store of its own travel through it.",
			Needs: []string{"registry.name"}, Command: "docker push", Probe: probeRegistry,
		},
		{
			ID: "registry.login", Subject: Registry, Title: "Docker is logged in to the registry to push to",
			Why:   "A push without a login, or with one that has run out, is refused at its end.",
			Needs: []string{"registry.address", "registry.helper.answers"}, Command: "docker login",
			Probe: probeLogin,
		},
	}
}

// helpers are the credential helpers config.json names, without their prefix.
func (c dockerConfig) helpers() []string {
	names := map[string]bool{}
	if c.CredsStore != "" {
		names[c.CredsStore] = true
	}
	for _, n := range c.CredHelpers {
		if n != "" {
			names[n] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

const helperPrefix = "docker-credential-"

func probeHelper(ctx context.Context, m *Machine) Finding {
	c, err := m.dockerConfig(ctx)
	if err != nil {
		return fail("config.json cannot be read").saw(c.Path, "%v", err)
	}
	names := c.helpers()
	if len(names) == 0 {
		return notHere("config.json names no credential helper")
	}
	f := ok("%s%s", helperPrefix, strings.Join(names, ", "+helperPrefix))
	for _, n := range names {
		if all := m.Host.Which(helperPrefix + n); len(all) > 0 {
			f = f.saw(helperPrefix+n, "%s", all[0])
			continue
		}
		return missingHelper(m, c, n)
	}
	return f
}

func missingHelper(m *Machine, c dockerConfig, name string) Finding {
	program := helperPrefix + name
	f := fail("%s is not on PATH", program).saw(c.Path, "names %s", name).saw("PATH", "no %s", program)
	for _, dir := range cliFolders(m.Host) {
		for _, file := range []string{program, program + ".exe"} {
			if _, err := m.Host.Stat(host.Join(m.Host, dir, file)); err == nil {
				return f.saw(dir, "holds %s", file).byHand("Add " + dir + " to PATH and open a new terminal")
			}
		}
	}
	if c.CredsStore != name {
		return f.byHand("Install "+program, "or remove the line that names it from \"credHelpers\" in "+c.Path)
	}
	other := otherHelper(m.Host)
	to := "becomes " + other
	if other == "" {
		to = "is emptied: docker login then keeps passwords in config.json itself"
	}
	return f.fix(editFile(m.Host, c.Path, Fix{
		Title:   "Change the credential helper in config.json",
		Changes: []string{c.Path + `: "credsStore" ` + to + " (a backup is kept beside it)"},
	}, func(old []byte) ([]byte, error) { return setTop(old, "credsStore", other) })).byHand("Install "+program+" (it comes with Docker Desktop)",
		`or change "credsStore" in `+c.Path, "then docker login again")
}

// otherHelper is a credential helper that is on PATH.
func otherHelper(h host.Host) string {
	for _, n := range []string{"desktop", "osxkeychain", "wincred", "secretservice", "pass"} {
		if len(h.Which(helperPrefix+n)) > 0 {
			return n
		}
	}
	return ""
}

// helperLimit is how long a helper may think. It asks a keychain of this
// machine; more than that and a person notices at each pull.
const helperLimit = 2 * time.Second

func probeHelperAnswers(ctx context.Context, m *Machine) Finding {
	c, err := m.dockerConfig(ctx)
	if err != nil || len(c.helpers()) == 0 {
		return notHere("config.json names no credential helper")
	}
	f := ok("All answer")
	for _, n := range c.helpers() {
		program := helperPrefix + n
		ctx, cancel := context.WithTimeout(ctx, helperLimit)
		r, err := m.Host.Run(ctx, host.Command{Path: program, Args: []string{"list"}})
		cancel()
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			return fail("%s does not answer within %s", program, helperLimit).saw(program+" list", "%v", err).
				byHand("Unlock the keychain it asks, or restart Docker Desktop", "Until then pulls and pushes hang")
		case err != nil:
			return fail("%s does not run", program).saw(program+" list", "%v", err).byHand("Install it anew")
		case r.Code != 0:
			// Helpers without "list" are in use; what they say is evidence only.
			f = f.saw(program+" list", "exit code %d: %s", r.Code, oneLine(r.Stderr+r.Stdout))
		default:
			f = f.saw(program+" list", "%s", registries(r.Stdout))
		}
	}
	return f
}

// registries names the hosts of a helper's list, and not the users.
func registries(out string) string {
	var users map[string]string
	if json.Unmarshal([]byte(out), &users) != nil {
		return "answered"
	}
	if len(users) == 0 {
		return "answered; logged in nowhere"
	}
	return "logged in to " + strings.Join(slices.Sorted(maps.Keys(users)), ", ")
}

// registryVariable names the registry ship pushes to.
const registryVariable = "TWINDECK_REGISTRY"

func probeRegistry(ctx context.Context, m *Machine) Finding {
	value, _ := m.Host.Getenv(registryVariable)
	if value == "" {
		return notHere("%s names no registry", registryVariable)
	}
	name, _, _ := strings.Cut(value, "/")
	address := name
	if _, _, err := net.SplitHostPort(name); err != nil {
		address = net.JoinHostPort(name, "443")
	}
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	conn, err := m.Host.Dial(ctx, "tcp", address)
	if err != nil {
		return fail("Nothing answers at %s", address).saw(registryVariable, "%s", value).saw("connect "+address, "%v", err).
			byHand("See whether the registry is up and its address right", "unset "+registryVariable+", to push nowhere")
	}
	_ = conn.Close()
	return ok("%s", value).saw("connect "+address, "connected")
}
