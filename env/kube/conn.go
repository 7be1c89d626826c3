package kube

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // the credential kinds a kubeconfig may name
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/transport"
)

const (
	dialLimit = 2 * time.Second  // to open a TCP connection
	pingAfter = 3 * time.Second  // of silence on a connection that a ping is sent
	pongLimit = 4 * time.Second  // to answer that ping; then the connection is dead
	callLimit = 10 * time.Second // for a call whose caller set no shorter deadline
	manager   = "twindeck"       // field manager, and the user agent's name
)

// conn is a connection to one API server, made from one reading of the
// kubeconfig. Clients share one HTTP/2 connection.
type conn struct {
	at      Context
	calls   *kubernetes.Clientset // answers within callLimit, even where a helper takes no context
	streams *kubernetes.Clientset // watches and logs: end with their context only
	fast    *rest.Config          // protobuf
	rt      http.RoundTripper     // with credentials
	dynamic *dynamic.DynamicClient
	find    discovery.CachedDiscoveryInterface
	mapper  meta.ResettableRESTMapper
	base    *http.Transport
	life    context.Context // ends when another connection takes its place
	end     context.CancelFunc

	mu       sync.Mutex
	noStream bool   // the server is too old to stream a list
	kinds    []Kind // as last asked for; nil: not yet
}

// connect opens what the context in force names. It sends nothing yet.
func connect(l loaded, at Context) (*conn, error) {
	cfg, err := l.clientConfig(at.Name).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("%w: context %q: %w", ErrNoContext, at.Name, err)
	}
	// What is before the slash becomes the field manager of kubectl's helpers.
	cfg.UserAgent = fmt.Sprintf("%s/1 (%s/%s)", manager, runtime.GOOS, runtime.GOARCH)
	cfg.QPS, cfg.Burst = -1, 200 // the server's own fairness suffices
	cfg.WarningHandler = rest.NoWarnings{}
	if cfg.ExecProvider != nil {
		cfg.ExecProvider.StdinUnavailable = true // the terminal belongs to the screen
		cfg.ExecProvider.StdinUnavailableMessage = "run kubectl once in a shell to log in"
	}
	base, rt, err := newTransport(cfg)
	if err != nil {
		return nil, fmt.Errorf("%w: credentials of context %q: %w", ErrNoContext, at.Name, err)
	}
	fast := rest.CopyConfig(cfg)
	fast.ContentType = "application/vnd.kubernetes.protobuf"
	fast.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	c := &conn{at: at, base: base, rt: rt, fast: fast}
	c.life, c.end = context.WithCancel(context.Background())
	timed := &http.Client{Transport: rt, Timeout: callLimit}
	if c.calls, err = kubernetes.NewForConfigAndClient(fast, timed); err != nil {
		return nil, fmt.Errorf("%w: context %q: %w", ErrNoContext, at.Name, err)
	}
	if c.streams, err = kubernetes.NewForConfigAndClient(fast, &http.Client{Transport: rt}); err != nil {
		return nil, fmt.Errorf("%w: context %q: %w", ErrNoContext, at.Name, err)
	}
	if c.dynamic, err = dynamic.NewForConfigAndClient(cfg, &http.Client{Transport: rt}); err != nil {
		return nil, fmt.Errorf("%w: context %q: %w", ErrNoContext, at.Name, err)
	}
	c.find = memory.NewMemCacheClient(c.calls.Discovery())
	c.mapper = restmapper.NewDeferredDiscoveryRESTMapper(c.find)
	return c, nil
}

// newTransport is client-go's transport with a short fuse: its own waits
// 45 s before it gives a silent server up, and can only be told otherwise
// through environment variables of the whole process.
func newTransport(cfg *rest.Config) (*http.Transport, http.RoundTripper, error) {
	tc, err := cfg.TransportConfig()
	if err != nil {
		return nil, nil, err
	}
	tlsConfig, err := transport.TLSConfigFor(tc)
	if err != nil {
		return nil, nil, err
	}
	dial := (&net.Dialer{Timeout: dialLimit, KeepAlive: 15 * time.Second}).DialContext
	if tc.DialHolder != nil {
		dial = tc.DialHolder.Dial
	}
	proxy := http.ProxyFromEnvironment
	if tc.Proxy != nil {
		proxy = tc.Proxy
	}
	base := &http.Transport{
		TLSClientConfig:       tlsConfig,
		DialContext:           dial,
		Proxy:                 proxy,
		TLSHandshakeTimeout:   4 * time.Second,
		IdleConnTimeout:       90 * time.Second,
		ExpectContinueTimeout: time.Second,
		ForceAttemptHTTP2:     true,
		DisableCompression:    tc.DisableCompression || onLoopback(cfg.Host), // loopback is faster than gzip
		HTTP2:                 &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pongLimit},
	}
	rt, err := transport.HTTPWrappersForConfig(tc, base)
	if err != nil {
		return nil, nil, err
	}
	return base, rt, nil
}

func onLoopback(server string) bool {
	u, err := url.Parse(server)
	return err == nil && isLoopback(u.Hostname())
}

// bound makes clients all of whose requests end with ctx, for kubectl's
// helpers, which take none.
func (cn *conn) bound(ctx context.Context) (*kubernetes.Clientset, error) {
	return kubernetes.NewForConfigAndClient(cn.fast, &http.Client{Transport: boundTransport{ctx, cn.rt}})
}

type boundTransport struct {
	ctx context.Context
	rt  http.RoundTripper
}

// RoundTrip sends r under the bound context.
func (b boundTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	return b.rt.RoundTrip(r.WithContext(b.ctx))
}

// close gives the connection up: what is followed on it is followed on the next.
func (cn *conn) close() {
	cn.end()
	cn.base.CloseIdleConnections()
}

// within gives a call its deadline; a shorter one of the caller's stands.
func within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, callLimit)
}
