// Package desktop is Docker Desktop: where it keeps its settings and sockets on
// each system, what they say, and how it is started.
package desktop

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
	Err              error // why it could not be read, naming the place
}

// Install is Docker Desktop as found on this machine.
type Install struct {
	Found    bool
	App      string   // application path
	Sockets  []string // engine endpoints it would serve, as Docker host URLs
	Settings Settings
	Plugin   bool // `docker desktop` is there
}

// Status is what Docker Desktop says of itself.
type Status struct {
	State string // running, starting, stopped, unknown
	Err   error
}
