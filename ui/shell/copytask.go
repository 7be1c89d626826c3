package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/transfer"
	"github.com/twindeck/twindeck/ui/screen"
)

// copyTime is how long a copy may take: as long as somebody wants to wait.
const copyTime = 12 * time.Hour

// task is the copy as something the footer shows, and that can be cancelled.
func (c copying) task(ctx *screen.Context) screen.StartTask {
	var told result
	what := screen.Quote(path.Base(filepath.ToSlash(c.here))) + " into " + c.place.Name
	if c.out {
		what = screen.Quote(path.Base(c.inside)) + " out of " + c.place.Name
	}
	return screen.StartTask{
		Name: "copy " + what, Command: c.command(), Limit: copyTime,
		Run: func(ctx context.Context, say func(string)) error {
			var err error
			told, err = c.run(ctx, meter(c.total, time.Now, say))
			return err
		},
		Done: func(err error) tea.Msg {
			switch {
			case errors.Is(err, transfer.ErrNoTools) && c.place.debugBox != nil:
				return c.offer(ctx, err)
			case err == nil:
				return screen.Notify{Text: "Copied " + what + told.text, Bad: told.part}
			}
			return nil
		},
	}
}

// result is what a person should know of a copy.
type result struct {
	text string
	part bool // something is missing that was meant
}

// run copies, and says what a person should know of it.
func (c copying) run(ctx context.Context, news func(int64)) (result, error) {
	if c.out {
		return c.takeOut(ctx, news)
	}
	return c.putIn(ctx, news)
}

func (c copying) takeOut(ctx context.Context, news func(int64)) (told result, err error) {
	archive, err := c.box.Read(ctx, c.inside)
	if err != nil {
		return told, err
	}
	u, err := transfer.Unpack(ctx, archive, c.here, news)
	_ = archive.Close()
	if err != nil {
		return told, err
	}
	told.text = fmt.Sprintf(" to %s: %s, %s", c.here, count(u.Files, "file"), screen.Bytes(u.Bytes))
	if told.part = u.Unread != ""; told.part {
		told.text += ", but tar could not read some: " + u.Unread
	}
	if n := len(u.LeftOut); n > 0 {
		told.text += fmt.Sprintf("; left out %s that led elsewhere or may not be made here: %s", count(n, "link"), strings.Join(u.LeftOut[:min(n, 3)], ", "))
	}
	return told, nil
}

func (c copying) putIn(ctx context.Context, news func(int64)) (result, error) {
	from, to := io.Pipe()
	packed := make(chan error, 1)
	var sent int64
	go func() {
		err := transfer.Pack(ctx, to, c.here, path.Base(c.inside), func(n int64) { sent = n; news(n) })
		_ = to.CloseWithError(err)
		packed <- err
	}()
	err := c.box.Write(ctx, path.Dir(c.inside), path.Base(c.inside), from)
	_ = from.Close()
	if read := <-packed; read != nil && !errors.Is(read, io.ErrClosedPipe) {
		err = read // why the other side had no whole archive
	}
	return result{text: fmt.Sprintf(" to %s: %s", c.inside, screen.Bytes(sent))}, err
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// meter says how much has come, of how much, and how fast.
func meter(total int64, now func() time.Time, say func(string)) func(int64) {
	began := now()
	return func(n int64) {
		text := screen.Bytes(n)
		if total > 0 {
			text += " of " + screen.Bytes(total)
		}
		if took := now().Sub(began); took > time.Second {
			text += fmt.Sprintf(" · %s/s", screen.Bytes(int64(float64(n)/took.Seconds())))
		}
		say(text)
	}
}
