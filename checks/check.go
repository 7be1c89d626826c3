// Package checks knows what can be wrong with a developer's Docker and
// Kubernetes, how to tell, and how to mend it.
package checks

import (
	"context"
	"time"

	"github.com/twindeck/twindeck/env"
)

// Check is one thing that can be wrong.
type Check struct {
	ID      string        // stable: docker.engine.reachable
	Subject Subject       // the group it is shown in
	Title   string        // what is checked, as a statement that holds when all is well: "The engine answers"
	Why     string        // what does not work without it
	Needs   []string      // IDs that must be fine first; a check whose need failed is blocked, not run
	After   []string      // IDs that may explain a failure of this one: see Finding.Because
	Systems []string      // runtime.GOOS values it applies to; empty: all
	Command string        // the command that asks the same, shown to teach: "docker version"
	Limit   time.Duration // how long it may take; 0: 4 s
	Probe   func(ctx context.Context, m *Machine) Finding
}

// Subject groups checks.
type Subject string

// The subjects, in the order they are shown.
const (
	Docker     Subject = "Docker"
	Desktop    Subject = "Docker Desktop"
	Kubernetes Subject = "Kubernetes"
	Workloads  Subject = "Workloads" // what runs in the context's namespace
	Registry   Subject = "Registry"
	Project    Subject = "Project"
	Team       Subject = "Team" // what the project's own .twindeck.yaml asks for
)

// Status is how a check came out.
type Status string

// The statuses.
const (
	Waiting Status = "waiting" // not run yet
	Running Status = "running"
	OK      Status = "ok"
	Warn    Status = "warning" // works, but will bite
	Fail    Status = "failed"
	Blocked Status = "blocked"        // cannot be told while its cause stands
	NotHere Status = "not applicable" // does not apply on this machine
)

// Finding is what a probe saw.
type Finding struct {
	Status   Status
	Summary  string     // one line: "Engine 29.6.0, API 1.56, context desktop-linux"
	Evidence []Evidence // what was looked at and what came back
	Fix      *Fix       // nil: nothing twindeck can do
	Steps    []string   // the same by hand, in order
	Link     string     // where to read more
	// Because, for Fail, is one of the check's After: if that one did not come
	// out fine, it is the cause, and this check is Blocked by it instead. For a
	// probe that comes out Blocked by itself, it is what it waits for.
	Because string
}

// Evidence is one thing looked at.
type Evidence struct {
	What string // "settings-store.json: KubernetesEnabled", "GET /readyz"
	Got  string // what came back, secrets masked
}

// Result is a check and how it came out.
type Result struct {
	Check   *Check
	Finding Finding
	Cause   string   // for Blocked: ID of the check at the root
	Blocks  []string // for Fail and Warn: IDs that wait for it, directly or not
	Took    time.Duration
	At      time.Time

	order int // place in the list that was run
}

// Machine is what probes look at: the environment, and facts that several
// checks share, each asked for once a run.
type Machine struct {
	env.Environment
	facts facts
}
