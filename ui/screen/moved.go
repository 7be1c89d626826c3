package screen

import (
	"fmt"

	"github.com/twindeck/twindeck/env/docker"
)

// Moved says how much of an image a node was given.
func Moved(l docker.Loaded) string {
	if l.Moved == 0 {
		return fmt.Sprintf("it had all %d layers", l.Layers)
	}
	return fmt.Sprintf("%d of %d layers were missing, %s", l.Moved, l.Layers, Bytes(l.Bytes))
}
