package ship

import (
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/project"
	envship "github.com/twindeck/twindeck/env/ship"
	"github.com/twindeck/twindeck/ui/screen"
)

const dockerfileExample = `FROM node:24-alpine
WORKDIR /app
COPY package*.json ./
RUN npm ci --omit=dev
COPY . .
USER 1000
EXPOSE 3000
CMD ["node", "server.js"]`

const manifestExample = `apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  replicas: 3
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      containers:
      - name: NAME
        image: NAME
        ports: [{containerPort: 3000}]`

// missing explains what twindeck looks for in a folder that has nothing to
// build or nothing to deploy; nil when all is there.
func (p *Part) missing(plan envship.Plan) []screen.Item {
	t := p.ctx.Theme
	does := func(s envship.Stage) bool { return slices.Contains(plan.Stages, s) }
	var items []screen.Item
	add := func(id, title, text, file, example string) {
		lines := []string{" " + t.Warn.Render("▲") + " " + t.Strong.Render(screen.Cut(title, p.width-4))}
		for _, l := range screen.WrapText(text, p.width-4) {
			lines = append(lines, "   "+t.Text.Render(l))
		}
		lines = append(lines, "", "   "+t.Dim.Render(screen.Cut(file, p.width-4)))
		for l := range strings.SplitSeq(example, "\n") {
			lines = append(lines, "   "+t.Faint.Render("│ ")+t.Dim.Render(screen.Cut(l, p.width-6)))
		}
		it := block(id, lines...)
		it.Apart = len(items) > 0
		items = append(items, it)
	}
	dir := screen.Clean(plan.Project.Dir)
	if slices.ContainsFunc(plan.Project.Problems, func(q project.Problem) bool { return q.Fatal }) {
		return nil // something is there, and it cannot be read
	}
	if does(envship.Build) && plan.Project.Dockerfile == "" {
		add("no-dockerfile", "No Dockerfile in "+dir,
			"An image is built from a Dockerfile in the folder twindeck was started in, or in the one given with -C. A small one:",
			"Dockerfile", dockerfileExample)
	}
	if does(envship.Deploy) && plan.Project.Manifests.Kind == project.NoManifests {
		add("no-manifests", "No Kubernetes manifests in "+dir,
			"What to deploy is read from k8s/, kubernetes/, deploy/ or manifests/: plain YAML files, or a kustomization. The image whose name ends in "+
				screen.Clean(plan.Project.Name)+" is replaced by the one just built. A small one:",
			"k8s/deployment.yaml", strings.ReplaceAll(manifestExample, "NAME", screen.Clean(plan.Project.Name)))
	}
	return items
}
