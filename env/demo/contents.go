package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/secret"
)

// Top implements env.Docker.
func (e engine) Top(ctx context.Context, id string) (text string, err error) {
	return text, e.do(ctx, func(now time.Time) error {
		c, err := e.w.find(id)
		if err != nil {
			return err
		}
		if c.State != "running" {
			return fmt.Errorf("listing the processes of container %.12s: container %s is not running", id, c.Name)
		}
		command := "node server.js"
		if main, _, _ := strings.Cut(cutTag(c.Image), "-"); !strings.HasPrefix(main, "my") {
			command = main[strings.LastIndex(main, "/")+1:]
		}
		from := c.Started.UTC().Format("15:04")
		text = "UID   PID   PPID  C  STIME  TTY  TIME      CMD\n" +
			fmt.Sprintf("1000  4211  4188  0  %s  ?    00:00:07  %s\n", from, command) +
			fmt.Sprintf("1000  4302  4211  0  %s  ?    00:00:00  sh -c sleep 60\n", now.Add(-time.Minute).UTC().Format("15:04"))
		return nil
	})
}

// Environment implements env.Docker.
func (e engine) Environment(ctx context.Context, id string) (text string, err error) {
	return text, e.do(ctx, func(time.Time) error {
		if _, err := e.w.find(id); err != nil {
			return err
		}
		text = strings.Join(environment, "\n") + "\n"
		return nil
	})
}

// environment is that of each container.
var environment = []string{"NODE_ENV=development", "PORT=3000", "DB_PASSWORD=" + secret.Hidden}

// Usage implements env.Docker.
func (e engine) Usage(ctx context.Context, id string) (u docker.Usage, err error) {
	return u, e.do(ctx, func(now time.Time) error {
		c, err := e.w.find(id)
		if err != nil {
			return err
		}
		if c.State != "running" {
			return fmt.Errorf("measuring container %.12s: it does not run: %w", id, docker.ErrNotFound)
		}
		s, up := statAt(c.Image+c.Name, now), now.Sub(c.Started).Seconds()
		flow := func(each float64) docker.Flow {
			return docker.Flow{Total: int64(up * each), Rate: each * (0.5 + 20*s.CPU)}
		}
		u = docker.Usage{
			At: now, Took: 2 * time.Second, CPU: s.CPU, CPUs: 8, Memory: s.Memory, MemoryLimit: 8 << 30, Processes: 11,
			Received: flow(4_100), Sent: flow(18_300), Read: flow(120), Written: flow(910),
		}
		return nil
	})
}

// InspectImage implements env.Docker.
func (e engine) InspectImage(ctx context.Context, id string) (string, error) {
	i, err := e.Image(ctx, id)
	if err != nil {
		return "", err
	}
	return indented(map[string]any{
		"Id": i.ID, "RepoTags": i.Tags, "RepoDigests": i.Digests, "Created": i.Created.UTC().Format(time.RFC3339Nano),
		"Architecture": i.Arch, "Os": i.OS, "Size": i.Size,
		"Config": map[string]any{"User": i.User, "Env": environment, "ExposedPorts": map[string]any{"3000/tcp": struct{}{}}},
	})
}

// InspectVolume implements env.Docker.
func (e engine) InspectVolume(ctx context.Context, name string) (text string, err error) {
	return text, e.do(ctx, func(time.Time) error {
		v, there := e.w.volumes[name]
		if !there {
			return fmt.Errorf("inspecting volume %s: %w", name, docker.ErrNotFound)
		}
		text, err = indented(map[string]any{
			"Name": v.Name, "Driver": v.Driver, "Scope": v.Scope, "Mountpoint": v.Mountpoint,
			"CreatedAt": v.Created.UTC().Format(time.RFC3339), "Labels": pairs(v.Labels), "Options": nil,
		})
		return err
	})
}

// InspectNetwork implements env.Docker.
func (e engine) InspectNetwork(ctx context.Context, id string) (text string, err error) {
	return text, e.do(ctx, func(time.Time) error {
		n, there := e.w.networks[id]
		if !there {
			return fmt.Errorf("inspecting network %.12s: %w", id, docker.ErrNotFound)
		}
		var config []map[string]string
		for _, s := range n.Subnets {
			config = append(config, map[string]string{"Subnet": s})
		}
		text, err = indented(map[string]any{
			"Name": n.Name, "Id": n.ID, "Driver": n.Driver, "Scope": n.Scope, "Internal": n.Internal,
			"Created": n.Created.UTC().Format(time.RFC3339), "Labels": pairs(n.Labels), "IPAM": map[string]any{"Config": config},
		})
		return err
	})
}

func pairs(labels []string) map[string]string {
	m := map[string]string{}
	for _, l := range labels {
		k, v, _ := strings.Cut(l, "=")
		m[k] = v
	}
	return m
}

func indented(v any) (string, error) {
	raw, err := json.MarshalIndent(v, "", "  ")
	return string(raw), err
}

// History implements env.Docker.
func (e engine) History(ctx context.Context, image string) (string, error) {
	i, err := e.Image(ctx, image)
	if err != nil {
		return "", err
	}
	for _, name := range i.Tags {
		if other, known := others[name]; known {
			age := fmt.Sprintf("%d weeks ago", other.age/(7*day))
			return layerTable([][3]string{
				{age, "0B", "CMD " + other.command},
				{age, mega(other.size * 9 / 10), "RUN ./install.sh"},
				{age, mega(other.size / 10), "ADD rootfs.tar.xz /"},
			}), nil
		}
	}
	return layerTable([][3]string{
		{"36 hours ago", "0B", `CMD ["node" "server.js"]`},
		{"36 hours ago", "0B", "USER 1000"},
		{"36 hours ago", "0B", "EXPOSE map[3000/tcp:{}]"},
		{"36 hours ago", "1.15MB", "COPY /app/dist ./dist"},
		{"36 hours ago", "37.7MB", "COPY /app/node_modules ./node_modules"},
		{"36 hours ago", "92.2kB", "COPY package.json package-lock.json ./"},
		{"36 hours ago", "0B", "WORKDIR /app"},
		{"3 weeks ago", "0B", `CMD ["node"]`},
		{"3 weeks ago", "51.2MB", "RUN addgroup -g 1000 node && adduser -u 1000 -G node -s /bin/sh -D node"},
		{"3 weeks ago", "3.8MB", "ADD alpine-minirootfs-3.24.0-aarch64.tar.gz /"},
	}), nil
}

func mega(bytes int64) string { return fmt.Sprintf("%dMB", bytes/1_000_000) }

func layerTable(rows [][3]string) string {
	text := ""
	for _, r := range append([][3]string{{"CREATED", "SIZE", "CREATED BY"}}, rows...) {
		text += fmt.Sprintf("%-12s  %-6s  %s\n", r[0], r[1], r[2])
	}
	return text
}

// Pull implements env.Docker: what the engine has is up to date, and the
// registry has everything else.
func (e engine) Pull(ctx context.Context, ref string, news func(docker.LayerProgress)) (docker.PullResult, error) {
	has, err := e.Image(ctx, ref)
	if err == nil {
		return docker.PullResult{Reference: ref, Digest: has.Digest}, e.w.pass(ctx, 600*time.Millisecond)
	}
	if err := e.Ping(ctx); err != nil {
		return docker.PullResult{}, fmt.Errorf("pulling %s: %w", ref, err)
	}
	const each, tick = 2_600_000, 100 * time.Millisecond
	for _, l := range layers {
		for done := int64(0); ; done = min(l.bytes, done+each) {
			if done == l.bytes {
				news(docker.LayerProgress{ID: l.id, Status: "Pull complete"})
				break
			}
			news(docker.LayerProgress{ID: l.id, Status: "Downloading", Done: done, Total: l.bytes})
			if err := e.w.pass(ctx, tick); err != nil {
				return docker.PullResult{}, fmt.Errorf("pulling %s: %w", ref, err)
			}
		}
	}
	result := docker.PullResult{Reference: ref, Digest: digestOf(ref), Fresh: true}
	return result, e.do(ctx, func(now time.Time) error {
		e.w.images[ref] = e.w.image(ref, now.Add(-3*day))
		e.w.changed()
		return nil
	})
}
