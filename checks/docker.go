package checks

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
)

func dockerChecks() []*Check {
	return []*Check{
		{
			ID: "docker.installed", Subject: Docker, Title: "Docker is installed",
			Why:   "Containers, builds and, with Docker Desktop, Kubernetes come with it.",
			Probe: probeInstalled,
		},
		{
			ID: "docker.cli", Subject: Docker, Title: "The docker command is on PATH",
			Why:   "Every command twindeck shows to teach begins with it.",
			Needs: []string{"docker.installed"}, Command: "docker --version",
			Probe: probeDockerCLI,
		},
		{
			ID: "docker.cli.version", Subject: Docker, Title: "docker version: the client answers",
			Why:   "A docker command that cannot even tell its version is broken or not for this machine.",
			Needs: []string{"docker.cli"}, Command: "docker version",
			Probe: probeDockerClient,
		},
		{
			ID: "docker.config", Subject: Docker, Title: "Docker's config.json can be read",
			Why:     "It holds the current context and where credentials are kept.",
			Command: "docker context ls", Probe: probeDockerConfig,
		},
		{
			ID: "docker.context", Subject: Docker, Title: "The Docker context exists",
			Why:   "The context says which engine docker talks to.",
			After: []string{"docker.config"}, Command: "docker context show",
			Probe: probeDockerContext,
		},
		{
			ID: "docker.host-variable", Subject: Docker, Title: "DOCKER_HOST does not override the context",
			Why:   "With it set, choosing a context changes nothing, and one wonders why.",
			Needs: []string{"docker.config"}, Command: "docker context ls",
			Probe: probeDockerHost,
		},
		{
			ID: "docker.endpoint", Subject: Docker, Title: "The engine's endpoint is there",
			Why:   "Without its socket or pipe nothing can reach the engine.",
			Needs: []string{"docker.installed", "docker.context"}, After: []string{"desktop.socket-path"},
			Command: "docker context inspect",
			Probe:   probeEndpoint,
		},
		{
			ID: "docker.permission", Subject: Docker, Title: "You may use the engine's socket",
			Why:   "The engine answers only those who may open its socket.",
			Needs: []string{"docker.endpoint"}, Command: "docker ps",
			Probe: probePermission,
		},
		{
			ID: "docker.engine", Subject: Docker, Title: "The engine answers",
			Why:   "Nothing can be built or run without it.",
			Needs: []string{"docker.permission"}, Command: "docker info",
			Probe: probeEngine,
		},
		{
			ID: "docker.api", Subject: Docker, Title: "The engine's API is one twindeck speaks",
			Why:   "API 1.40 (Docker 19.03) is the oldest that has all twindeck needs.",
			Needs: []string{"docker.engine"}, Command: "docker version",
			Probe: probeAPI,
		},
		{
			ID: "docker.server", Subject: Docker, Title: "docker version: the server answers the docker command",
			Why:   "The docker command and twindeck should see the same engine.",
			Needs: []string{"docker.engine", "docker.cli.version"}, Command: "docker version",
			Probe: probeDockerServer,
		},
		{
			ID: "docker.linux", Subject: Docker, Title: "The engine runs Linux containers",
			Why:   "In Windows-container mode neither Linux images nor Kubernetes work.",
			Needs: []string{"docker.api"}, Command: "docker desktop engine ls",
			Probe: probeLinux,
		},
		{
			ID: "docker.resources", Subject: Docker, Title: "The engine has enough memory and CPUs",
			Why:   "A cluster and a build side by side need about 2 GB and 2 CPUs; with less, pods are killed.",
			Needs: []string{"docker.engine"}, Command: "docker info",
			Probe: probeResources,
		},
		{
			ID: "docker.disk", Subject: Docker, Title: "The disk has room for images",
			Why:   "A full disk fails builds halfway and makes Kubernetes evict pods.",
			Needs: []string{"docker.engine"}, Command: "df -h",
			Probe: probeDisk,
		},
		{
			ID: "docker.usage", Subject: Docker, Title: "Docker's own disk use is in bounds",
			Why:   "Old images and build cache are what usually fills the disk.",
			Needs: []string{"docker.engine"}, Command: "docker system df",
			Probe: probeUsage,
		},
		{
			ID: "docker.clock", Subject: Docker, Title: "The engine's clock agrees with this machine's",
			Why:   "After sleep a virtual machine's clock can lag; certificates and downloads then fail.",
			Needs: []string{"docker.engine"}, Command: "docker info --format {{.SystemTime}}",
			Probe: probeClock,
		},
		{
			ID: "docker.daemon-config", Subject: Docker, Title: "The engine's daemon.json can be read",
			Why:   "The engine does not start with a broken one, or silently takes defaults.",
			Probe: probeDaemonConfig,
		},
		{
			ID: "docker.proxy", Subject: Docker, Title: "Shell and engine agree about a proxy",
			Why:   "A proxy set in one place and not in the other makes pulls hang or fail.",
			Needs: []string{"docker.engine", "docker.config"}, Command: "docker info --format {{.HTTPProxy}}",
			Probe: probeProxy,
		},
		{
			ID: "docker.compose", Subject: Docker, Title: "docker compose is there for the Compose file",
			Why:   "A project with a Compose file is started with it.",
			Needs: []string{"docker.cli"}, Command: "docker compose version",
			Probe: func(ctx context.Context, m *Machine) Finding { return probePlugin(ctx, m, "compose") },
		},
		{
			ID: "docker.buildx", Subject: Docker, Title: "docker buildx is sound where installed",
			Why:   "docker build uses it; twindeck builds through the engine and does not need it.",
			Needs: []string{"docker.cli"}, Command: "docker buildx version",
			Probe: func(ctx context.Context, m *Machine) Finding { return probePlugin(ctx, m, "buildx") },
		},
		builderCheck(),
	}
}

func probeInstalled(ctx context.Context, m *Machine) Finding {
	if all := m.Host.Which("docker"); len(all) > 0 {
		return ok("The docker command is at %s", all[0]).saw("PATH", "%s", strings.Join(all, ", "))
	}
	if i := m.install(ctx); i.Found {
		return ok("Docker Desktop is at %s", i.App).saw("Docker Desktop", "%s", i.App)
	}
	if e, err := m.Docker.Endpoint(); err == nil && (!e.Local || m.ping(ctx) == nil) {
		return ok("An engine at %s", e.Host).saw("endpoint", "%s, from %s", e.Host, e.Source)
	}
	f := fail("Docker is not installed").
		saw("PATH", "no docker").
		saw("Docker Desktop", "not found").
		read("https://docs.docker.com/get-started/get-docker/")
	switch m.Host.OS() {
	case "darwin":
		return f.byHand("Download Docker Desktop for Mac from https://docs.docker.com/desktop/setup/install/mac-install/",
			"Drag it to Applications and open it once")
	case "windows":
		return f.byHand("winget install Docker.DockerDesktop", "Log out and in again, then open Docker Desktop once")
	default:
		return f.byHand("Install Docker Desktop: https://docs.docker.com/desktop/setup/install/linux/",
			"or Docker Engine alone: https://docs.docker.com/engine/install/")
	}
}

func probeDockerCLI(_ context.Context, m *Machine) Finding {
	if all := m.Host.Which("docker"); len(all) > 0 {
		f := ok("%s", all[0])
		for _, p := range all {
			f = f.saw("docker on PATH", "%s", p)
		}
		return f
	}
	path, _ := m.Host.Getenv("PATH")
	f := fail("The docker command is not on PATH").saw("PATH", "%s", path)
	for _, dir := range cliFolders(m.Host) {
		for _, name := range []string{"docker", "docker.exe"} {
			if _, err := m.Host.Stat(host.Join(m.Host, dir, name)); err == nil {
				return f.saw(dir, "holds %s", name).byHand("Add " + dir + " to PATH and open a new terminal")
			}
		}
	}
	return f.byHand("Install the docker command: https://docs.docker.com/engine/install/")
}

// cliFolders are where Docker Desktop puts the docker command.
func cliFolders(h host.Host) []string {
	switch h.OS() {
	case "darwin":
		return []string{host.Join(h, h.Home(), ".docker", "bin"), "/Applications/Docker.app/Contents/Resources/bin", "/usr/local/bin"}
	case "windows":
		local, _ := h.Getenv("LOCALAPPDATA")
		return []string{
			`C:\Program Files\Docker\Docker\resources\bin`,
			host.Join(h, local, "Programs", "DockerDesktop", "resources", "bin"),
		}
	default:
		return []string{"/usr/bin", "/usr/local/bin"}
	}
}

func probeDockerClient(ctx context.Context, m *Machine) Finding {
	v, err := m.dockerVersion(ctx)
	if err != nil {
		return fail("The docker command does not run").saw("docker version", "%v", err).
			byHand("Run `docker --version` in a terminal and see what it says", "Reinstall Docker if it does not run there either")
	}
	f := ok("Client %s", v.Client.Version)
	if v.Client.APIVersion != "" {
		f.Summary += ", API " + v.Client.APIVersion
	}
	if v.Client.Context != "" {
		f.Summary += ", context " + v.Client.Context
	}
	return f.saw("docker version: Client", "%s", f.Summary)
}

func probeEndpoint(ctx context.Context, m *Machine) Finding {
	e, err := m.Docker.Endpoint()
	if err != nil {
		return fail("No endpoint can be named").saw("endpoint", "%v", err)
	}
	where := fmt.Sprintf("%s, context %s, from %s", e.Host, e.Context, e.Source)
	path, isUnix := strings.CutPrefix(e.Host, "unix://")
	if !isUnix {
		return ok("%s", e.Host).saw("endpoint", "%s", where)
	}
	if limit := socketPathLimit(m.Host.OS()); len(path) >= limit {
		f := fail("The socket's path is too long for the system").
			saw(path, "%d bytes; at most %d can be opened", len(path), limit-1)
		f.Because = "desktop.socket-path"
		return f.byHand("Use a shorter path: a home directory with a shorter name, or DOCKER_HOST pointing to a link in /tmp")
	}
	_, err = m.Host.Stat(path)
	switch {
	case err == nil:
		return ok("%s", e.Host).saw("endpoint", "%s", where)
	case errors.Is(err, fs.ErrPermission):
		// The folder may not be looked into; the next check says so.
		return ok("%s", e.Host).saw("endpoint", "%s", where).saw(path, "%v", reason(err))
	}
	f := fail("Docker is not running: %s is not there", path).saw("endpoint", "%s", where).saw(path, "%v", reason(err))
	if slices.Contains(m.install(ctx).Sockets, e.Host) {
		f.Because = "desktop.socket-path" // then it could not be made
	}
	return withStart(ctx, m, withOtherEngine(ctx, m, f, e))
}

// socketPathLimit is the size of sockaddr_un's path, its final zero included.
func socketPathLimit(goos string) int {
	if goos == "darwin" {
		return 104
	}
	return 108
}

func probePermission(ctx context.Context, m *Machine) Finding {
	e, err := m.Docker.Endpoint()
	if err != nil {
		return fail("No endpoint can be named").saw("endpoint", "%v", err)
	}
	network, address, found := strings.Cut(e.Host, "://")
	if !found || network != "unix" && network != "npipe" {
		return notHere("%s is no socket of this machine", e.Host)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, err := m.Host.Dial(ctx, network, address)
	if err == nil {
		_ = conn.Close()
		return ok("%s opens", address).saw("connect "+address, "connected")
	}
	if !errors.Is(err, fs.ErrPermission) && !errors.Is(m.ping(ctx), docker.ErrPermission) {
		// Nobody listens there; whether we may ask is not the trouble.
		return ok("Nothing forbids opening %s", address).saw("connect "+address, "%v", err)
	}
	f := fail("You may not open %s", address).saw("connect "+address, "%v", err).
		read("https://docs.docker.com/engine/install/linux-postinstall/")
	switch m.Host.OS() {
	case "windows":
		return f.byHand(`In an administrator's terminal: net localgroup docker-users "%USERNAME%" /add`, "Log out and in again")
	case "darwin":
		return f.byHand("Docker Desktop → Settings → Advanced → allow the default Docker socket",
			"ls -l "+address+" shows whose it is")
	default:
		return f.byHand("sudo usermod -aG docker $USER", "Log out and in again (or: newgrp docker)")
	}
}

func probeEngine(ctx context.Context, m *Machine) Finding {
	e, _ := m.Docker.Endpoint()
	err := m.ping(ctx)
	if err == nil {
		return ok("%s answers", e.Host).saw("GET /_ping", "OK")
	}
	f := fail("The engine does not answer").saw("GET /_ping", "%v", err)
	if errors.Is(err, docker.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) {
		f.Summary = "The engine accepts connections and does not answer"
	}
	if m.install(ctx).Found {
		status := m.desktopStatus(ctx)
		f = f.saw("docker desktop status", "%s", status.State)
		if status.State == "starting" {
			f.Summary = "Docker Desktop is starting; its engine does not answer yet"
			return f.byHand("Wait a minute; twindeck looks again by itself", "If it stays so: "+logsStep(ctx, m))
		}
	}
	if !e.Local {
		other := "Or choose a local context: docker context use default"
		if e.Source == "DOCKER_HOST" {
			other = "Or unset DOCKER_HOST to use an engine of this machine"
		}
		return f.byHand("See whether the machine at "+e.Host+" is up and reachable", other)
	}
	return withStart(ctx, m, f)
}
