package decks

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/screen"
)

// newsRate is how often rows of a followed kind are taken over at most.
const newsRate = time.Second / 30

// following keeps the rows of the kind that is shown up to date. Other kinds
// cost nothing.
type following struct {
	list               *objects
	context, namespace string
	cancel             context.CancelFunc
	news               *link.Notice
	done               chan struct{} // closed when it ended

	mu   sync.Mutex
	last kube.Objects
	err  error // why it ended for good
}

// followed tells that rows of the kind shown came.
type followed struct{ f *following }

// watch follows the kind that is shown now, where it is to be looked for now,
// and ends what was followed before.
func (p *Part) watch() tea.Cmd {
	list, _ := p.right.board().(*objects)
	f := p.following
	if f != nil && f.list == list && f.context == p.kube.Context && f.namespace == p.kube.Namespace {
		return nil
	}
	if f != nil {
		f.cancel()
		f.list.forget()
		if f.context != p.kube.Context || f.namespace != p.kube.Namespace {
			f.list.unmark()
		}
		p.following = nil
	}
	if list == nil || p.kube.Context == "" {
		return nil
	}
	p.following = startFollowing(p.ctx, list, p.kube.Context, p.kube.Namespace)
	return p.following.next
}

func startFollowing(ctx *screen.Context, list *objects, at, namespace string) *following {
	life, cancel := context.WithCancel(ctx.Life)
	f := &following{list: list, context: at, namespace: namespace, cancel: cancel, news: link.NewNotice(newsRate), done: make(chan struct{})}
	kind := list.of
	ctx.Work.Go(func() {
		defer close(f.done)
		defer cancel()
		err := ctx.Env.Kube.Follow(life, kind, namespace, func(o kube.Objects) {
			f.mu.Lock()
			f.last = o
			f.mu.Unlock()
			f.news.Touch()
		})
		f.mu.Lock()
		f.err = err
		f.mu.Unlock()
	})
	return f
}

// next waits for rows, or for the end.
func (f *following) next() tea.Msg {
	select {
	case <-f.news.C():
	case <-f.done:
	}
	return followed{f}
}

// took takes what came, and waits for more.
func (p *Part) took(msg followed) tea.Cmd {
	f := msg.f
	if f != p.following {
		return nil
	}
	f.mu.Lock()
	last, err := f.last, f.err
	f.mu.Unlock()
	f.list.set(last, err)
	select {
	case <-f.done:
		return tea.Batch(p.sought(), p.showSelected())
	default:
		return tea.Batch(p.sought(), p.showSelected(), f.next)
	}
}
