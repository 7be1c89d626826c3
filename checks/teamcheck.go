package checks

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/project/team"
)

// teamProbe makes one of the team's checks.
type teamProbe struct {
	file team.File
	team.Check
}

func teamCheck(f team.File, c team.Check) *Check {
	p := teamProbe{file: f, Check: c}
	x := &Check{
		ID: c.ID, Subject: Team, Title: c.Title, Why: c.Why,
		Needs: c.Needs, Systems: c.Systems, Command: p.asks(), Probe: p.probe,
	}
	if x.Title == "" {
		x.Title = p.title()
	}
	if x.Why == "" {
		x.Why = "The team asks for it in " + team.Name + "."
	}
	var need string
	switch c.Kind {
	case team.Image:
		need = "docker.engine"
	case team.Namespace:
		need = "kube.credentials"
	}
	if need != "" && !slices.Contains(x.Needs, need) {
		x.Needs = append(slices.Clone(x.Needs), need)
	}
	if c.Executes() {
		x.After = []string{teamTrustID}
		x.Limit = c.Timeout + time.Second // so that who asks can word it
	}
	return x
}

// title is the statement that holds when all is well, in the file's own words
// as far as they are fit to be shown on one line.
func (p teamProbe) title() string {
	switch p.Kind {
	case team.Tool:
		if p.Range != nil {
			return fmt.Sprintf("%s is %s", p.Of, p.Range)
		}
		return p.Of + " is there"
	case team.Port:
		return fmt.Sprintf("Port %d is free", p.Port)
	case team.Variable:
		if p.Match != nil {
			return p.Of + " is set to what fits"
		}
		return p.Of + " is set"
	case team.Host:
		if p.Port != 0 {
			return p.address() + " is reachable"
		}
		return p.Of + " resolves"
	case team.Command, team.Shell:
		return p.first() + ": it ends well"
	case team.Image:
		return "The image " + p.Of + " is here"
	case team.Namespace:
		return "The namespace " + p.Of + " exists"
	}
	return oneLine(p.Of) + " is there"
}

// asks is a command that asks the same by hand.
func (p teamProbe) asks() string {
	switch p.Kind {
	case team.Tool:
		if p.Range == nil {
			return "which " + p.Of
		}
	case team.Path:
		return "ls -l " + oneLine(p.Of)
	case team.Port:
		return fmt.Sprintf("lsof -nP -iTCP:%d -sTCP:LISTEN", p.Port)
	case team.Variable:
		return "printenv " + p.Of
	case team.Host:
		return "nslookup " + p.Of
	case team.Image:
		return "docker image inspect " + p.Of
	case team.Namespace:
		return "kubectl get namespace " + p.Of
	}
	return strings.Join(p.Lines(), "; ")
}

// first is what is run, in one line.
func (p teamProbe) first() string {
	all := strings.TrimSpace(strings.Join(p.Lines(), "\n"))
	line, _, more := strings.Cut(all, "\n")
	if more {
		line = strings.TrimSpace(line) + " …"
	}
	return line
}

func (p teamProbe) address() string { return net.JoinHostPort(p.Of, strconv.Itoa(p.Port)) }

// probe looks, and puts the team's own words in.
func (p teamProbe) probe(ctx context.Context, m *Machine) Finding {
	f := p.look(ctx, m)
	if f.Status != Fail {
		return f
	}
	if p.Warning {
		f.Status = Warn
	}
	if len(p.Fix) > 0 {
		f.Steps = p.Fix
	}
	return f.saw("asked for in", "%s", team.Place(p.file.Path, p.Line)).read(p.Link)
}

func (p teamProbe) look(ctx context.Context, m *Machine) Finding {
	switch p.Kind {
	case team.Tool:
		return p.tool(ctx, m)
	case team.Path:
		return p.path(m)
	case team.Port:
		return p.port(ctx, m)
	case team.Variable:
		return p.variable(m)
	case team.Host:
		return p.host(ctx, m)
	case team.Command, team.Shell:
		return p.command(ctx, m)
	case team.Image:
		return p.image(ctx, m)
	case team.Namespace:
		return p.namespace(ctx, m)
	}
	return notHere("This twindeck does not know checks of %q", p.Kind)
}
