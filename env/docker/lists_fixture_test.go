package docker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// engines are the contexts of the fixture's engines: one shares containerd's
// store with the cluster, the other has a store of its own.
var engines = []string{"desktop-linux", "separate"}

// onEach runs a test on each engine, with a client that follows it.
func onEach(t *testing.T, test func(t *testing.T, c *Client)) {
	t.Helper()
	for _, name := range engines {
		t.Run(name, func(t *testing.T) {
			c := fixture(t, name)
			run(t, c)
			until(t, c, "the engine", 10*time.Second, func(s Snapshot) bool { return s.Status.Err == nil && s.Version > 0 })
			test(t, c)
		})
	}
}

// unique is a name of this test alone.
func unique(what string) string { return fmt.Sprintf("fixture-%s-%d", what, time.Now().UnixNano()) }

// made creates a container, and removes it with its anonymous volumes when the
// test ends.
func made(t *testing.T, c *Client, o client.ContainerCreateOptions) (id string) {
	t.Helper()
	cn, err := c.conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := cn.api.ContainerCreate(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = cn.api.ContainerRemove(context.Background(), r.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	})
	return r.ID
}

// small builds an image of one file.
func small(t *testing.T, c *Client, platform string) (ref string) {
	t.Helper()
	ref = tag(t, c, "fixture-list")
	_, err := c.Build(t.Context(), BuildRequest{
		Tag: ref, Platform: platform, Labels: map[string]string{projectLabel: "shop"},
		Context: project(t, map[string]string{"Dockerfile": "FROM scratch\nENV API_TOKEN=hunter2\nCOPY f /f\nCMD [\"/f\"]\n", "f": ref}),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// imageRow lists images and finds those with a name.
func imageRow(t *testing.T, c *Client, name string) (row *ImageRow, times int) {
	t.Helper()
	rows, err := c.Images(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if slices.Contains(r.Names, name) {
			row, times = r, times+1
		}
	}
	return row, times
}

// listMoves waits until a list's counter is another one than before.
func listMoves(t *testing.T, c *Client, what string, before uint64, counter func(Snapshot) uint64) {
	t.Helper()
	until(t, c, what, 10*time.Second, func(s Snapshot) bool { return counter(s) != before })
}

func imagesOf(s Snapshot) uint64   { return s.Images }
func volumesOf(s Snapshot) uint64  { return s.Volumes }
func networksOf(s Snapshot) uint64 { return s.Networks }

// An image's names come and go, seen without asking; what a container uses
// stays; without one it goes by its ID.
func TestFixtureImages(t *testing.T) {
	onEach(t, func(t *testing.T, c *Client) {
		before := c.Snapshot().Images
		ref := small(t, c, "")
		listMoves(t, c, "the image that was built", before, imagesOf)
		row, times := imageRow(t, c, ref)
		full, err := c.Image(t.Context(), ref)
		if err != nil || times != 1 || row.ID != full.ID || row.Digest != full.Digest || row.Config != full.Config || row.Project != "shop" || row.Size <= 0 || time.Since(row.Created) > time.Hour {
			t.Fatalf("row %+v (%d times), image %+v, %v", row, times, full, err)
		}
		if info, err := c.Info(t.Context()); err != nil || info.ContainerdStore != (len(row.Platforms) == 1) {
			t.Errorf("platforms %q, %+v, %v", row.Platforms, info, err)
		}

		again := tag(t, c, "fixture-list-again")
		before = c.Snapshot().Images
		if err := c.Tag(t.Context(), ref, again); err != nil {
			t.Fatal(err)
		}
		listMoves(t, c, "the second name", before, imagesOf)
		if row, times := imageRow(t, c, again); times != 1 || !slices.Equal(row.Names, []string{ref, again}) && !slices.Equal(row.Names, []string{again, ref}) {
			t.Errorf("row %+v, %d times", row, times)
		}

		name := unique("uses-image")
		before = c.Snapshot().Images
		id := made(t, c, client.ContainerCreateOptions{Name: name, Config: &container.Config{Image: ref}})
		listMoves(t, c, "a container that uses it", before, imagesOf)
		if row, _ := imageRow(t, c, ref); !slices.Equal(row.UsedBy, []string{name}) {
			t.Errorf("used by %q", row.UsedBy)
		}
		if err := c.RemoveImage(t.Context(), again); err != nil {
			t.Errorf("a name of several: %v", err)
		}
		for _, what := range []string{ref, full.ID} {
			if err := c.RemoveImage(t.Context(), what); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), "in use by "+name) || !strings.Contains(err.Error(), "docker rm -f "+name) {
				t.Errorf("removing %s, which is in use: %v", what, err)
			}
		}
		if row, _ := imageRow(t, c, ref); row == nil || !slices.Equal(row.Names, []string{ref}) {
			t.Errorf("after that it is %+v", row)
		}

		if err := c.Tag(t.Context(), ref, again); err != nil {
			t.Fatal(err)
		}
		if err := c.Remove(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		before = c.Snapshot().Images
		if err := c.RemoveImage(t.Context(), full.ID); err != nil {
			t.Errorf("with all its names: %v", err)
		}
		listMoves(t, c, "the image gone", before, imagesOf)
		for _, what := range []string{ref, again} {
			if row, _ := imageRow(t, c, what); row != nil {
				t.Errorf("still there: %+v", row)
			}
		}
		if err := c.RemoveImage(t.Context(), full.ID); !errors.Is(err, ErrNotFound) {
			t.Errorf("removing what is gone: %v", err)
		}
	})
}

// An image for several platforms is one row.
func TestFixtureImageOfSeveralPlatforms(t *testing.T) {
	c := fixture(t, "desktop-linux")
	ref := small(t, c, "linux/amd64,linux/arm64")
	row, times := imageRow(t, c, ref)
	if times != 1 || !slices.Equal(row.Platforms, []string{"linux/amd64", "linux/arm64"}) {
		t.Fatalf("row %+v, %d times", row, times)
	}
	name := unique("uses-one-platform")
	made(t, c, client.ContainerCreateOptions{Name: name, Config: &container.Config{Image: ref}})
	if row, _ := imageRow(t, c, ref); !slices.Equal(row.UsedBy, []string{name}) {
		t.Errorf("used by %q", row.UsedBy)
	}
}

// What an image is made of, its secrets masked.
func TestFixtureImageDetails(t *testing.T) {
	onEach(t, func(t *testing.T, c *Client) {
		ref := small(t, c, "")
		layers, err := c.History(t.Context(), ref)
		if err != nil || !strings.HasPrefix(layers, "CREATED") || !strings.Contains(layers, "COPY f /f") || !strings.Contains(layers, `CMD ["/f"]`) || strings.Contains(layers, "hunter2") {
			t.Errorf("history\n%s%v", layers, err)
		}
		text, err := c.InspectImage(t.Context(), ref)
		if err != nil || !strings.Contains(text, `"API_TOKEN=********"`) || strings.Contains(text, "hunter2") {
			t.Errorf("inspect %s, %v", text, err)
		}
	})
}

// Volumes with their users and sizes; the data of one in use cannot be lost.
func TestFixtureVolumes(t *testing.T) {
	onEach(t, func(t *testing.T, c *Client) {
		cn, err := c.conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		data, name := unique("data"), unique("uses-volume")
		before := c.Snapshot().Volumes
		if _, err := cn.api.VolumeCreate(t.Context(), client.VolumeCreateOptions{Name: data, Labels: map[string]string{projectLabel: "shop"}}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.RemoveVolume(context.Background(), data) })
		listMoves(t, c, "the volume", before, volumesOf)
		before = c.Snapshot().Volumes
		id := made(t, c, client.ContainerCreateOptions{
			Name: name,
			Config: &container.Config{
				Image: "twindeck.local/base:1", Cmd: []string{"sh", "-c", "head -c 1000000 /dev/zero > /data/f"},
				Volumes: map[string]struct{}{"/scratch": {}},
			},
			HostConfig: &container.HostConfig{Binds: []string{data + ":/data"}},
		})
		listMoves(t, c, "its user", before, volumesOf)
		if err := c.Start(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		until(t, c, "the end of the container", 15*time.Second, func(s Snapshot) bool {
			i := slices.IndexFunc(s.Containers, func(r *Container) bool { return r.ID == id })
			return i >= 0 && s.Containers[i].State == "exited"
		})

		rows, err := c.Volumes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var mine []*Volume
		for _, v := range rows {
			if slices.Contains(v.UsedBy, name) {
				mine = append(mine, v)
			}
		}
		if len(mine) != 2 {
			t.Fatalf("the container uses %+v", mine)
		}
		slices.SortFunc(mine, func(a, b *Volume) int { return strings.Compare(a.Project, b.Project) })
		anonymous, named := mine[0], mine[1]
		if !anonymous.Anonymous || anonymous.Project != "" || named.Anonymous || named.Name != data || named.Project != "shop" || named.Driver != "local" || named.Size != -1 || time.Since(named.Created) > time.Hour || filepath.Base(named.Mountpoint) != "_data" {
			t.Errorf("volumes %+v, %+v", anonymous, named)
		}
		if sizes, err := c.VolumeSizes(t.Context()); err != nil || sizes[data] < 1_000_000 || sizes[anonymous.Name] >= 1_000_000 {
			t.Errorf("sizes %v, %v", sizes, err)
		}
		if text, err := c.InspectVolume(t.Context(), data); err != nil || !strings.Contains(text, `"Mountpoint": "`+named.Mountpoint+`"`) {
			t.Errorf("inspect %s, %v", text, err)
		}

		if err := c.RemoveVolume(t.Context(), data); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), "in use by "+name) {
			t.Errorf("removing a volume in use: %v", err)
		}
		before = c.Snapshot().Volumes
		if err := c.Remove(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		listMoves(t, c, "the user gone", before, volumesOf)
		for _, v := range []string{data, anonymous.Name} {
			if err := c.RemoveVolume(t.Context(), v); err != nil {
				t.Error(err)
			}
		}
		if err := c.RemoveVolume(t.Context(), data); !errors.Is(err, ErrNotFound) {
			t.Errorf("removing what is gone: %v", err)
		}
	})
}

// Networks with their users; the engine's own cannot be removed.
func TestFixtureNetworks(t *testing.T) {
	onEach(t, func(t *testing.T, c *Client) {
		cn, err := c.conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		shop, name := unique("net"), unique("uses-network")
		before := c.Snapshot().Networks
		if _, err := cn.api.NetworkCreate(t.Context(), shop, client.NetworkCreateOptions{Internal: true, Labels: map[string]string{projectLabel: "shop"}}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.RemoveNetwork(context.Background(), shop) })
		listMoves(t, c, "the network", before, networksOf)
		before = c.Snapshot().Networks
		id := made(t, c, client.ContainerCreateOptions{
			Name: name, Config: &container.Config{Image: "twindeck.local/base:1", Cmd: []string{"sleep", "300"}, StopSignal: "SIGKILL"},
			HostConfig: &container.HostConfig{NetworkMode: container.NetworkMode(shop)},
		})
		listMoves(t, c, "its user", before, networksOf)
		find := func(name string) *Network {
			t.Helper()
			rows, err := c.Networks(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if i := slices.IndexFunc(rows, func(n *Network) bool { return n.Name == name }); i >= 0 {
				return rows[i]
			}
			return nil
		}
		row := find(shop)
		if row == nil || row.Driver != "bridge" || row.Scope != "local" || len(row.Subnets) != 1 || !row.Internal || row.BuiltIn || row.Project != "shop" || !slices.Equal(row.UsedBy, []string{name}) || time.Since(row.Created) > time.Hour {
			t.Fatalf("row %+v", row)
		}
		for _, own := range []string{"host", "none"} {
			if row := find(own); row == nil || !row.BuiltIn {
				t.Errorf("%s is %+v", own, row)
			} else if err := c.RemoveNetwork(t.Context(), row.ID); err == nil || !strings.Contains(err.Error(), own+" is one of the engine's own networks") {
				t.Errorf("removing %s: %v", own, err)
			}
		}
		if err := c.RemoveNetwork(t.Context(), row.ID); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), "in use by "+name) {
			t.Errorf("removing a network whose user is stopped: %v", err)
		}
		if err := c.Start(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if err := c.RemoveNetwork(t.Context(), row.ID); !errors.Is(err, ErrInUse) {
			t.Errorf("removing a network whose user runs: %v", err)
		}
		if row := find(shop); !slices.Equal(row.UsedBy, []string{name}) {
			t.Errorf("used by %q", row.UsedBy)
		}
		if text, err := c.InspectNetwork(t.Context(), row.ID); err != nil || !strings.Contains(text, `"Name": "`+shop+`"`) {
			t.Errorf("inspect %s, %v", text, err)
		}
		before = c.Snapshot().Networks
		if _, err := cn.api.NetworkDisconnect(t.Context(), row.ID, client.NetworkDisconnectOptions{Container: id}); err != nil {
			t.Fatal(err)
		}
		listMoves(t, c, "the user gone", before, networksOf)
		if err := c.RemoveNetwork(t.Context(), row.ID); err != nil {
			t.Error(err)
		}
		if find(shop) != nil {
			t.Error("the network is still there")
		}
	})
}

// An image comes from a registry once; what a registry refuses is told.
func TestFixturePull(t *testing.T) {
	open, closed := os.Getenv("TWINDECK_FIXTURE_REGISTRY"), os.Getenv("TWINDECK_FIXTURE_REGISTRY_AUTH")
	onEach(t, func(t *testing.T, c *Client) {
		ref := open + "/fixture/" + small(t, c, "")
		if err := c.Tag(t.Context(), strings.TrimPrefix(ref, open+"/fixture/"), ref); err != nil {
			t.Fatal(err)
		}
		pushed, err := c.Push(t.Context(), ref, nil)
		if err != nil {
			t.Fatal(err)
		}
		full, err := c.Image(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.RemoveImage(t.Context(), full.ID); err != nil {
			t.Fatal(err)
		}
		before := c.Snapshot().Images
		layers := map[string]LayerProgress{}
		got, err := c.Pull(t.Context(), ref, func(l LayerProgress) { layers[l.ID] = l })
		if err != nil || got != (PullResult{Reference: ref, Digest: pushed.Digest, Fresh: true}) || len(layers) == 0 {
			t.Errorf("pulled %+v, %v, layers %+v", got, err, layers)
		}
		t.Cleanup(func() { _ = c.RemoveImage(context.Background(), ref) })
		listMoves(t, c, "the image that was pulled", before, imagesOf)
		if row, times := imageRow(t, c, ref); times != 1 || row.Digest != pushed.Digest {
			t.Errorf("row %+v", row)
		}
		if got, err := c.Pull(t.Context(), ref, nil); err != nil || got.Fresh {
			t.Errorf("pulled again %+v, %v", got, err)
		}
		if _, err := c.Pull(t.Context(), open+"/fixture/no-such-image:1", nil); !errors.Is(err, ErrNotFound) {
			t.Errorf("no such image: %v", err)
		}

		e, err := c.Endpoint()
		if err != nil {
			t.Fatal(err)
		}
		stranger := Open(Options{ConfigDir: dockerDir(t, `{}`, nil), Environ: environ("DOCKER_HOST=" + e.Host)})
		if _, err := stranger.Pull(t.Context(), closed+"/fixture/private:1", nil); !errors.Is(err, ErrDenied) || !strings.Contains(err.Error(), "docker login "+closed) {
			t.Errorf("without a login: %v", err)
		}
		if _, err := c.Pull(t.Context(), "localhost:1/fixture/app:1", nil); !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "localhost:1") {
			t.Errorf("no registry: %v", err)
		}
	})
}

// A build under the same tag while a container runs: the container keeps the
// name that its user gave, and the ID of what it runs.
func TestFixtureRebuiltImage(t *testing.T) {
	onEach(t, func(t *testing.T, c *Client) {
		ref, name := tag(t, c, "fixture-rebuilt"), unique("rebuilt")
		build := func(content string) Image {
			t.Helper()
			_, err := c.Build(t.Context(), BuildRequest{Tag: ref, Context: project(t, map[string]string{
				"Dockerfile": "FROM twindeck.local/base:1\nCOPY f /f\nCMD [\"sleep\", \"1000\"]\n", "f": content,
			})}, nil)
			if err != nil {
				t.Fatal(err)
			}
			image, err := c.Image(t.Context(), ref)
			if err != nil {
				t.Fatal(err)
			}
			return image
		}
		before := build(ref + " before")
		t.Cleanup(func() { _ = c.RemoveImage(context.Background(), before.ID) })
		id := made(t, c, client.ContainerCreateOptions{Name: name, Config: &container.Config{Image: ref}})
		if err := c.Start(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		at, err := c.Endpoint()
		if err != nil {
			t.Fatal(err)
		}
		after := build(ref + " after")
		late := fixture(t, at.Context) // has seen nothing of the name's former image
		run(t, late)
		row := func(s Snapshot) *Container {
			i := slices.IndexFunc(s.Containers, func(r *Container) bool { return r.ID == id && !r.Started.IsZero() })
			if i < 0 {
				return nil
			}
			return s.Containers[i]
		}
		got := row(until(t, late, "the container", 10*time.Second, func(s Snapshot) bool { return row(s) != nil }))
		if got.Image != ref || got.ImageID != before.ID || got.ImageID == after.ID {
			t.Errorf("it runs %s, %s; want %s, %s; built last %s", got.Image, got.ImageID, ref, before.ID, after.ID)
		}
	})
}

// What is in a container that runs: processes, environment, use; frozen,
// going on, ended.
func TestFixtureContainerContents(t *testing.T) {
	onEach(t, func(t *testing.T, c *Client) {
		name := unique("contents")
		id := made(t, c, client.ContainerCreateOptions{
			Name: name,
			Config: &container.Config{
				Image: "twindeck.local/base:1", Env: []string{"GREETING=hello", "DB_PASSWORD=hunter2"},
				Cmd:    []string{"sh", "-c", "while :; do :; done", "--password", "hunter2"},
				Labels: map[string]string{"tier": "front", "com.docker.compose.project": "shop"},
			},
			HostConfig: &container.HostConfig{Resources: container.Resources{Memory: 64 << 20}},
		})
		if _, err := c.Usage(t.Context(), id); !errors.Is(err, ErrNotFound) {
			t.Errorf("the use of what does not run: %v", err)
		}
		if err := c.Start(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		state := func(want string) *Container {
			t.Helper()
			var row *Container
			until(t, c, "the state "+want, 15*time.Second, func(s Snapshot) bool {
				i := slices.IndexFunc(s.Containers, func(r *Container) bool { return r.ID == id })
				if i < 0 || s.Containers[i].State != want {
					return false
				}
				row = s.Containers[i]
				return true
			})
			return row
		}
		if row := state("running"); !slices.Contains(row.Labels, "tier=front") || !slices.Contains(row.Labels, "com.docker.compose.project=shop") {
			t.Errorf("labels %q", row.Labels)
		}

		if text, err := c.Top(t.Context(), id); err != nil || !strings.Contains(text, "while :; do :; done") || strings.Contains(text, "hunter2") || !strings.Contains(text, "PID") {
			t.Errorf("top\n%s%v", text, err)
		}
		if text, err := c.Environment(t.Context(), id); err != nil || !strings.Contains(text, "GREETING=hello\n") || !strings.Contains(text, "DB_PASSWORD=********\n") {
			t.Errorf("environment\n%s%v", text, err)
		}
		first, err := c.Usage(t.Context(), id)
		if err != nil || first.Took != 0 || first.Memory <= 0 || first.MemoryLimit != 64<<20 || first.Processes < 1 || first.CPUs < 1 {
			t.Errorf("use %+v, %v", first, err)
		}
		second, err := c.Usage(t.Context(), id)
		for err == nil && second.CPU < 0.05 && second.At.Sub(first.At) < 10*time.Second {
			second, err = c.Usage(t.Context(), id)
		}
		if err != nil || second.Took <= 0 || second.CPU < 0.05 {
			t.Errorf("then %+v, %v", second, err)
		}

		for _, step := range []struct {
			do   func(context.Context, string) error
			want string
		}{{c.Pause, "paused"}, {c.Unpause, "running"}, {c.Kill, "exited"}} {
			if err := step.do(t.Context(), id); err != nil {
				t.Errorf("towards %s: %v", step.want, err)
			}
			if row := state(step.want); step.want == "exited" && row.ExitCode != 137 {
				t.Errorf("killed: %+v", row)
			}
		}
		if _, err := c.Top(t.Context(), id); err == nil || !strings.Contains(err.Error(), "not running") {
			t.Errorf("the processes of what does not run: %v", err)
		}
	})
}

// The two engines are changed between without a restart, and neither gets
// what was asked of the other.
func TestFixtureContexts(t *testing.T) {
	c := fixture(t, "")
	list, err := c.Contexts()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		if x.InForce != (x.Context == "desktop-linux") || x.InForce && x.Source != "config.json currentContext" {
			t.Errorf("context %+v", x)
		}
	}
	for _, want := range engines {
		if !slices.ContainsFunc(list, func(x Context) bool { return x.Context == want && x.Err == nil && x.Local }) {
			t.Errorf("there is no %s in %+v", want, list)
		}
	}

	run(t, c)
	here := until(t, c, "the engine", 10*time.Second, func(s Snapshot) bool {
		return s.Status.Err == nil && s.Endpoint.Context == "desktop-linux" && s.Version > 0
	})
	there := fixture(t, "separate")
	name := unique("elsewhere")
	made(t, there, client.ContainerCreateOptions{Name: name, Config: &container.Config{Image: "twindeck.local/base:1"}})
	data := unique("both")
	for _, x := range []*Client{c, there} {
		cn, err := x.conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cn.api.VolumeCreate(t.Context(), client.VolumeCreateOptions{Name: data}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_, _ = cn.api.VolumeRemove(context.Background(), data, client.VolumeRemoveOptions{Force: true})
		})
	}

	if err := c.SetContext("separate"); err != nil {
		t.Fatal(err)
	}
	now := until(t, c, "the other engine's row", 5*time.Second, func(s Snapshot) bool {
		return slices.ContainsFunc(s.Containers, func(r *Container) bool { return r.Name == name })
	})
	for _, r := range now.Containers {
		if slices.ContainsFunc(here.Containers, func(old *Container) bool { return old.ID == r.ID }) {
			t.Errorf("a row of the former engine: %+v", r)
		}
	}
	if err := c.RemoveVolume(Aim(t.Context(), here.Endpoint), data); !errors.Is(err, ErrElsewhere) {
		t.Errorf("asked of the former engine: %v", err)
	}
	if _, err := there.InspectVolume(t.Context(), data); err != nil {
		t.Errorf("the other engine's volume of that name: %v", err)
	}
	if v, err := c.Version(t.Context()); err != nil || v.Platform != "" {
		t.Errorf("version %+v, %v", v, err)
	}

	if err := c.SetContext(""); err != nil {
		t.Fatal(err)
	}
	until(t, c, "the first engine again", 5*time.Second, func(s Snapshot) bool {
		return s.Endpoint == here.Endpoint && s.Status.Err == nil && len(s.Containers) == len(here.Containers)
	})
	if err := c.RemoveVolume(Aim(t.Context(), here.Endpoint), data); err != nil {
		t.Errorf("at the engine meant: %v", err)
	}
}
