package checks

import (
	"strings"
	"testing"
)

func TestUnknownNamesOfferNearOnes(t *testing.T) {
	for name, want := range map[string]string{
		"docker.engin": "docker.engine",
		"coredns":      "kube.coredns",
		"kbue":         "kube",
		"Docker.Api":   "docker.api",
		"kube.*":       "kube",
		"xyzzy":        "",
		"":             "",
	} {
		_, err := Select(All(), nil, []string{name})
		if err == nil || !strings.Contains(err.Error(), "--list") {
			t.Errorf("%q: %v", name, err)
			continue
		}
		_, offer, offered := strings.Cut(err.Error(), ", but ")
		if offered != (want != "") || !strings.HasPrefix(offer, want) {
			t.Errorf("%q: %v, want %q first", name, err, want)
		}
	}
}
