package checks

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/secret"
)

// What a team's check can look at without running anything.

// at is where a path of the file leads: from the file's folder, or from the
// home directory behind ~/. Nothing else in it is expanded.
func (p teamProbe) at(h host.Host, path string) string {
	if h.OS() == "windows" {
		path = strings.ReplaceAll(path, "/", `\`)
	}
	if rest, home := strings.CutPrefix(path, "~"); home && (rest == "" || rest[0] == '/' || rest[0] == '\\') {
		return host.Join(h, h.Home(), rest)
	}
	if isAbsolute(path) {
		return path
	}
	for _, here := range []string{"./", `.\`} {
		path = strings.TrimPrefix(path, here)
	}
	return host.Join(h, p.file.Dir, path)
}

// readLimit is the largest file that is searched for a text, in bytes.
const readLimit = 1 << 20

func (p teamProbe) path(m *Machine) Finding {
	at := p.at(m.Host, p.Of)
	info, err := m.Host.Stat(at)
	if errors.Is(err, fs.ErrNotExist) {
		return fail("%s is not there", p.Of).saw(at, "no such file").byHand("Make " + at)
	}
	if err != nil {
		return fail("%s cannot be looked at", p.Of).saw(at, "%v", reason(err)).byHand("ls -l " + at + " shows whose it is")
	}
	// Windows has no such permissions.
	if p.Mode != 0 && m.Host.OS() != "windows" && info.Mode().Perm() != p.Mode {
		return fail("%s has the permissions %04o, not %04o", p.Of, info.Mode().Perm(), p.Mode).saw(at, "%s", info.Mode()).
			byHand("chmod " + strconv.FormatUint(uint64(p.Mode), 8) + " " + at)
	}
	f := ok("%s", at).saw(at, "%s", info.Mode())
	if p.Contains == "" {
		return f
	}
	if !info.Mode().IsRegular() || info.Size() > readLimit {
		return fail("%s cannot be searched: it is no file of up to %s", p.Of, size(readLimit)).saw(at, "%s, %s", info.Mode(), size(info.Size()))
	}
	data, err := m.Host.ReadFile(at)
	if err != nil {
		return fail("%s cannot be read", p.Of).saw(at, "%v", reason(err)).byHand("ls -l " + at + " shows whose it is")
	}
	if !strings.Contains(string(data), p.Contains) {
		// What it does hold may be nobody's business.
		return fail("%s does not contain %q", p.Of, p.Contains).saw(at, "%s, without it", size(info.Size())).
			byHand("Add it to " + at)
	}
	return f
}

func (p teamProbe) port(ctx context.Context, m *Machine) Finding {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	address := net.JoinHostPort("localhost", strconv.Itoa(p.Port))
	conn, err := m.Host.Dial(ctx, "tcp", address)
	switch {
	case err == nil:
		_ = conn.Close()
		step := "lsof -nP -iTCP:" + strconv.Itoa(p.Port) + " -sTCP:LISTEN shows who listens"
		if m.Host.OS() == "windows" {
			step = "netstat -ano | findstr :" + strconv.Itoa(p.Port) + " shows who listens"
		}
		return fail("Port %d is taken", p.Port).saw("connect "+address, "connected").byHand(step, "Stop it, or choose another port")
	case ctx.Err() != nil:
		return fail("Whether port %d is free cannot be told", p.Port).saw("connect "+address, "%v", err)
	}
	return ok("Nothing listens on %d", p.Port).saw("connect "+address, "%v", err)
}

func (p teamProbe) variable(m *Machine) Finding {
	value, set := m.Host.Getenv(p.Of)
	shown := secret.MaskEnv(p.Of, value)
	switch {
	case !set:
		return fail("%s is not set", p.Of).saw(p.Of, "not set").byHand("Set it where your shell starts, and open a new terminal")
	case value == "":
		return fail("%s is empty", p.Of).saw(p.Of, "empty").byHand("Set it where your shell starts, and open a new terminal")
	case p.Match != nil && !p.Match.MatchString(value):
		return fail("%s does not match %s", p.Of, p.Match).saw(p.Of, "%s", shown).
			byHand("Set it where your shell starts, and open a new terminal")
	}
	return ok("%s", shown).saw(p.Of, "%s", shown)
}

func (p teamProbe) host(ctx context.Context, m *Machine) Finding {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	all, err := m.Host.Resolve(ctx, p.Of)
	if err != nil {
		return fail("%s does not resolve", p.Of).saw("look up "+p.Of, "%v", err).
			byHand("See whether you are in the right network or VPN, and the name is spelt right")
	}
	f := ok("%s", strings.Join(all, ", ")).saw("look up "+p.Of, "%s", strings.Join(all, ", "))
	if p.Port == 0 {
		return f
	}
	conn, err := m.Host.Dial(ctx, "tcp", p.address())
	if err != nil {
		f.Status, f.Summary = Fail, "Nothing answers at "+p.address()
		return f.saw("connect "+p.address(), "%v", err).byHand("See whether it is up, and you are in the right network or VPN")
	}
	_ = conn.Close()
	return f.saw("connect "+p.address(), "connected")
}

func (p teamProbe) image(ctx context.Context, m *Machine) Finding {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	i, err := m.Docker.Image(ctx, p.Of)
	switch {
	case errors.Is(err, docker.ErrNotFound):
		return fail("The engine has no image %s", p.Of).saw("docker image inspect "+p.Of, "%v", err).byHand("docker pull " + p.Of)
	case err != nil:
		return fail("The engine does not tell about %s", p.Of).saw("docker image inspect "+p.Of, "%v", err)
	}
	return ok("%s", i.ID).saw("docker image inspect "+p.Of, "%s", i.ID)
}

func (p teamProbe) namespace(ctx context.Context, m *Machine) Finding {
	all, err := once(ctx, &m.facts, "namespaces", m.Kube.Namespaces)
	switch {
	case errors.Is(err, kube.ErrForbidden):
		return notHere("You may not look at namespaces").saw("GET namespaces", "%v", err)
	case err != nil:
		return fail("The namespaces cannot be listed").saw("GET namespaces", "%v", err)
	case !slices.Contains(all, p.Of):
		return fail("The namespace %s does not exist", p.Of).saw("GET namespaces", "%s", strings.Join(all, ", ")).
			byHand("kubectl create namespace " + p.Of)
	}
	return ok("%s", p.Of).saw("GET namespaces", "%d, %s among them", len(all), p.Of)
}

// tool looks a program up, and asks it for its version if that matters.
func (p teamProbe) tool(ctx context.Context, m *Machine) Finding {
	at, f := p.program(m.Host, p.Of)
	if at == "" {
		return f
	}
	if p.Range == nil {
		return ok("%s", at).saw(p.Of, "%s", at)
	}
	if !m.trust(ctx, p.file).Given {
		return notTrusted()
	}
	return p.versionOf(ctx, m, at)
}

// program finds what is to be run: a name on PATH, or a path as the file
// writes it. Where there is none, it says so instead.
func (p teamProbe) program(h host.Host, name string) (at string, f Finding) {
	if strings.ContainsAny(name, `/\`) {
		at = p.at(h, name)
		if _, err := h.Stat(at); err != nil {
			return "", fail("%s is not there", name).saw(at, "%v", reason(err)).byHand("Make " + at + ", as the project's own papers say")
		}
		return at, f
	}
	if all := h.Which(name); len(all) > 0 {
		return all[0], f
	}
	return "", fail("%s is not on PATH", name).saw("PATH", "no %s", name).
		byHand("Install "+name, "Open a new terminal, so that PATH is read anew")
}
