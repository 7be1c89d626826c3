package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/project/team"
)

// The checks of a .twindeck.yaml itself. They are in the list only where there
// is such a file.
const (
	teamFileID  = "project.team-file"
	teamTrustID = "project.team-trust"
)

// Catalogue is All, and after it what the project's own .twindeck.yaml asks
// for. The file is read now, and what is then run is what was read: make the
// list anew for each run. Reading runs nothing.
func Catalogue(e env.Environment) []*Check {
	list := All()
	f, err := TeamFile(e)
	if errors.Is(err, team.ErrNone) {
		return list
	}
	list = append(list, teamFileCheck(f, err))
	if err != nil {
		return list
	}
	if runsSomething(f, e.Host.OS()) {
		list = append(list, teamTrustCheck(f))
	}
	for _, c := range f.Checks {
		list = append(list, teamCheck(f, c))
	}
	return list
}

// TeamFile reads the .twindeck.yaml that holds for the environment's folder.
// Errors are team.ErrNone or a *team.Error.
func TeamFile(e env.Environment) (team.File, error) {
	var ids []string
	for _, c := range All() {
		ids = append(ids, c.ID)
	}
	return team.Read(e.Host, e.Dir, ids)
}

func runsSomething(f team.File, system string) bool {
	return slices.ContainsFunc(f.Checks, func(c team.Check) bool { return c.Executes() && c.On(system) })
}

func teamFileCheck(f team.File, err error) *Check {
	return &Check{
		ID: teamFileID, Subject: Project, Title: "The team's checks can be read",
		Why:     "What the team asks for in " + team.Name + " is not looked at else.",
		Command: "cat " + team.Name,
		Probe: func(context.Context, *Machine) Finding {
			var bad *team.Error
			if errors.As(err, &bad) {
				return brokenTeamFile(bad)
			}
			return ok("%d in %s", len(f.Checks), f.Path).saw(f.Path, "sha256 %s", f.SHA256)
		},
	}
}

func brokenTeamFile(bad *team.Error) Finding {
	first := bad.Faults[0]
	f := fail("%s: %s", team.Place(team.Name, first.Line), first.Text)
	if more := len(bad.Faults) - 1; more > 0 {
		f.Summary += fmt.Sprintf(", and %d more", more)
	}
	for _, x := range bad.Faults {
		f = f.saw(team.Place(bad.Path, x.Line), "%s", x.Text)
	}
	return f.byHand("Mend the place named; until then none of the team's checks is made")
}

func teamTrustCheck(f team.File) *Check {
	return &Check{
		ID: teamTrustID, Subject: Project, Title: "The team's checks may run their commands",
		Why:     "A repository runs nothing on this machine before you have seen what.",
		Command: "twindeck trust",
		Probe: func(ctx context.Context, m *Machine) Finding {
			t := m.trust(ctx, f)
			if t.Given {
				return ok("Trusted since %s", t.At.Format(time.DateOnly)).saw(f.Path, "sha256 %s", f.SHA256)
			}
			s := warn("The team's checks in %s want to run commands; look at them and trust them", team.Name).
				saw(f.Path, "sha256 %s, not trusted on this machine", f.SHA256)
			if !t.Before.IsZero() {
				s = s.saw("trusted before", "another content of the file, on %s", t.Before.Format(time.DateOnly))
			}
			return s.fix(trustTeam(m.Host, f)).
				byHand("twindeck trust shows the commands, and asks", "twindeck trust --yes trusts the file as it is, where nobody can be asked")
		},
	}
}

// trust is the same for all checks of a run.
func (m *Machine) trust(ctx context.Context, f team.File) team.Trust {
	t, _ := once(ctx, &m.facts, "trust "+f.SHA256, func(context.Context) (team.Trust, error) {
		return f.Trusted(m.Host), nil
	})
	return t
}

// trustTeam remembers the file's content as it was read, and no other.
func trustTeam(h host.Host, f team.File) *Fix {
	return &Fix{
		Title:     "Trust the team's checks as they are now",
		Changes:   append(f.Commands(), TrustMeans(h, f)...),
		ReadFirst: true,
		Run: func(_ context.Context, say func(string)) (*Undo, error) {
			path, backup, err := f.Give(h)
			if err != nil {
				return nil, err
			}
			said := "trusted " + f.Path + "; remembered in " + path
			if backup != "" {
				said += ", whose old content is " + backup
			}
			say(said)
			return revokeTeam(h, f), nil
		},
	}
}

// revokeTeam takes trust back, also trust in what the file held before: asking
// once more does no harm.
func revokeTeam(h host.Host, f team.File) *Undo {
	return &Undo{
		Title: "Trust the team's checks no more", Changes: []string{"twindeck trust --revoke"},
		Run: func(_ context.Context, say func(string)) error {
			if _, err := team.Revoke(h, f.Path); err != nil {
				return err
			}
			say(f.Path + " is not trusted any more")
			return nil
		},
	}
}

// TrustMeans says what it is to trust a file, in a few lines.
func TrustMeans(h host.Host, f team.File) []string {
	lines := []string{
		"these run in " + f.Dir + " whenever the checks are made, until " + team.Name + " changes in any way",
		"what they call in turn is not looked at: a script of the repository may change without a question",
	}
	if path, err := team.StorePath(h); err == nil {
		lines = append(lines, path+": remembers sha256 "+f.SHA256[:12]+"… of "+f.Path)
	}
	return lines
}

// notTrusted is how a check comes out that would have to run something.
func notTrusted() Finding {
	return Finding{
		Status: Blocked, Because: teamTrustID,
		Summary: "Not run: its command in " + team.Name + " is not trusted on this machine (twindeck trust)",
	}
}
