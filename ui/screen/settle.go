package screen

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// Settle waits until a choice has stood still. A choice that another followed
// is not told of: each message draws the screen. Its zero value waits for
// nothing; it is for one goroutine.
type Settle struct{ passed chan struct{} }

// After tells msg after a while, unless After or Pass is called before.
func (s *Settle) After(while time.Duration, msg tea.Msg) tea.Cmd {
	s.Pass()
	passed := make(chan struct{})
	s.passed = passed
	return func() tea.Msg {
		t := time.NewTimer(while)
		defer t.Stop()
		select {
		case <-t.C:
			return msg
		case <-passed:
			return nil
		}
	}
}

// Pass gives up what is waited for.
func (s *Settle) Pass() {
	if s.passed != nil {
		close(s.passed)
		s.passed = nil
	}
}
