package docker

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/twindeck/twindeck/env/link"
)

// debugLabel marks the containers that Debug makes, with the name of the one
// they look into.
const debugLabel = "twindeck.debug"

// Debug runs a shell of another image beside a running container, in its
// process, network and volume spaces, connects it to s, and returns its exit
// code. The container it makes is gone afterwards, also when the connection
// broke. An image that the engine lacks is pulled; say tells what happens.
func (c *Client) Debug(ctx context.Context, id, image string, s link.Streams, say func(string)) (code int, err error) {
	ctx = c.here(ctx)
	doing := "looking into container " + short(id) + " with image " + image
	target, err := c.runs(ctx, id, doing)
	if err != nil {
		return 0, err
	}
	if err := c.have(ctx, image, say); err != nil {
		return 0, err
	}
	cn, err := c.conn(ctx)
	if err != nil {
		return 0, err
	}
	made, err := ask(ctx, c, workTime, doing, func(ctx context.Context, cn *conn) (client.ContainerCreateResult, error) {
		return cn.api.ContainerCreate(ctx, debugContainer(id, target, image))
	})
	if err != nil {
		return 0, err
	}
	defer func() {
		if left := cn.gone(ctx, made.ID); left != nil && err == nil {
			err = cn.explain("removing the debug container", workTime, left)
		}
	}()
	first := firstSize(ctx, s)
	return c.attached(ctx, cn, made.ID, doing, s, func() error {
		_, err := ask(ctx, c, workTime, doing, func(ctx context.Context, cn *conn) (struct{}, error) {
			_, err := cn.api.ContainerStart(ctx, made.ID, client.ContainerStartOptions{})
			return struct{}{}, err
		})
		if err != nil {
			if text := err.Error(); strings.Contains(text, "executable file not found") {
				return &Error{Kind: link.ErrNoProgram, Tried: doing, Happened: "that image has no sh either", Do: "choose another, busybox for example", Err: err}
			}
			return err
		}
		if first.Height > 0 {
			_, _ = cn.api.ContainerResize(ctx, made.ID, client.ContainerResizeOptions{Height: first.Height, Width: first.Width})
		}
		return nil
	})
}

// gone removes a container that may be removing itself, and waits until it is
// not there any more. It does so after the end of ctx, too.
func (c *conn) gone(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), workTime)
	defer cancel()
	removed := c.api.ContainerWait(ctx, id, client.ContainerWaitOptions{Condition: container.WaitConditionRemoved})
	_, err := c.api.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true})
	if err == nil || cerrdefs.IsNotFound(err) {
		return nil
	}
	if !cerrdefs.IsConflict(err) {
		return err
	}
	select {
	case <-removed.Result:
		return nil
	case err := <-removed.Error:
		if cerrdefs.IsNotFound(err) {
			return nil
		}
		return err
	}
}

// runs is the name of a container that runs.
func (c *Client) runs(ctx context.Context, id, doing string) (name string, err error) {
	r, err := ask(ctx, c, answerTime, doing, func(ctx context.Context, cn *conn) (client.ContainerInspectResult, error) {
		return cn.api.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	})
	if err != nil {
		return "", err
	}
	if r.Container.State == nil || !r.Container.State.Running {
		return "", &Error{Kind: link.ErrNotRunning, Tried: doing, Happened: "it does not run: there are no processes to look at", Do: "start it first"}
	}
	return strings.TrimPrefix(r.Container.Name, "/"), nil
}

// debugContainer shares the spaces of a container. It ends with its standard
// input, and is removed when it ends, whatever becomes of us.
func debugContainer(id, name, image string) client.ContainerCreateOptions {
	var word [2]byte
	_, _ = rand.Read(word[:])
	return client.ContainerCreateOptions{
		Name: name + "-debug-" + hex.EncodeToString(word[:]),
		Config: &container.Config{
			Image: image, Entrypoint: []string{"sh"},
			Tty: true, OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true, AttachStderr: true,
			Labels: map[string]string{debugLabel: name},
		},
		HostConfig: &container.HostConfig{
			AutoRemove:  true,
			PidMode:     container.PidMode("container:" + id),
			NetworkMode: container.NetworkMode("container:" + id),
			VolumesFrom: []string{id},
			CapAdd:      []string{"SYS_PTRACE"}, // to see the files of the other's processes
		},
	}
}

// have pulls an image unless the engine has it.
func (c *Client) have(ctx context.Context, image string, say func(string)) error {
	if _, err := c.Image(ctx, image); err == nil || !errors.Is(err, ErrNotFound) {
		return err
	}
	say("pulling " + image)
	told := map[string]bool{}
	_, err := c.Pull(ctx, image, func(l LayerProgress) {
		if l.Total == 0 && !told[l.ID+l.Status] {
			told[l.ID+l.Status] = true
			say(l.ID + " " + l.Status)
		}
	})
	return err
}
