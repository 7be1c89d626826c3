package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/ship"
)

// A push that is tried again is said, and its layers are told anew.
func TestPushAgainAsText(t *testing.T) {
	var out bytes.Buffer
	tell := &textTeller{out: &out, errs: &out, layers: map[string]string{}}
	layer := ship.Event{Kind: ship.LayerMoved, Layer: &docker.LayerProgress{ID: "a1", Status: "Pushing"}}
	retry := docker.Retry{Number: 2, Of: 5, Why: "connection lost"}
	for _, e := range []ship.Event{
		layer, layer,
		{Kind: ship.PushRetried, Retry: &retry, Text: retry.String()},
		layer,
		{Kind: ship.PushDone, Pushed: &docker.PushResult{Digest: "sha256:12", Unverified: "it does not tell"}},
	} {
		tell.event(e)
	}
	want := `  layer a1 Pushing
  ▲ connection lost, layers already there are skipped: again (2 of 5)
  layer a1 Pushing
  pushed sha256:12 (not verified: it does not tell)
`
	if got := strings.ReplaceAll(out.String(), "\r", ""); got != want {
		t.Errorf("it says\n%s", got)
	}
}
