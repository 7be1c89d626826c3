package link

import (
	"bytes"
	"io"
	"sync"
)

// Heard is s, and the beginning of what the program will say on it.
func (s Streams) Heard() (Streams, *Said) {
	said := &Said{}
	s.Out = io.MultiWriter(said, Discard(s.Out))
	if !s.TTY {
		s.Err = io.MultiWriter(said, Discard(s.Err))
	}
	return s, said
}

// Said keeps the first 4 KiB of what is written to it: what a program said of
// why it failed. Its zero value is ready for use, by several goroutines.
type Said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write keeps p, or nothing when it holds enough.
func (s *Said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(p[:min(len(p), mostSaid-s.text.Len())])
	return len(p), nil
}

// String is what was kept.
func (s *Said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
