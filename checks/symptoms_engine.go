package checks

// noEngine is what clients say when nothing answers at the engine's address.
var noEngine = []string{"cannot connect to the docker daemon", "failed to connect to the docker api", "error during connect:", "is the docker daemon running", "docker daemon is not running", "docker desktop is not running"}

// engineSymptoms are what stands between a client and its engine.
func engineSymptoms() []Symptom {
	socketDenied := []string{"permission denied while trying to connect to the docker", "dial unix*docker*permission denied", "dial unix*docker*operation not permitted", "fetching server api version*permission denied", "fetching server api version*permissionerror"}
	return []Symptom{
		{
			ID:    "permission-pipe",
			Texts: []string{"docker*pipe*access is denied", "pipe/docker*access is denied"},
			Check: "docker.permission",
			Cause: "You are not in the group docker-users",
			Do:    []string{`In an administrator's terminal: net localgroup docker-users "%USERNAME%" /add`, "Log out and in again"},
			Link:  "https://docs.docker.com/desktop/setup/install/windows-permission-requirements/",
		},
		{
			ID:      "permission-socket",
			Texts:   socketDenied,
			Systems: []string{"linux"},
			Check:   "docker.permission",
			Cause:   "You are not in the group that may use the engine's socket",
			Do:      []string{"sudo usermod -aG docker $USER", "Log out and in again (or: newgrp docker)"},
			Link:    "https://docs.docker.com/engine/install/linux-postinstall/",
		},
		{
			ID:      "permission-socket",
			Texts:   socketDenied,
			Systems: []string{"windows"},
			Check:   "docker.permission",
			Cause:   "You are not in the group docker-users",
			Do:      []string{`In an administrator's terminal: net localgroup docker-users "%USERNAME%" /add`, "Log out and in again"},
		},
		{
			ID:      "permission-socket",
			Texts:   socketDenied,
			Systems: []string{"darwin"},
			Check:   "docker.permission",
			Cause:   "You may not open the engine's socket",
			Do:      []string{"Docker Desktop → Settings → Advanced → allow the default Docker socket", "docker context use desktop-linux uses the socket in your home folder instead"},
		},
		{
			ID:    "pipe-missing",
			Texts: []string{"pipe/dockerdesktoplinuxengine", "pipe/docker_engine", "pipe%2fdockerdesktoplinuxengine", "pipe%2fdocker_engine", "pipe/dockerdesktopwindowsengine"},
			Check: "docker.endpoint",
			Cause: "Docker Desktop is not running",
			Do:    []string{"Start Docker Desktop: docker desktop start --timeout 120", "wsl -l -v shows whether its distribution docker-desktop runs"},
		},
		{
			ID:    "socket-path-too-long",
			Texts: []string{"bind: invalid argument", ".sock*connect: invalid argument"},
			Check: "docker.endpoint",
			Cause: "The socket's path is longer than the system allows (104 bytes on macOS, 108 on Linux and Windows)",
			Do:    []string{"Use a home directory with a shorter path"},
		},
		{
			ID:    "default-socket",
			Texts: []string{"could not find a valid docker environment", "error while fetching server api version*no such file", "error while fetching server api version*file not found", "error while fetching server api version*filenotfound", "/var/run/docker.sock: connect: no such file", "stat /var/run/docker.sock: no such file", "connect enoent /var/run/docker.sock"},
			Check: "desktop.default-socket",
			Cause: "This tool looks for the engine at /var/run/docker.sock, and it is not there",
			Do: []string{
				"Start Docker, if `docker version` does not answer either",
				"macOS: Docker Desktop → Settings → Advanced → allow the default Docker socket",
				`else tell the tool where it is: export DOCKER_HOST=$(docker context inspect --format '{{.Endpoints.docker.Host}}')`,
			},
		},
		{
			ID:    "docker-context-missing",
			Texts: []string{"current context*is not found on the file system", "unable to resolve docker endpoint", "docker context*does not exist", ": context not found"},
			Check: "docker.context",
			Cause: "The Docker context {context} does not exist",
			Do:    []string{"docker context ls", "docker context use desktop-linux (or default)"},
			Link:  "https://docs.docker.com/engine/manage-resources/contexts/",
		},
		{
			ID: "engine-unreachable", Texts: noEngine, Systems: []string{"linux"}, Check: "docker.engine",
			Cause: "The engine is not running, or not at the address of the current context",
			Do:    []string{"sudo systemctl start docker, or with Docker Desktop: docker desktop start --timeout 120", "docker context ls shows which engine is meant"},
			Link:  "https://docs.docker.com/engine/daemon/start/",
		},
		{
			ID: "engine-unreachable", Texts: noEngine, Systems: []string{"darwin", "windows"}, Check: "docker.engine",
			Cause: "The engine is not running, or not at the address of the current context",
			Do:    []string{"Start Docker Desktop and wait until its engine answers: docker desktop start --timeout 120", "docker context ls shows which engine is meant"},
		},
		{
			ID:    "docker-host-overrides",
			Texts: []string{"docker_host environment variable overrides the active context", "docker_host environment variable is set"},
			Check: "docker.host-variable",
			Cause: "DOCKER_HOST is set, so choosing a context changes nothing",
			Do:    []string{"unset DOCKER_HOST, and remove it from your shell's profile"},
		},
		{
			ID:    "api-too-old",
			Texts: []string{"client version*is too old. minimum supported api version"},
			Check: "docker.api",
			Cause: "The tool that said this speaks an API older than the engine accepts ({api})",
			Do:    []string{"Update that tool", "Until then DOCKER_MIN_API_VERSION in the engine's environment lowers the bar"},
		},
		{
			ID:    "api-too-new",
			Texts: []string{"client version*is too new. maximum supported api version"},
			Check: "docker.api",
			Cause: "The tool that said this is newer than the engine",
			Do:    []string{"Update Docker", "or for this tool: DOCKER_API_VERSION={api}"},
		},
		{
			ID:    "daemon-config",
			Texts: []string{"unable to configure the docker daemon with file", "directives are specified both as a flag and in the configuration file", "directives don't match any configuration option", "daemon.json*invalid character"},
			Check: "docker.daemon-config",
			Cause: "The engine's daemon.json is broken, so it does not start (Docker Desktop before 4.83 starts with its defaults instead)",
			Do:    []string{"Mend what the message names: dockerd --validate --config-file /etc/docker/daemon.json", "Docker Desktop → Settings → Docker Engine edits it"},
			Link:  "https://docs.docker.com/engine/daemon/",
		},
		{
			ID:    "windows-containers",
			Texts: []string{"no matching manifest for windows", `image operating system "linux" cannot be used on this platform`, "no match for platform in manifest*windows", "host os is windows*linux containers"},
			Check: "docker.linux",
			Cause: "The engine is in Windows-container mode",
			Do:    []string{"docker desktop engine use linux", "or: right-click the whale in the task bar → Switch to Linux containers"},
		},
		{
			ID:    "network-pool",
			Texts: []string{"all predefined address pools have been fully subnetted", "non-overlapping ipv4 address pool"},
			Cause: "Docker has no addresses left for another network, or a VPN takes them all",
			Do:    []string{"docker network prune", `Leave the VPN while it is made, or choose "default-address-pools" in daemon.json`},
		},
		{
			ID:    "iptables",
			Texts: []string{"no chain/target/match by that name"},
			Cause: "A firewall was loaded anew and wiped out Docker's rules",
			Do:    []string{"sudo systemctl restart docker writes them again"},
		},
		{
			ID:    "store-broken",
			Texts: []string{"parent snapshot*does not exist", "failed to get reader from content store", "content digest*not found", "failed to mount overlay", "lease*does not exist"},
			Check: "docker.disk",
			Cause: "The engine's image store or build cache is damaged, most often after it ran full or was killed",
			Do:    []string{"docker builder prune, and build again", "Remove the image and pull it again", "Restart Docker"},
		},
	}
}
