package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
)

// others are the images that somebody else built.
var others = map[string]struct {
	size    int64 // bytes
	age     time.Duration
	command string // that it runs
}{
	"postgres:17-alpine":                 {276_900_000, 16 * day, `["postgres"]`},
	"registry:3":                         {57_700_000, 75 * day, `["/etc/distribution/config.yml"]`},
	"grafana/grafana:12.3.0":             {741_300_000, 41 * day, `["/run.sh"]`},
	"mysql:8.4":                          {783_100_000, 23 * day, `["mysqld"]`},
	"opensearchproject/opensearch:3.2.0": {1_620_000_000, 98 * day, `["opensearch"]`},
}

// volume is a volume with what a list does not tell.
type volume struct {
	docker.Volume
	bytes int64
	users []string // names of containers, whether they are there or not
}

// network is a network with the names of the containers that may use it.
type network struct {
	docker.Network
	users []string
}

// castObjects puts the volumes, the networks and the images without a name.
func (w *world) castObjects() {
	ago := func(d time.Duration) time.Time { return w.opened.Add(-d) }
	for i, age := range []time.Duration{37 * time.Hour, 44 * time.Hour} {
		old := w.image(fmt.Sprintf("my-app:before-%d", i), ago(age))
		old.Tags, old.Digests = nil, nil
		w.images[old.ID] = old
	}
	compose := []string{projectLabel + "=my-app", "com.docker.compose.version=5.1.0"}
	for _, v := range []volume{
		{Volume: docker.Volume{Name: "my-app_db-data", Project: "my-app", Labels: compose, Created: ago(9 * day)}, bytes: 214_800_000, users: []string{"my-app-db-1"}},
		{Volume: docker.Volume{Name: "my-app_uploads", Project: "my-app", Labels: compose, Created: ago(9 * day)}, bytes: 18_300_000, users: []string{"my-app-web-1", "my-app-worker-1"}},
		{Volume: docker.Volume{Name: "grafana", Created: ago(40 * day)}, bytes: 61_000_000, users: []string{"grafana"}},
		{Volume: docker.Volume{Name: "registry", Created: ago(60 * day)}, bytes: 1_402_000_000, users: []string{"registry"}},
		{Volume: docker.Volume{Name: hash("volume of old-db"), Anonymous: true, Created: ago(3 * day)}, bytes: 204_000_000, users: []string{"old-db"}},
		{Volume: docker.Volume{Name: hash("volume of nobody"), Anonymous: true, Created: ago(21 * day)}, bytes: 4_900_000},
	} {
		v.Driver, v.Scope, v.Size = "local", "local", -1
		v.Mountpoint = "/var/lib/docker/volumes/" + v.Name + "/_data"
		w.volumes[v.Name] = v
	}
	for i, n := range []network{
		{Network: docker.Network{Name: "bridge", Driver: "bridge", BuiltIn: true, Created: ago(4 * day)}, users: []string{"registry", "old-db", "search"}},
		{Network: docker.Network{Name: "host", Driver: "host", BuiltIn: true, Created: ago(200 * day)}},
		{Network: docker.Network{Name: "none", Driver: "null", BuiltIn: true, Created: ago(200 * day)}},
		{Network: docker.Network{Name: "my-app_default", Driver: "bridge", Project: "my-app", Labels: compose, Created: ago(9 * day)}, users: []string{"my-app-api-1", "my-app-db-1", "my-app-web-1", "my-app-worker-1"}},
		{Network: docker.Network{Name: "monitoring", Driver: "bridge", Internal: true, Created: ago(40 * day)}, users: []string{"grafana"}},
		{Network: docker.Network{Name: "scratch", Driver: "bridge", Created: ago(2 * day)}},
	} {
		n.ID, n.Scope = hash("network "+n.Name), "local"
		if n.Driver == "bridge" {
			n.Subnets = []string{fmt.Sprintf("172.%d.0.0/16", 17+i)}
		}
		w.networks[n.ID] = n
	}
}

const projectLabel = "com.docker.compose.project"

// present are those of names that containers have.
func (w *world) present(names []string) []string {
	var there []string
	for _, c := range w.containers {
		if slices.Contains(names, c.Name) {
			there = append(there, c.Name)
		}
	}
	slices.Sort(there)
	return there
}

// Images implements env.Docker.
func (e engine) Images(ctx context.Context) (rows []*docker.ImageRow, err error) {
	return rows, e.do(ctx, func(time.Time) error {
		byID := map[string]*docker.ImageRow{}
		for _, name := range slices.Sorted(maps.Keys(e.w.images)) {
			i := e.w.images[name]
			row := byID[i.ID]
			if row == nil {
				row = &docker.ImageRow{
					ID: i.ID, Digests: i.Digests, Digest: i.Digest, Config: i.Config, Size: i.Size, Created: i.Created,
					Platforms: []string{i.OS + "/" + i.Arch},
				}
				byID[i.ID] = row
				rows = append(rows, row)
			}
			if name != i.ID {
				row.Names = append(row.Names, name)
			}
		}
		for _, row := range rows {
			for _, c := range e.w.containers {
				if c.ImageID == row.ID {
					row.UsedBy = append(row.UsedBy, c.Name)
				}
			}
			slices.Sort(row.UsedBy)
		}
		slices.SortStableFunc(rows, func(a, b *docker.ImageRow) int {
			if a.Dangling() != b.Dangling() {
				return map[bool]int{true: 1, false: -1}[a.Dangling()]
			}
			return strings.Compare(a.Name(), b.Name())
		})
		return nil
	})
}

// Volumes implements env.Docker.
func (e engine) Volumes(ctx context.Context) (rows []*docker.Volume, err error) {
	return rows, e.do(ctx, func(time.Time) error {
		for _, name := range slices.Sorted(maps.Keys(e.w.volumes)) {
			v := e.w.volumes[name]
			v.UsedBy = e.w.present(v.users)
			rows = append(rows, &v.Volume)
		}
		return nil
	})
}

// VolumeSizes implements env.Docker.
func (e engine) VolumeSizes(ctx context.Context) (map[string]int64, error) {
	if err := e.w.pass(ctx, 1500*time.Millisecond); err != nil {
		return nil, err
	}
	sizes := map[string]int64{}
	return sizes, e.do(ctx, func(time.Time) error {
		for name, v := range e.w.volumes {
			sizes[name] = v.bytes
		}
		return nil
	})
}

// Networks implements env.Docker.
func (e engine) Networks(ctx context.Context) (rows []*docker.Network, err error) {
	return rows, e.do(ctx, func(time.Time) error {
		for _, n := range e.w.networks {
			n.UsedBy = e.w.present(n.users)
			rows = append(rows, &n.Network)
		}
		slices.SortFunc(rows, func(a, b *docker.Network) int { return strings.Compare(a.Name, b.Name) })
		return nil
	})
}

// inUse is the error of what containers use.
func inUse(doing, what string, by []string) error {
	return &docker.Error{
		Kind: docker.ErrInUse, Tried: doing,
		Happened: "the " + what + " is in use by " + strings.Join(by, ", "),
		Do:       "remove that first: docker rm -f " + strings.Join(by, " "),
	}
}

// RemoveImage implements env.Docker.
func (e engine) RemoveImage(ctx context.Context, nameOrID string) error {
	rows, err := e.Images(ctx)
	if err != nil {
		return err
	}
	if err := e.w.pass(ctx, 300*time.Millisecond); err != nil {
		return err
	}
	return e.do(ctx, func(time.Time) error {
		for _, row := range rows {
			byID := row.ID == nameOrID
			switch {
			case !byID && !slices.Contains(row.Names, nameOrID):
				continue
			case len(row.UsedBy) > 0 && (byID || len(row.Names) == 1):
				return inUse("removing image "+nameOrID, "image", row.UsedBy)
			case byID:
				maps.DeleteFunc(e.w.images, func(_ string, i docker.Image) bool { return i.ID == row.ID })
			default:
				delete(e.w.images, nameOrID)
			}
			e.w.changed()
			return nil
		}
		return fmt.Errorf("removing image %s: %w", nameOrID, docker.ErrNotFound)
	})
}

// RemoveVolume implements env.Docker.
func (e engine) RemoveVolume(ctx context.Context, name string) error {
	if err := e.w.pass(ctx, 300*time.Millisecond); err != nil {
		return err
	}
	return e.do(ctx, func(time.Time) error {
		v, there := e.w.volumes[name]
		if !there {
			return fmt.Errorf("removing volume %s: %w", name, docker.ErrNotFound)
		}
		if by := e.w.present(v.users); len(by) > 0 {
			return inUse("removing volume "+name, "volume", by)
		}
		delete(e.w.volumes, name)
		e.w.changed()
		return nil
	})
}

// RemoveNetwork implements env.Docker.
func (e engine) RemoveNetwork(ctx context.Context, id string) error {
	if err := e.w.pass(ctx, 300*time.Millisecond); err != nil {
		return err
	}
	return e.do(ctx, func(time.Time) error {
		n, there := e.w.networks[id]
		by := e.w.present(n.users)
		switch {
		case !there:
			return fmt.Errorf("removing network %.12s: %w", id, docker.ErrNotFound)
		case n.BuiltIn:
			return fmt.Errorf("removing network %s: %s is a pre-defined network and cannot be removed", n.Name, n.Name)
		case len(by) > 0:
			return inUse("removing network "+n.Name, "network", by)
		}
		delete(e.w.networks, id)
		e.w.changed()
		return nil
	})
}
