package docker

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/moby/moby/client"

	"github.com/twindeck/twindeck/env/secret"
)

// Inspect is docker inspect of a container: indented JSON, as the engine
// orders it, with the values of what looks like a secret masked.
func (c *Client) Inspect(ctx context.Context, id string) (string, error) {
	return c.inspect(ctx, "container "+short(id), func(ctx context.Context, cn *conn) ([]byte, error) {
		r, err := cn.api.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
		return r.Raw, err
	})
}

// InspectImage is Inspect of an image, by ID or name.
func (c *Client) InspectImage(ctx context.Context, id string) (string, error) {
	return c.inspect(ctx, "image "+shortDigest(id), func(ctx context.Context, cn *conn) ([]byte, error) {
		var raw bytes.Buffer
		_, err := cn.api.ImageInspect(ctx, id, client.ImageInspectWithRawResponse(&raw))
		return raw.Bytes(), err
	})
}

// InspectVolume is Inspect of a volume.
func (c *Client) InspectVolume(ctx context.Context, name string) (string, error) {
	return c.inspect(ctx, "volume "+name, func(ctx context.Context, cn *conn) ([]byte, error) {
		r, err := cn.api.VolumeInspect(ctx, name, client.VolumeInspectOptions{})
		return r.Raw, err
	})
}

// InspectNetwork is Inspect of a network, by ID or name.
func (c *Client) InspectNetwork(ctx context.Context, id string) (string, error) {
	return c.inspect(ctx, "network "+short(id), func(ctx context.Context, cn *conn) ([]byte, error) {
		r, err := cn.api.NetworkInspect(ctx, id, client.NetworkInspectOptions{})
		return r.Raw, err
	})
}

func (c *Client) inspect(ctx context.Context, what string, raw func(context.Context, *conn) ([]byte, error)) (string, error) {
	return ask(ctx, c, answerTime, "inspecting "+what, func(ctx context.Context, cn *conn) (string, error) {
		text, err := raw(ctx, cn)
		if err != nil {
			return "", err
		}
		var out bytes.Buffer
		if err := json.Indent(&out, bytes.TrimSpace(text), "", "  "); err != nil {
			return "", err
		}
		return secret.Mask(out.String()), nil
	})
}
