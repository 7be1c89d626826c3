package docker

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// atAddress sets d up for a BuildKit that listens somewhere, as the driver
// "remote" describes it.
func (d *daemon) atAddress() error {
	d.remedy = "see whether buildkitd listens there"
	at, err := url.Parse(d.node.Endpoint)
	if err != nil {
		return d.builder.failed("its address is not valid: "+err.Error(), "create it anew: docker buildx create --driver remote", err)
	}
	network, address := at.Scheme, at.Host
	switch at.Scheme {
	case "tcp":
		d.address = d.node.Endpoint
	case "unix":
		address = at.Path
		if runtime.GOOS == "windows" {
			address = filepath.FromSlash(strings.TrimPrefix(d.node.Endpoint, "unix://"))
		}
	default:
		return d.builder.failed("twindeck reaches remote builders at tcp:// and unix:// only",
			"create it with such an address: docker buildx create --driver remote tcp://HOST:PORT", nil)
	}
	secure, err := d.tls(at.Hostname())
	if err != nil {
		return d.builder.failed(err.Error(), "see whether the files that docker buildx inspect "+d.builder.Name+" names are there", err)
	}
	d.dial = func(ctx context.Context) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, answerTime)
		defer cancel()
		nc, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil || secure == nil {
			return nc, dialText(err)
		}
		encrypted := tls.Client(nc, secure)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			_ = nc.Close()
			return nil, fmt.Errorf("the TLS handshake failed: %w", err)
		}
		return encrypted, nil
	}
	return nil
}

// dialText drops "dial tcp …: connect:" before the cause; the address is told
// already.
func dialText(err error) error {
	var op *net.OpError
	var call *os.SyscallError
	switch {
	case errors.As(err, &call):
		return call.Err
	case errors.As(err, &op) && op.Err != nil:
		return op.Err
	}
	return err
}

// tls is how the connection is encrypted, by the driver's options; nil: it is
// not.
func (d *daemon) tls(host string) (*tls.Config, error) {
	o := d.node.DriverOpts
	ca, cert, key, name := o["cacert"], o["cert"], o["key"], o["servername"]
	if ca == "" && cert == "" && key == "" && name == "" {
		return nil, nil
	}
	if name == "" {
		name = host
	}
	cfg := &tls.Config{ServerName: name, RootCAs: x509.NewCertPool(), NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12}
	pem, err := os.ReadFile(ca)
	if err != nil {
		return nil, fmt.Errorf("reading its CA's certificate: %w", err)
	}
	if !cfg.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("reading its CA's certificate: %s holds none", ca)
	}
	if cert != "" || key != "" {
		own, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("reading its client certificate: %w", err)
		}
		cfg.Certificates = []tls.Certificate{own}
	}
	return cfg, nil
}
