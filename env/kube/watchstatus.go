package kube

import (
	"fmt"
	"time"

	"github.com/twindeck/twindeck/env/link"
)

// watchStatus is how a watch stands, and which state of what it shows is the
// newest. Who has it holds a lock.
type watchStatus struct {
	status  link.Status
	version uint64
	notice  *link.Notice
}

// changed makes the next state that is shown a new one.
func (w *watchStatus) changed() {
	w.version++
	w.notice.Touch()
}

// connecting begins anew, without news.
func (w *watchStatus) connecting() {
	w.status = link.Status{State: link.Connecting, Since: time.Now()}
}

// setState is told to a person.
func (w *watchStatus) setState(s link.State, err error) {
	same := w.status.State == s && fmt.Sprint(w.status.Err) == fmt.Sprint(err)
	if w.status.State != s {
		w.status.Since = time.Now()
	}
	w.status.State, w.status.Err = s, err
	if !same {
		w.changed()
	}
}

// news is of now.
func (w *watchStatus) news() { w.status.News = time.Now() }

// live says that the server answers.
func (w *watchStatus) live() {
	w.news()
	w.setState(link.Live, nil)
}
