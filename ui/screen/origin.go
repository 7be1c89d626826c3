package screen

import (
	"context"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// Origin is the engine and the cluster that a row came from. What is done to
// the row, or asked about it, goes there and nowhere else: another engine may
// have a volume of the same name, another cluster a pod. The zero Origin is any.
type Origin struct {
	Engine  docker.Endpoint
	Cluster kube.Context // without a server: any cluster of this name
}

// Bind binds what is done under the returned context to the origin.
func (o Origin) Bind(ctx context.Context) context.Context {
	ctx = docker.Aim(ctx, o.Engine)
	if o.Cluster.Name != "" {
		ctx = kube.Aim(ctx, o.Cluster)
	}
	return ctx
}

// Same reports whether two origins are one place. An engine or a server that is
// not known yet makes no difference.
func (o Origin) Same(as Origin) bool {
	engine := o.Engine.Host == "" || as.Engine.Host == "" || o.Engine.Context == as.Engine.Context && o.Engine.Host == as.Engine.Host
	return engine && o.Cluster.Name == as.Cluster.Name
}

// EngineTarget is where actions on rows of the engine go.
func (o Origin) EngineTarget() Target {
	return Target{Name: o.Engine.Context, Where: o.Engine.Host, Local: o.Engine.Local}
}

// ClusterTarget is where actions on rows of the cluster go.
func (o Origin) ClusterTarget() Target {
	return Target{Name: o.Cluster.Name, Where: o.Cluster.Server, Local: o.Cluster.Local}
}
