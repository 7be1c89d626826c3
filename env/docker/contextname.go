package docker

import (
	"strings"

	"github.com/distribution/reference"
)

// ContextName is how BuildKit looks a name of a Dockerfile up among named
// contexts: familiar, and without the tag latest.
func ContextName(name string) (string, error) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(reference.FamiliarString(named), ":latest"), nil
}
