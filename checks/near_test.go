package checks

import (
	"slices"
	"testing"
)

func TestNear(t *testing.T) {
	for _, tt := range []struct {
		id   string
		want []string
	}{
		{"docker.engin", []string{"docker.engine"}},
		{"docker.enigne", []string{"docker.engine"}},
		{"kube.code.dns", []string{"kube.coredns"}},
		{"registry", []string{"registry.helper", "registry.helper.answers", "registry.address"}},
		{"nothing.like.it", nil},
		{"", nil},
	} {
		if got := Near(All(), tt.id); !slices.Equal(got, tt.want) {
			t.Errorf("near %q: %v, want %v", tt.id, got, tt.want)
		}
	}
}
