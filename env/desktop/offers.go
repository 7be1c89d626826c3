package desktop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/twindeck/twindeck/env/host"
)

// Offers reports whether `docker desktop words…` is a command here. It asks the
// help texts, not the version: commands came to different systems at different
// times.
func (d *Desktop) Offers(ctx context.Context, words ...string) bool {
	if !d.Find(ctx).Plugin {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, statusLimit)
	defer cancel()
	args := []string{"desktop"}
	for _, word := range words {
		r, err := d.host.Run(ctx, host.Command{Path: "docker", Args: append(args[:len(args):len(args)], "--help")})
		if err != nil || !listed(r.Stdout + "\n" + r.Stderr)[word] {
			return false
		}
		args = append(args, word)
	}
	return true
}

// listed are the commands in a help text: the first words of the lines below
// "Commands:", up to an empty line.
func listed(help string) map[string]bool {
	names := map[string]bool{}
	inside := false
	for line := range strings.Lines(help) {
		text := strings.TrimSpace(line)
		switch {
		case strings.HasSuffix(text, "Commands:"): // also "Available Commands:"
			inside = true
		case text == "":
			inside = false
		case inside:
			names[strings.TrimSuffix(strings.Fields(text)[0], "*")] = true
		}
	}
	return names
}

// KubernetesStatus is what `docker desktop kubernetes status` says, in one
// line; ErrNoCommand where there is no such command.
func (d *Desktop) KubernetesStatus(ctx context.Context) (string, error) {
	if !d.Offers(ctx, "kubernetes", "status") {
		return "", fmt.Errorf("asking Docker Desktop for its Kubernetes: %w", ErrNoCommand)
	}
	ctx, cancel := context.WithTimeout(ctx, statusLimit)
	defer cancel()
	r, err := d.host.Run(ctx, host.Command{Path: "docker", Args: []string{"desktop", "kubernetes", "status", "--format", "json"}})
	if err == nil && r.Code != 0 {
		err = fmt.Errorf("exit code %d: %s", r.Code, firstLine(r.Stderr+r.Stdout))
	}
	if err != nil {
		return "", fmt.Errorf("asking Docker Desktop for its Kubernetes: %w", err)
	}
	said := clusterState(r.Stdout)
	if said == "" {
		return "", errors.New("asking Docker Desktop for its Kubernetes: it printed nothing")
	}
	return said, nil
}

// clusterState takes the status or state out of an answer. What the fields are
// called is documented nowhere, so an answer without either is given as it is.
func clusterState(out string) string {
	var fields map[string]any
	if json.Unmarshal([]byte(out), &fields) == nil {
		for name, value := range fields {
			if text, ok := value.(string); ok && (strings.EqualFold(name, "status") || strings.EqualFold(name, "state")) {
				return text
			}
		}
	}
	return strings.Join(strings.Fields(out), " ")
}
