package logs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/ui/screen"
)

// fileName is the name that is offered: what is shown, and the time.
func (v *View) fileName() string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '-'
	}, v.set.Title)
	name = strings.Trim(name, "-.")
	if name == "" {
		name = "log"
	}
	return name + "-" + v.ctx.Now().Local().Format("20060102-150405") + ".log"
}

// save writes all lines that are not cleared away or filtered out to a file; a
// file that is there is replaced only after a question.
func (v *View) save(name string) tea.Cmd {
	if strings.TrimSpace(name) == "" {
		return screen.Send(screen.Notify{Text: "Not saved: the file needs a name"})
	}
	path, host := v.ctx.Path(name), v.ctx.Env.Host
	var lines []entry
	for n, ok := v.next(v.floor() - 1); ok; n, ok = v.next(n) {
		lines = append(lines, v.lines.line(n))
	}
	write := screen.Send(v.saving(path, lines))
	return func() tea.Msg {
		info, err := host.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return write()
		case err != nil:
			return screen.Notify{Text: "Not saved: " + err.Error(), Bad: true}
		case info.IsDir():
			return screen.Notify{Text: "Not saved: " + path + " is a folder; give the file a name", Bad: true}
		}
		return screen.Ask{
			Title: "Replace the file?",
			Body:  []string{screen.Clean(path), "", fmt.Sprintf("It is there already, with %s. A copy of it is kept beside it.", screen.Bytes(info.Size()))},
			Yes:   "replace", Danger: true,
			Then: write,
		}
	}
}

// saving is the task that writes the file, whole or not at all.
func (v *View) saving(path string, lines []entry) screen.StartTask {
	host := v.ctx.Env.Host
	form := *v          // how lines are written, as it is now
	count := len(lines) // what tells of the end is not to keep all of them
	return screen.StartTask{
		Name: "save the log",
		Run: func(context.Context, func(string)) error {
			var b strings.Builder
			for i := range lines {
				form.write(&b, lines[i])
			}
			if _, err := host.Replace(path, []byte(b.String()), 0o644); err != nil {
				return fmt.Errorf("writing %s: %w; a name with a path saves it elsewhere", path, err)
			}
			return nil
		},
		Done: func(err error) tea.Msg {
			if err != nil {
				return screen.Notify{Text: "Not saved: " + err.Error(), Bad: true}
			}
			return screen.Notify{Text: fmt.Sprintf("Saved %s lines to %s", grouped(count), path)}
		},
	}
}

// write writes a line as text: with its time and its source's name where those
// are shown, and the text as the program wrote it.
func (v *View) write(b *strings.Builder, e entry) {
	at := time.Unix(0, e.at)
	if e.kind == ruled {
		fmt.Fprintf(b, "---- mark %s ----\n", at.Local().Format(time.DateTime))
		return
	}
	switch {
	case v.times == timesNone || e.at == 0:
	case v.times == timesClock:
		b.WriteString(at.Local().Format(clockForm) + " ")
	default:
		b.WriteString(at.Local().Format(fullForm) + " ")
	}
	if len(v.states) > 1 && int(e.source) < len(v.states) {
		b.WriteString("[" + v.states[e.source].name + "] ")
	}
	b.WriteString(e.text)
	b.WriteByte('\n')
}
