// Command pictures draws the pictures that README shows: it opens the app on
// its simulated environment in a terminal, goes to each screen, and writes what
// is there as SVG.
//
//	go run ./test/pictures
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/test/term"
	"github.com/twindeck/twindeck/ui"
)

// shot is one picture: what is simulated, and the steps that lead to it.
type shot struct {
	name   string
	faults []demo.Fault
	steps  []step
}

// step presses keys, and waits for what is there then.
type step struct{ press, see []string }

var shots = []shot{
	{name: "decks", steps: []step{
		{[]string{"2"}, []string{"v1.4.2", "kube-system", "3 ship"}},
		{[]string{"j", "j"}, []string{"◀", "%", "GET", "docker logs --follow my-app-web-1"}},
	}},
	{name: "setup", faults: []demo.Fault{demo.KubernetesOff, demo.HelperMissing}, steps: []step{
		{[]string{"1"}, []string{"problems", "checked", "by hand", "2 decks"}},
	}},
	{name: "ship", steps: []step{
		{[]string{"3"}, []string{"Run this plan", "2 decks"}},
		{[]string{"s"}, []string{"running 3/3", "verified", "done in"}},
	}},
}

const (
	cols, rows = 120, 36
	// patience is how long a screen may take to show what it should.
	patience = 60 * time.Second
	// showing names the shot whose app this very program is to be: it runs
	// itself in the terminal it looks at.
	showing = "TWINDECK_PICTURE"
)

func main() {
	ctx := context.Background()
	var err error
	if name := os.Getenv(showing); name != "" {
		err = show(ctx, name)
	} else {
		err = takeAll(ctx, filepath.Join("docs", "pictures"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

// show is the app on a shot's simulated environment.
func show(ctx context.Context, name string) error {
	for _, s := range shots {
		if s.name == name {
			return ui.Run(ctx, demo.Open(s.faults...), ui.Options{})
		}
	}
	return fmt.Errorf("no picture is called %q", name)
}

func takeAll(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for _, s := range shots {
		picture, err := take(ctx, self, s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		path := filepath.Join(dir, s.name+".svg")
		if err := os.WriteFile(path, []byte(picture), 0o644); err != nil {
			return err
		}
		fmt.Println(path)
	}
	return nil
}

// take opens a shot's app, leads to its screen and draws it.
func take(ctx context.Context, self string, s shot) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	app := exec.CommandContext(ctx, self)
	app.Env = append(os.Environ(), showing+"="+s.name, "TERM=xterm-256color", "COLORTERM=truecolor")
	screen, err := term.Start(app, term.Size{Cols: cols, Rows: rows})
	if err != nil {
		return "", err
	}
	defer screen.Close()
	for _, step := range s.steps {
		if err := screen.Press(step.press...); err != nil {
			return "", err
		}
		err = screen.Wait(ctx, func(shown string) bool {
			return !slices.ContainsFunc(step.see, func(text string) bool { return !strings.Contains(shown, text) })
		})
		if err != nil {
			return "", fmt.Errorf("waiting for %q: %w; the screen shows\n%s", step.see, err, screen.Screen())
		}
	}
	return svg(screen.Cells(), "twindeck: "+s.name), nil
}
