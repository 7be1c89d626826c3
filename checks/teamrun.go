package checks

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/project/team"
)

// What a team's check runs. run is the only way to it, and it asks for trust
// itself, whoever calls it.

// errNotTrusted is a command that was not run.
var errNotTrusted = errors.New("not trusted on this machine")

// run runs a command of the file in the file's folder, without a shell of its
// own and without input, for as long as the file lets it.
func (p teamProbe) run(ctx context.Context, m *Machine, path string, args ...string) (host.Result, error) {
	if !m.trust(ctx, p.file).Given {
		return host.Result{}, errNotTrusted
	}
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	r, err := m.Host.Run(ctx, host.Command{Path: path, Args: args, Dir: p.file.Dir})
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no end within %s", p.Timeout)
	}
	return r, err
}

// shownLines is how much of a command's output is shown, and lineLimit how
// much of a line, in bytes.
const (
	shownLines = 6
	lineLimit  = 300
)

// printed is what a command printed, cut to what helps.
func printed(r host.Result) string {
	text := strings.TrimSpace(output(r))
	if text == "" {
		return "no output"
	}
	lines := strings.Split(text, "\n")
	if n := len(lines); n > shownLines {
		lines = append(lines[:shownLines], fmt.Sprintf("… %d lines more", n-shownLines))
	}
	for i, l := range lines {
		if len(l) > lineLimit {
			lines[i] = l[:lineLimit] + "…"
		}
	}
	return strings.Join(lines, "\n")
}

// output is both streams: java, for one, tells its version on stderr.
func output(r host.Result) string {
	if r.Stdout == "" || r.Stderr == "" || strings.HasSuffix(r.Stdout, "\n") {
		return r.Stdout + r.Stderr
	}
	return r.Stdout + "\n" + r.Stderr
}

// command runs what the file asks for.
func (p teamProbe) command(ctx context.Context, m *Machine) Finding {
	path, args := "sh", []string{"-c", p.Of}
	switch {
	case p.Kind == team.Command:
		at, f := p.program(m.Host, p.Command[0])
		if at == "" {
			return f
		}
		path, args = at, p.Command[1:]
	case m.Host.OS() == "windows":
		path, args = "powershell", []string{"-NoProfile", "-NonInteractive", "-Command", p.Of}
	}
	asked := strings.Join(p.Lines(), "; ")
	r, err := p.run(ctx, m, path, args...)
	switch {
	case errors.Is(err, errNotTrusted):
		return notTrusted()
	case err != nil:
		return fail("%s: %v", p.first(), err).saw(asked, "%s", printed(r)).byHand("Run it by hand in " + p.file.Dir)
	case r.Code != p.Exit:
		return fail("%s: exit code %d, not %d", p.first(), r.Code, p.Exit).saw(asked, "%s", printed(r)).byHand("Run it by hand in " + p.file.Dir)
	case p.Match != nil && !p.Match.MatchString(output(r)):
		return fail("%s: its output does not match %s", p.first(), p.Match).saw(asked, "%s", printed(r)).byHand("Run it by hand in " + p.file.Dir)
	}
	return ok("Exit code %d", r.Code).saw(asked, "%s", printed(r))
}

// Where a version is in what a program says of itself: first what has dots,
// as k9s and s3cmd have digits in their names, then any number. A fourth part,
// as some have, is left aside.
var (
	dotted   = regexp.MustCompile(`\d+(?:\.\d+){1,2}(?:-[0-9A-Za-z][0-9A-Za-z.-]*)?(?:\+[0-9A-Za-z.-]+)?`)
	anyDigit = regexp.MustCompile(`\d+`)
)

// versionOf asks the program at a path for its version and compares it.
func (p teamProbe) versionOf(ctx context.Context, m *Machine, at string) Finding {
	asked := p.Lines()[0]
	r, err := p.run(ctx, m, at, p.Args...)
	if errors.Is(err, errNotTrusted) {
		return notTrusted()
	}
	if err != nil || r.Code != 0 {
		f := fail("%s does not tell its version", p.Of).saw(p.Of, "%s", at)
		if err != nil {
			return f.saw(asked, "%v", err).byHand("Run it by hand: " + asked)
		}
		return f.saw(asked, "exit code %d: %s", r.Code, printed(r)).byHand("Run it by hand: " + asked)
	}
	found := p.find(output(r))
	v, err := semver.NewVersion(found)
	if err != nil {
		return fail("No version of %s is in what it says", p.Of).saw(p.Of, "%s", at).saw(asked, "%s", printed(r)).
			byHand("Say in " + team.Name + " how to find it: args, and match with a group around the version")
	}
	if p.within(v) {
		return ok("%s %s", p.Of, v.Original()).saw(p.Of, "%s", at).saw(asked, "%s", printed(r))
	}
	return fail("%s is %s, and the team asks for %s", p.Of, v.Original(), p.Range).saw(p.Of, "%s", at).saw(asked, "%s", printed(r)).
		byHand(fmt.Sprintf("Install %s %s, and put it before %s on PATH", p.Of, p.Range, at))
}

func (p teamProbe) find(text string) string {
	if p.Match == nil {
		if v := dotted.FindString(text); v != "" {
			return v
		}
		return anyDigit.FindString(text)
	}
	m := p.Match.FindStringSubmatch(text)
	switch {
	case m == nil:
		return ""
	case len(m) > 1:
		return m[1]
	}
	return m[0]
}

// within compares without what follows a dash, unless the range speaks of it:
// builds call themselves 1.31.0-eks-1, and that is a 1.31.0.
func (p teamProbe) within(v *semver.Version) bool {
	if p.Range.Check(v) {
		return true
	}
	if preRelease.MatchString(p.Range.String()) {
		return false
	}
	plain, err := v.SetPrerelease("")
	return err == nil && p.Range.Check(&plain)
}

var preRelease = regexp.MustCompile(`\d-[0-9A-Za-z]`)
