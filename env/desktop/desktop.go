// Package desktop is Docker Desktop: where it keeps its settings and sockets on
// each system, what they say, and how it is started and stopped.
package desktop

import (
	"errors"
	"strings"
)

// Settings is the part of Docker Desktop's settings file that twindeck reads.
// A nil pointer means the key is absent, so Desktop's default holds.
type Settings struct {
	Path             string // the file read; empty: none found
	Legacy           bool   // settings.json (before 4.35), camelCase
	Kubernetes       *bool
	KubernetesMode   string // kubeadm or kind; empty: default
	MemoryMiB        *int
	CPUs             *int
	DiskSizeMiB      *int
	ContainerdImages *bool
	Shared           []string // folders containers may mount; empty: Desktop's default
	Err              error    // why it could not be read, naming the place
}

// Key is a setting's name as this file spells it: KubernetesEnabled, or
// kubernetesEnabled before 4.35.
func (s Settings) Key(name string) string {
	if !s.Legacy || name == "" {
		return name
	}
	return strings.ToLower(name[:1]) + name[1:]
}

// Install is Docker Desktop as found on this machine.
type Install struct {
	Found    bool
	App      string   // application path
	Sockets  []string // engine endpoints it would serve, as Docker host URLs
	Backend  string   // its own socket or pipe, written the same way
	Logs     string   // folder of its logs
	Plugins  string   // folder of the docker plugins it brings; empty: where docker looks anyway
	Settings Settings
	Plugin   bool // `docker desktop` is there
}

// Status is what Docker Desktop says of itself.
type Status struct {
	State string // running, starting, stopped, unknown
	Err   error
}

// Policy is what an administrator has fixed.
type Policy struct {
	Path   string   // admin-settings.json; empty: there is none
	Locked []string // names of what a user may not change, sorted
	Err    error    // why the file could not be read, naming the place
}

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
