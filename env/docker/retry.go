package docker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/distribution/reference"
)

// pushTries is how often a push is tried in all.
const pushTries = 5

// pushWait is how long is waited before a push is tried again; each further
// wait is twice as long.
const pushWait = time.Second

// Retry is a push that is about to be tried again.
type Retry struct {
	Number int           `json:"number"` // of the push to come: 2 is the first retry
	Of     int           `json:"of"`     // how many there are at most
	Wait   time.Duration `json:"waitNs"` // before it
	Why    string        `json:"why"`    // "connection lost"
	Cause  string        `json:"cause"`  // what the engine or the registry said
}

// String says what happens in one line.
func (r Retry) String() string {
	return fmt.Sprintf("%s, layers already there are skipped: again (%d of %d)", r.Why, r.Number, r.Of)
}

// Tries decides whether a push that failed is worth trying again. Its zero
// value is before the first; it is for one image and one goroutine.
type Tries struct {
	made    int
	moved   bool // the registry held a layer, or began to take one
	renewed bool // tried once with the credentials read anew
}

// Saw takes note of a layer's news. The engine says Pushing once the registry
// has opened an upload for the layer: it took the login, whatever comes later.
func (t *Tries) Saw(l LayerProgress) {
	switch {
	case l.Status == "Pushing", l.Status == "Pushed", strings.HasSuffix(l.Status, "already exists"), strings.HasPrefix(l.Status, "Mounted from"):
		t.moved = true
	}
}

// Made is how many pushes have failed.
func (t *Tries) Made() int { return t.made }

// Again says how to go on after a push ended with err; ok is false where it is
// to be told instead. Credentials are read for each push: one that was refused
// in the middle, or for which there are others by now, is tried once more.
func (t *Tries) Again(err error) (next Retry, ok bool) {
	t.made++
	next = Retry{Number: t.made + 1, Of: pushTries, Wait: pushWait << (t.made - 1)}
	if e, said := errors.AsType[*Error](err); said {
		next.Cause = e.Happened
	}
	switch {
	case t.made >= pushTries:
		return Retry{}, false
	case errors.Is(err, ErrCutOff), errors.Is(err, errNobody) && t.moved:
		next.Why = "connection lost"
	case errors.Is(err, ErrBusy):
		next.Why = "the registry cannot take it now"
	case errors.Is(err, ErrDenied) && (t.moved || errors.Is(err, errRenewed)) && !t.renewed:
		t.renewed = true
		next.Why, next.Wait = "the login ran out", 0
	default:
		return Retry{}, false
	}
	return next, true
}

// renewable looks, after a refusal, whether docker's login for the registry is
// another one by now: tokens of the clouds last for hours or less, and their
// helpers get new ones.
func (c *Client) renewable(ctx context.Context, named reference.Named, used string, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || !errors.Is(e.Kind, ErrDenied) {
		return err
	}
	if now, lookErr := c.registryAuth(ctx, named); lookErr == nil && now != used {
		e.Kind = errRenewed
	}
	return err
}
