package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"github.com/distribution/reference"
	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/client"
)

// PushResult is a finished push.
type PushResult struct {
	Reference string `json:"reference"`        // repository:tag
	Digest    string `json:"digest,omitempty"` // sha256:…, as the registry keeps it
	Size      int64  `json:"size,omitempty"`

	Verified   bool   `json:"verified"`             // the registry was asked, and has this digest under that name
	Unverified string `json:"unverified,omitempty"` // why it could not be compared
}

// Push sends an image to the registry that its name says, with the
// credentials docker login has stored. news is called from one goroutine and
// never after Push returned.
func (c *Client) Push(ctx context.Context, ref string, news func(LayerProgress)) (PushResult, error) {
	doing := "pushing " + ref
	e, err := c.errand(ctx, doing, ref)
	if err != nil {
		return PushResult{}, err
	}
	stream, err := e.cn.api.ImagePush(e.ctx, ref, client.ImagePushOptions{RegistryAuth: e.auth})
	if err != nil {
		return PushResult{}, c.renewable(e.ctx, e.named, e.auth, pushFailed(ref, e.named, e.cn.explain(doing, answerTime, err)))
	}
	defer func() { _ = stream.Close() }()
	result, err := readPush(stream, news)
	switch {
	case e.ctx.Err() != nil:
		return PushResult{}, fmt.Errorf("%s: %w", doing, context.Cause(e.ctx))
	case err != nil:
		defer c.brokeOff(err)
		return PushResult{}, c.renewable(e.ctx, e.named, e.auth, pushFailed(ref, e.named, err))
	}
	c.digests.clear() // the old store knows the digest only now
	result.Reference = reference.FamiliarString(e.named)
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
			return result, &brokenOff{fmt.Errorf("reading the engine's report: %w", err)}
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
		return result, &brokenOff{errors.New("the engine ended its report without a digest: the push may not be complete")}
	}
	return result, nil
}

// pushed is the engine's last line: "v1: digest: sha256:… size: 528".
var pushed = regexp.MustCompile(`digest: (sha256:[0-9a-f]{64}) size: (\d+)`)
