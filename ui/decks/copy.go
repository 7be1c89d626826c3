package decks

import (
	"net"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

// copyable is something of a row that can be copied.
type copyable struct {
	what string // "image"
	text string
}

// copy offers what the selected row has that can be copied, and the command that
// shows what the detail shows. Texts are of others: without control characters,
// since what is pasted into a shell is run.
func (p *Part) copy() tea.Cmd {
	of := p.current().copies()
	if c := p.Command(); c != "" {
		of = append(of, copyable{"command", c})
	}
	choose := screen.Choose{Title: "Copy"}
	seen := map[string]bool{"": true}
	for _, each := range of {
		text := screen.Clean(each.text)
		if seen[text] {
			continue
		}
		seen[text] = true
		choose.Choices = append(choose.Choices, screen.Choice{
			Text: text, Note: each.what, Then: screen.Send(screen.CopyText{Text: text, What: "the " + each.what}),
		})
	}
	if len(choose.Choices) == 0 {
		return say("Select a row first")
	}
	return screen.Send(choose)
}

func all(what string, texts []string) []copyable {
	out := make([]copyable, len(texts))
	for i, t := range texts {
		out[i] = copyable{what, t}
	}
	return out
}

func containerCopies(c *docker.Container) []copyable {
	out := []copyable{{"name", c.Name}, {"ID", c.ID}, {"image", c.Image}, {"image's ID", c.ImageID}, {"image's digest", c.ImageDigest}}
	for _, port := range c.Ports {
		if port.Host == 0 {
			continue
		}
		host := port.HostIP
		if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
			host = "localhost"
		}
		out = append(out, copyable{"address of port " + strconv.Itoa(int(port.Container)), net.JoinHostPort(host, strconv.Itoa(int(port.Host)))})
	}
	return out
}

func podCopies(pod *kube.Pod) []copyable {
	out := []copyable{{"name", pod.Name}, {"namespace", pod.Namespace}}
	for _, i := range pod.Images {
		out = append(out, copyable{"image", i.Image}, copyable{"image's digest", i.Digest})
	}
	return append(out, copyable{"node", pod.Node}, copyable{"owner", pod.Owner.Name}, copyable{"UID", pod.UID})
}

func imageCopies(i *docker.ImageRow) []copyable {
	out := append(all("name", i.Names), copyable{"ID", i.ID})
	return append(out, all("name with the digest", i.Digests)...)
}

func volumeCopies(v *docker.Volume) []copyable {
	return []copyable{{"name", v.Name}, {"path on the engine's host", v.Mountpoint}}
}

func networkCopies(n *docker.Network) []copyable {
	return append([]copyable{{"name", n.Name}, {"ID", n.ID}}, all("subnet", n.Subnets)...)
}

// copiesOf are an object's names and what its columns say, addresses among it, ages left out.
func (o *objects) copiesOf(r *kube.Object) []copyable {
	out := append([]copyable{{"name", r.Name}, {"namespace", r.Namespace}}, all("image", r.Images)...)
	for i, cell := range r.Cells {
		if i >= len(o.now.Columns) {
			break
		}
		if c := o.now.Columns[i]; !c.Age && !c.Number && cell != "<none>" {
			out = append(out, copyable{c.Name, cell})
		}
	}
	return out
}
