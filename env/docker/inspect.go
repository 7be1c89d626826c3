package docker

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/moby/moby/client"

	"github.com/twindeck/twindeck/env/secret"
)

// Inspect is docker inspect: indented JSON, as the engine orders it, with the
// values of what looks like a secret masked.
func (c *Client) Inspect(ctx context.Context, id string) (string, error) {
	return ask(ctx, c, answerTime, "inspecting container "+short(id), func(ctx context.Context, cn *conn) (string, error) {
		r, err := cn.api.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
		if err != nil {
			return "", err
		}
		var out bytes.Buffer
		if err := json.Indent(&out, r.Raw, "", "  "); err != nil {
			return "", err
		}
		return secret.Mask(out.String()), nil
	})
}
