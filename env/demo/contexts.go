package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/link"
)

var errFarAway = errors.New("dial tcp: lookup 8C1F2E.gr7.eu-central-1.eks.amazonaws.com: no such host")

// SetContext goes to another of the three contexts. The cluster of k3d has
// nothing but its own pods and my-app; the one far away needs a VPN.
func (c cluster) SetContext(name string) error {
	for _, k := range c.Config().Contexts {
		if k.Name != cmp.Or(name, c.w.currentContext()) {
			continue
		}
		c.w.lock()
		defer c.w.mu.Unlock()
		if k.Name != c.w.inForce() {
			c.w.spaces[c.w.inForce()] = c.w.namespace
			ns, been := c.w.spaces[k.Name]
			if !been {
				ns = k.Namespace
			}
			c.w.chosen, c.w.namespace = k.Name, ns
			c.w.changed()
		}
		return nil
	}
	return fmt.Errorf("%w: %q is not in %s", kube.ErrNoContext, name, kubeconfig)
}

// inForce is the name of the context that calls go to; the world is locked.
func (w *world) inForce() string { return cmp.Or(w.chosen, w.currentContext()) }

// away says whether another context was chosen than the kubeconfig's.
func (w *world) away() bool { return w.inForce() != w.currentContext() }

// unreachable says why the cluster in force does not answer.
func (w *world) unreachable() error {
	switch {
	case !w.clusterUp:
		return errClusterOff
	case w.away() && w.inForce() == farAway:
		return errFarAway
	}
	return nil
}

func (w *world) clusterStatus(now time.Time) link.Status {
	err := w.unreachable()
	return w.status(now, err == nil, err)
}

// here says whether an object is in the cluster in force.
func (w *world) here(namespace, name string, owner kube.Owner) bool {
	return !w.away() || namespace == "" || strings.HasPrefix(name, "my-app") ||
		namespace == "kube-system" && owner.Kind != "Node"
}

// aimed reports as an error that ctx is bound to another context.
func (w *world) aimed(ctx context.Context) error {
	at, bound := kube.AimedAt(ctx)
	if !bound || at.Name == w.inForce() {
		return nil
	}
	return fmt.Errorf("%w: this was asked of context %s, and %s is in force now", kube.ErrElsewhere, at.Name, w.inForce())
}
