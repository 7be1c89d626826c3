package docker

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/moby/client"
)

// Published asks the registry that an image's name says, through the engine
// and with docker's login, which digest it keeps under that name. ErrNotFound:
// the registry has no such image. ErrDenied: it does not tell.
func (c *Client) Published(ctx context.Context, ref string) (digest string, err error) {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return "", fmt.Errorf("asking for %s: this is no valid image name: %w", ref, err)
	}
	named = reference.TagNameOnly(named)
	doing := fmt.Sprintf("asking %s for %s", reference.Domain(named), ref)
	auth, err := c.registryAuth(ctx, named)
	if err != nil {
		return "", fmt.Errorf("%s: %w", doing, err)
	}
	found, err := ask(ctx, c, workTime, doing, func(ctx context.Context, cn *conn) (client.DistributionInspectResult, error) {
		return cn.api.DistributionInspect(ctx, named.String(), client.DistributionInspectOptions{EncodedRegistryAuth: auth})
	})
	switch {
	case err == nil:
		return found.Descriptor.Digest.String(), nil
	case errors.Is(err, ErrNotFound), isLoss(err):
		return "", err
	case notThere.MatchString(err.Error()):
		return "", &Error{Kind: ErrNotFound, Tried: doing, Happened: "it has no such image", Err: err}
	}
	if e := refused(doing, named, errors.New(strings.TrimPrefix(err.Error(), doing+": "))); e != nil {
		return "", e
	}
	return "", err
}

// notThere is how registries say that they lack a tag or a repository.
var notThere = regexp.MustCompile(`(?i)(manifest|name)[_ ]unknown|\bnot found\b|does not exist in the registry`)
