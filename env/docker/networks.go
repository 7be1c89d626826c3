package docker

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
)

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
