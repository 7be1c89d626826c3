package ui

import (
	"errors"
	"fmt"
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
	platform := short(f.Engine.Platform)
	if platform == "" {
		platform = "Docker"
	}
	engine, spare := platform, "Docker"
	if v := trimZero(screen.Clean(f.Engine.Engine)); v != "" {
		engine += " (" + v + ")"
		spare += " " + v
	}
	if platform == "Docker" {
		engine = spare
	}
	cluster, version := screen.Clean(f.Context.Name), screen.Clean(f.Cluster.Git)
	if cluster == "" {
		cluster = "Kubernetes"
	}
	th := a.ctx.Theme
	ns := th.Dim.Render("ns ") + screen.Clean(a.namespaceName())
	glyphD, glyphK := a.glyph(a.docker), a.glyph(a.kube)
	name := th.Text
	if f.Context.Name != "" && !f.Context.Local {
		name = th.Bad.Bold()
	}
	long := name.Render(cluster)
	if version != "" {
		long += " " + th.Dim.Render(version)
	}
	return [4]string{
		glyphD + " " + engine + "   " + glyphK + " " + long + "  " + ns,
		glyphD + " " + spare + "   " + glyphK + " " + long + "  " + ns,
		glyphD + " " + spare + "  " + glyphK + " " + name.Render(cluster) + "  " + ns,
		glyphD + " Docker  " + glyphK + " " + name.Render(screen.Cut(cluster, 18)),
	}
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
