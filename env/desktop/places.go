package desktop

import "github.com/twindeck/twindeck/env/host"

// places is where Docker Desktop keeps things on one system. Each list is in
// the order of preference.
type places struct {
	apps     []string // application; the first that exists is the one
	settings []string // folders that hold settings-store.json or settings.json
	sockets  []string // engine endpoints as Docker host URLs, newest first
	plugins  []string // folders that may hold docker-desktop, the CLI plugin
	brings   string   // folder of the plugins it brings, where docker does not look by itself
	backend  string   // its own socket as a URL
	logs     string   // folder
	admin    string   // what an administrator fixes, see Policy
}

func placesOf(h host.Host) places {
	at := func(elem ...string) string { return host.Join(h, elem...) }
	home := h.Home()
	config, ok := h.Getenv("DOCKER_CONFIG")
	if !ok || config == "" {
		config = at(home, ".docker")
	}
	p := places{plugins: []string{at(config, "cli-plugins")}}

	switch h.OS() {
	case "darwin":
		p.apps = []string{"/Applications/Docker.app", at(home, "Applications", "Docker.app")}
		p.settings = []string{at(home, "Library", "Group Containers", "group.com.docker")}
		p.sockets = []string{"unix://" + at(home, ".docker", "run", "docker.sock")}
		p.plugins = append(p.plugins, "/usr/local/lib/docker/cli-plugins",
			"/Applications/Docker.app/Contents/Resources/cli-plugins")
		p.brings = "/Applications/Docker.app/Contents/Resources/cli-plugins"
		data := at(home, "Library", "Containers", "com.docker.docker", "Data")
		p.backend, p.logs = "unix://"+at(data, "backend.sock"), at(data, "log", "host")
		p.admin = "/Library/Application Support/com.docker.docker/admin-settings.json"
	case "windows":
		programs := env(h, "ProgramFiles", `C:\Program Files`)
		roaming := env(h, "APPDATA", at(home, "AppData", "Roaming"))
		local := env(h, "LOCALAPPDATA", at(home, "AppData", "Local"))
		p.apps = []string{
			at(programs, "Docker", "Docker", "Docker Desktop.exe"),
			at(local, "Programs", "DockerDesktop", "Docker Desktop.exe"),
		}
		p.settings = []string{at(roaming, "Docker")}
		p.sockets = []string{
			"npipe:////./pipe/dockerDesktopLinuxEngine",
			"npipe:////./pipe/docker_engine", // before 4.31
		}
		p.plugins = append(p.plugins, at(programs, "Docker", "cli-plugins"))
		p.backend, p.logs = "npipe:////./pipe/dockerBackendApiServer", at(local, "Docker", "log")
		p.admin = at(env(h, "ProgramData", `C:\ProgramData`), "DockerDesktop", "admin-settings.json")
	default:
		p.apps = []string{"/opt/docker-desktop"}
		p.settings = []string{at(home, ".docker", "desktop")}
		p.sockets = []string{"unix://" + at(home, ".docker", "desktop", "docker.sock")}
		p.plugins = append(p.plugins, "/usr/local/lib/docker/cli-plugins", "/usr/lib/docker/cli-plugins",
			"/usr/libexec/docker/cli-plugins")
		own := at(home, ".docker", "desktop")
		p.backend, p.logs = "unix://"+at(own, "backend.sock"), at(own, "log")
		p.admin = "/usr/share/docker-desktop/admin-settings.json"
	}
	return p
}

func env(h host.Host, name, otherwise string) string {
	if v, ok := h.Getenv(name); ok && v != "" {
		return v
	}
	return otherwise
}

// plugin is the file name of the docker-desktop CLI plugin.
func plugin(h host.Host) string {
	if h.OS() == "windows" {
		return "docker-desktop.exe"
	}
	return "docker-desktop"
}
