package docker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"
)

// gone makes a connection failure of the end of a stream.
func gone(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &dialError{fmt.Errorf("the engine closed the connection: %w", err)}
}

// shown are the events that change a row, of containers, images, volumes and
// networks. Of an image, a pull or push may also give it a digest.
var shown = []string{
	"create", "start", "die", "stop", "kill", "oom", "restart", "pause", "unpause",
	"rename", "update", "destroy", "health_status",
	"pull", "push", "tag", "untag", "delete", "import", "load",
	"connect", "disconnect", "remove",
}

// subscribe opens the stream of events, which lasts as long as ctx.
func subscribe(ctx context.Context, cn *conn) (client.EventsResult, error) {
	filters := client.Filters{}.Add("type", "container", "image", "volume", "network").Add("event", shown...)
	stream, _, err := begun(ctx, answerTime, func(ctx context.Context) (client.EventsResult, error) {
		stream := cn.api.Events(ctx, client.EventsListOptions{Filters: filters})
		select {
		case err := <-stream.Err:
			return stream, err
		default:
			return stream, nil
		}
	})
	if err != nil {
		return stream, cn.explain("following the Docker engine's events", answerTime, err)
	}
	return stream, nil
}

// read notes which containers events name, until the stream ends. It never
// waits for anybody: the engine drops events of readers that do.
func read(stream client.EventsResult, changed *dirty) error {
	for {
		select {
		case e := <-stream.Messages:
			changed.add(e)
		case err := <-stream.Err:
			return err
		}
	}
}

// dirty gathers containers whose rows must be asked for.
type dirty struct {
	some chan struct{} // has a value while there may be any
	mu   sync.Mutex
	what news
}

// news is what events told.
type news struct {
	ids     map[string]struct{} // of containers
	early   []string            // of those, the ones that the engine tells of before its lists do
	digests bool                // those of images may have changed
	lists   changes
}

func newDirty() *dirty {
	return &dirty{some: make(chan struct{}, 1), what: news{ids: map[string]struct{}{}}}
}

func (d *dirty) add(e events.Message) {
	if e.Actor.ID == "" || strings.HasPrefix(string(e.Action), "exec_") {
		return
	}
	d.mu.Lock()
	switch n := &d.what; e.Type {
	case events.ImageEventType:
		n.lists |= imagesChanged
		n.digests = n.digests || e.Action == events.ActionPush || e.Action == events.ActionPull
	case events.VolumeEventType:
		n.lists |= volumesChanged
	case events.NetworkEventType:
		n.lists |= networksChanged
	default:
		n.ids[e.Actor.ID] = struct{}{}
		switch e.Action {
		case events.ActionCreate, events.ActionDestroy, events.ActionRename: // who uses what
			n.lists |= allChanged
		case events.ActionPause, events.ActionUnPause:
			n.early = append(n.early, e.Actor.ID)
		}
	}
	d.mu.Unlock()
	poke(d.some)
}

// take returns what was told since the last time.
func (d *dirty) take() news {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.what
	d.what = news{ids: map[string]struct{}{}}
	return n
}
