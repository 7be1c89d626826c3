package checks

import (
	"context"
	"fmt"
	"strings"

	"github.com/twindeck/twindeck/env/docker"
)

// worthPruning is the least room for which removing something is offered.
const worthPruning = 100_000_000

// prune removes what is spare and names each thing with its size beforehand.
// nil: nothing worth it, or the engine is still counting.
func prune(ctx context.Context, m *Machine) *Fix {
	at, _ := m.Docker.Endpoint()
	s, err := once(docker.Aim(ctx, at), &m.facts, "spare", m.Docker.Spare)
	if err != nil || s.Size() < worthPruning {
		return nil
	}
	e := m.Environment
	fix := &Fix{
		Title: "Free " + size(s.Size()) + " by removing what can be made again",
		Lost:  spareInWords(s) + "; volumes, and images with a name, stay",
		Takes: "seconds to minutes",
		Run: func(ctx context.Context, say func(string)) (*Undo, error) {
			freed, err := e.Docker.Prune(docker.Aim(ctx, at), s, say)
			say(size(freed) + " are free again")
			return nil, err
		},
	}
	for _, c := range s.Containers {
		fix.Changes = append(fix.Changes, fmt.Sprintf("docker rm %s (%s)", c.Name, size(c.Size)))
	}
	for _, i := range s.Images {
		fix.Changes = append(fix.Changes, fmt.Sprintf("docker rmi %s (%s, without a name)", i.Name, size(i.Size)))
	}
	if s.BuildCache > 0 {
		fix.Changes = append(fix.Changes, fmt.Sprintf("docker builder prune --force (up to %s)", size(s.BuildCache)))
	}
	return fix
}

// spareInWords counts what goes: "2 stopped containers with what they wrote
// (48 MB), the build cache (3.1 GB)".
func spareInWords(s docker.Spare) string {
	var parts []string
	add := func(items []docker.SpareItem, one, many string) {
		var n int64
		for _, i := range items {
			n += i.Size
		}
		switch len(items) {
		case 0:
		case 1:
			parts = append(parts, fmt.Sprintf("1 %s (%s)", one, size(n)))
		default:
			parts = append(parts, fmt.Sprintf("%d %s (%s)", len(items), many, size(n)))
		}
	}
	add(s.Containers, "stopped container with what it wrote", "stopped containers with what they wrote")
	add(s.Images, "image without a name", "images without a name")
	if s.BuildCache > 0 {
		parts = append(parts, "the build cache ("+size(s.BuildCache)+"): the next build is slower")
	}
	return strings.Join(parts, ", ")
}
