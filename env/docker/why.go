package docker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/twindeck/twindeck/env/link"
)

const (
	whyLines  = 20
	tailLimit = 4 * time.Second
)

// What the engine takes where a health check does not say.
const (
	checkEvery   = 30 * time.Second
	checkRetries = 3
)

// Why looks closely at one container, whatever its state.
func (c *Client) Why(ctx context.Context, id string) (Ailment, error) {
	a, err := ask(ctx, c, answerTime, "looking at container "+short(id), func(ctx context.Context, cn *conn) (Ailment, error) {
		r, err := cn.api.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
		if err != nil {
			return Ailment{}, err
		}
		a := ailmentOf(r.Container)
		image, err := cn.api.ImageInspect(ctx, r.Container.Image)
		if a.ImageGone = errors.Is(cn.explain("", answerTime, err), ErrNotFound); err == nil {
			a.ImageArch = image.Architecture
		}
		if v, err := cn.api.ServerVersion(ctx, client.ServerVersionOptions{}); err == nil {
			a.EngineArch = v.Arch
		}
		return a, nil
	})
	if err != nil {
		return Ailment{}, err
	}
	if a.Tail, err = c.tail(ctx, id); err != nil {
		a.Lost = err.Error()
	}
	return a, nil
}

// ailmentOf reads what inspect tells.
func ailmentOf(in container.InspectResponse) Ailment {
	a := Ailment{Container: Container{ID: in.ID, Name: strings.TrimPrefix(in.Name, "/"), ImageID: in.Image, Restarts: in.RestartCount}}
	if in.Path != "" {
		a.Command = append([]string{in.Path}, in.Args...)
	}
	a.Created = when(in.Created)
	if c := in.Config; c != nil {
		a.Image = c.Image
		a.Project, a.Service = c.Labels["com.docker.compose.project"], c.Labels["com.docker.compose.service"]
		a.Kind, a.Pod = kindOf(c.Labels)
	}
	if h := in.HostConfig; h != nil {
		a.Limit, a.Policy = h.Memory, policyOf(h.RestartPolicy)
		for port, bindings := range h.PortBindings {
			for _, b := range bindings {
				p := Port{Host: number(b.HostPort), Container: port.Num(), Proto: string(port.Proto())}
				if b.HostIP.IsValid() {
					p.HostIP = b.HostIP.String()
				}
				a.Wanted = append(a.Wanted, p)
			}
		}
		slices.SortFunc(a.Wanted, func(a, b Port) int {
			return cmp.Or(cmp.Compare(a.Container, b.Container), cmp.Compare(a.Host, b.Host))
		})
	}
	if s := in.State; s != nil {
		a.State, a.ExitCode, a.OOMKilled, a.Err = string(s.Status), s.ExitCode, s.OOMKilled, s.Error
		a.Started, a.Finished = when(s.StartedAt), when(s.FinishedAt)
		if s.Health != nil && s.Health.Status != container.NoHealthcheck {
			a.Health = string(s.Health.Status)
		}
	}
	a.Check = checkOf(in)
	return a
}

// when reads the engine's time; it writes year 1 for "never".
func when(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.Year() <= 1 {
		return time.Time{}
	}
	return t
}

func number(port string) uint16 {
	var n uint16
	_, _ = fmt.Sscan(port, &n) // 0 for a range or none
	return n
}

func policyOf(p container.RestartPolicy) string {
	switch {
	case p.Name == container.RestartPolicyDisabled:
		return ""
	case p.MaximumRetryCount > 0:
		return fmt.Sprintf("%s:%d", p.Name, p.MaximumRetryCount)
	}
	return string(p.Name)
}

// checkOf is the container's health check; nil where it has none, or it is
// turned off.
func checkOf(in container.InspectResponse) *HealthCheck {
	if in.Config == nil || in.Config.Healthcheck == nil || in.State == nil || in.State.Health == nil {
		return nil
	}
	test := in.Config.Healthcheck.Test
	if len(test) < 2 { // nothing, or NONE
		return nil
	}
	h := in.Config.Healthcheck
	out := &HealthCheck{
		Asks: strings.Join(test[1:], " "), Failed: in.State.Health.FailingStreak,
		Every: cmp.Or(h.Interval, checkEvery), Timeout: cmp.Or(h.Timeout, checkEvery), Retries: cmp.Or(h.Retries, checkRetries),
	}
	for _, r := range in.State.Health.Log {
		if r != nil {
			out.Runs = append(out.Runs, HealthRun{At: r.Start, Code: r.ExitCode, Output: r.Output[:min(len(r.Output), link.LongestLine)]})
		}
	}
	return out
}

// tail is a container's last log lines.
func (c *Client) tail(ctx context.Context, id string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, tailLimit)
	defer cancel()
	body, err := c.Logs(ctx, id, LogOptions{Tail: whyLines})
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return link.Lines(body, whyLines)
}
