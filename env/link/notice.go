package link

import (
	"sync"
	"time"
)

// Notice coalesces many "something changed" calls into few wake-ups, so that
// cost follows what can be seen (a screen) and not what happens (a cluster).
// Make one with NewNotice.
type Notice struct {
	every time.Duration
	out   chan struct{}

	mu      sync.Mutex
	last    time.Time
	waiting bool
}

// NewNotice returns a Notice that wakes its reader at most once per interval.
func NewNotice(every time.Duration) *Notice {
	return &Notice{every: every, out: make(chan struct{}, 1)}
}

// C delivers one value after one or more calls of Touch.
func (n *Notice) C() <-chan struct{} { return n.out }

// Touch says that something changed. It never blocks.
func (n *Notice) Touch() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.waiting {
		return
	}
	if rest := n.every - time.Since(n.last); rest > 0 {
		n.waiting = true
		time.AfterFunc(rest, n.fire)
		return
	}
	n.send()
}

func (n *Notice) fire() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.waiting = false
	n.send()
}

func (n *Notice) send() {
	n.last = time.Now()
	select {
	case n.out <- struct{}{}:
	default:
	}
}
