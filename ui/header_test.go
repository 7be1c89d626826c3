package ui

import (
	"errors"
	"testing"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
	"github.com/twindeck/twindeck/ui/theme"
)

func TestLinkLevel(t *testing.T) {
	refused := errors.New("connection refused")
	for _, tt := range []struct {
		status link.Status
		want   theme.Level
	}{
		{link.Status{State: link.Connecting}, theme.Starting},
		{link.Status{State: link.Connecting, Err: refused}, theme.Broken},
		{link.Status{State: link.Live}, theme.Good},
		{link.Status{State: link.Lost, Err: refused}, theme.Broken},
		{link.Status{State: link.Absent, Err: refused}, theme.Idle},
		{link.Status{State: link.Connecting, Err: kube.ErrForbidden}, theme.Attention},
	} {
		if got := linkLevel(tt.status); got != tt.want {
			t.Errorf("%s, %v: %s, want %s", tt.status.State, tt.status.Err, got.Glyph(), tt.want.Glyph())
		}
	}
}
