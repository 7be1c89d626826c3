package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/client"
)

// Push sends an image to the registry that its name says, with the
// credentials docker login has stored. news is called from one goroutine and
// never after Push returned.
func (c *Client) Push(ctx context.Context, ref string, news func(LayerProgress)) (PushResult, error) {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return PushResult{}, fmt.Errorf("pushing %s: this is no valid image name: %w", ref, err)
	}
	named = reference.TagNameOnly(named)
	auth, err := c.pushAuth(ctx, named)
	if err != nil {
		return PushResult{}, fmt.Errorf("pushing %s: %w", ref, err)
	}
	cn, err := c.conn()
	if err != nil {
		return PushResult{}, err
	}
	doing := "pushing " + ref
	if _, err := askAt(ctx, cn, answerTime, doing, ping); err != nil {
		c.doubt(err)
		return PushResult{}, err
	}
	stream, err := cn.api.ImagePush(ctx, ref, client.ImagePushOptions{RegistryAuth: auth})
	if err != nil {
		return PushResult{}, pushFailed(ref, named, cn.explain(doing, answerTime, err))
	}
	defer func() { _ = stream.Close() }()
	result, err := readPush(stream, news)
	switch {
	case ctx.Err() != nil:
		return PushResult{}, fmt.Errorf("%s: %w", doing, context.Cause(ctx))
	case err != nil:
		return PushResult{}, pushFailed(ref, named, err)
	}
	c.digests.clear() // the old store knows the digest only now
	result.Reference = reference.FamiliarString(named)
	return result, nil
}

// readPush follows the engine's report of a push to its end.
func readPush(r io.Reader, news func(LayerProgress)) (PushResult, error) {
	var result PushResult
	from := json.NewDecoder(r)
	for {
		var m jsonstream.Message
		if err := from.Decode(&m); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return result, fmt.Errorf("reading the engine's report: %w", err)
		}
		if m.Error != nil {
			return result, m.Error
		}
		if m.Aux != nil {
			// Other kinds of aux message leave the digest empty.
			var aux struct {
				Digest string
				Size   int64
			}
			if json.Unmarshal(*m.Aux, &aux) == nil && aux.Digest != "" {
				result.Digest, result.Size = aux.Digest, aux.Size
			}
			continue
		}
		if d := pushed.FindStringSubmatch(m.Status); d != nil {
			result.Digest = d[1]
			result.Size, _ = strconv.ParseInt(d[2], 10, 64)
			continue
		}
		if m.ID != "" && news != nil {
			layer := LayerProgress{ID: m.ID, Status: m.Status}
			if m.Progress != nil {
				layer.Done, layer.Total = m.Progress.Current, m.Progress.Total
			}
			news(layer)
		}
	}
	if result.Digest == "" {
		return result, errors.New("the engine ended its report without a digest: the push may not be complete")
	}
	return result, nil
}

// pushed is the engine's last line: "v1: digest: sha256:… size: 528".
var pushed = regexp.MustCompile(`digest: (sha256:[0-9a-f]{64}) size: (\d+)`)

// pushFailed says what a registry's or the engine's refusal means.
func pushFailed(ref string, named reference.Named, err error) error {
	host := reference.Domain(named)
	said := strings.TrimSpace(err.Error())
	e := &Error{Tried: "pushing " + ref, Happened: said, Err: err}
	if isLoss(err) || errors.Is(err, context.Canceled) {
		return err
	}
	for _, f := range pushFailures {
		if f.says.MatchString(said) {
			e.Kind = f.kind
			e.Happened = strings.ReplaceAll(f.means, "HOST", host) + " (" + said + ")"
			e.Do = strings.ReplaceAll(f.do, "HOST", host)
			if errors.Is(f.kind, ErrDenied) {
				e.Do = "run: " + LoginCommand(host) + e.Do
			}
			return e
		}
	}
	return fmt.Errorf("pushing %s to %s: %w", ref, host, err)
}

// notAccepted is how registries and engines say that a login is wrong.
var notAccepted = regexp.MustCompile(`(?i)unauthori[sz]ed|authentication required|incorrect username or password|401`)

// pushFailures are what is known of a push's error texts, the most telling first.
var pushFailures = []struct {
	says  *regexp.Regexp
	kind  error
	means string
	do    string // with ErrDenied it follows the login command
}{
	{
		regexp.MustCompile(`(?i)does not exist locally|No such image|tag does not exist|image .* not found`), ErrNotFound,
		"the engine has no such image", "build it first",
	},
	{
		regexp.MustCompile(`(?i)no basic auth credentials|authorization token has expired`), ErrDenied,
		"HOST asks for credentials, and Docker has none that are valid", "",
	},
	{
		regexp.MustCompile(`(?i)insufficient[_ ]scope|requested access to the resource is denied|permission_denied|\bdenied\b`), ErrDenied,
		"HOST refused: the account may not push there, or is not logged in", ", or push to a repository that is yours",
	},
	{
		notAccepted, ErrDenied,
		"HOST did not accept the user name and password Docker has for it", "",
	},
	{
		regexp.MustCompile(`(?i)server gave HTTP response to HTTPS client`), ErrUnreachable,
		"HOST speaks plain HTTP and the engine insists on HTTPS", `add "HOST" to insecure-registries in the engine's daemon.json`,
	},
	{
		regexp.MustCompile(`(?i)x509:|certificate`), ErrUnreachable,
		"the engine does not trust the certificate of HOST", "install its CA on the engine: /etc/docker/certs.d/HOST/ca.crt",
	},
	{
		regexp.MustCompile(`(?i)connection refused|no such host|i/o timeout|no route to host|network is unreachable|deadline exceeded|EOF`), ErrUnreachable,
		"the engine cannot reach the registry HOST", "see whether the registry runs and its name is right",
	},
}

// LoginCommand is what logs in to a registry; the clouds have ways of their own.
func LoginCommand(host string) string {
	switch {
	case strings.Contains(host, ".dkr.ecr."):
		return "aws ecr get-login-password | docker login --username AWS --password-stdin " + host
	case strings.HasSuffix(host, "gcr.io") || strings.HasSuffix(host, ".pkg.dev"):
		return "gcloud auth configure-docker " + host
	case strings.HasSuffix(host, ".azurecr.io"):
		return "az acr login --name " + strings.TrimSuffix(host, ".azurecr.io")
	case host == "docker.io":
		return "docker login"
	}
	return "docker login " + host
}
