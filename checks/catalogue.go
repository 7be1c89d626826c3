package checks

import "slices"

// All returns the catalogue, in the order it is shown.
func All() []*Check {
	return slices.Concat(dockerChecks(), desktopChecks(), kubernetesChecks(), workloadChecks(), registryChecks(), projectChecks())
}
