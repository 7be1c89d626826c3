package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/desktop"
)

// startDesktop starts Docker Desktop, and then believes only the engine.
func startDesktop(ctx context.Context, m *Machine) *Fix {
	e := m.Environment
	return &Fix{
		Title:   "Start Docker Desktop and wait until its engine answers",
		Changes: oneOf(e.Desktop.Commands(ctx, desktop.Start)),
		Takes:   "1 to 3 minutes",
		Run: func(ctx context.Context, say func(string)) (*Undo, error) {
			return nil, bringUp(ctx, e, say)
		},
	}
}

// restartDesktop restarts Docker Desktop; nil where no command can.
func restartDesktop(ctx context.Context, m *Machine) *Fix {
	if !m.install(ctx).Found {
		return nil
	}
	e := m.Environment
	changes := oneOf(e.Desktop.Commands(ctx, desktop.Restart))
	if len(changes) == 0 {
		stop := oneOf(e.Desktop.Commands(ctx, desktop.Stop))
		if len(stop) == 0 {
			return nil
		}
		changes = slices.Concat(stop, oneOf(e.Desktop.Commands(ctx, desktop.Start)))
	}
	return &Fix{
		Title:    "Restart Docker Desktop and wait until its engine answers",
		Changes:  changes,
		Restarts: "Docker Desktop, with all containers and the cluster in it",
		Takes:    "1 to 3 minutes",
		Run: func(ctx context.Context, say func(string)) (*Undo, error) {
			say("restarting Docker Desktop")
			err := e.Desktop.Restart(ctx)
			if errors.Is(err, desktop.ErrNoCommand) {
				if err := bringDown(ctx, e, say); err != nil {
					return nil, err
				}
				return nil, bringUp(ctx, e, say)
			}
			return nil, engineAfter(ctx, e, err, say)
		},
	}
}

// oneOf words commands of which the next is tried when one fails.
func oneOf(commands []string) []string {
	for i := range commands[min(1, len(commands)):] {
		commands[i+1] = "if that fails: " + commands[i+1]
	}
	return commands
}

// bringUp starts Docker Desktop and waits for its engine.
func bringUp(ctx context.Context, e env.Environment, say func(string)) error {
	say("starting Docker Desktop")
	return engineAfter(ctx, e, e.Desktop.Start(ctx), say)
}

// engineAfter looks for the engine after Docker Desktop was asked to start.
// `docker desktop start` is known to give up on a start that succeeds, so its
// error counts only if the engine does not answer either.
func engineAfter(ctx context.Context, e env.Environment, asked error, say func(string)) error {
	if asked == nil {
		return untilEngine(ctx, e, say)
	}
	if err := e.Docker.Ping(ctx); err != nil {
		return asked
	}
	return nil
}

// bringDown stops Docker Desktop and waits until it is gone.
func bringDown(ctx context.Context, e env.Environment, say func(string)) error {
	if running(ctx, e) == nil {
		return nil
	}
	say("stopping Docker Desktop")
	asked := e.Desktop.Stop(ctx)
	if asked != nil {
		if running(ctx, e) == nil {
			return nil // it stopped, whatever the command thinks
		}
		return asked
	}
	return untilFine(ctx, "Docker Desktop to stop", stopWait, func(ctx context.Context) error { return running(ctx, e) })
}

// running is an error while Docker Desktop runs. Where it does not tell, its
// engine does.
func running(ctx context.Context, e env.Environment) error {
	switch s := e.Desktop.Status(ctx); s.State {
	case "stopped":
		return nil
	case "unknown":
		if e.Docker.Ping(ctx) == nil {
			return errors.New("its engine still answers")
		}
		return nil
	default:
		return fmt.Errorf("it is %s", s.State)
	}
}

// turnKubernetesOn sets KubernetesEnabled while Docker Desktop is stopped: a
// running one would write over it. There is no fix where Desktop cannot be
// stopped by a command, or where the file cannot be edited.
func turnKubernetesOn(ctx context.Context, m *Machine) *Fix {
	e, s := m.Environment, m.install(ctx).Settings
	stop := oneOf(e.Desktop.Commands(ctx, desktop.Stop))
	start := oneOf(e.Desktop.Commands(ctx, desktop.Start))
	if len(stop) == 0 || len(start) == 0 || s.Path == "" {
		return nil
	}
	if info, err := m.info(ctx); err == nil && !info.IsDesktop() {
		return nil // the engine that would be waited for is another one
	}
	key := s.Key("KubernetesEnabled")
	fix := editFile(m.Host, s.Path, Fix{
		Title: "Turn Kubernetes on in Docker Desktop",
		Changes: append(append(append([]string{}, stop...),
			s.Path+`: "`+key+`" becomes true (a backup is kept beside it)`), start...),
		Restarts: "Docker Desktop, with all containers",
		Takes:    "3 to 6 minutes; the first time more, as the images of Kubernetes are downloaded",
	}, func(old []byte) ([]byte, error) { return setTop(old, key, true) })
	if fix == nil {
		return nil
	}
	before := s.Kubernetes != nil && *s.Kubernetes
	fix.Run = func(ctx context.Context, say func(string)) (*Undo, error) {
		undo := &Undo{
			Title: "Turn Kubernetes off in Docker Desktop again",
			Changes: append(append(append([]string{}, stop...),
				fmt.Sprintf(`%s: "%s" becomes %t again`, s.Path, key, before)), start...),
			Run: func(ctx context.Context, say func(string)) error {
				_, err := setWhileStopped(ctx, e, s.Path, key, before, say)
				return err
			},
		}
		changed, err := setWhileStopped(ctx, e, s.Path, key, true, say)
		if !changed {
			undo = nil
		}
		if err == nil {
			err = untilCluster(ctx, e, say)
		}
		return undo, err
	}
	return fix
}

// setWhileStopped stops Docker Desktop, sets a setting in the file as Desktop
// left it, and starts Desktop again, also after an error. Only who cancels it
// meanwhile finds Desktop stopped.
func setWhileStopped(ctx context.Context, e env.Environment, path, key string, value bool, say func(string)) (changed bool, err error) {
	if err := bringDown(ctx, e, say); err != nil {
		return false, err
	}
	change := editFile(e.Host, path, Fix{}, func(old []byte) ([]byte, error) { return setTop(old, key, value) })
	if change == nil {
		err = fmt.Errorf("%s could not be edited after Docker Desktop had stopped; nothing is changed", path)
	} else {
		_, err = change.Run(ctx, say)
	}
	changed = err == nil
	if ctx.Err() != nil {
		return changed, fmt.Errorf("cancelled while Docker Desktop was stopped: start it again: %w", errors.Join(err, ctx.Err()))
	}
	if up := bringUp(ctx, e, say); err != nil || up != nil {
		return changed, errors.Join(err, up)
	}
	s := e.Desktop.Find(ctx).Settings
	if now := s.Kubernetes != nil && *s.Kubernetes; s.Err == nil && now != value {
		return changed, fmt.Errorf("Docker Desktop put %s back to %t in %s: change it in its window (Settings → Kubernetes)", key, now, path)
	}
	return changed, nil
}

// setByOthers words who alone can change a setting that is fixed.
func setByOthers(by string) []string {
	return []string{
		"Your organisation has fixed this setting (" + by + "): neither Docker Desktop's window nor twindeck can change it",
		"Ask whoever administers Docker Desktop in your organisation to allow Kubernetes",
		"Meanwhile a cluster in the engine works: kind create cluster",
	}
}

// logsStep says where Docker Desktop's logs are.
func logsStep(ctx context.Context, m *Machine) string {
	var places []string
	if m.Desktop.Offers(ctx, "logs") {
		places = append(places, "docker desktop logs")
	}
	if dir := m.install(ctx).Logs; dir != "" {
		places = append(places, dir)
	}
	if m.Host.OS() == "linux" {
		places = append(places, "journalctl --user -u docker-desktop")
	}
	return "its logs are in " + strings.Join(places, ", or ")
}

// withKubernetesStatus adds what Docker Desktop says of its cluster, where it
// has a command for that and answers soon.
func withKubernetesStatus(ctx context.Context, m *Machine, f Finding) Finding {
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	if said, err := m.Desktop.KubernetesStatus(ctx); err == nil {
		return f.saw("docker desktop kubernetes status", "%s", said)
	}
	return f
}
