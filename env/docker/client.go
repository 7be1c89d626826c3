package docker

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/moby/moby/client"
	"github.com/sirupsen/logrus"

	"github.com/twindeck/twindeck/env/link"
)

// parallel bounds how many questions are asked of an engine at once.
const parallel = 8

// frame is how long changes are gathered before anybody is told.
const frame = 33 * time.Millisecond

// Client is a Docker Engine that may not be there. It follows the docker
// command's configuration until the engine first answered, and stays with
// that engine from then on, so that a switch of context elsewhere cannot
// redirect what a person is looking at. Only SetContext moves it to another.
type Client struct {
	opts   Options
	notice *link.Notice
	alarm  chan struct{} // somebody's call failed: Run should look
	moved  chan struct{} // another context was chosen: Run should not wait

	mu     sync.Mutex
	now    *conn  // nil: to be made
	pinned target // the engine that answered or was chosen; zero Host: none yet
	turn   uint64 // grows with each SetContext: what belongs to an earlier one is old

	rows    rows
	digests digests
	samples samples
	watched watched
}

// Open returns a Client. It never fails and reads nothing yet: what is wrong
// with the configuration or the engine shows in the calls and in Snapshot.
func Open(o Options) *Client {
	quiet()
	c := &Client{opts: o, notice: link.NewNotice(frame), alarm: make(chan struct{}, 1), moved: make(chan struct{}, 1)}
	c.rows.status = link.Status{State: link.Connecting, Since: time.Now()}
	return c
}

// quiet keeps what Docker's and BuildKit's clients bring with them from writing
// its log over the screen.
var quiet = sync.OnceFunc(func() { logrus.SetOutput(io.Discard) })

// Endpoint is where the engine is, and why there; the error says why none can
// be named.
func (c *Client) Endpoint() (Endpoint, error) {
	t, err := c.target()
	return t.Endpoint, err
}

func (c *Client) target() (target, error) {
	c.mu.Lock()
	pinned := c.pinned
	c.mu.Unlock()
	if pinned.Host != "" {
		return pinned, nil
	}
	return c.opts.resolve()
}

// conn returns the connection in use, and makes one if there is none or the
// configuration has changed before any engine answered. ErrElsewhere: ctx is
// bound to another engine.
func (c *Client) conn(ctx context.Context) (*conn, error) {
	for {
		turn := c.current()
		t, err := c.target()
		if err != nil {
			return nil, err
		}
		if err := aimed(ctx, t.Endpoint); err != nil {
			return nil, err
		}
		if cn, err := c.connected(t, turn); cn != nil || err != nil {
			return cn, err
		}
	}
}

// connected is the connection to t; nil if another context was chosen since
// turn.
func (c *Client) connected(t target, turn uint64) (*conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.turn != turn {
		return nil, nil
	}
	if c.now != nil && c.now.target.Endpoint == t.Endpoint {
		return c.now, nil
	}
	cn, err := connect(t)
	if err != nil {
		return nil, err
	}
	cn.turn = turn
	if c.now != nil {
		c.now.close()
	}
	c.now = cn
	return cn, nil
}

func (c *Client) current() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.turn
}

// drop forgets a connection that is of no use any more.
func (c *Client) drop(cn *conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now == cn {
		c.now = nil
	}
	cn.close()
}

// pin stays with the engine that has answered.
func (c *Client) pin(cn *conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pinned.Host == "" && c.turn == cn.turn {
		c.pinned = cn.target
	}
}

// doubt tells Run that the engine may be gone.
func (c *Client) doubt(err error) {
	if !isLoss(err) {
		return
	}
	poke(c.alarm)
}

func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Ping asks whether the engine answers.
func (c *Client) Ping(ctx context.Context) error {
	_, err := ask(ctx, c, answerTime, "asking the Docker engine for a sign of life", ping)
	return err
}

func ping(ctx context.Context, cn *conn) (struct{}, error) {
	_, err := cn.api.Ping(ctx, client.PingOptions{})
	return struct{}{}, err
}
