// Package link describes a connection that comes back: what is known of a
// remote side, since when, and the last news from it. Docker and Kubernetes
// both speak in its terms, so that the screen can grey out either in one way.
package link

import "time"

// State is how a connection stands.
type State int

// The states of a connection.
const (
	Connecting State = iota // never reached yet
	Live                    // answering
	Lost                    // was reached before, does not answer now
	Absent                  // nothing to connect to (no endpoint, no kubeconfig)
)

// String names the state in one word.
func (s State) String() string {
	switch s {
	case Live:
		return "live"
	case Lost:
		return "lost"
	case Absent:
		return "absent"
	default:
		return "connecting"
	}
}

// Status is a connection's state as told to a person.
type Status struct {
	State State
	Since time.Time // when the state began
	News  time.Time // when the other side last said anything; zero: never
	Err   error     // why it is not live; nil while live
}
