package checks

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
)

// builderLimit is above what a builder that is not there takes to be given up.
const builderLimit = 7 * time.Second

func builderCheck() *Check {
	return &Check{
		ID: "docker.builder", Subject: Docker, Title: "The buildx builder answers",
		Why:   "Builds run on the builder that docker buildx build would use; the engine's own is only one of them.",
		Needs: []string{"docker.engine"}, Command: "docker buildx inspect", Limit: builderLimit,
		Probe: probeBuilder,
	}
}

func probeBuilder(ctx context.Context, m *Machine) Finding {
	b, err := m.Docker.Builder("")
	if err != nil {
		return builderTrouble(m, fail("The buildx builder cannot be used"), b, err)
	}
	if b.Own {
		return ok("The engine's own, %s", b.Name).saw("docker buildx inspect", "%s (%s)", b.Name, b.Driver)
	}
	f := ok("%s (%s)", b.Name, b.Driver).saw("docker buildx inspect", "%s (%s: %s), chosen by %s", b.Name, b.Driver, b.Place, b.Why)
	state, err := m.Docker.PingBuilder(ctx, "")
	switch {
	case err != nil:
		f.Status, f.Summary = Fail, "The buildx builder "+b.Name+" cannot be used"
		return builderTrouble(m, f, b, err)
	case state.Stopped:
		f.Summary += " is stopped; a build starts it"
		return f
	}
	return f.saw("BuildKit", "%s", orNone(state.BuildKit))
}

// builderTrouble adds to a finding what happened to a builder, and the way back
// to the engine's own.
func builderTrouble(m *Machine, f Finding, b docker.Builder, err error) Finding {
	f = f.saw("the builder", "%v", err)
	if told, found := errors.AsType[*docker.Error](err); found && told.Do != "" {
		f = f.byHand(strings.ToUpper(told.Do[:1]) + told.Do[1:])
	}
	switch b.Why {
	case "BUILDX_BUILDER":
		return f.fix(unsetForThisRun(m, b.Why)).byHand(unsetForGood(m.Host, b.Why)...)
	case "docker buildx use":
		return f.fix(useOwnBuilder(m, b)).byHand("docker buildx ls shows the builders there are")
	}
	return f
}

// useOwnBuilder chooses the builder of the Docker context, as `docker buildx
// use` does. The context's name is written, and not nothing, so that it holds
// against a builder that is the default of this engine too.
func useOwnBuilder(m *Machine, b docker.Builder) *Fix {
	e, err := m.Docker.Endpoint()
	if err != nil || b.File == "" {
		return nil
	}
	return editFile(m.Host, b.File, Fix{
		Title:   "Use the engine's own builder",
		Changes: []string{"docker buildx use " + e.Context, b.File + ": the current builder becomes " + e.Context + " (a backup is kept beside it)"},
	}, func([]byte) ([]byte, error) {
		return json.Marshal(map[string]any{"Key": b.Scope, "Name": e.Context, "Global": false})
	})
}
