package docker

import (
	"context"
	"regexp"
	"slices"
	"time"

	"github.com/moby/moby/api/types/volume"
	"github.com/moby/moby/client"
)

// Volume is a row of the list of volumes.
type Volume struct {
	Name       string
	Driver     string
	Scope      string // local, global
	Mountpoint string // on the engine's host
	Created    time.Time
	Size       int64    // bytes; -1: not known, as in every list: VolumeSizes tells
	UsedBy     []string // names of containers, stopped ones included, sorted
	Project    string   // Compose project; empty if none
	Anonymous  bool     // named by the engine, for a container that named none
	Labels     []string // "key=value", sorted
}

// Volumes lists the volumes by name. Their sizes are not known: VolumeSizes.
func (c *Client) Volumes(ctx context.Context) ([]*Volume, error) {
	return ask(ctx, c, workTime, "listing volumes", func(ctx context.Context, cn *conn) ([]*Volume, error) {
		found, err := cn.api.VolumeList(ctx, client.VolumeListOptions{})
		if err != nil {
			return nil, err
		}
		used, err := findUsers(ctx, cn)
		if err != nil {
			return nil, err
		}
		rows := make([]*Volume, 0, len(found.Items))
		for _, v := range found.Items {
			rows = append(rows, toVolume(v, used))
		}
		slices.SortFunc(rows, func(a, b *Volume) int { return byName(a.Name, b.Name) })
		return rows, nil
	})
}

func toVolume(v volume.Volume, used users) *Volume {
	row := &Volume{
		Name: v.Name, Driver: v.Driver, Scope: v.Scope, Mountpoint: v.Mountpoint, Size: -1,
		UsedBy:  used.volumes[v.Name],
		Project: v.Labels[projectLabel],
		Labels:  labels(v.Labels),
	}
	row.Created, _ = time.Parse(time.RFC3339, v.CreatedAt)
	_, marked := v.Labels["com.docker.volume.anonymous"]
	row.Anonymous = marked || engineMade.MatchString(v.Name) && row.Project == ""
	return row
}

// engineMade is a name that engines before 23 gave without a label.
var engineMade = regexp.MustCompile(`^[0-9a-f]{64}$`)

// countTime is how long the engine may count bytes: it reads every file.
const countTime = 2 * time.Minute

// VolumeSizes counts the bytes in each volume, by name. It takes the engine
// seconds; volumes of drivers that cannot tell are left out.
func (c *Client) VolumeSizes(ctx context.Context) (map[string]int64, error) {
	return ask(ctx, c, countTime, "counting what is in volumes", func(ctx context.Context, cn *conn) (map[string]int64, error) {
		du, err := cn.api.DiskUsage(ctx, client.DiskUsageOptions{Volumes: true, Verbose: true})
		if err != nil {
			return nil, err
		}
		sizes := map[string]int64{}
		for _, v := range du.Volumes.Items {
			if v.UsageData != nil && v.UsageData.Size >= 0 {
				sizes[v.Name] = v.UsageData.Size
			}
		}
		return sizes, nil
	})
}
