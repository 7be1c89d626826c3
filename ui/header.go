package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// linkLevel is how a link stands, for its glyph. One that was tried and failed
// is not on its way.
func linkLevel(s link.Status) theme.Level {
	switch {
	case s.State == link.Live:
		return theme.Good
	case s.State == link.Absent:
		return theme.Idle
	case errors.Is(s.Err, kube.ErrForbidden):
		return theme.Attention // it answers, but not to this user
	case s.State == link.Lost, s.Err != nil:
		return theme.Broken
	}
	return theme.Starting
}

// drawHeader says where one is: project and version, engine, cluster. What
// has no room is left out, the least telling first.
func (a *App) drawHeader() string {
	lefts, rights := a.headerLeft(), a.headerRight()
	for _, try := range [][2]int{{0, 0}, {0, 1}, {1, 1}, {1, 2}, {2, 2}, {2, 3}, {3, 3}} {
		l, r := lefts[try[0]], rights[try[1]]
		if screen.Width(l)+2+screen.Width(r) <= a.width-2 {
			return " " + screen.Between(l, r, a.width-2) + " "
		}
	}
	return " " + screen.Fit(rights[3], a.width-2) + " "
}

// headerLeft is the program and the project, from long to short.
func (a *App) headerLeft() [4]string {
	th := a.ctx.Theme
	f := a.ctx.Facts
	brand := th.Accent.Bold().Render("twindeck")
	if a.ctx.Env.Demo {
		brand += " " + th.Warn.Render("DEMO — simulated")
	}
	name, version := screen.Clean(f.Project.Name), screen.Clean(f.Project.Version.Describe)
	if name == "" {
		return [4]string{brand, brand, brand, brand}
	}
	long := brand + "  " + th.Strong.Render(name)
	full := long
	if version != "" {
		full += " " + th.Dim.Render(version)
	}
	return [4]string{full, long, brand, brand}
}

// headerRight is the engine and the cluster, from long to short.
func (a *App) headerRight() [4]string {
	f := a.ctx.Facts
	th := a.ctx.Theme
	cluster, version := screen.Clean(f.Context.Name), screen.Clean(f.Cluster.Git)
	if cluster == "" {
		cluster = "Kubernetes"
	}
	ns := th.Dim.Render("ns ") + screen.Clean(a.namespaceName())
	glyphD, glyphK := a.glyph(a.docker), a.glyph(a.kube)
	name := a.nameStyle(f.Context.Name == "" || f.Context.Local)
	long := name.Render(cluster)
	if version != "" {
		long += " " + th.Dim.Render(version)
	}
	engine := a.headerEngine()
	return [4]string{
		glyphD + " " + engine[0] + "   " + glyphK + " " + long + "  " + ns,
		glyphD + " " + engine[1] + "   " + glyphK + " " + long + "  " + ns,
		glyphD + " " + engine[1] + "  " + glyphK + " " + name.Render(cluster) + "  " + ns,
		glyphD + " " + engine[2] + "  " + glyphK + " " + name.Render(screen.Cut(cluster, 18)),
	}
}

// headerEngine is the engine, from long to short: what it is, and where, unless
// it is the one that this machine is expected to have.
func (a *App) headerEngine() [3]string {
	f := a.ctx.Facts
	long, brief := short(f.Engine.Platform), "Docker"
	v := trimZero(screen.Clean(f.Engine.Engine))
	if v != "" {
		brief += " " + v
	}
	switch {
	case long == "" || long == "Docker":
		long = brief
	case v != "":
		long += " (" + v + ")"
	}
	at := f.Endpoint
	if at.Host == "" || at.Local && slices.Contains(usualEngines, at.Context) {
		return [3]string{long, brief, "Docker"}
	}
	where := at.Context
	if where == "" || where == usualEngines[0] {
		where = at.Host
	}
	name, where := a.nameStyle(at.Local), screen.Clean(where)
	dim := a.ctx.Theme.Dim
	return [3]string{
		name.Render(where) + " " + dim.Render(long), name.Render(where) + " " + dim.Render(brief), name.Render(screen.Cut(where, 18)),
	}
}

// usualEngines are the contexts of an engine on this machine: the usual socket,
// Docker Desktop.
var usualEngines = []string{"default", "desktop-linux"}

// nameStyle is how a context's name is written: what is not on this machine is red.
func (a *App) nameStyle(local bool) theme.Style {
	if local {
		return a.ctx.Theme.Text
	}
	return a.ctx.Theme.Bad.Bold()
}

func (a *App) glyph(s link.Status) string {
	l := linkLevel(s)
	return a.ctx.Theme.Level(l).Render(l.Glyph())
}

func (a *App) namespaceName() string {
	if a.namespaces.current == "" {
		return "all"
	}
	return a.namespaces.current
}

// short takes the build number off a platform: "Docker Desktop 4.91.0 (239619)".
func short(platform string) string {
	platform, _, _ = strings.Cut(screen.Clean(platform), " (")
	return trimZero(platform)
}

// trimZero makes 29.6.0 what people call it: 29.6.
func trimZero(version string) string {
	if strings.Count(version, ".") == 2 {
		return strings.TrimSuffix(version, ".0")
	}
	return version
}

// title is the terminal window's title.
func (a *App) title() string {
	if n := screen.Clean(a.ctx.Facts.Project.Name); n != "" {
		return "twindeck · " + n
	}
	return "twindeck"
}

// drawSmall asks for room.
func (a *App) drawSmall() string {
	lines := []string{
		"twindeck needs",
		"more room:",
		fmt.Sprintf("%d×%d, this is %d×%d", minWidth, minHeight, a.width, a.height),
	}
	out := make([]string, a.height)
	top := max((a.height-len(lines))/2, 0)
	for i := range out {
		out[i] = screen.Blank(a.width)
		if n := i - top; n >= 0 && n < len(lines) {
			out[i] = screen.Center(lines[n], a.width)
		}
	}
	return strings.Join(out, "\n")
}
