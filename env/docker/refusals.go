package docker

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/distribution/reference"
)

// What can go wrong between an engine and a registry, beside ErrDenied and
// ErrNotFound.
var (
	// ErrCutOff: the connection between the engine and the registry broke off.
	ErrCutOff = errors.New("connection to the registry lost")
	// ErrBusy: the registry cannot take it now, or wants less at a time.
	ErrBusy = errors.New("registry busy")
	// ErrRefused: the registry does not take it, and will not later either.
	ErrRefused = errors.New("registry refused")

	// errRenewed: refused, and the credentials are others by now.
	errRenewed = fmt.Errorf("credentials renewed: %w", ErrDenied)
	// errNobody: nothing answers where the registry should be.
	errNobody = fmt.Errorf("registry: %w", ErrUnreachable)
)

// brokenOff is an engine's report of a pull or a push that ends before its time.
type brokenOff struct{ err error }

func (b *brokenOff) Error() string { return b.err.Error() }
func (b *brokenOff) Unwrap() error { return b.err }

// pushFailed says what a registry's or the engine's refusal means.
func pushFailed(ref string, named reference.Named, err error) error {
	doing := "pushing " + ref
	if isLoss(err) || errors.Is(err, context.Canceled) {
		return err
	}
	if off, ok := errors.AsType[*brokenOff](err); ok {
		return &Error{
			Kind: ErrUnreachable, Tried: doing, Err: err,
			Happened: "the engine stopped in the middle of the push (" + off.Error() + ")",
			Do:       "see whether it runs: docker version; then push again: layers that have arrived are not sent again",
		}
	}
	if e := refused(doing, named, err); e != nil {
		return e
	}
	return fmt.Errorf("%s to %s: %w", doing, reference.Domain(named), err)
}

// refused says what is known of an error text that came from a registry; nil
// if nothing is.
func refused(doing string, named reference.Named, err error) error {
	host := reference.Domain(named)
	said := strings.TrimSpace(err.Error())
	for _, f := range refusals() {
		if !f.says.MatchString(said) {
			continue
		}
		create := createAdvice(named)
		if create == "" {
			create = "make it there, or mend its name"
		} else if !strings.HasPrefix(create, "open ") {
			create = "run: " + create
		}
		blanks := strings.NewReplacer("{host}", host, "{login}", loginAdvice(host), "{create}", create, "{repository}", named.Name())
		return &Error{
			Kind: f.kind, Tried: doing, Err: err,
			Happened: blanks.Replace(f.means) + " (" + said + ")",
			Do:       blanks.Replace(f.do),
		}
	}
	return nil
}

// notAccepted is how registries and engines say that a login is wrong.
var notAccepted = regexp.MustCompile(`(?i)unauthori[sz]ed|authentication required|incorrect username or password|\b401\b`)

// refusal is one thing that an error's text can say.
type refusal struct {
	says  *regexp.Regexp
	kind  error
	means string
	do    string
}

// refusals are what is known of the error texts of pushes and of questions to
// a registry, the most telling first; compiled when first asked for.
var refusals = sync.OnceValue(func() []refusal {
	return []refusal{
		{
			regexp.MustCompile(`(?i)does not exist locally|No such image|tag does not exist|image .* not found`), ErrNotFound,
			"the engine has no such image", "build it first",
		},
		{
			regexp.MustCompile(`(?i)tag is immutable|configured as immutable|cannot be overwritten`), ErrRefused,
			"{host} does not let a tag of {repository} be overwritten", "push under another tag",
		},
		{
			// Before "quota": Google counts requests in quotas, too.
			regexp.MustCompile(`(?i)toomanyrequests|too many requests|rate limit|rate exceeded|throttl|slow down|quota.*(requests|per minute|per second)|\b429\b`), ErrBusy,
			"{host} wants fewer requests for now", "wait and push again; an account that is logged in may do more: {login}",
		},
		{
			regexp.MustCompile(`(?i)quota|insufficient storage|no space left|\b507\b`), ErrRefused,
			"{host} has no room left for it", "remove images there that nobody needs, or ask who runs it for more room",
		},
		{
			regexp.MustCompile(`(?i)no basic auth credentials|authorization token has expired`), ErrDenied,
			"{host} asks for credentials, and Docker has none that are valid", "run: {login}",
		},
		{
			// Before "denied": Amazon and Google say both of a repository that is not there.
			regexp.MustCompile(`(?i)name[_ ]unknown|repository .* (does not exist in the registry|not found)|project .* not found`), ErrNotFound,
			"{host} has no repository {repository}", "{create}",
		},
		{
			regexp.MustCompile(`(?i)insufficient[_ ]scope|requested access to the resource is denied|permission_denied|\bdenied\b|\b403\b|forbidden`), ErrDenied,
			"{host} refused: the account may not do that in {repository}, or is not logged in", "run: {login}, or use a repository that is yours",
		},
		{
			notAccepted, ErrDenied,
			"{host} did not accept the user name and password Docker has for it", "run: {login}",
		},
		{
			regexp.MustCompile(`(?i)server gave HTTP response to HTTPS client`), ErrUnreachable,
			"{host} speaks plain HTTP and the engine insists on HTTPS", `add "{host}" to insecure-registries in the engine's daemon.json`,
		},
		{
			regexp.MustCompile(`(?i)x509:|certificate`), ErrUnreachable,
			"the engine does not trust the certificate of {host}", "install its CA on the engine: /etc/docker/certs.d/{host}/ca.crt",
		},
		{
			regexp.MustCompile(`(?i)connection refused|no such host|dial tcp [^ ]+ i/o timeout|no route to host|network is unreachable`), errNobody,
			"the engine cannot reach the registry {host}", "see whether the registry runs and its name is right",
		},
		{
			regexp.MustCompile(`(?i)connection reset|broken pipe|\bEOF\b|use of closed network connection|i/o timeout|TLS handshake timeout|deadline exceeded|server closed idle connection|short copy|ContentLength=\d+ with Body length`), ErrCutOff,
			"the connection to {host} broke off", "see whether the network and the registry are up, and push again: layers that have arrived are not sent again",
		},
		{
			regexp.MustCompile(`(?i)\b50[0-4] [a-z]|status code:? 50[0-4]|internal server error|bad gateway|service unavailable|gateway timeout`), ErrBusy,
			"{host} has a fault of its own", "wait and push again, or ask who runs it",
		},
		{
			regexp.MustCompile(`(?i)context canceled`), ErrUnreachable,
			"the engine gave the push up: it is being stopped", "start the engine and push again: layers that have arrived are not sent again",
		},
	}
})
