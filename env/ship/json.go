package ship

import (
	"encoding/json"

	"github.com/twindeck/twindeck/env/kube"
)

// planJSON is a Plan as told to programs: what a person is shown, under names
// that stay. The manifests themselves are left out.
type planJSON struct {
	Kind       string         `json:"kind"` // "plan"
	Project    string         `json:"project"`
	Directory  string         `json:"directory"`
	Stages     []Stage        `json:"stages"`
	Image      string         `json:"image"`
	Images     []Image        `json:"images,omitempty"`
	Dockerfile string         `json:"dockerfile,omitempty"`
	Engine     engineJSON     `json:"engine"`
	Builder    *builderJSON   `json:"builder,omitempty"`
	Route      Route          `json:"route,omitempty"`
	RouteWhy   string         `json:"routeWhy,omitempty"`
	Nodes      []string       `json:"nodes,omitempty"` // that it is loaded into
	Context    string         `json:"context,omitempty"`
	Server     string         `json:"server,omitempty"`
	Namespace  string         `json:"namespace,omitempty"`
	Changes    []kube.Applied `json:"changes,omitempty"`
	Problems   []Problem      `json:"problems,omitempty"`
	Release    *Release       `json:"release,omitempty"`
	Secrets    []PullSecret   `json:"pullSecrets,omitempty"`
}

type engineJSON struct {
	Context string `json:"context,omitempty"`
	Host    string `json:"host,omitempty"`
}

// MarshalJSON writes the plan as one object of kind "plan".
func (p Plan) MarshalJSON() ([]byte, error) {
	var nodes []string
	for _, n := range p.Nodes {
		nodes = append(nodes, n.Name)
	}
	return json.Marshal(planJSON{
		Kind: "plan", Project: p.Project.Name, Directory: p.Project.Dir, Stages: p.Stages,
		Image: p.Image, Images: p.Images, Dockerfile: p.Project.Dockerfile,
		Engine:  engineJSON{Context: p.Engine.Context, Host: p.Engine.Host},
		Builder: p.builderJSON(),
		Route:   p.Route, RouteWhy: p.RouteWhy, Nodes: nodes, Secrets: p.PullSecrets,
		Context: p.Context.Name, Server: p.Context.Server, Namespace: p.Namespace,
		Changes: p.Changes, Problems: p.Problems, Release: p.Release,
	})
}
