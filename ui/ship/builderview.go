package ship

import (
	"fmt"

	envship "github.com/twindeck/twindeck/env/ship"
)

// buildLines say what is built where: in the engine, or by a buildx builder,
// which is named with where it is and who chose it.
func (p *Part) buildLines(plan envship.Plan) []string {
	t := p.ctx.Theme
	file := p.inProject(plan.Build.Dockerfile)
	if plan.Several() {
		file = toBuild(plan)
	}
	why := plan.BuilderWhy()
	if why == "" {
		lines := p.labelled("build", t.Text, fmt.Sprintf("%s with the engine of %s", file, plan.Engine.Context))
		return append(lines, p.labelled("", t.Dim, plan.Engine.Host)...)
	}
	lines := p.labelled("build", t.Text, fmt.Sprintf("%s with the builder %s, loaded into the engine of %s", file, plan.Builder.Name, plan.Engine.Context))
	return append(lines, p.labelled("", t.Dim, why)...)
}
