package desktop

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/host"
)

// actLimit is how long `docker desktop start` and its like may take. Without
// their --timeout they are known to never end.
const actLimit = 2 * time.Minute

// actGrace is how much longer than its own --timeout a command may run before
// it counts as hanging.
const actGrace = 15 * time.Second

// Action is something Docker Desktop can be asked to do.
type Action string

// The actions.
const (
	Start   Action = "start"
	Stop    Action = "stop"
	Restart Action = "restart"
)

// ErrNoCommand is what an action ends with for which this Docker Desktop has
// no command; a person can do it in its window.
var ErrNoCommand = errors.New("this Docker Desktop has no command for it")

// Start asks Docker Desktop to start. Returning nil means it was asked, not
// that it runs: the caller looks whether the engine answers.
func (d *Desktop) Start(ctx context.Context) error { return d.act(ctx, Start, "starting") }

// Stop asks Docker Desktop to stop. The caller looks whether it did.
func (d *Desktop) Stop(ctx context.Context) error { return d.act(ctx, Stop, "stopping") }

// Restart asks Docker Desktop to restart. The caller looks whether the engine
// answers.
func (d *Desktop) Restart(ctx context.Context) error { return d.act(ctx, Restart, "restarting") }

// Commands returns what an action would run, best first: the next one is tried
// when one fails. None means that only a person can do it.
func (d *Desktop) Commands(ctx context.Context, a Action) []string {
	var lines []string
	for _, c := range commands(d.host, d.Find(ctx), a) {
		lines = append(lines, line(c))
	}
	return lines
}

func (d *Desktop) act(ctx context.Context, a Action, doing string) error {
	i := d.Find(ctx)
	if !i.Found {
		return fmt.Errorf("%s Docker Desktop: it is not installed on this machine", doing)
	}
	all := commands(d.host, i, a)
	if len(all) == 0 {
		return fmt.Errorf("%s Docker Desktop: %w", doing, ErrNoCommand)
	}
	var tried []error
	for _, c := range all {
		err := d.run(ctx, c)
		if err == nil {
			return nil
		}
		tried = append(tried, err)
		if ctx.Err() != nil {
			break
		}
	}
	return fmt.Errorf("%s Docker Desktop: %w", doing, errors.Join(tried...))
}

func (d *Desktop) run(ctx context.Context, c host.Command) error {
	ctx, cancel := context.WithTimeout(ctx, actLimit+actGrace)
	defer cancel()
	r, err := d.host.Run(ctx, c)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", line(c), err)
	case r.Code != 0:
		return fmt.Errorf("%s: exit code %d: %s", line(c), r.Code, firstLine(r.Stderr+r.Stdout))
	}
	return nil
}

func commands(h host.Host, i Install, a Action) []host.Command {
	var all []host.Command
	if i.Plugin {
		all = append(all, host.Command{Path: "docker", Args: []string{
			"desktop", string(a), "--timeout", fmt.Sprint(int(actLimit.Seconds())),
		}})
	}
	switch h.OS() {
	case "darwin":
		switch a {
		case Start:
			all = append(all, host.Command{Path: "open", Args: []string{"-a", "Docker"}})
		case Stop:
			all = append(all, host.Command{Path: "osascript", Args: []string{"-e", `quit app "Docker"`}})
		case Restart: // quitting takes a while: the caller stops, waits, and starts
		}
	case "windows":
		// What ends the program there ends it without its tidying up.
		if a == Start && i.App != "" {
			// `start` hands the program to the shell and returns at once.
			all = append(all, host.Command{Path: "cmd", Args: []string{"/c", "start", "", i.App}})
		}
	default:
		all = append(all, host.Command{Path: "systemctl", Args: []string{"--user", string(a), "docker-desktop"}})
	}
	return all
}

// line is a command as one would type it.
func line(c host.Command) string {
	words := []string{path.Base(strings.ReplaceAll(c.Path, `\`, "/"))}
	for _, a := range c.Args {
		switch {
		case strings.Contains(a, `"`):
			a = "'" + a + "'"
		case a == "" || strings.ContainsAny(a, " \t'"):
			a = `"` + a + `"`
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}
