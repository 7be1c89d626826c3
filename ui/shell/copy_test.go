package shell

import (
	"errors"
	"testing"

	"github.com/twindeck/twindeck/env/transfer"
)

// That all of a container is not copied is said before anything is asked.
func TestAllOfAContainerIsNotCopied(t *testing.T) {
	c := copying{out: true, inside: inThere("/"), here: t.TempDir()}
	if there, err := c.settle(t.Context()); there != "" || !errors.Is(err, transfer.ErrWhole) {
		t.Errorf("%q would be replaced, %v", there, err)
	}
}
