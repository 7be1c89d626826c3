package ship

import (
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

func (p *Part) drawLayers() []entry {
	t := p.ctx.Theme
	var parts []entry
	if again := p.past.retry; again != nil {
		parts = append(parts, entry{p.line(theme.Attention, t.Text, again.String(), ""), false})
	}
	node := ""
	for _, layer := range p.past.layers {
		if layer.Node != node {
			node = layer.Node
			parts = append(parts, p.nodeLine(node))
		}
		id := screen.Fit(screen.Clean(strings.TrimPrefix(layer.ID, "sha256:")), 12)
		switch {
		case held(layer):
			parts = append(parts, entry{p.line(theme.Idle, t.Old, id+"  "+layer.Status, screen.Bytes(layer.Total)), true})
			continue
		case arrived(layer):
			parts = append(parts, entry{p.line(theme.Good, t.Text, id+"  "+layer.Status, screen.Bytes(layer.Total)), true})
			continue
		}
		amount := screen.Bytes(layer.Done) + " of " + screen.Bytes(layer.Total)
		var l screen.Line
		l.Gap(5)
		l.Add(t.Level(theme.Starting), theme.Starting.Glyph()+" ")
		l.Add(t.Text, id)
		l.Gap(2)
		p.bar(&l, layer, min(40, p.width-l.Width()-len(amount)-3))
		l.To(p.width - screen.Width(amount) - 1)
		l.Add(t.Dim, amount)
		parts = append(parts, entry{l.String(), false})
	}
	return parts
}

// nodeLine is a node that the layers below it go to, and what it has now.
func (p *Part) nodeLine(node string) entry {
	t := p.ctx.Theme
	i := slices.IndexFunc(p.past.loaded, func(l docker.Loaded) bool { return l.Node == node })
	switch {
	case i >= 0:
		l := p.past.loaded[i]
		return entry{p.line(theme.Good, t.Text, node+" has "+short(l.Digest), screen.Moved(l)), false}
	case p.running():
		return entry{p.line(theme.Starting, t.Strong, node, ""), false}
	}
	return entry{p.line(theme.Broken, t.Text, node, "stopped"), false}
}

// bar draws how much of a layer is there.
func (p *Part) bar(l *screen.Line, layer docker.LayerProgress, width int) {
	if width < 4 || layer.Total <= 0 {
		return
	}
	full := min(int(layer.Done*int64(width)/layer.Total), width)
	l.Add(p.ctx.Theme.Accent, strings.Repeat("━", full))
	l.Add(p.ctx.Theme.Faint, strings.Repeat("─", width-full))
}
