package shell

import (
	"context"
	"path"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/transfer"
	"github.com/twindeck/twindeck/ui/screen"
)

// browse lists a folder, or the one that a file is in: a folder leads on, the
// first line takes the folder itself, and a file, where files are wanted, is
// taken.
func browse(ctx *screen.Context, list func(context.Context, string) ([]transfer.File, error), dir string, files bool, set func(string) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		look, cancel := context.WithTimeout(ctx.Life, lookTime)
		defer cancel()
		found, err := list(look, dir)
		if err != nil && dir != "/" {
			if up, errUp := list(look, path.Dir(dir)); errUp == nil {
				dir, found, err = path.Dir(dir), up, nil
			}
		}
		if err != nil {
			return screen.Notify{Text: "Cannot be listed, type the path instead: " + brief{err}.Error(), Bad: true}
		}
		c := screen.Choose{Title: screen.Clean(screen.Quote(dir)), Find: true}
		add := func(text, note string, then tea.Cmd) {
			c.Choices = append(c.Choices, screen.Choice{Text: text, Note: note, Then: then})
		}
		add("./", "take this folder", func() tea.Msg { return set(screen.Quote(dir)) })
		if up := path.Dir(dir); up != dir && up != "." {
			add("../", "up", browse(ctx, list, up, files, set))
		}
		for _, f := range found {
			at, name := path.Join(dir, f.Name), screen.Clean(screen.Quote(f.Name))
			switch {
			case f.Dir:
				add(name+"/", "", browse(ctx, list, at, files, set))
			case files:
				size := ""
				if f.Size >= 0 {
					size = screen.Bytes(f.Size)
				}
				add(name, size, func() tea.Msg { return set(screen.Quote(at)) })
			}
		}
		return c
	}
}
