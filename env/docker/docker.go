// Package docker is the Docker Engine: where it is, what runs on it, and what
// can be done there. It is the only importer of Docker's client and BuildKit's.
package docker

import (
	"time"

	"github.com/twindeck/twindeck/env/link"
)

// Endpoint is where the docker command would look for the engine, and why.
type Endpoint struct {
	Host    string // unix:///var/run/docker.sock, npipe:…, tcp://…, ssh://…
	Context string // the Docker context's name; "default" if none
	Source  string // what decided: "DOCKER_HOST", "DOCKER_CONTEXT", "config.json currentContext", "default"
	TLS     bool
	Local   bool // a socket or pipe of this machine, or a loopback address
}

// Kind tells what a container is for, so that the deck can fold away what
// nobody started by hand.
type Kind int

// The kinds of container.
const (
	KindApp         Kind = iota // somebody's own
	KindPod                     // a container of a pod (label io.kubernetes.docker.type=container)
	KindSandbox                 // a pod's pause container
	KindClusterNode             // a kind, k3d or minikube node
	KindDesktop                 // Docker Desktop's own system container
)

// Container is a row of the left deck. Values are immutable once handed out.
type Container struct {
	ID      string // 64 hex digits
	Name    string // without the leading slash
	Image   string // as the user named it: repository:tag, which may be another image's name by now
	ImageID string // sha256:… of the image in the engine's store
	// ImageDigest is the manifest digest (sha256:…) pods report for the same
	// image; empty when the engine does not know one.
	ImageDigest string
	// ImageAlso are further such digests, of an image that was pulled or pushed
	// under several; nil for most.
	ImageAlso []string
	// ImageConfig is the digest of the image's configuration. It is what pods
	// report for an image that their node did not pull, but shares with the
	// engine; empty when the engine does not tell.
	ImageConfig string
	State       string // created, running, paused, restarting, removing, exited, dead
	Status      string // the engine's own words: "Up 5 minutes (healthy)"
	Health      string // "", starting, healthy, unhealthy
	ExitCode    int    // meaningful once exited or dead
	OutOfMemory bool   // it ended because it used more memory than it may
	NotStarted  string // why the engine could not start it, in its words; empty: it could, or was not asked to
	Restarts    int
	Created     time.Time
	Started     time.Time // zero if never
	Project     string    // Compose project; empty if none
	Service     string    // Compose service
	Kind        Kind
	Pod         string // namespace/name for KindPod and KindSandbox
	Ports       []Port
	Labels      []string // "key=value", sorted
}

// Port is a published port.
type Port struct {
	HostIP    string
	Host      uint16 // 0: exposed, not published
	Container uint16
	Proto     string // tcp, udp, sctp
}

// Snapshot is what is known of the engine's containers at one moment.
type Snapshot struct {
	Version    uint64       // grows with each change; equal versions, equal rows
	Containers []*Container // sorted by Name; shared, never to be changed
	Status     link.Status
	// Endpoint is where the rows are from: what is done to one of them is to be
	// bound to it with Aim. Zero: no engine was looked for yet.
	Endpoint Endpoint
	// Images, Volumes and Networks differ from those of an earlier Snapshot
	// once these lists may have changed since. They do not move Version.
	Images, Volumes, Networks uint64
}

// Version is what the engine says of itself (docker version, server side).
type Version struct {
	Platform string // "Docker Desktop 4.91.0 (239619)"; empty on a plain engine
	Engine   string // "29.6.0"
	API      string // the highest the engine speaks, "1.56"
	MinAPI   string // the lowest it speaks
	Spoken   string // the one negotiated with us
	OS, Arch string // of the engine
}

// Info is the part of docker info that twindeck reads.
type Info struct {
	Name            string // the engine's host name
	OperatingSystem string // "Docker Desktop" on Docker Desktop
	ContainerdStore bool   // images live in containerd's store
	MemTotal        int64
	CPUs            int
	Labels          []string
	Warnings        []string
	InsecureCIDRs   []string
	HTTPProxy       string
	SystemTime      time.Time
	RootDir         string
}

// IsDesktop reports whether the engine is Docker Desktop's.
func (i Info) IsDesktop() bool { return i.OperatingSystem == "Docker Desktop" }

// DiskUsage is docker system df in bytes.
type DiskUsage struct {
	Images, ImagesReclaimable         int64
	Containers, ContainersReclaimable int64
	Volumes, VolumesReclaimable       int64
	BuildCache, BuildCacheReclaimable int64
}

// Image is an image in the engine's store.
type Image struct {
	ID      string   // sha256:…
	Digest  string   // manifest digest: what pods report; empty if unknown
	Config  string   // digest of its configuration: what pods report where node and engine share images; empty if unknown
	Tags    []string // repository:tag
	Digests []string // repository@sha256:…
	Arch    string
	OS      string
	Size    int64
	User    string   // the image's USER
	Ports   []string // EXPOSE, "3000/tcp"
	Created time.Time
}

// Stat is one sample of a running container's use.
type Stat struct {
	CPU    float64 // cores: 1 = one core busy
	Memory int64   // bytes, page cache left out
}

// LogOptions choose what part of a log to read.
type LogOptions struct {
	Follow     bool
	Tail       int // last lines; 0: all
	Since      time.Time
	Timestamps bool
}
