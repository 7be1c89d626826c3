package docker

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/twindeck/twindeck/env/link"
)

// runContainer runs a container that goes away with the test.
func runContainer(t *testing.T, c *Client, config container.Config) (id string) {
	t.Helper()
	made, err := ask(t.Context(), c, workTime, "creating", func(ctx context.Context, cn *conn) (client.ContainerCreateResult, error) {
		return cn.api.ContainerCreate(ctx, client.ContainerCreateOptions{Config: &config, HostConfig: &container.HostConfig{}})
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Remove(context.Background(), made.ID) })
	if err := c.Start(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	return made.ID
}

func idle(tty bool) container.Config {
	return container.Config{Image: "twindeck.local/base:1", StopSignal: "SIGKILL", Tty: tty, OpenStdin: tty, Cmd: []string{"sh"}, Entrypoint: nil}
}

// typist is a person at a terminal whose screen is read line by line.
type typist struct {
	t       *testing.T
	streams link.Streams
	sizes   chan link.Size
	types   *io.PipeWriter
	screen  chan string // its lines
	close   func()
}

func newTypist(t *testing.T) *typist {
	in, types := io.Pipe()
	screen, out := io.Pipe()
	p := &typist{t: t, sizes: make(chan link.Size, 4), types: types, screen: make(chan string, 1000)}
	go func() {
		defer close(p.screen)
		for lines := bufio.NewScanner(screen); lines.Scan(); {
			p.screen <- lines.Text()
		}
	}()
	p.streams = link.Streams{In: in, Out: out, TTY: true, Sizes: p.sizes}
	p.close = func() {
		_ = in.Close()
		_ = out.Close()
	}
	p.sizes <- link.Size{Cols: 91, Rows: 31}
	return p
}

func (p *typist) line(text string) {
	p.t.Helper()
	if _, err := io.WriteString(p.types, text+"\n"); err != nil {
		p.t.Error(err)
	}
}

// see reads until a line holds a text.
func (p *typist) see(text string) {
	p.t.Helper()
	var all []string
	for l := range p.screen {
		if strings.Contains(l, text) {
			return
		}
		all = append(all, l)
	}
	p.t.Fatalf("the screen ended without %q\n%s", text, strings.Join(all, "\n"))
}

type ending struct {
	code int
	err  error
}

// does runs f beside the typist, whose screen ends with it.
func (p *typist) does(f func() (int, error)) <-chan ending {
	ended := make(chan ending, 1)
	go func() {
		code, err := f()
		p.close()
		ended <- ending{code, err}
	}()
	return ended
}

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestFixtureExec(t *testing.T) {
	c := fixture(t, "desktop-linux")
	ctx := bounded(t)
	id := runContainer(t, c, container.Config{Image: "twindeck.local/base:1", StopSignal: "SIGKILL", Cmd: []string{"sleep", "600"}})

	var out, errs strings.Builder
	code, err := c.Exec(ctx, id, []string{"sh", "-c", "cat; echo oops >&2; exit 7"}, link.Streams{In: strings.NewReader("hello"), Out: &out, Err: &errs})
	if code != 7 || err != nil || out.String() != "hello" || errs.String() != "oops\n" {
		t.Errorf("without a terminal: %d, %v, %q, %q", code, err, out.String(), errs.String())
	}

	p := newTypist(t)
	ended := p.does(func() (int, error) { return c.Exec(ctx, id, []string{"sh"}, p.streams) })
	p.line("test -t 0 && echo it is a $((6*7)) terminal")
	p.see("it is a 42 terminal")
	p.line("exit 3")
	if e := <-ended; e.code != 3 || e.err != nil {
		t.Errorf("with a terminal: %d, %v", e.code, e.err)
	}

	if _, err := c.Exec(ctx, id, []string{"bash"}, link.Streams{}); !errors.Is(err, link.ErrNoProgram) {
		t.Errorf("a program that is not there: %v", err)
	}
	if code, err := c.Exec(ctx, id, []string{"sh", "-c", "exit 127"}, link.Streams{}); code != 127 || err != nil {
		t.Errorf("a program that ends with 127 by itself: %d, %v", code, err)
	}

	leave, left := context.WithCancel(ctx)
	p = newTypist(t)
	ended = p.does(func() (int, error) { return c.Exec(leave, id, []string{"sh"}, p.streams) })
	p.line("echo $((1+1)) are here")
	p.see("2 are here")
	left()
	if e := <-ended; !errors.Is(e.err, context.Canceled) {
		t.Errorf("left: %d, %v", e.code, e.err)
	}

	if err := c.Stop(ctx, id); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exec(ctx, id, []string{"sh"}, link.Streams{}); !errors.Is(err, link.ErrNotRunning) {
		t.Errorf("in a container that was stopped: %v", err)
	}
	if _, err := c.Exec(ctx, strings.Repeat("0", 64), []string{"sh"}, link.Streams{}); !errors.Is(err, ErrNotFound) {
		t.Errorf("in no container: %v", err)
	}
}

// The container ends under a shell in it.
func TestFixtureExecOutlivedByNobody(t *testing.T) {
	c := fixture(t, "desktop-linux")
	ctx := bounded(t)
	id := runContainer(t, c, container.Config{Image: "twindeck.local/base:1", StopSignal: "SIGKILL", Cmd: []string{"sleep", "600"}})
	p := newTypist(t)
	ended := p.does(func() (int, error) { return c.Exec(ctx, id, []string{"sh"}, p.streams) })
	p.line("echo $((1+1)) are here")
	p.see("2 are here")
	if err := c.Stop(ctx, id); err != nil {
		t.Fatal(err)
	}
	if e := <-ended; e.code != 137 || e.err != nil {
		t.Errorf("the shell ended with %d, %v", e.code, e.err)
	}
}

func TestFixtureAttach(t *testing.T) {
	c := fixture(t, "desktop-linux")
	ctx := bounded(t)
	id := runContainer(t, c, idle(true))
	term, err := c.Terminal(ctx, id)
	if err != nil || term != (Terminal{Running: true, TTY: true, Stdin: true}) {
		t.Fatalf("Terminal = %+v, %v", term, err)
	}
	p := newTypist(t)
	ended := p.does(func() (int, error) { return c.Attach(ctx, id, p.streams) })
	p.line("echo $((6*7))")
	p.see("42")
	p.line("exit 5")
	if e := <-ended; e.code != 5 || e.err != nil {
		t.Errorf("the main process ended with %d, %v", e.code, e.err)
	}
	if _, err := c.Attach(ctx, id, link.Streams{}); !errors.Is(err, link.ErrNotRunning) {
		t.Errorf("attaching to what has ended: %v", err)
	}
}

// A container without a shell is looked into from one beside it, which shares
// its processes and is gone afterwards.
func TestFixtureDebug(t *testing.T) {
	c := fixture(t, "desktop-linux")
	ctx := bounded(t)
	id := runContainer(t, c, container.Config{Image: "registry.k8s.io/pause:3.10.1", StopSignal: "SIGKILL"})
	if _, err := c.Exec(ctx, id, []string{"sh"}, link.Streams{}); !errors.Is(err, link.ErrNoProgram) {
		t.Errorf("a shell in an image without one: %v", err)
	}
	beside := func() (names []string) {
		all, err := c.List(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range all {
			if strings.Contains(row.Name, "-debug-") {
				names = append(names, row.Name)
			}
		}
		return names
	}
	p := newTypist(t)
	ended := p.does(func() (int, error) {
		return c.Debug(ctx, id, "twindeck.local/base:1", p.streams, func(string) {})
	})
	p.line("tr '\\0' ' ' < /proc/1/cmdline; echo")
	p.see("/pause")
	p.line("ls /proc/1/root")
	p.see("pause")
	if names := beside(); len(names) != 1 {
		t.Errorf("beside it run %v", names)
	}
	p.line("exit 4")
	if e := <-ended; e.code != 4 || e.err != nil {
		t.Errorf("the debug shell ended with %d, %v", e.code, e.err)
	}
	if names := beside(); len(names) != 0 {
		t.Errorf("left: %v", names)
	}
	if _, err := c.Debug(ctx, id, "registry.k8s.io/pause:3.10.1", link.Streams{}, func(string) {}); !errors.Is(err, link.ErrNoProgram) {
		t.Errorf("an image without a shell: %v", err)
	}
	if _, err := c.Debug(ctx, id, "localhost:5050/nobody/has-this:1", link.Streams{}, func(string) {}); err == nil || !errors.Is(err, ErrNotFound) {
		t.Errorf("an image that nobody has: %v", err)
	}
	if names := beside(); len(names) != 0 {
		t.Errorf("left: %v", names)
	}
}
