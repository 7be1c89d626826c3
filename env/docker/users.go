package docker

import (
	"context"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// users are the names of the containers that use a thing, sorted, by the
// thing's ID or name.
type users struct {
	images   map[string][]string // by ID
	volumes  map[string][]string // by name
	networks map[string][]string // by ID, and by name for containers that never ran
}

// findUsers asks who uses what; stopped containers count.
func findUsers(ctx context.Context, cn *conn) (users, error) {
	r, err := cn.api.ContainerList(ctx, client.ContainerListOptions{All: true})
	if err != nil {
		return users{}, err
	}
	return usersOf(r.Items), nil
}

func usersOf(list []container.Summary) users {
	u := users{images: map[string][]string{}, volumes: map[string][]string{}, networks: map[string][]string{}}
	for _, s := range list {
		name := rowName(s.Names)
		u.images[s.ImageID] = append(u.images[s.ImageID], name)
		for _, m := range s.Mounts {
			if m.Name != "" && !slices.Contains(u.volumes[m.Name], name) {
				u.volumes[m.Name] = append(u.volumes[m.Name], name)
			}
		}
		if s.NetworkSettings == nil {
			continue
		}
		for network, at := range s.NetworkSettings.Networks {
			if at != nil && at.NetworkID != "" {
				network = at.NetworkID
			}
			u.networks[network] = append(u.networks[network], name)
		}
	}
	for _, by := range []map[string][]string{u.images, u.volumes, u.networks} {
		for _, names := range by {
			slices.Sort(names)
		}
	}
	return u
}

// network returns who uses a network.
func (u users) network(id, name string) []string {
	names := append(slices.Clone(u.networks[id]), u.networks[name]...)
	slices.Sort(names)
	return slices.Compact(names)
}

// labels are a thing's labels as rows have them: "key=value", sorted.
func labels(in map[string]string) []string {
	if len(in) == 0 {
		return nil
	}
	out := make([]string, 0, len(in))
	for k, v := range in {
		out = append(out, k+"="+v)
	}
	slices.Sort(out)
	return out
}

// byName orders names as people read them: case does not count.
func byName(a, b string) int {
	if n := strings.Compare(strings.ToLower(a), strings.ToLower(b)); n != 0 {
		return n
	}
	return strings.Compare(a, b)
}

// projectLabel is what Compose writes on all it makes.
const projectLabel = "com.docker.compose.project"
