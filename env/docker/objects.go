package docker

import "time"

// ImageRow is a row of the list of images. Values are immutable once handed
// out; so are those of Volume and Network.
type ImageRow struct {
	ID      string   // sha256:…
	Names   []string // repository:tag, sorted; none: dangling, unless Digests has one
	Digests []string // repository@sha256:…
	// Digest and Config are what pods may report for the image: see
	// Container.ImageDigest and ImageConfig. Empty where the list does not tell.
	Digest, Config string
	Size           int64 // bytes on disk, those shared with other images included
	Created        time.Time
	Platforms      []string // whose content is in the store: linux/arm64; empty: the engine does not tell
	UsedBy         []string // names of containers, stopped ones included, sorted
	Project        string   // Compose project that built it; empty if none
	Labels         []string // "key=value", sorted
}

// Name is what to call the image: its first name, else its first name with a
// digest, else its short ID.
func (i *ImageRow) Name() string {
	switch {
	case len(i.Names) > 0:
		return i.Names[0]
	case len(i.Digests) > 0:
		return i.Digests[0]
	}
	return shortDigest(i.ID)
}

// Dangling reports whether no name leads to the image any more.
func (i *ImageRow) Dangling() bool { return len(i.Names) == 0 && len(i.Digests) == 0 }

// Volume is a row of the list of volumes.
type Volume struct {
	Name       string
	Driver     string
	Scope      string // local, global
	Mountpoint string // on the engine's host
	Created    time.Time
	Size       int64    // bytes; -1: not known, as in every list: VolumeSizes tells
	UsedBy     []string // names of containers, stopped ones included, sorted
	Project    string   // Compose project; empty if none
	Anonymous  bool     // named by the engine, for a container that named none
	Labels     []string // "key=value", sorted
}

// Network is a row of the list of networks.
type Network struct {
	ID       string // 64 hex digits
	Name     string
	Driver   string
	Scope    string   // local, swarm, global
	Subnets  []string // 172.18.0.0/16
	Internal bool     // no way out
	BuiltIn  bool     // the engine's own: it cannot be removed
	Created  time.Time
	UsedBy   []string // names of containers, stopped ones included, sorted
	Project  string   // Compose project; empty if none
	Labels   []string // "key=value", sorted
}

// PullResult is a finished pull.
type PullResult struct {
	Reference string // repository:tag
	Digest    string // sha256:… of what the registry has under that name
	Fresh     bool   // false: the engine had it already
}

// Usage is what one running container uses, as docker stats shows it. What a
// container has no part of (no network, Windows) is zero.
type Usage struct {
	At          time.Time
	Took        time.Duration // since the sample before, which the rates are from; 0: this is the first
	CPU         float64       // cores: 1 = one core busy
	CPUs        int           // that it can see
	Throttled   float64       // share of the periods in which it was held back by its limit; 0 to 1
	Memory      int64         // bytes, page cache left out
	MemoryLimit int64         // bytes; the engine's whole memory if it has no limit
	Processes   int64         // and threads
	MaxProcs    int64         // 0: no limit
	Received    Flow          // from networks
	Sent        Flow
	Read        Flow // from disks
	Written     Flow
}

// Flow is bytes moved.
type Flow struct {
	Total int64   // since the container started
	Rate  float64 // bytes a second of late
}

// Context is a Docker context that can be chosen.
type Context struct {
	Endpoint // Source is set for the one in force only
	InForce  bool
	Err      error // why it cannot be used
}
