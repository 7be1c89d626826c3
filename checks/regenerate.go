package checks

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/kube"
)

// regenerate has a cluster of this machine write its part of the kubeconfig
// anew; nil for others.
func regenerate(m *Machine, at kube.Context) *Fix {
	files := m.Kube.Config().Files
	if len(files) == 0 {
		return nil
	}
	if at.Name == desktopContext {
		return forgetDesktop(m, files)
	}
	command := exportCommand(at.Name)
	if command == nil || len(m.Host.Which(command[0])) == 0 {
		return nil
	}
	h, path, line := m.Host, files[0], strings.Join(command, " ")
	return &Fix{
		Title:   "Let the cluster write its kubeconfig anew",
		Changes: []string{"a copy of " + path + " is kept beside it", line},
		Run: func(ctx context.Context, say func(string)) (*Undo, error) {
			old, err := h.ReadFile(path)
			if err != nil {
				return nil, err
			}
			backup, err := h.Replace(path, old, 0o600)
			if err != nil {
				return nil, err
			}
			say(line + "; the old file is kept as " + backup)
			r, err := h.Run(ctx, host.Command{Path: command[0], Args: command[1:]})
			if err != nil {
				return nil, err
			}
			if r.Code != 0 {
				return nil, fmt.Errorf("%s: exit code %d: %s", line, r.Code, strings.TrimSpace(r.Stderr+r.Stdout))
			}
			now, err := h.ReadFile(path)
			if err != nil {
				return nil, err
			}
			done := []written{{Edit{Path: path, Old: old, New: now}, backup}}
			return &Undo{
				Title: "Put the kubeconfig back", Changes: []string{path + " becomes again what it was"},
				Run: func(_ context.Context, say func(string)) error { return takeBack(h, done, say) },
			}, nil
		},
	}
}

// exportCommand writes the kubeconfig of a cluster that has a tool for it.
func exportCommand(kubeContext string) []string {
	switch {
	case strings.HasPrefix(kubeContext, "kind-"):
		return []string{"kind", "export", "kubeconfig", "--name", strings.TrimPrefix(kubeContext, "kind-")}
	case strings.HasPrefix(kubeContext, "k3d-"):
		return []string{"k3d", "kubeconfig", "merge", strings.TrimPrefix(kubeContext, "k3d-"), "--kubeconfig-merge-default"}
	case kubeContext == "minikube":
		return []string{"minikube", "update-context"}
	}
	return nil
}

// restartLimit is how long Docker Desktop may take to come back.
const restartLimit = 3 * time.Minute

// forgetDesktop takes Docker Desktop's stale entries out of the kubeconfig and
// restarts it, for it writes them at its start where they are missing.
func forgetDesktop(m *Machine, files []string) *Fix {
	h := m.Host
	i := slices.IndexFunc(files, func(f string) bool {
		data, err := h.ReadFile(f)
		return err == nil && strings.Contains(string(data), "name: "+desktopContext)
	})
	if i < 0 || len(h.Which("docker")) == 0 {
		return nil
	}
	path := files[i]
	const restart = "docker desktop restart --timeout 180"
	fix := editFile(h, path, Fix{
		Title:    "Let Docker Desktop write its kubeconfig anew",
		Changes:  []string{path + ": the cluster, user and context " + desktopContext + " are removed (a backup is kept beside it)", restart},
		Restarts: "Docker Desktop, with all containers",
		Takes:    "1 to 3 minutes",
	}, func(old []byte) ([]byte, error) { return without(old, desktopContext) })
	if fix == nil {
		return nil
	}
	edit := fix.Run
	fix.Run = func(ctx context.Context, say func(string)) (*Undo, error) {
		undo, err := edit(ctx, say)
		if err != nil {
			return undo, err
		}
		say(restart)
		ctx, cancel := context.WithTimeout(ctx, restartLimit)
		defer cancel()
		r, err := h.Run(ctx, host.Command{Path: "docker", Args: strings.Fields(restart)[1:]})
		if err == nil && r.Code != 0 {
			err = fmt.Errorf("%s: exit code %d: %s; restart Docker Desktop from its menu", restart, r.Code, strings.TrimSpace(r.Stderr+r.Stdout))
		}
		return undo, err
	}
	return fix
}

// without is a kubeconfig's text without the cluster, user and context of a
// name. The rest, comments too, stays.
func without(data []byte, name string) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("the file is no kubeconfig")
	}
	top, removed := doc.Content[0], 0
	for i := 0; i+1 < len(top.Content); i += 2 {
		list := top.Content[i+1]
		if !slices.Contains([]string{"clusters", "users", "contexts"}, top.Content[i].Value) || list.Kind != yaml.SequenceNode {
			continue
		}
		before := len(list.Content)
		list.Content = slices.DeleteFunc(list.Content, func(entry *yaml.Node) bool {
			var named struct{ Name string }
			return entry.Decode(&named) == nil && named.Name == name
		})
		removed += before - len(list.Content)
	}
	if removed == 0 {
		return nil, fmt.Errorf("the file has no entry %s", name)
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2) // as kubectl writes it
	if err := enc.Encode(&doc); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
