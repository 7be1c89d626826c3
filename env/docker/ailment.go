package docker

import "time"

// Ailment is what the engine knows of how a container is and how it ended: what
// is needed to say why it does not run as it should.
type Ailment struct {
	Container           // its row, fresh
	Finished  time.Time // of its last end; zero: it never ended
	OOMKilled bool      // the kernel killed it for its use of memory
	Err       string    // why the engine could not start it, in its own words
	Command   []string  // what is run: entrypoint and arguments
	Policy    string    // when it is started again, as docker run takes it: always, on-failure:5; empty: never
	Limit     int64     // bytes of memory it may use; 0: no limit of its own
	Wanted    []Port    // ports it publishes when it runs, even while it does not
	Check     *HealthCheck

	ImageArch  string // amd64; empty: not known, or the image is gone
	EngineArch string
	ImageGone  bool // the engine no longer has its image

	Tail []string // its last log lines; none if they cannot be had
	Lost string   // why its log cannot be had; empty: it can
}

// HealthCheck is how the engine asks whether a container is well.
type HealthCheck struct {
	Asks    string        // the command that is run in the container
	Every   time.Duration // between two; this and the others are the engine's own values where none is set
	Timeout time.Duration // for one
	Retries int           // failures in a row, after which it is unhealthy
	Failed  int           // failures in a row now
	Runs    []HealthRun   // the last few, oldest first
}

// HealthRun is one run of a health check.
type HealthRun struct {
	At     time.Time
	Code   int // 0: well; -1: it did not end in time or could not be run
	Output string
}
