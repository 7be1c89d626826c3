package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Stat is what a pod uses now.
type Stat struct {
	CPU    float64 // cores: 1 = one core busy
	Memory int64   // bytes, page cache left out
}

const (
	statLimit  = 5 * time.Second // for one kubelet: a sound one answers in milliseconds
	statAtOnce = 8               // kubelets asked at a time
)

// PodStats asks the kubelets of the pods' nodes, through the API server, what
// the pods use, by UID. It needs no metrics-server, but the right to get
// nodes/proxy. A pod that has just started has no figures yet. An error beside
// figures tells why some have none: a kubelet that does not answer costs no
// more than a few seconds, and hides nothing of the others'.
func (c *Client) PodStats(ctx context.Context, pods []*Pod) (map[string]Stat, error) {
	wanted := map[string]map[string]string{} // node -> namespace/name -> UID
	for _, p := range pods {
		if p.Node == "" {
			continue
		}
		if wanted[p.Node] == nil {
			wanted[p.Node] = map[string]string{}
		}
		wanted[p.Node][p.Namespace+"/"+p.Name] = p.UID
	}
	var (
		mu     sync.Mutex
		stats  = make(map[string]Stat, len(pods))
		failed []error
		g      errgroup.Group
	)
	g.SetLimit(statAtOnce)
	for node, of := range wanted {
		g.Go(func() error {
			got, err := c.nodeStats(ctx, node)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = append(failed, err)
			}
			for _, p := range got {
				// By name, for the kubelet knows static pods under UIDs of its own.
				uid, ours := of[p.PodRef.Namespace+"/"+p.PodRef.Name]
				if ours && p.Memory != nil {
					stats[uid] = Stat{CPU: float64(p.CPU.UsageNanoCores) / 1e9, Memory: p.Memory.WorkingSetBytes}
				}
			}
			return nil
		})
	}
	_ = g.Wait() // none fails
	return stats, together(failed)
}

// together makes one error of those of several nodes. What the user may not do
// is said once, for it is the same of each.
func together(failed []error) error {
	if i := slices.IndexFunc(failed, func(err error) bool { return errors.Is(err, ErrForbidden) || errors.Is(err, ErrElsewhere) }); i >= 0 {
		return failed[i]
	}
	slices.SortFunc(failed, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(failed...)
}

// podUse is what the kubelet's summary says of a pod.
type podUse struct {
	PodRef struct{ Namespace, Name string }
	CPU    struct{ UsageNanoCores int64 }
	Memory *struct{ WorkingSetBytes int64 } // nil: it has not been looked at yet
}

func (c *Client) nodeStats(ctx context.Context, node string) ([]podUse, error) {
	var summary struct{ Pods []podUse }
	ctx, cancel := context.WithTimeout(ctx, statLimit)
	defer cancel()
	err := c.call(ctx, "asking the kubelet of node "+node+" what its pods use", func(ctx context.Context, cn *conn) error {
		body, err := cn.calls.CoreV1().RESTClient().Get().Resource("nodes").Name(node).SubResource("proxy", "stats", "summary").
			Param("only_cpu_and_memory", "true").SetHeader("Accept", "application/json").MaxRetries(0).Stream(ctx)
		if err != nil {
			return err
		}
		defer body.Close()
		if err := json.NewDecoder(body).Decode(&summary); err != nil {
			return fmt.Errorf("reading its answer: %w", err)
		}
		return nil
	})
	return summary.Pods, err
}
