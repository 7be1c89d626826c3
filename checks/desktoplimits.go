package checks

import (
	"context"
	"fmt"
	"strings"
)

func probePolicy(ctx context.Context, m *Machine) Finding {
	if !m.install(ctx).Found {
		return notHere("Docker Desktop is not on this machine")
	}
	p := m.Desktop.Policy(ctx)
	switch {
	case p.Path == "":
		return ok("Nothing is fixed")
	case p.Err != nil:
		return fail("The settings your organisation fixes cannot be read").saw(p.Path, "%v", p.Err).
			byHand("Ask whoever administers Docker Desktop in your organisation to mend " + p.Path).
			read("https://docs.docker.com/enterprise/security/hardened-desktop/settings-management/configure-json-file/")
	case len(p.Locked) == 0:
		return ok("Your organisation sets defaults and fixes nothing").saw(p.Path, "nothing is locked")
	}
	return ok("Your organisation fixes %s", strings.Join(p.Locked, ", ")).saw(p.Path, "locked: %s", strings.Join(p.Locked, ", "))
}

// probeSocketPath looks at all sockets Docker Desktop would make, before it
// tries to.
func probeSocketPath(ctx context.Context, m *Machine) Finding {
	i := m.install(ctx)
	if !i.Found {
		return notHere("Docker Desktop is not on this machine")
	}
	limit := socketPathLimit(m.Host.OS())
	longest := ""
	for _, url := range append([]string{i.Backend}, i.Sockets...) {
		if path, isUnix := strings.CutPrefix(url, "unix://"); isUnix && len(path) > len(longest) {
			longest = path
		}
	}
	saw := fmt.Sprintf("%d bytes; at most %d can be opened", len(longest), limit-1)
	if len(longest) < limit {
		return ok("%d bytes to spare", limit-1-len(longest)).saw(longest, "%s", saw)
	}
	return fail("The home folder's path is too long for Docker Desktop's sockets").saw(longest, "%s", saw).
		byHand(fmt.Sprintf("Use an account whose home folder's path is %d bytes shorter than %s", len(longest)-limit+1, m.Host.Home()))
}
