package main

// machine is what decides where the end-to-end tests can run.
type machine struct {
	system string // runtime.GOOS
	root   bool
	local  bool // TWINDECK_E2E=local
	ci     bool
}

// kind is where the end-to-end tests run.
type kind int

const (
	nowhere kind = iota
	onFixture
	onLocal
)

// place is the decision.
type place struct {
	kind    kind
	why     string // for nowhere
	refused bool   // nowhere is not good enough
}

// choose decides where the end-to-end tests run on this machine.
func choose(m machine) place {
	switch {
	case m.local && m.system == "windows":
		return place{why: "the tests need a pseudo-terminal, and Windows has no Unix one", refused: m.ci}
	case m.local:
		return place{kind: onLocal}
	case m.system != "linux":
		return place{why: "the fixture, a Docker and a Kubernetes built from source, runs on Linux only", refused: m.ci}
	case !m.root:
		return place{why: "the fixture needs root for namespaces, mounts and bridges", refused: m.ci}
	default:
		return place{kind: onFixture}
	}
}
