package kube

import (
	"context"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"

	"github.com/twindeck/twindeck/env/link"
)

// Client is the cluster that the kubeconfig names. It follows the kubeconfig:
// when a file changes, the next call goes where it points then.
// Make one with Open; its methods may be called from any goroutine.
type Client struct {
	options Options
	restart chan struct{} // wakes Run: the namespace or the kubeconfig changed
	refused time.Duration // refusedPause

	mu sync.Mutex
	watchStatus
	read      loaded
	conn      *conn
	namespace string            // watched; "" for all
	chosen    bool              // namespace was set by a person, not by the context
	spaces    map[string]string // namespaces chosen in contexts that were left
	rows      *table[*Pod]
	snapshot  Snapshot // the last one handed out
	endWatch  func()   // ends the running watch; nil while none
}

// frame is the shortest time between two notices: 30 a second.
const frame = 33 * time.Millisecond

// Open reads the kubeconfig and returns at once; it never fails. What is
// wrong with the kubeconfig is told by Config and Context.
func Open(o Options) *Client {
	quiet()
	c := &Client{
		options: o,
		restart: make(chan struct{}, 1),
		refused: refusedPause,
		rows:    &table[*Pod]{},
		spaces:  map[string]string{},
	}
	c.notice = link.NewNotice(frame)
	c.connecting()
	c.read = o.load()
	if at, err := o.inForce(c.read); err == nil {
		c.namespace = at.Namespace
	} else {
		c.namespace = o.Namespace
	}
	return c
}

// quiet keeps client-go from writing its log over the screen.
var quiet = sync.OnceFunc(func() {
	klog.SetLogger(logr.Discard())
})

// Config is the kubeconfig as it is now.
func (c *Client) Config() Config {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refresh()
	return c.read.config
}

// Context is the context in force now, or why there is none.
func (c *Client) Context() (Context, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refresh()
	return c.options.inForce(c.read)
}

// refresh reads the kubeconfig again if a file changed, and says whether one
// did. The rows of another cluster are not shown as this one's. c.mu is held.
func (c *Client) refresh() bool {
	paths, _ := c.options.paths()
	if stamp(paths) == c.read.stamp {
		return false
	}
	before, _ := c.options.inForce(c.read)
	c.read = c.options.load()
	if c.conn != nil {
		c.conn.close()
		c.conn = nil
	}
	if at, err := c.options.inForce(c.read); err == nil {
		switch elsewhere := at.Name != before.Name || at.Server != before.Server; {
		case !c.chosen && at.Namespace != c.namespace:
			c.watchOther(at.Namespace)
		case elsewhere:
			c.watchOther(c.namespace)
		}
	}
	c.wake()
	return true
}

// wake makes Run begin anew. c.mu is held.
func (c *Client) wake() {
	if c.endWatch != nil {
		c.endWatch()
	}
	select {
	case c.restart <- struct{}{}:
	default:
	}
}

// connected is the connection in force, opened if there is none yet. It fails
// when ctx is aimed at another cluster.
func (c *Client) connected(ctx context.Context) (*conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refresh()
	if c.conn == nil {
		at, err := c.options.inForce(c.read)
		if err != nil {
			return nil, err
		}
		if c.conn, err = connect(c.read, at); err != nil {
			return nil, err
		}
	}
	if err := aimed(ctx, c.conn.at); err != nil {
		return nil, err
	}
	return c.conn, nil
}
