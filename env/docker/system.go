package docker

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/types/system"
	"github.com/moby/moby/client"
)

// Version asks the engine what it is.
func (c *Client) Version(ctx context.Context) (Version, error) {
	return ask(ctx, c, answerTime, "asking the Docker engine for its version", func(ctx context.Context, cn *conn) (Version, error) {
		v, err := cn.api.ServerVersion(ctx, client.ServerVersionOptions{})
		if err != nil {
			return Version{}, err
		}
		return Version{
			Platform: platform(v.Platform.Name),
			Engine:   v.Version,
			API:      v.APIVersion,
			MinAPI:   v.MinAPIVersion,
			Spoken:   cn.api.ClientVersion(),
			OS:       v.Os,
			Arch:     v.Arch,
		}, nil
	})
}

// platform drops the name that a plain engine gives itself.
func platform(name string) string {
	if strings.HasPrefix(name, "Docker Engine") {
		return ""
	}
	return name
}

// Info is docker info.
func (c *Client) Info(ctx context.Context) (Info, error) {
	return ask(ctx, c, answerTime, "asking the Docker engine about itself", func(ctx context.Context, cn *conn) (Info, error) {
		r, err := cn.api.Info(ctx, client.InfoOptions{})
		if err != nil {
			return Info{}, err
		}
		return toInfo(r.Info), nil
	})
}

func toInfo(in system.Info) Info {
	out := Info{
		Name:            in.Name,
		OperatingSystem: in.OperatingSystem,
		ContainerdStore: slices.Contains(in.DriverStatus, [2]string{"driver-type", "io.containerd.snapshotter.v1"}),
		MemTotal:        in.MemTotal,
		CPUs:            in.NCPU,
		Labels:          in.Labels,
		Warnings:        in.Warnings,
		HTTPProxy:       in.HTTPProxy,
		RootDir:         in.DockerRootDir,
	}
	out.SystemTime, _ = time.Parse(time.RFC3339Nano, in.SystemTime)
	if r := in.RegistryConfig; r != nil {
		for _, net := range r.InsecureRegistryCIDRs {
			out.InsecureCIDRs = append(out.InsecureCIDRs, net.String())
		}
	}
	return out
}

// DiskUsage is docker system df. The engine may take seconds to count.
func (c *Client) DiskUsage(ctx context.Context) (DiskUsage, error) {
	return ask(ctx, c, workTime, "counting what Docker keeps on disk", func(ctx context.Context, cn *conn) (DiskUsage, error) {
		du, err := cn.api.DiskUsage(ctx, client.DiskUsageOptions{Containers: true, Images: true, BuildCache: true, Volumes: true})
		if err != nil {
			return DiskUsage{}, err
		}
		return DiskUsage{
			Images: du.Images.TotalSize, ImagesReclaimable: du.Images.Reclaimable,
			Containers: du.Containers.TotalSize, ContainersReclaimable: du.Containers.Reclaimable,
			Volumes: du.Volumes.TotalSize, VolumesReclaimable: du.Volumes.Reclaimable,
			BuildCache: du.BuildCache.TotalSize, BuildCacheReclaimable: du.BuildCache.Reclaimable,
		}, nil
	})
}

// Start starts a container.
func (c *Client) Start(ctx context.Context, id string) error {
	return c.act(ctx, workTime, "starting container "+short(id), func(ctx context.Context, cn *conn) error {
		_, err := cn.api.ContainerStart(ctx, id, client.ContainerStartOptions{})
		return err
	})
}

// Stop asks a container to end, and kills it after its grace period.
func (c *Client) Stop(ctx context.Context, id string) error {
	return c.act(ctx, stopTime, "stopping container "+short(id), func(ctx context.Context, cn *conn) error {
		_, err := cn.api.ContainerStop(ctx, id, client.ContainerStopOptions{})
		return err
	})
}

// Restart stops a container, if it runs, and starts it.
func (c *Client) Restart(ctx context.Context, id string) error {
	return c.act(ctx, stopTime, "restarting container "+short(id), func(ctx context.Context, cn *conn) error {
		_, err := cn.api.ContainerRestart(ctx, id, client.ContainerRestartOptions{})
		return err
	})
}

// Remove stops a container, if it runs, and removes it. Its volumes stay.
func (c *Client) Remove(ctx context.Context, id string) error {
	ctx = c.here(ctx)
	if err := c.Stop(ctx, id); err != nil {
		return err
	}
	return c.act(ctx, workTime, "removing container "+short(id), func(ctx context.Context, cn *conn) error {
		_, err := cn.api.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true})
		return err
	})
}

// Pause freezes a container's processes where they are.
func (c *Client) Pause(ctx context.Context, id string) error {
	return c.act(ctx, workTime, "pausing container "+short(id), func(ctx context.Context, cn *conn) error {
		_, err := cn.api.ContainerPause(ctx, id, client.ContainerPauseOptions{})
		return err
	})
}

// Unpause lets them go on.
func (c *Client) Unpause(ctx context.Context, id string) error {
	return c.act(ctx, workTime, "unpausing container "+short(id), func(ctx context.Context, cn *conn) error {
		_, err := cn.api.ContainerUnpause(ctx, id, client.ContainerUnpauseOptions{})
		return err
	})
}

// Kill ends a container at once, with SIGKILL: it cannot save anything.
func (c *Client) Kill(ctx context.Context, id string) error {
	return c.act(ctx, workTime, "killing container "+short(id), func(ctx context.Context, cn *conn) error {
		_, err := cn.api.ContainerKill(ctx, id, client.ContainerKillOptions{Signal: "KILL"})
		return err
	})
}

func (c *Client) act(ctx context.Context, limit time.Duration, doing string, f func(context.Context, *conn) error) error {
	_, err := ask(ctx, c, limit, doing, func(ctx context.Context, cn *conn) (struct{}, error) {
		return struct{}{}, f(ctx, cn)
	})
	return err
}

// short is an ID as docker ps prints it.
func short(id string) string {
	if len(id) == 64 {
		return id[:12]
	}
	return id
}
