package checks

// clientSymptoms are what is wrong with docker's command, its plugins and its
// configuration, and what containers on this machine run into.
func clientSymptoms() []Symptom {
	noDocker := []string{"command not found: docker", "docker: command not found", "docker: not found", "unknown command: docker", "'docker' is not recognized", `"docker": executable file not found`, "spawn docker enoent", "no such file or directory: 'docker'"}
	portTaken := []string{"port is already allocated", "address already in use", "only one usage of each socket address", "eaddrinuse", "ports are not available"}
	helperFailed := []string{"error getting credentials - err: exit status", "error getting credentials - err: fork/exec", "error storing credentials - err:", "error saving credentials", "user interaction is not allowed", "pass not initialized", "credentials not found in native keychain"}
	return []Symptom{
		{
			ID:    "helper-missing",
			Texts: []string{"error getting credentials*executable file not found", "docker-credential-*executable file not found", "docker-credential-*not found", "docker-credential-*not installed"},
			Check: "registry.helper",
			Cause: "config.json names the credential helper {program}, which is not on PATH",
			Do:    []string{"twindeck check offers to change it", `or change "credsStore" in ~/.docker/config.json, then docker login`},
			Link:  "https://docs.docker.com/reference/cli/docker/login/#credential-stores",
		},
		{
			ID: "helper-failed", Texts: helperFailed, Systems: []string{"darwin"}, Check: "registry.helper.answers",
			Cause: "The credential helper is there, and fails",
			Do:    []string{"security unlock-keychain (over ssh the keychain is locked)", "Restart Docker Desktop, then docker logout and docker login"},
		},
		{
			ID: "helper-failed", Texts: helperFailed, Systems: []string{"linux", "windows"}, Check: "registry.helper.answers",
			Cause: "The credential helper is there, and fails",
			Do:    []string{"Linux: the helper pass wants `pass init KEY`, secretservice a desktop session", `or take "credsStore" out of ~/.docker/config.json, then docker login`},
		},
		{
			ID:    "proxy",
			Texts: []string{"proxyconnect tcp", "proxy authentication required", "407 proxy", "could not resolve proxy", "invalid proxy url"},
			Check: "docker.proxy",
			Cause: "The proxy that is set does not answer, or wants a login",
			Do:    []string{"Compare the three places: env | grep -i proxy; docker info | grep -i proxy; Docker Desktop → Settings → Resources → Proxies", "Add what is local to NO_PROXY: localhost,127.0.0.1,.internal,.svc,10.0.0.0/8"},
			Link:  "https://docs.docker.com/engine/daemon/proxy/",
		},
		{
			ID:    "compose-missing",
			Texts: []string{"unknown command: docker compose", "'compose' is not a docker command", "docker-compose: command not found", "command not found: docker-compose", "'docker-compose' is not recognized", "unknown shorthand flag: 'f' in -f", "unknown shorthand flag: 'd' in -d"},
			Check: "docker.compose",
			Cause: "The Compose plugin is not installed, or its link leads nowhere",
			Do:    []string{"ls -l ~/.docker/cli-plugins", "Reinstall Docker Desktop, or on Linux: sudo apt-get install docker-compose-plugin", "Today's command is `docker compose`, without the dash"},
			Link:  "https://docs.docker.com/compose/install/",
		},
		{
			ID:    "buildx-broken",
			Texts: []string{"buildx component is missing or broken", "unknown command: docker buildx", "'buildx' is not a docker command", "requires buildkit", "unknown flag: --mount"},
			Check: "docker.buildx",
			Cause: "The buildx plugin is not installed, or its link leads nowhere",
			Do:    []string{"ls -l ~/.docker/cli-plugins", "Reinstall Docker Desktop, or on Linux: sudo apt-get install docker-buildx-plugin", "twindeck build needs no buildx"},
			Link:  "https://docs.docker.com/build/install-buildx/",
		},
		{
			ID: "docker-not-installed", Texts: noDocker, Systems: []string{"darwin"}, Check: "docker.cli",
			Cause: "The docker command is not installed, or not on PATH",
			Do:    []string{`With Docker Desktop: export PATH="$HOME/.docker/bin:$PATH" (and in ~/.zprofile)`, "else install it: brew install --cask docker-desktop"},
			Link:  "https://docs.docker.com/get-started/get-docker/",
		},
		{
			ID: "docker-not-installed", Texts: noDocker, Systems: []string{"windows"}, Check: "docker.cli",
			Cause: "The docker command is not installed, or not on PATH",
			Do:    []string{`With Docker Desktop, add %LOCALAPPDATA%\Programs\DockerDesktop\resources\bin (or C:\Program Files\Docker\Docker\resources\bin) to PATH`, "else install it: winget install Docker.DockerDesktop"},
			Link:  "https://docs.docker.com/get-started/get-docker/",
		},
		{
			ID: "docker-not-installed", Texts: noDocker, Systems: []string{"linux"}, Check: "docker.cli",
			Cause: "The docker command is not installed, or not on PATH",
			Do:    []string{"Install Docker Engine or Docker Desktop for your distribution", "In WSL: Docker Desktop → Settings → Resources → WSL integration"},
			Link:  "https://docs.docker.com/engine/install/",
		},
		{
			ID:    "docker-config-permission",
			Texts: []string{"config.json: permission denied", "config.json: access is denied"},
			Check: "docker.config",
			Cause: "Docker's config.json belongs to somebody else, most often root after a sudo",
			Do:    []string{`sudo chown -R "$USER" ~/.docker`},
		},
		{
			ID:    "docker-config-broken",
			Texts: []string{"error loading config file: ", "config.json*invalid character", "parsing config file*config.json", "config.json*unexpected end of json"},
			Check: "docker.config",
			Cause: "Docker's config.json is broken",
			Do:    []string{"twindeck check names the line, and offers a backup if there is one"},
		},
		{
			ID: "port-reserved", Texts: []string{"forbidden by its access permissions"},
			Cause: "Windows has reserved port {port}",
			Do:    []string{"netsh interface ipv4 show excludedportrange protocol=tcp", "Choose a port outside these ranges", "or, in an administrator's terminal: net stop winnat, start the container, net start winnat"},
		},
		{
			ID:    "port-privileged",
			Texts: []string{"bind: permission denied", "cannot expose privileged port"},
			Cause: "Ports below 1024 need more rights than this process has",
			Do:    []string{"Publish a port of 1024 or above: -p 8080:80", "In a container: let the program listen above 1024, or run it as root"},
		},
		{
			ID: "port-taken", Texts: portTaken, Systems: []string{"darwin", "linux"},
			Cause: "Another container or program uses port {port}",
			Do:    []string{"docker ps --filter publish={port} names the container", "lsof -nP -i :{port} names the program", "Stop it, or publish another port"},
		},
		{
			ID: "port-taken", Texts: portTaken, Systems: []string{"windows"},
			Cause: "Another container or program uses port {port}",
			Do:    []string{"docker ps --filter publish={port} names the container", "netstat -ano | findstr :{port} gives the program's number; tasklist /fi \"pid eq NUMBER\" its name", "Stop it, or publish another port"},
		},
		{
			ID:    "disk-full",
			Texts: []string{"no space left on device", "not enough space on the disk", "disk quota exceeded"},
			Check: "docker.disk",
			Cause: "The disk is full, or Docker Desktop's is",
			Do:    []string{"docker system df shows what takes the room", "docker builder prune; docker image prune", "Docker Desktop → Settings → Resources: a larger disk"},
			Link:  "https://docs.docker.com/engine/manage-resources/pruning/",
		},
		{
			ID:    "too-many-files",
			Texts: []string{"too many open files", "system limit for number of file watchers reached", "inotify_init"},
			Cause: "The machine's limit of open or watched files is reached",
			Do:    []string{"sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512 (with Docker Desktop, inside its machine: restart it)"},
			Link:  "https://kind.sigs.k8s.io/docs/user/known-issues/#pod-errors-due-to-too-many-open-files",
		},
		{
			ID:    "clock",
			Texts: []string{"release file*is not valid yet", "certificate is not yet valid", "certificate has expired or is not yet valid: current time*is before", "signature not yet current", "certificate is not yet activated", "clock skew detected"},
			Check: "docker.clock",
			Cause: "A clock is wrong: Docker Desktop's often is behind after sleep",
			Do:    []string{"docker run --rm alpine date -u, against date -u here", "Restart Docker Desktop", "Let this machine set its time by the network"},
		},
		{
			ID:    "name-taken",
			Texts: []string{"conflict. the container name*is already in use"},
			Cause: "A container of that name is there already",
			Do:    []string{"docker rm {name} (-f if it runs)", "or start what is there: docker start {name}"},
		},
		{
			ID:    "mount-source",
			Texts: []string{"bind source path does not exist", "not a directory: unknown: are you trying to mount a directory onto a file", "are you trying to mount a directory onto a file", "error mounting *to rootfs at", "error while creating mount source path"},
			Cause: "A mount's source is not there, or is a folder where a file is expected",
			Do:    []string{"See whether the path before the colon is there, and is a file where a file is meant", "Docker makes a missing source a folder: remove it and put the file there"},
		},
		{
			ID:    "network-missing",
			Texts: []string{"declared as external, but could not be found", "error response from daemon: network*not found"},
			Cause: "The network {name} does not exist",
			Do:    []string{"docker network create {name}"},
		},
		{
			ID:    "compose-file-missing",
			Texts: []string{"no configuration file provided: not found"},
			Check: "docker.compose",
			Cause: "There is no Compose file in this folder or above it",
			Do:    []string{"Go to the folder of compose.yaml, or name it: docker compose -f FILE up"},
		},
		{
			ID:    "gpu",
			Texts: []string{`could not select device driver "nvidia"`, "could not select device driver*gpu", "nvidia-container-cli: initialization error"},
			Cause: "The engine has no driver to give containers a graphics card",
			Do:    []string{"Install the NVIDIA Container Toolkit: nvidia-ctk runtime configure --runtime=docker, then restart Docker"},
			Link:  "https://docs.docker.com/engine/containers/resource_constraints/#gpu",
		},
	}
}
