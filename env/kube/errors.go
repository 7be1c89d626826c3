package kube

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	utilnet "k8s.io/apimachinery/pkg/util/net"
)

// The kinds of failure that callers tell apart with errors.Is.
var (
	ErrNoConfig     = errors.New("no usable kubeconfig")
	ErrNoContext    = errors.New("no usable context")
	ErrUnreachable  = errors.New("the API server cannot be reached")
	ErrTimeout      = errors.New("the API server does not answer in time")
	ErrUnauthorized = errors.New("the API server does not accept the credentials")
	ErrForbidden    = errors.New("the user may not do this")
	ErrCertificate  = errors.New("the certificate is not trusted")
	ErrNotFound     = errors.New("not found")
	ErrBadConfig    = errors.New("the kubeconfig is broken")
	ErrElsewhere    = errors.New("another context was chosen meanwhile")
)

// Error is a request that failed: what was tried, what happened, what to do.
type Error struct {
	Doing   string // "listing nodes"
	Context string // kubeconfig context
	Server  string // https://…
	Kind    error  // one of the Err values, or nil
	Err     error  // the cause
	Do      string // what to do; empty: nothing better than the cause is known
}

// Error is one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Doing)
	if e.Context != "" {
		fmt.Fprintf(&b, " on %s", e.Context)
	}
	if e.Server != "" {
		fmt.Fprintf(&b, " (%s)", e.Server)
	}
	b.WriteString(": ")
	if e.Kind != nil && !says(e.Err, e.Kind) && !apiSays(e.Err) {
		b.WriteString(e.Kind.Error())
		b.WriteString(": ")
	}
	b.WriteString(withoutDumps(plain(e.Err)))
	if e.Do != "" {
		b.WriteString("; ")
		b.WriteString(e.Do)
	}
	return b.String()
}

// Unwrap gives both the kind and the cause to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	if e.Kind == nil {
		return []error{e.Err}
	}
	return []error{e.Kind, e.Err}
}

func says(err, kind error) bool { return strings.Contains(err.Error(), kind.Error()) }

// apiSays is true for an answer of the API server, which words its refusals itself.
func apiSays(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status) && !apierrors.IsUnauthorized(err)
}

// plain drops what net/http puts before the cause: the method and the URL,
// which Error names already.
func plain(err error) string {
	text := err.Error()
	for _, verb := range []string{"Get \"", "Post \"", "Put \"", "Patch \"", "Delete \""} {
		if rest, ok := strings.CutPrefix(text, verb); ok {
			if _, cause, ok := strings.Cut(rest, "\": "); ok {
				return cause
			}
		}
	}
	return text
}

// explain makes an *Error of err; nil stays nil.
func explain(doing string, at Context, err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	do, kind := classify(err, at)
	return &Error{Doing: doing, Context: at.Name, Server: at.Server, Kind: kind, Err: err, Do: do}
}

// classify finds the kind of err and what helps against it.
func classify(err error, at Context) (do string, kind error) {
	var (
		unknownCA  x509.UnknownAuthorityError
		badCert    x509.CertificateInvalidError
		badHost    x509.HostnameError
		verify     *tls.CertificateVerificationError
		noTLS      tls.RecordHeaderError
		noName     *net.DNSError
		notDialled *net.OpError
	)
	text := err.Error()
	switch {
	case errors.Is(err, context.Canceled) && !strings.Contains(text, "lost"):
		return "", nil
	case apierrors.IsUnauthorized(err):
		return "log in again, or check the user " + quoted(at.User) + " in the kubeconfig", ErrUnauthorized
	case strings.Contains(text, "getting credentials: "):
		return "the credential program of user " + quoted(at.User) + " failed: run kubectl once in a shell to see what it asks for", ErrUnauthorized
	case apierrors.IsForbidden(err):
		return "", ErrForbidden
	case apierrors.IsNotFound(err):
		return "", ErrNotFound
	case errors.As(err, &badCert) && badCert.Reason == x509.Expired:
		return "the cluster's certificates have expired or the clock is wrong: renew them, or reset the cluster", ErrCertificate
	case errors.As(err, &unknownCA):
		return "the kubeconfig belongs to another or a reset cluster: fetch its kubeconfig anew", ErrCertificate
	case errors.As(err, &badHost):
		return "use a server name in the kubeconfig that the certificate names", ErrCertificate
	case errors.As(err, &verify), errors.As(err, &badCert), strings.Contains(text, "tls: "):
		return "check certificate-authority and client-certificate in the kubeconfig", ErrCertificate
	case errors.As(err, &noTLS), strings.Contains(text, "server gave HTTP response to HTTPS client"):
		return "what listens there does not speak TLS: check the port in the kubeconfig", ErrUnreachable
	case errors.As(err, &noName):
		return "the name " + quoted(noName.Name) + " does not resolve: check the network, VPN and hosts file", ErrUnreachable
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, ErrTimeout), apierrors.IsTimeout(err), apierrors.IsServerTimeout(err),
		strings.Contains(text, "client connection lost"), strings.Contains(text, "Client.Timeout"),
		strings.Contains(text, "TLS handshake timeout"):
		return "it may be starting, overloaded or paused: wait, or restart the cluster", ErrTimeout
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there: start the cluster, or choose another context", ErrUnreachable
	case errors.As(err, &notDialled), errors.Is(err, errClosed), utilnet.IsProbableEOF(err), errors.Is(err, io.ErrUnexpectedEOF),
		strings.Contains(text, "server closed idle connection"), strings.Contains(text, "broken pipe"):
		return "the cluster may be starting or stopping: wait, or start it", ErrUnreachable
	case apierrors.IsServiceUnavailable(err), apierrors.IsTooManyRequests(err):
		return "the server is starting or overloaded: wait", ErrUnreachable
	}
	return "", nil
}

func quoted(s string) string { return "\"" + s + "\"" }
