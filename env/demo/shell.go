package demo

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
)

// files are what each simulated container has, by path; a folder ends in a slash.
var files = map[string]string{
	"/app/server.js":       "require('http').createServer((_, r) => r.end('hello')).listen(3000)\n",
	"/app/package.json":    "{\"name\": \"my-app\", \"version\": \"1.4.2\"}\n",
	"/app/logs/access.log": "12:00:01 GET /health 200 1ms\n12:00:04 GET / 200 7ms\n",
	"/etc/os-release":      "NAME=\"Alpine Linux\"\nVERSION_ID=3.22.1\n",
	"/tmp/":                "",
}

// bare are images without a shell.
func bare(image string) bool {
	return strings.Contains(image, "my-app-api") || strings.Contains(image, "coredns") || strings.Contains(image, "pause")
}

// runs is a simulated command in a container of an image.
func runs(ctx context.Context, image, name string, command []string, s link.Streams) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	out := link.Discard(s.Out)
	switch program := path.Base(command[0]); {
	case bare(image), !slices.Contains([]string{"sh", "ls", "cat", "tar", "mkdir", "mv", "rm"}, program):
		return 0, fmt.Errorf("running %s in %s: %w", command[0], name, link.ErrNoProgram)
	case program == "sh" && len(command) > 3:
		return 2, nil // a script with arguments is beyond it: they are listed by ls
	case program == "sh" && len(command) > 1, s.In == nil && program == "sh":
		return 0, nil // looks for bash, which it has not
	case program == "tar", program == "mkdir", program == "mv", program == "rm":
		return carries(command, s)
	case program == "ls" && len(command) > 1:
		return lists(command, s)
	case program != "sh":
		return (&prompt{out: out, at: "/"}).does(command), nil
	}
	p := &prompt{out: out, at: "/app", name: name}
	return p.run(ctx, s)
}

// prompt is a shell that knows a few words.
type prompt struct {
	out  io.Writer
	at   string // the folder it is in
	name string
	size link.Size
	line []rune
	code int
}

func (p *prompt) say(text string) { _, _ = io.WriteString(p.out, text) }

func (p *prompt) ask() { p.say(p.at + " # ") }

// run reads until it is told to exit, or the keyboard is gone.
func (p *prompt) run(ctx context.Context, s link.Streams) (int, error) {
	keys, gone := make(chan rune), make(chan struct{})
	defer close(gone)
	go func() {
		defer close(keys)
		var buf [256]byte
		for {
			n, err := s.In.Read(buf[:])
			for b := buf[:n]; len(b) > 0; {
				r, size := utf8.DecodeRune(b)
				b = b[size:]
				select {
				case keys <- r:
				case <-gone:
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	p.ask()
	for {
		select {
		case p.size = <-s.Sizes:
		case r, open := <-keys:
			if !open || p.key(r) {
				return p.code, nil
			}
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// key is one that was typed; done: it ended the shell.
func (p *prompt) key(r rune) (done bool) {
	switch r {
	case 3: // ctrl+c
		p.line = nil
		p.say("^C\r\n")
		p.ask()
	case 4: // ctrl+d
		if len(p.line) == 0 {
			p.say("\r\n")
			return true
		}
	case 8, 127:
		if len(p.line) > 0 {
			p.line = p.line[:len(p.line)-1]
			p.say("\b \b")
		}
	case '\r', '\n':
		p.say("\r\n")
		words := strings.Fields(string(p.line))
		p.line = nil
		if len(words) > 0 && words[0] == "exit" {
			if len(words) > 1 {
				p.code, _ = strconv.Atoi(words[1])
			}
			return true
		}
		if len(words) > 0 {
			p.code = p.does(words)
		}
		p.ask()
	default:
		if r >= ' ' {
			p.line = append(p.line, r)
			p.say(string(r))
		}
	}
	return false
}

// does a command of the few it knows.
func (p *prompt) does(words []string) int {
	to := p.at
	if last := words[len(words)-1]; len(words) > 1 && !strings.HasPrefix(last, "-") {
		to = path.Join("/", last)
		if !strings.HasPrefix(last, "/") {
			to = path.Join(p.at, last)
		}
	}
	switch words[0] {
	case "echo":
		p.say(strings.Join(words[1:], " ") + "\r\n")
	case "pwd":
		p.say(p.at + "\r\n")
	case "hostname":
		p.say(p.name + "\r\n")
	case "stty":
		p.say(fmt.Sprintf("%d %d\r\n", p.size.Rows, p.size.Cols))
	case "cd":
		p.at = to
	case "ls":
		for _, name := range list(to) {
			p.say(name + "\r\n")
		}
	case "cat":
		text, ok := files[to]
		if !ok {
			p.say("cat: " + to + ": No such file or directory\r\n")
			return 1
		}
		p.say(strings.ReplaceAll(text, "\n", "\r\n"))
	default:
		p.say("sh: " + words[0] + ": not found in this simulation; it has cat cd echo hostname ls pwd stty exit\r\n")
		return 127
	}
	return 0
}

// list is what a simulated folder holds; folders end in a slash.
func list(folder string) []string {
	in := map[string]bool{}
	folder = strings.TrimSuffix(folder, "/") + "/"
	for file := range files {
		if rest, ok := strings.CutPrefix(file, folder); ok && rest != "" {
			name, _, deeper := strings.Cut(rest, "/")
			if deeper {
				name += "/"
			}
			in[name] = true
		}
	}
	return slices.Sorted(maps.Keys(in))
}

func (e engine) running(ctx context.Context, id string) (c *docker.Container, err error) {
	return c, e.do(ctx, func(time.Time) error {
		if c, err = e.w.find(id); err == nil && c.State != "running" {
			return fmt.Errorf("container %s is not running: start it first: %w", c.Name, link.ErrNotRunning)
		}
		return err
	})
}

func (e engine) Exec(ctx context.Context, id string, command []string, s link.Streams) (int, error) {
	c, err := e.running(ctx, id)
	if err != nil {
		return 0, err
	}
	return runs(ctx, c.Image, c.Name, command, s)
}

func (e engine) Terminal(ctx context.Context, id string) (docker.Terminal, error) {
	_, err := e.running(ctx, id)
	return docker.Terminal{Running: err == nil}, err
}

func (e engine) Attach(ctx context.Context, id string, s link.Streams) (int, error) {
	log, err := e.Logs(ctx, id, docker.LogOptions{Follow: true, Tail: 1})
	if err != nil {
		return 0, err
	}
	return shown(ctx, log, s)
}

// shown is what a main process writes, until ctx ends.
func shown(ctx context.Context, log io.ReadCloser, s link.Streams) (int, error) {
	defer func() { _ = log.Close() }()
	_, err := io.Copy(link.Discard(s.Out), log)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return 0, err
}

func (e engine) Debug(ctx context.Context, id, image string, s link.Streams, _ func(string)) (int, error) {
	c, err := e.running(ctx, id)
	if err != nil {
		return 0, err
	}
	if err := e.w.pass(ctx, 600*time.Millisecond); err != nil {
		return 0, err
	}
	return runs(ctx, image, c.Name, []string{"sh"}, s)
}

func (c cluster) Exec(ctx context.Context, namespace, pod, container string, command []string, s link.Streams) (int, error) {
	image := "busybox" // of a container that Debug made
	err := c.withPod(ctx, namespace, pod, func(p *kube.Pod, _ time.Time) error {
		for _, i := range p.Images {
			if i.Container == container || container == "" {
				image = i.Image
			}
		}
		if st := stateOf(p); st.kind != "Running" {
			return fmt.Errorf("container %s is %s (%s): %w", container, strings.ToLower(st.kind), st.reason, link.ErrNotRunning)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return runs(ctx, image, pod, command, s)
}

func (c cluster) Attach(ctx context.Context, namespace, pod, container string, s link.Streams) (int, error) {
	log, err := c.Logs(ctx, namespace, pod, kube.LogOptions{Container: container, Follow: true, Tail: 1})
	if err != nil {
		return 0, err
	}
	return shown(ctx, log, s)
}

func (cluster) DebugProfile(context.Context, string) kube.Profile { return kube.General }

func (cluster) TargetRoot(context.Context, string, string) (string, error) {
	return "/proc/1/root", nil
}

func (c cluster) Debug(ctx context.Context, _, _, _, image string, say func(string)) (string, error) {
	say("Pulled: Container image " + image + " already present on machine")
	return "twindeck-debug-1a2b3c", c.w.pass(ctx, 600*time.Millisecond)
}
