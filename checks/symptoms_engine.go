package checks

// engineSymptoms are what docker and its engine say. Within the table the more
// specific stands first.
func engineSymptoms() []Symptom {
	return []Symptom{
		{
			ID:      "pipe-missing",
			Texts:   []string{"dockerDesktopLinuxEngine*cannot find the file", "docker_engine*cannot find the file"},
			Systems: []string{"windows"},
			Cause:   "Docker Desktop is not running",
			Do:      []string{"Start Docker Desktop", "wsl -l -v shows whether docker-desktop runs"},
		},
		{
			ID:      "permission-socket",
			Texts:   []string{"permission denied while trying to connect to the docker", "dial unix*docker*permission denied"},
			Systems: []string{"linux"},
			Cause:   "You are not in the group that may use the engine's socket",
			Do:      []string{"sudo usermod -aG docker $USER", "Log out and in again"},
		},
		{
			ID:      "permission-socket",
			Texts:   []string{"permission denied while trying to connect to the docker", "docker*pipe*access is denied"},
			Systems: []string{"windows"},
			Cause:   "You are not in the group docker-users",
			Do:      []string{`In an administrator's terminal: net localgroup docker-users "%USERNAME%" /add`, "Log out and in again"},
		},
		{
			ID:      "permission-socket",
			Texts:   []string{"permission denied while trying to connect to the docker", "dial unix*docker*permission denied"},
			Systems: []string{"darwin"},
			Cause:   "You may not open the engine's socket",
			Do:      []string{"Docker Desktop → Settings → Advanced → allow the default Docker socket"},
		},
		{
			ID:    "socket-path-too-long",
			Texts: []string{"docker*bind: invalid argument", "docker.sock*connect: invalid argument"},
			Cause: "The socket's path is longer than the system allows (104 bytes on macOS, 108 on Linux)",
			Do:    []string{"Use a home directory with a shorter path"},
		},
		{
			ID:    "engine-unreachable",
			Texts: []string{"cannot connect to the docker daemon", "failed to connect to the docker api", "error during connect:", "is the docker daemon running"},
			Cause: "The engine is not running, or not at the address of the current context",
			Do:    []string{"Start Docker Desktop and wait until its engine answers", "docker context ls shows which engine is meant"},
		},
		{
			ID:    "docker-not-installed",
			Texts: []string{"command not found: docker", "docker: command not found", "'docker' is not recognized", `"docker": executable file not found`},
			Cause: "The docker command is not installed, or not on PATH",
			Do:    []string{"macOS: add ~/.docker/bin to PATH; Windows: %LOCALAPPDATA%\\Programs\\DockerDesktop\\resources\\bin", "https://docs.docker.com/get-started/get-docker/ tells how to install it"},
		},
		{
			ID:    "docker-host-overrides",
			Texts: []string{"docker_host environment variable overrides the active context"},
			Cause: "DOCKER_HOST is set, so choosing a context changes nothing",
			Do:    []string{"unset DOCKER_HOST, and remove it from your shell's profile"},
		},
		{
			ID:    "docker-context-missing",
			Texts: []string{"current context*is not found on the file system", `context "*" does not exist*docker`, "docker context*does not exist", "context not found*docker"},
			Cause: "The current Docker context does not exist any more",
			Do:    []string{"docker context ls", "docker context use desktop-linux (or default)"},
		},
		{
			ID:    "api-too-old",
			Texts: []string{"client version*is too old. minimum supported api version"},
			Cause: "The tool that said this speaks an API older than the engine accepts",
			Do:    []string{"Update that tool", "Until then DOCKER_MIN_API_VERSION on the engine's side can lower the bar"},
		},
		{
			ID:    "api-too-new",
			Texts: []string{"client version*is too new. maximum supported api version"},
			Cause: "The tool that said this is newer than the engine",
			Do:    []string{"Update Docker", "or set DOCKER_API_VERSION to the version named"},
		},
		{
			ID:    "docker-config-broken",
			Texts: []string{"error loading config file", "config.json*invalid character", "parsing config file"},
			Cause: "Docker's config.json is broken",
			Do:    []string{"twindeck check names the line, and offers a backup if there is one"},
		},
		{
			ID:    "windows-containers",
			Texts: []string{"no matching manifest for windows", "image operating system \"linux\" cannot be used on this platform"},
			Cause: "The engine is in Windows-container mode",
			Do:    []string{"docker desktop engine use linux"},
		},
		{
			ID:      "vm-platform",
			Texts:   []string{"HCS_E_HYPERV_NOT_INSTALLED", "virtual machine platform*not enabled"},
			Systems: []string{"windows"},
			Cause:   "Windows cannot start virtual machines, which Docker Desktop needs",
			Do:      []string{"In an administrator's terminal: wsl --install --no-distribution", "Enable virtualization in the firmware", "wsl --update, then restart"},
		},
		{
			ID:    "compose-missing",
			Texts: []string{"unknown command: docker compose", "'compose' is not a docker command", "'compose' is not a docker command"},
			Cause: "The Compose plugin is not installed, or its link leads nowhere",
			Do:    []string{"ls -l ~/.docker/cli-plugins", "Reinstall Docker Desktop, or https://docs.docker.com/compose/install/"},
		},
		{
			ID:    "buildx-broken",
			Texts: []string{"buildx component is missing or broken"},
			Cause: "The buildx plugin is not installed, or its link leads nowhere",
			Do:    []string{"ls -l ~/.docker/cli-plugins", "twindeck build needs no buildx"},
		},
		{
			ID:    "restricted",
			Texts: []string{"has been restricted by your administrators", "sign-in enforcement"},
			Cause: "Your organisation's policy forbids it; nothing on this machine can mend that",
			Do:    []string{"Ask whoever administers Docker Desktop in your organisation"},
		},
		{
			ID:    "port-taken",
			Texts: []string{"port is already allocated", "ports are not available*address already in use", "listen*address already in use"},
			Cause: "Another container or program uses that port",
			Do:    []string{"docker ps --filter publish=PORT names the container", "lsof -i :PORT (netstat -ano on Windows) names the program"},
		},
		{
			ID:      "port-reserved",
			Texts:   []string{"forbidden by its access permissions"},
			Systems: []string{"windows"},
			Cause:   "Windows has reserved that port",
			Do:      []string{"netsh interface ipv4 show excludedportrange protocol=tcp", "Choose a port outside these ranges"},
		},
		{
			ID:    "mount-denied",
			Texts: []string{"mounts denied:*is not shared"},
			Cause: "Docker Desktop may not share that folder with containers",
			Do:    []string{"Docker Desktop → Settings → Resources → File sharing: add the folder"},
		},
		{
			ID:    "disk-full",
			Texts: []string{"no space left on device", "not enough space on the disk"},
			Cause: "The disk is full, or Docker Desktop's is",
			Do:    []string{"docker system df shows what takes the room", "docker builder prune; docker image prune", "Docker Desktop → Settings → Resources: a larger disk"},
		},
		{
			ID:    "clock",
			Texts: []string{"release file*is not valid yet", "certificate is not yet valid", "certificate has expired or is not yet valid: current time*is before"},
			Cause: "A clock is behind: Docker Desktop's often is after sleep",
			Do:    []string{"Restart Docker Desktop", "Look at the date of this machine"},
		},
		{
			ID:    "wrong-architecture",
			Texts: []string{"exec format error", "no match for platform in manifest", "no matching manifest for linux/"},
			Cause: "The image is for another processor architecture",
			Do:    []string{"Build for the machine that runs it: twindeck build --platform linux/amd64 (or linux/arm64)"},
		},
		{
			ID:    "crlf",
			Texts: []string{`$'\r': command not found`, `\r: not found`, "bad interpreter: no such file*^m", "^m: bad interpreter", `env: 'bash\r'`, `env: ‘bash\r’`, "exec /*.sh: no such file or directory"},
			Cause: "A script in the image has Windows line ends, or its interpreter is not in the image",
			Do:    []string{"Save it with LF line ends: a line `*.sh text eol=lf` in .gitattributes", "See whether the interpreter of its first line is in the image", "Build again"},
		},
		{
			ID:    "dockerfile-syntax",
			Texts: []string{"dockerfile parse error", "unknown instruction:"},
			Cause: "The Dockerfile cannot be read",
			Do:    []string{"Mend the line named"},
		},
		{
			ID:    "file-not-in-context",
			Texts: []string{"failed to compute cache key*not found", "failed to calculate checksum of ref*not found"},
			Cause: "COPY or ADD names a file that is not in the build context",
			Do:    []string{"Paths start at the build context's folder", "See whether .dockerignore leaves the file out"},
		},
	}
}
