package docker

import (
	"context"
	"fmt"
	"regexp"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/distribution/reference"
	"github.com/moby/moby/client"
)

// needsLoginTime bounds a question that a plan can do without.
const needsLoginTime = 4 * time.Second

var (
	// refusesStrangers is how registries answer who has not logged in.
	refusesStrangers = regexp.MustCompile(`(?i)unauthori[sz]ed|authentication required|no basic auth credentials|\bdenied\b|\b40[13]\b`)
	// knowsNoSuch is how they answer when anybody may ask and there is nothing.
	knowsNoSuch = regexp.MustCompile(`(?i)manifest unknown|name unknown|not found|does not exist`)
)

// NeedsLogin asks the registry of an image, through the engine and without any
// credentials, whether it would let the image be pulled. An image that is not
// there yet is no reason to say no.
func (c *Client) NeedsLogin(ctx context.Context, image string) (bool, error) {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return false, fmt.Errorf("asking the registry of %s: this is no valid image name: %w", image, err)
	}
	host := reference.Domain(named)
	return ask(ctx, c, needsLoginTime, "asking "+host+" whether it wants a login", func(ctx context.Context, cn *conn) (bool, error) {
		_, err := cn.api.DistributionInspect(ctx, reference.TagNameOnly(named).String(), client.DistributionInspectOptions{})
		switch {
		case err == nil:
			return false, nil
		case cerrdefs.IsUnauthorized(err), cerrdefs.IsPermissionDenied(err), refusesStrangers.MatchString(err.Error()):
			return true, nil
		case cerrdefs.IsNotFound(err), knowsNoSuch.MatchString(err.Error()):
			return false, nil
		}
		return false, err
	})
}
