package docker

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	units "github.com/docker/go-units"
	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"

	"github.com/twindeck/twindeck/env/secret"
)

// Top is docker top: the processes of a running container as a table, secrets
// in their arguments masked.
func (c *Client) Top(ctx context.Context, id string) (string, error) {
	return ask(ctx, c, workTime, "listing the processes of container "+short(id), func(ctx context.Context, cn *conn) (string, error) {
		r, err := cn.api.ContainerTop(ctx, id, client.ContainerTopOptions{})
		if err != nil {
			return "", err
		}
		return secret.Mask(table(append([][]string{r.Titles}, r.Processes...))), nil
	})
}

// Environment is a container's environment variables, a line each in the
// engine's order: what the image sets, and what it was started with. Secrets
// are masked.
func (c *Client) Environment(ctx context.Context, id string) (string, error) {
	return ask(ctx, c, answerTime, "reading the environment of container "+short(id), func(ctx context.Context, cn *conn) (string, error) {
		r, err := cn.api.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
		if err != nil || r.Container.Config == nil {
			return "", err
		}
		var b strings.Builder
		for _, v := range r.Container.Config.Env {
			name, value, _ := strings.Cut(v, "=")
			b.WriteString(name + "=" + secret.MaskEnv(name, value) + "\n")
		}
		return b.String(), nil
	})
}

// History is docker history: an image's layers, newest first, with when, how
// big and by which command each was made. Secrets are masked.
func (c *Client) History(ctx context.Context, ref string) (string, error) {
	return ask(ctx, c, answerTime, "reading the history of image "+shortDigest(ref), func(ctx context.Context, cn *conn) (string, error) {
		r, err := cn.api.ImageHistory(ctx, ref)
		if err != nil {
			return "", err
		}
		return secret.Mask(layersText(r.Items, time.Now())), nil
	})
}

func layersText(layers []image.HistoryResponseItem, now time.Time) string {
	rows := [][]string{{"CREATED", "SIZE", "CREATED BY"}}
	for _, l := range layers {
		age := "N/A" // reproducible builds leave it out
		if l.Created > 0 {
			age = units.HumanDuration(now.Sub(time.Unix(l.Created, 0))) + " ago"
		}
		by := strings.Join(strings.Fields(madeBy.Replace(l.CreatedBy)), " ")
		if l.Comment != "" && l.Comment != "buildkit.dockerfile.v0" {
			by = strings.TrimSpace(by + "  # " + l.Comment)
		}
		rows = append(rows, []string{age, units.HumanSizeWithPrecision(float64(l.Size), 3), by})
	}
	return table(rows)
}

// madeBy drops what builders put before and after a Dockerfile's own words.
var madeBy = strings.NewReplacer("/bin/sh -c #(nop) ", "", "RUN /bin/sh -c ", "RUN ", "/bin/sh -c ", "RUN ", " # buildkit", "")

// table aligns columns, two spaces apart. The last one is as long as it is.
func table(rows [][]string) string {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, cell := range r {
			cells[i] = oneCell.Replace(cell)
		}
		_, _ = fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	_ = t.Flush() // into a builder: it cannot fail
	return b.String()
}

// oneCell keeps a cell from being two, or two lines.
var oneCell = strings.NewReplacer("\t", " ", "\n", " ", "\v", " ", "\f", " ")
