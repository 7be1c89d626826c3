package checks

import (
	"context"
	"errors"
	"path"
	"strings"

	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/kube"
)

// unsetForThisRun takes variables out of our own environment, so that what they
// override comes into force here at once. The shell keeps them: steps by hand
// say how to be rid of them for good. nil: none of them is set.
func unsetForThisRun(m *Machine, names ...string) *Fix {
	h := m.Host
	values := map[string]string{}
	fix := &Fix{}
	var set []string
	for _, n := range names {
		v, there := h.Getenv(n)
		if !there {
			continue
		}
		values[n] = v
		set = append(set, n)
		fix.Changes = append(fix.Changes, n+" is unset for twindeck, and for what it starts, until it ends; your shell keeps it")
	}
	if len(set) == 0 {
		return nil
	}
	fix.Title = "Go on without " + strings.Join(set, " and ")
	fix.Run = func(_ context.Context, say func(string)) (*Undo, error) {
		undo := &Undo{
			Title: "Set " + strings.Join(set, " and ") + " again",
			Run: func(context.Context, func(string)) error {
				var failed []error
				for _, n := range set {
					failed = append(failed, h.Setenv(n, values[n]))
				}
				return errors.Join(failed...)
			},
		}
		for _, n := range set {
			undo.Changes = append(undo.Changes, n+" gets its value again, until twindeck ends")
			if err := h.Unsetenv(n); err != nil {
				return undo, err
			}
			say("unset " + n)
		}
		return undo, nil
	}
	return fix
}

// kubeconfigVariable is the finding about a KUBECONFIG that leads nowhere.
func kubeconfigVariable(m *Machine, c kube.Config) Finding {
	value, _ := m.Host.Getenv("KUBECONFIG")
	f := fail("KUBECONFIG names no kubeconfig there is").saw("KUBECONFIG", "%s", value).saw("kubectl config view", "%v", c.Err)
	if len(c.Files) > 0 { // there, and empty
		f.Summary = "The kubeconfig that KUBECONFIG names holds no context"
		f = f.fix(restore(m.Host, c.Files[0], soundKubeconfig)).
			byHand("Let your cluster write it anew: Docker Desktop → Settings → Kubernetes → Enable Kubernetes (off and on, if it is)")
	}
	usual := host.Join(m.Host, m.Host.Home(), ".kube", "config")
	if _, err := m.Host.Stat(usual); err == nil {
		f = f.saw(usual, "there, and not used while KUBECONFIG is set").fix(unsetForThisRun(m, "KUBECONFIG"))
	}
	return f.byHand(unsetForGood(m.Host, "KUBECONFIG")...).byHand("Or set it to the kubeconfig you mean")
}

// unsetForGood are the steps that rid a person of a variable: for the terminal
// at hand, and for those opened later.
func unsetForGood(h host.Host, name string) []string {
	if h.OS() == "windows" {
		return []string{
			"In this terminal: Remove-Item Env:" + name + " (PowerShell), set " + name + "= (cmd)",
			`For good: [Environment]::SetEnvironmentVariable("` + name + `", $null, "User") in PowerShell, then a new terminal`,
		}
	}
	shell, _ := h.Getenv("SHELL")
	now, file := "unset "+name, "~/.profile"
	switch path.Base(shell) {
	case "zsh":
		file = "~/.zshrc"
	case "bash":
		file = "~/.bashrc or ~/.bash_profile"
	case "fish":
		now, file = "set -e "+name, "~/.config/fish/config.fish"
	default:
		if h.OS() == "darwin" {
			file = "~/.zshrc"
		}
	}
	return []string{"In this terminal: " + now, "For good: take the line that sets " + name + " out of " + file}
}
