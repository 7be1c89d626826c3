package checks

import (
	"context"
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/twindeck/twindeck/env/desktop"
	"github.com/twindeck/twindeck/env/host"
)

func desktopChecks() []*Check {
	return []*Check{
		{
			ID: "desktop.installed", Subject: Desktop, Title: "Docker Desktop is installed",
			Why:   "It brings the engine and a Kubernetes of one's own; other engines work too.",
			Probe: probeDesktopInstalled,
		},
		{
			ID: "desktop.settings", Subject: Desktop, Title: "Docker Desktop's settings can be read",
			Why:   "They say whether Kubernetes is on and how much memory there is.",
			Probe: probeSettings,
		},
		{
			ID: "desktop.policy", Subject: Desktop, Title: "What the organisation has fixed can be read",
			Why:   "Settings that are fixed change neither in Desktop's window nor here; a broken file keeps Desktop from starting.",
			Needs: []string{"desktop.installed"}, Probe: probePolicy,
		},
		{
			ID: "desktop.socket-path", Subject: Desktop, Title: "The home folder's path leaves room for Desktop's sockets",
			Why:   "A socket's path may have 103 bytes on macOS and 107 on Linux; with a longer one Desktop does not start.",
			Needs: []string{"desktop.installed"}, Systems: []string{"darwin", "linux"}, Probe: probeSocketPath,
		},
		{
			ID: "desktop.running", Subject: Desktop, Title: "Docker Desktop says it is running",
			Why:   "What it says of itself may lag behind its engine; both are shown.",
			Needs: []string{"desktop.installed"}, After: []string{"docker.engine"},
			Command: "docker desktop status", Probe: probeDesktopRunning,
		},
		{
			ID: "desktop.version", Subject: Desktop, Title: "The engine in use is Docker Desktop's",
			Why:   "With another context, builds land in another engine than the one Desktop shows.",
			Needs: []string{"docker.api"}, Command: "docker version",
			Probe: probeDesktopVersion,
		},
		{
			ID: "desktop.kubernetes", Subject: Desktop, Title: "Kubernetes is on in Docker Desktop",
			Why:     "Pods, deploy and everything on the right deck need a cluster.",
			Command: "docker desktop kubernetes status",
			Probe:   probeDesktopKubernetes,
		},
		{
			ID: "desktop.images", Subject: Desktop, Title: "Desktop's image store suits its Kubernetes",
			Why:   "Kubernetes of the kind sort gets local images only through the containerd image store.",
			Needs: []string{"desktop.settings", "desktop.kubernetes"}, Command: "docker info --format {{.DriverStatus}}",
			Probe: probeDesktopImages,
		},
		{
			ID: "desktop.default-socket", Subject: Desktop, Title: "Tools that know only /var/run/docker.sock find the engine",
			Why:   "Many tools do not read Docker contexts and look there.",
			Needs: []string{"desktop.installed", "docker.engine"}, Systems: []string{"darwin"}, Command: "ls -l /var/run/docker.sock",
			Probe: probeDefaultSocket,
		},
		{
			ID: "desktop.wsl", Subject: Desktop, Title: "WSL is new enough for Docker Desktop",
			Why:   "Docker Desktop's engine runs in WSL; before 2.1.5 it hangs or does not start.",
			Needs: []string{"desktop.installed"}, Systems: []string{"windows"}, Command: "wsl --version",
			Probe: probeWSL,
		},
	}
}

func probeDesktopInstalled(ctx context.Context, m *Machine) Finding {
	i := m.install(ctx)
	if !i.Found {
		return notHere("Docker Desktop is not on this machine")
	}
	f := ok("%s", i.App)
	if i.App == "" {
		f.Summary = "The docker desktop command is there"
	}
	f = f.saw("application", "%s", orNone(i.App))
	if i.Plugin {
		return f.saw("docker desktop", "the command is there")
	}
	return f.saw("docker desktop", "no such command; it came with 4.37")
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func probeSettings(ctx context.Context, m *Machine) Finding {
	s := m.install(ctx).Settings
	switch {
	case s.Path == "":
		return notHere("There is no settings file of Docker Desktop")
	case s.Err != nil:
		return fail("Docker Desktop's settings cannot be read").saw(s.Path, "%v", s.Err).
			byHand("Quit Docker Desktop", "Mend the line named, or move the file away: Desktop then starts with defaults", "Start Docker Desktop")
	}
	f := ok("%s", s.Path)
	if s.Legacy {
		f.Summary += " (the name used before 4.35)"
	}
	return f.saw(s.Path, "%s", settingsLine(s))
}

func settingsLine(s desktop.Settings) string {
	var parts []string
	if s.Kubernetes != nil {
		parts = append(parts, fmt.Sprintf("KubernetesEnabled=%t", *s.Kubernetes))
	}
	if s.KubernetesMode != "" {
		parts = append(parts, "KubernetesMode="+s.KubernetesMode)
	}
	for _, n := range []struct {
		name  string
		value *int
	}{{"MemoryMiB", s.MemoryMiB}, {"Cpus", s.CPUs}, {"DiskSizeMiB", s.DiskSizeMiB}} {
		if n.value != nil {
			parts = append(parts, fmt.Sprintf("%s=%d", n.name, *n.value))
		}
	}
	if len(parts) == 0 {
		return "all at their defaults"
	}
	return strings.Join(parts, ", ")
}

func probeDesktopRunning(ctx context.Context, m *Machine) Finding {
	s := m.desktopStatus(ctx)
	if s.State == "unknown" {
		return notHere("Docker Desktop does not tell").saw("docker desktop status", "%v", s.Err)
	}
	f := ok("%s", s.State).saw("docker desktop status", "%s", s.State)
	if s.State == "running" {
		return f
	}
	e, _ := m.Docker.Endpoint()
	if err := m.ping(ctx); err == nil {
		// One truth: the engine answered, so it is up, whatever is said of it.
		f.Summary = fmt.Sprintf("The engine at %s answers, though Desktop says %q", e.Host, s.State)
		return f.saw("GET /_ping", "OK")
	}
	f = fail("Docker Desktop is %s", s.State).saw("docker desktop status", "%s", s.State)
	f.Because = "docker.engine"
	return withStart(ctx, m, f)
}

func probeDesktopVersion(ctx context.Context, m *Machine) Finding {
	v, err := m.engine(ctx)
	if err != nil {
		return fail("The engine does not tell its version").saw("GET /version", "%v", err)
	}
	i, err := m.info(ctx)
	if err != nil {
		return fail("The engine does not tell what it is").saw("GET /info", "%v", err)
	}
	if i.IsDesktop() {
		name := v.Platform
		if name == "" {
			name = "Docker Desktop"
		}
		return ok("%s", name).saw("docker info: Operating System", "%s", i.OperatingSystem).
			saw("docker version: Platform", "%s", orNone(v.Platform))
	}
	e, _ := m.Docker.Endpoint()
	f := notHere("An engine of its own: %s", i.OperatingSystem)
	if m.install(ctx).Found {
		f.Summary = fmt.Sprintf("Docker Desktop is installed, and context %s uses another engine", e.Context)
	}
	return f.saw("docker info: Operating System", "%s", i.OperatingSystem)
}

// desktopContext is the name of the kubeconfig context Docker Desktop makes.
const desktopContext = "docker-desktop"

func probeDesktopKubernetes(ctx context.Context, m *Machine) Finding {
	i := m.install(ctx)
	s := i.Settings
	at, err := m.Kube.Context()
	if err == nil && at.Name != desktopContext {
		return notHere("The cluster in use is %s, not Docker Desktop's", at.Name)
	}
	if s.Path == "" || s.Err != nil {
		return notHere("Docker Desktop's settings are not to be seen from here")
	}
	what := s.Path + ": " + s.Key("KubernetesEnabled")
	if s.Kubernetes != nil && *s.Kubernetes {
		f := ok("On").saw(what, "true")
		if s.KubernetesMode != "" {
			f.Summary += ", " + s.KubernetesMode
		}
		return f
	}
	said := "false"
	if s.Kubernetes == nil {
		said = "absent, so false"
	}
	// The file can be behind a running Desktop: what answers, is on.
	if err == nil {
		if _, down := m.server(ctx); !unreachable(down) {
			return ok("On: the API server answers").saw(what, "%s", said).saw(at.Server, "answers")
		}
	}
	if !m.usesDesktop(ctx) {
		return notHere("Docker Desktop is not installed").saw(what, "%s", said)
	}
	f := fail("Kubernetes is off in Docker Desktop").saw(what, "%s", said)
	if err == nil {
		f = f.saw(at.Server, "does not answer")
	}
	if by := m.Desktop.Locked(ctx, "kubernetes"); by != "" {
		f.Summary += ", by your organisation"
		return f.saw("fixed by", "%s", by).byHand(setByOthers(by)...)
	}
	return f.fix(turnKubernetesOn(ctx, m)).
		byHand("Docker Desktop → Settings → Kubernetes → Enable Kubernetes", "Apply & restart, and wait until it says that Kubernetes is running").
		read("https://docs.docker.com/desktop/use-desktop/kubernetes/")
}

func probeDesktopImages(ctx context.Context, m *Machine) Finding {
	s := m.install(ctx).Settings
	if s.KubernetesMode != "kind" {
		return notHere("Kubernetes here is not of the kind sort")
	}
	store := s.ContainerdImages
	if info, err := m.info(ctx); err == nil && info.IsDesktop() {
		store = &info.ContainerdStore
	}
	if store == nil || *store {
		return ok("The containerd image store is on").saw(s.Path+": KubernetesMode", "kind")
	}
	return warn("Kubernetes cannot see images built here").
		saw(s.Path+": KubernetesMode", "kind").
		saw("image store", "not containerd's").
		byHand("Docker Desktop → Settings → General → Use containerd for pulling and storing images",
			"Recreate the cluster: Settings → Kubernetes → Reset cluster (this deletes everything in it)")
}

func probeDefaultSocket(ctx context.Context, m *Machine) Finding {
	const path = "/var/run/docker.sock"
	if !m.install(ctx).Found {
		return notHere("Docker Desktop is not on this machine")
	}
	if _, err := m.Host.Stat(path); err != nil {
		return warn("%s leads nowhere", path).saw(path, "%v", reason(err)).
			byHand("Docker Desktop → Settings → Advanced → Allow the default Docker socket to be used")
	}
	return ok("%s", path).saw(path, "there")
}

// oldestWSL is the WSL that Docker Desktop asks for.
const oldestWSL = "2.1.5"

var versionNumber = regexp.MustCompile(`\d+\.\d+\.\d+`)

func probeWSL(ctx context.Context, m *Machine) Finding {
	if !m.install(ctx).Found {
		return notHere("Docker Desktop is not on this machine")
	}
	r, err := m.Host.Run(ctx, host.Command{Path: "wsl", Args: []string{"--version"}, Env: []string{"WSL_UTF8=1"}})
	if err != nil {
		return notHere("WSL is not installed").saw("wsl --version", "%v", err)
	}
	// The first line is "WSL version: 2.3.26.0", in the language of Windows.
	text := oneLine(fromUTF16(r.Stdout))
	v := versionNumber.FindString(text)
	switch {
	case v == "":
		return warn("WSL is the old one that comes with Windows").saw("wsl --version", "%s", orNone(text)).
			byHand("wsl --update", "wsl --shutdown, then start Docker Desktop")
	case older(v, oldestWSL):
		return warn("WSL %s is older than %s", v, oldestWSL).saw("wsl --version", "%s", text).
			byHand("wsl --update", "wsl --shutdown, then start Docker Desktop")
	}
	return ok("WSL %s", v).saw("wsl --version", "%s", text)
}

// fromUTF16 undoes what wsl.exe prints where it does not know WSL_UTF8.
func fromUTF16(s string) string {
	if !strings.Contains(s, "\x00") {
		return s
	}
	var units []uint16
	for b := []byte(s); len(b) >= 2; b = b[2:] {
		units = append(units, binary.LittleEndian.Uint16(b))
	}
	return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff")
}
