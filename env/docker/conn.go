package docker

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moby/moby/client"
)

// conn is one connection to an engine: client, target, and the API version
// once that is negotiated. A new one is made each time the engine was lost,
// since what comes back may be another version.
type conn struct {
	target  target
	api     *client.Client
	turn    uint64        // Client.turn when it was made
	reached atomic.Bool   // a dial succeeded
	spoken  atomic.Bool   // the version is negotiated
	talking chan struct{} // held while negotiating
	leave   sync.Once
	left    chan struct{} // closed once nobody should follow this engine any more
}

// connect makes a conn. It talks to nobody yet.
func connect(t target) (*conn, error) {
	options, err := t.dial.ClientOpts()
	if err != nil {
		return nil, fmt.Errorf("preparing the connection to %s%w: %w", t, silent{ErrConfig}, err)
	}
	options = append([]client.Opt{client.WithHTTPClient(pooled())}, options...)
	if len(t.headers) > 0 {
		options = append(options, client.WithHTTPHeaders(t.headers))
	}
	plain, err := client.New(options...)
	if err != nil {
		return nil, fmt.Errorf("preparing the connection to %s%w: %w", t, silent{ErrConfig}, err)
	}
	c := &conn{target: t, talking: make(chan struct{}, 1), left: make(chan struct{})}
	c.api, err = client.New(append(options, client.WithDialContext(c.dialer(plain)))...)
	if err != nil {
		return nil, fmt.Errorf("preparing the connection to %s%w: %w", t, silent{ErrConfig}, err)
	}
	return c, nil
}

// pooled is an HTTP client that keeps enough connections for parallel
// questions: the default of two would dial anew for every other container.
func pooled() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			MaxIdleConns:        2 * parallel,
			MaxIdleConnsPerHost: 2 * parallel,
			IdleConnTimeout:     30 * time.Second,
			// No HTTP/2: left to itself, Go's transport gets a TLS configuration
			// for it, and Docker's client takes that for a wish to use HTTPS.
			TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
		},
		CheckRedirect: client.CheckRedirect,
	}
}

// dialer dials as plain would, remembers that it worked, and marks failures.
func (c *conn) dialer(plain *client.Client) func(context.Context, string, string) (net.Conn, error) {
	dial := (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext
	if scheme, _, _ := strings.Cut(c.target.Host, "://"); scheme != "tcp" && scheme != "http" && scheme != "https" {
		own := plain.Dialer()
		dial = func(ctx context.Context, _, _ string) (net.Conn, error) { return own(ctx) }
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		nc, err := dial(ctx, network, address)
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, &dialError{err}
		}
		c.reached.Store(true)
		return nc, nil
	}
}

// ready negotiates the API version unless that is done. Only one caller does
// so at a time, and none waits longer than its ctx.
func (c *conn) ready(ctx context.Context) error {
	if c.spoken.Load() {
		return nil
	}
	select {
	case c.talking <- struct{}{}:
		defer func() { <-c.talking }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if c.spoken.Load() {
		return nil
	}
	if _, err := c.api.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true}); err != nil {
		return err
	}
	c.spoken.Store(true)
	return nil
}

// close drops idle connections. Calls under way go on.
func (c *conn) close() {
	c.leave.Do(func() { close(c.left) })
	_ = c.api.Close()
}

// ask does one thing at the engine within limit. doing names it for errors:
// "listing containers".
func ask[T any](ctx context.Context, c *Client, limit time.Duration, doing string, f func(context.Context, *conn) (T, error)) (T, error) {
	var zero T
	cn, err := c.conn(ctx)
	if err != nil {
		return zero, err
	}
	v, err := askAt(ctx, cn, limit, doing, f)
	c.doubt(err)
	return v, err
}

// answering binds ctx to the engine in use, and returns the connection to it
// once it has answered: before work that has no limit.
func (c *Client) answering(ctx context.Context, doing string) (context.Context, *conn, error) {
	ctx = c.here(ctx)
	cn, err := c.conn(ctx)
	if err != nil {
		return ctx, nil, err
	}
	if _, err := askAt(ctx, cn, answerTime, doing, ping); err != nil {
		c.doubt(err)
		return ctx, nil, err
	}
	return ctx, cn, nil
}

// askAt is ask on a given connection.
func askAt[T any](ctx context.Context, cn *conn, limit time.Duration, doing string, f func(context.Context, *conn) (T, error)) (T, error) {
	var zero T
	began := time.Now()
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := cn.ready(limited)
	var v T
	if err == nil {
		v, err = f(limited, cn)
	}
	if err != nil {
		if ctx.Err() != nil {
			limit = time.Since(began).Round(100 * time.Millisecond)
		}
		return zero, cn.explain(doing, limit, err)
	}
	return v, nil
}
