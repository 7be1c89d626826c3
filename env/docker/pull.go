package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/client"
)

// PullResult is a finished pull.
type PullResult struct {
	Reference string // repository:tag
	Digest    string // sha256:… of what the registry has under that name
	Fresh     bool   // false: the engine had it already
}

// Pull brings an image from the registry that its name says, with the
// credentials docker login has stored. news is called from one goroutine and
// never after Pull returned. ErrNotFound, ErrDenied: the registry's answer.
func (c *Client) Pull(ctx context.Context, ref string, news func(LayerProgress)) (PullResult, error) {
	doing := "pulling " + ref
	e, err := c.errand(ctx, doing, ref)
	if err != nil {
		return PullResult{}, err
	}
	stream, err := e.cn.api.ImagePull(e.ctx, e.named.String(), client.ImagePullOptions{RegistryAuth: e.auth})
	if err != nil {
		return PullResult{}, pullFailed(doing, e.named, e.cn.explain(doing, answerTime, err))
	}
	defer func() { _ = stream.Close() }()
	result, err := readPull(stream, news)
	switch {
	case e.ctx.Err() != nil:
		return PullResult{}, fmt.Errorf("%s: %w", doing, context.Cause(e.ctx))
	case err != nil:
		defer c.brokeOff(err)
		return PullResult{}, pullFailed(doing, e.named, err)
	}
	result.Reference = reference.FamiliarString(e.named)
	return result, nil
}

// readPull follows the engine's report of a pull to its end.
func readPull(r io.Reader, news func(LayerProgress)) (PullResult, error) {
	result := PullResult{Fresh: true}
	ended := false
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
		// The last lines are "Digest: sha256:…" and "Status: Image is up to date for …".
		if d, ok := strings.CutPrefix(m.Status, "Digest: "); ok {
			result.Digest = d
		}
		if said, ok := strings.CutPrefix(m.Status, "Status: "); ok {
			ended = true
			result.Fresh = !strings.HasPrefix(said, "Image is up to date")
		}
		if m.ID != "" && m.Progress == nil && strings.HasPrefix(m.Status, "Pulling from ") {
			continue // its ID is the tag
		}
		if m.ID != "" && news != nil {
			layer := LayerProgress{ID: m.ID, Status: m.Status}
			if m.Progress != nil {
				layer.Done, layer.Total = m.Progress.Current, m.Progress.Total
			}
			news(layer)
		}
	}
	if !ended {
		return result, &brokenOff{errors.New("the engine ended its report before the end: the image may not be complete")}
	}
	return result, nil
}

// pullFailed says what a registry's or the engine's refusal means.
func pullFailed(doing string, named reference.Named, err error) error {
	if isLoss(err) || errors.Is(err, context.Canceled) {
		return err
	}
	if off, ok := errors.AsType[*brokenOff](err); ok {
		return &Error{
			Kind: ErrUnreachable, Tried: doing, Err: err,
			Happened: "the engine stopped in the middle of the pull (" + off.Error() + ")",
			Do:       "see whether it runs: docker version; then pull again: layers that have arrived are not fetched again",
		}
	}
	host := reference.Domain(named)
	switch {
	case hidden.MatchString(err.Error()) && !strings.Contains(err.Error(), "no basic auth credentials"):
		return &Error{
			Kind: ErrDenied, Tried: doing, Err: err,
			Happened: fmt.Sprintf("%s has no %s, or shows it only to those who may (%v)", host, reference.FamiliarName(named), err),
			Do:       "look at the name, or run: " + loginAdvice(host),
		}
	case notThere.MatchString(err.Error()):
		return &Error{
			Kind: ErrNotFound, Tried: doing, Err: err,
			Happened: fmt.Sprintf("%s has no such image (%v)", host, err),
			Do:       "look at its name and tag",
		}
	}
	if e, ok := errors.AsType[*Error](refused(doing, named, err)); ok {
		e.Do = pullWords.Replace(e.Do)
		return e
	}
	return fmt.Errorf("%s from %s: %w", doing, reference.Domain(named), err)
}

// hidden is how Docker Hub answers for what is not there and for what is
// private.
var hidden = regexp.MustCompile(`(?i)repository does not exist or may require`)

// pullWords makes advice about a push fit a pull.
var pullWords = strings.NewReplacer("push again", "pull again", "are not sent again", "are not fetched again", "or use a repository that is yours", "or ask its owner for access")
