package decks

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/ui/detail"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

// newImages returns the list of images.
func (p *Part) newImages() *engineList[*docker.ImageRow] {
	l := &engineList[*docker.ImageRow]{
		changes: func(s docker.Snapshot) uint64 { return s.Images },
		read:    p.ctx.Env.Docker.Images,
	}
	k := imageKind()
	k.subject = detail.Image
	k.act = p.actOnImages
	engineKind(p, k, "images", func() error { return l.err })
	k.cannot = func(a keys.Action) bool { return slices.Contains(onRows, a) && a != keys.Remove && a != keys.Pull }
	k.footer = []keys.Action{
		keys.Describe, keys.NextList, keys.Pull, keys.Mark, keys.Remove, keys.SameImage,
		keys.OtherDeck, keys.SortRight,
	}
	l.deck = newDeck(k, &p.scene)
	return l
}

func imageKind() *kind[*docker.ImageRow] {
	type i = *docker.ImageRow
	return &kind[i]{
		noun:   "Images",
		one:    "An image",
		copies: imageCopies,
		short:  "images",
		id:     func(r i) string { return r.ID },
		level:  func(r i) theme.Level { return usedLevel(r.UsedBy) },
		users:  func(r i) []string { return r.UsedBy },
		runs:   imageRuns,
		group: func(r i) groupKey {
			switch {
			case r.Dangling():
				return groupKey{rank: 3, name: "without a name"}
			case len(r.UsedBy) > 0:
				return groupKey{rank: 1, name: "used by containers"}
			}
			return groupKey{rank: 2, name: "used by no container"}
		},
		title: func(k groupKey) (string, string) { return k.name, "" },
		fields: func(r i, to []string) []string {
			return append(to, strings.Join(r.Names, " "), strings.Join(r.UsedBy, " "), r.Project)
		},
		ids:    imageIDs,
		labels: func(r i) []string { return r.Labels },
		columns: []column[i]{
			{
				head: "NAME", least: 12, width: 26,
				text: imageName,
				cut:  screen.CutMiddle,
				style: func(r i, in *scene) theme.Style {
					if r.Dangling() {
						return in.th.Dim
					}
					return in.th.Text
				},
				order: func(a, b i, _ *scene) int { return cmp.Compare(a.Name(), b.Name()) },
			},
			{
				head: "PLATFORM", width: 14, rank: 3,
				text: func(r i, _ *scene) string { return screen.Clean(strings.Join(r.Platforms, " ")) },
				order: func(a, b i, _ *scene) int {
					return cmp.Compare(strings.Join(a.Platforms, " "), strings.Join(b.Platforms, " "))
				},
			},
			{
				head: "USED", width: 5, right: true, rank: 2, falls: true,
				text:  func(r i, _ *scene) string { return orDash(len(r.UsedBy)) },
				order: func(a, b i, _ *scene) int { return cmp.Compare(len(b.UsedBy), len(a.UsedBy)) },
			},
			{
				head: "SIZE", width: 5, right: true, falls: true,
				text:  func(r i, _ *scene) string { return screen.Bytes(r.Size) },
				order: func(a, b i, _ *scene) int { return cmp.Compare(b.Size, a.Size) },
			},
			{
				head: "AGE", width: 4, right: true, rank: 1,
				text:  func(r i, in *scene) string { return screen.Age(in.now, r.Created) },
				order: func(a, b i, _ *scene) int { return b.Created.Compare(a.Created) },
			},
		},
	}
}

// imageIDs are its ID and digests without the name of their method, which all
// of them begin with.
func imageIDs(r *docker.ImageRow) []string {
	out := []string{strings.TrimPrefix(r.ID, "sha256:")}
	for _, d := range r.Digests {
		_, hex, _ := strings.Cut(d, "sha256:")
		out = append(out, hex)
	}
	return out
}

func imageName(r *docker.ImageRow, _ *scene) string {
	name := screen.Clean(r.Name())
	if n := len(r.Names) - 1; n > 0 {
		name += fmt.Sprintf(" +%d", n)
	}
	return name
}

// orDash is a number; none is a dash.
func orDash(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}

// imageRuns is the image itself, under each of its names.
func imageRuns(r *docker.ImageRow) runs {
	one := image{name: r.Name(), digests: [3]string{r.Digest, r.ID, r.Config}}
	for _, d := range r.Digests {
		if _, digest, ok := strings.Cut(d, "@"); ok && digest != r.Digest {
			one.also = append(one.also, digest)
		}
	}
	out := runs{one}
	for _, name := range r.Names[min(1, len(r.Names)):] {
		one.name = name
		out = append(out, one)
	}
	return out
}

func (p *Part) actOnImages(a keys.Action, on chosen[*docker.ImageRow]) (tea.Cmd, bool) {
	switch a {
	case keys.Remove, keys.Pull:
	case keys.Restart, keys.StartStop, keys.Pause, keys.Kill, keys.ShellIn, keys.AttachTo:
		return say("An image does not run: select a container"), true
	default:
		return nil, false
	}
	switch {
	case len(on.rows) == 0 || on.head != nil:
		return say("Select an image first, or mark several with space"), true
	case a == keys.Pull:
		var jobs []job
		for _, r := range on.rows {
			if len(r.Names) > 0 {
				jobs = append(jobs, p.pullJob(r.Names[0]))
			}
		}
		if len(jobs) == 0 {
			return say("An image without a name cannot be pulled"), true
		}
		return start(bound(jobs, p.origin()), fmt.Sprintf("pull %d images", len(jobs)), p.origin().EngineTarget(), nil), true
	}
	if len(on.rows) == 1 && len(on.rows[0].Names) > 1 {
		return p.chooseName(on.rows[0]), true
	}
	return p.wholeImages(on.rows)(), true
}

// chooseName asks which name of an image is taken off, or whether all of it goes.
func (p *Part) chooseName(r *docker.ImageRow) tea.Cmd {
	choose := screen.Choose{Title: "Remove which name of this image?"}
	d, at := p.ctx.Env.Docker, p.origin()
	for i, ref := range r.Names {
		name := screen.Clean(ref)
		others := cleanAll(slices.Delete(slices.Clone(r.Names), i, i+1))
		untag := job{does: "take off the name " + name, command: "docker rmi " + name, run: func(ctx context.Context, _ func(string)) error { return d.RemoveImage(ctx, ref) }}
		ask := &screen.Ask{
			Title: "Take the name " + name + " off?", Yes: "take it off",
			Body: []string{"Kept: the image, as " + strings.Join(someNames(others), ", ") + ".", "Lost: nothing but the name."},
		}
		choose.Choices = append(choose.Choices, screen.Choice{
			Text: name, Note: "this name only", Then: start(bound([]job{untag}, at), "", at.EngineTarget(), ask),
		})
	}
	choose.Choices = append(choose.Choices, screen.Choice{
		Text: fmt.Sprintf("all %d names", len(r.Names)), Note: "and the image", Then: screen.Send(listed{p.wholeImages([]*docker.ImageRow{r})}),
	})
	return screen.Send(choose)
}

// wholeImages removes images of the engine that is shown now with all their
// names, after a question that says who runs them.
func (p *Part) wholeImages(rows []*docker.ImageRow) func() tea.Cmd {
	jobs := make([]job, len(rows))
	for n, r := range rows {
		d, id, name := p.ctx.Env.Docker, r.ID, screen.Clean(r.Name())
		jobs[n] = job{does: "remove image " + name, command: "docker rmi " + strings.Join(append(cleanAll(r.Names), shortID(r)...), " "), run: func(ctx context.Context, _ func(string)) error { return d.RemoveImage(ctx, id) }}
	}
	at := p.origin()
	jobs = bound(jobs, at)
	return func() tea.Cmd {
		return p.askUsers(func(pods podUsers) tea.Cmd {
			return start(jobs, fmt.Sprintf("remove %d images", len(jobs)), at.EngineTarget(), removeImages(rows, pods))
		})
	}
}

// shortID names an image that has no name.
func shortID(r *docker.ImageRow) []string {
	if len(r.Names) > 0 {
		return nil
	}
	return []string{screen.Clean(r.Name())}
}

func cleanAll(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = screen.Clean(n)
	}
	return out
}

// pullJob brings an image anew from its registry.
func (p *Part) pullJob(ref string) job {
	d := p.ctx.Env.Docker
	return job{does: "pull " + screen.Clean(ref), command: "docker pull " + screen.Clean(ref), limit: screen.NoLimit, run: func(ctx context.Context, tell func(string)) error {
		progress := map[string][2]int64{}
		_, err := d.Pull(ctx, ref, func(l docker.LayerProgress) {
			progress[l.ID] = [2]int64{l.Done, l.Total}
			var done, total int64
			for _, b := range progress {
				done, total = done+b[0], total+b[1]
			}
			tell(screen.Bytes(done) + " of " + screen.Bytes(total))
		})
		return err
	}}
}

func removeImages(rows []*docker.ImageRow, pods podUsers) *screen.Ask {
	var size int64
	var lines, used []string
	for _, r := range rows {
		size += r.Size
		name := "  " + screen.Clean(r.Name())
		if n := len(r.Names) - 1; n > 0 {
			name += fmt.Sprintf(" and %d more names", n)
		}
		if n := len(pods.of(r)); n > 0 {
			name += ", " + podsRun(n) + " it"
		}
		lines = append(lines, name)
		used = append(used, r.UsedBy...)
	}
	ask := &screen.Ask{Title: fmt.Sprintf("Remove %d images?", len(rows)), Yes: "remove", Danger: true}
	if len(rows) == 1 {
		ask.Title, lines = "Remove image "+screen.Clean(rows[0].Name())+"?", nil
		if len(rows[0].Names) > 1 {
			lines = []string{"All its names go: " + strings.Join(cleanAll(rows[0].Names), ", ") + "."}
		}
	}
	ask.Body = someNames(lines)
	if len(used) > 0 {
		ask.Body = append(ask.Body, "Used by "+strings.Join(cleanAll(someNames(used)), ", ")+": the engine keeps what a container uses.")
	}
	ask.Body = append(ask.Body, pods.warn(rows)...)
	ask.Body = append(ask.Body, "Lost: "+screen.Bytes(size)+" of layers, unless others share them; it can be built or pulled again.")
	return ask
}
