package docker

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
)

// Network is a row of the list of networks.
type Network struct {
	ID       string // 64 hex digits
	Name     string
	Driver   string
	Scope    string   // local, swarm, global
	Subnets  []string // 172.18.0.0/16
	Internal bool     // no way out
	BuiltIn  bool     // the engine's own: it cannot be removed
	Created  time.Time
	UsedBy   []string // names of containers, stopped ones included, sorted
	Project  string   // Compose project; empty if none
	Labels   []string // "key=value", sorted
}

// Networks lists the networks by name.
func (c *Client) Networks(ctx context.Context) ([]*Network, error) {
	return ask(ctx, c, workTime, "listing networks", func(ctx context.Context, cn *conn) ([]*Network, error) {
		found, err := cn.api.NetworkList(ctx, client.NetworkListOptions{})
		if err != nil {
			return nil, err
		}
		used, err := findUsers(ctx, cn)
		if err != nil {
			return nil, err
		}
		rows := make([]*Network, 0, len(found.Items))
		for _, n := range found.Items {
			rows = append(rows, toNetwork(n.Network, used))
		}
		slices.SortFunc(rows, func(a, b *Network) int {
			return cmp.Or(byName(a.Name, b.Name), strings.Compare(a.ID, b.ID))
		})
		return rows, nil
	})
}

func toNetwork(n network.Network, used users) *Network {
	row := &Network{
		ID: n.ID, Name: n.Name, Driver: n.Driver, Scope: n.Scope, Internal: n.Internal, Created: n.Created,
		BuiltIn: slices.Contains(builtIn, n.Name),
		UsedBy:  used.network(n.ID, n.Name),
		Project: n.Labels[projectLabel],
		Labels:  labels(n.Labels),
	}
	for _, c := range n.IPAM.Config {
		if c.Subnet.IsValid() {
			row.Subnets = append(row.Subnets, c.Subnet.String())
		}
	}
	return row
}

// builtIn are the networks that every engine has: nat is Windows'. Nobody
// else's can have these names.
var builtIn = []string{"bridge", "default", "host", "nat", "none"}
