package checks

// desktopSymptoms are what Docker Desktop and WSL say.
func desktopSymptoms() []Symptom {
	return []Symptom{
		{
			ID:    "vm-platform",
			Texts: []string{"hcs_e_hyperv_not_installed", "virtual machine platform*not enabled", "enable the virtual machine platform", "0x80370102", "0x80370114", "wsl2 is not supported with your current machine configuration", "hardware assisted virtualization and data execution protection must be enabled"},
			Check: "desktop.wsl",
			Cause: "Windows cannot start virtual machines, which Docker Desktop needs",
			Do:    []string{"In an administrator's terminal: wsl --install --no-distribution", "Enable virtualization in the firmware (Task Manager → Performance → CPU tells whether it is on)", "wsl --update, then restart Windows"},
			Link:  "https://docs.docker.com/desktop/setup/install/windows-install/",
		},
		{
			ID:    "wsl-old",
			Texts: []string{"wsl needs updating", "windows subsystem for linux must be updated", "wsl kernel version too low", "version of windows subsystem for linux (wsl) is too old", "wsl 2 installation is incomplete", "requires wsl version 2.1.5"},
			Check: "desktop.wsl",
			Cause: "WSL is older than Docker Desktop needs (2.1.5)",
			Do:    []string{"wsl --update", "wsl --shutdown, then start Docker Desktop"},
			Link:  "https://learn.microsoft.com/windows/wsl/install",
		},
		{
			ID:    "wsl-integration",
			Texts: []string{"could not be found in this wsl 2 distro", "could not be found in this wsl 1 distro"},
			Check: "docker.cli",
			Cause: "Docker Desktop is not shared with this WSL distribution",
			Do:    []string{"Docker Desktop → Settings → Resources → WSL integration: turn this distribution on", "wsl -l -v tells whether it is version 2; wsl --set-version NAME 2 makes it so"},
			Link:  "https://docs.docker.com/desktop/features/wsl/",
		},
		{
			ID:    "restricted",
			Texts: []string{"has been restricted by your administrators", "sign-in enforcement", "sign in is required by your organization", "blocked by your organization's"},
			Cause: "Your organisation's policy forbids it; nothing on this machine can mend that",
			Do:    []string{"Ask whoever administers Docker Desktop in your organisation"},
		},
		{
			ID:      "mount-denied",
			Texts:   []string{"mounts denied", "is not shared from the host and is not known to docker", "is not shared from os x"},
			Systems: []string{"darwin", "linux"},
			Check:   "desktop.running",
			Cause:   "Docker Desktop may not share {path} with containers",
			Do:      []string{"Docker Desktop → Settings → Resources → File sharing: add {path}", "or move the files below your home folder, which is shared"},
			Link:    "https://docs.docker.com/desktop/settings-and-maintenance/settings/#file-sharing",
		},
		{
			ID:      "mount-denied",
			Texts:   []string{"mounts denied", "is not shared from the host and is not known to docker", "drive has not been shared", "user declined directory sharing"},
			Systems: []string{"windows"},
			Check:   "desktop.running",
			Cause:   "Docker Desktop may not share {path} with containers",
			Do:      []string{"Docker Desktop → Settings → Resources → File sharing: add {path}", "With WSL, keep the files inside the distribution and mount them from there"},
			Link:    "https://docs.docker.com/desktop/settings-and-maintenance/settings/#file-sharing",
		},
		{
			ID:    "desktop-cluster-image",
			Texts: []string{"pulling image: kindest/node", `failed to pull image "kindest/node`, "kindest/node*failed to", "kindest/node*x509", "kindest/node*timeout", "docker/desktop-kubernetes*failed"},
			Check: "desktop.kubernetes",
			Cause: "Docker Desktop cannot fetch the images its Kubernetes is made of: a proxy, a firewall or a certificate is in the way",
			Do:    []string{"docker pull kindest/node says what the registry answers", "Set the proxy in Docker Desktop → Settings → Resources → Proxies", "Put your organisation's CA into the system's certificate store and restart Docker Desktop"},
		},
		{
			ID:    "desktop-cluster-stuck",
			Texts: []string{"kubernetes is starting", "kubernetes failed to start", "failed to start kubernetes", "kubernetes cluster is still starting"},
			Check: "desktop.kubernetes",
			Cause: "Docker Desktop's Kubernetes does not come up: most often for want of memory, or of images it cannot fetch",
			Do: []string{
				"docker desktop kubernetes status and docker desktop logs tell how far it is",
				"Docker Desktop → Settings → Resources: 4 GB of memory or more",
				"As a last resort Settings → Kubernetes → Reset cluster, which deletes everything in the cluster",
			},
		},
		{
			ID:    "engine-500",
			Texts: []string{"request returned 500 internal server error for api route", "request returned internal server error for api route", "check if the server supports the requested api version"},
			Check: "docker.engine",
			Cause: "Docker Desktop takes the call and its engine does not answer: it wakes up (Resource Saver), or hangs",
			Do:    []string{"Try again in ten seconds", "Restart Docker Desktop: docker desktop restart --timeout 120"},
		},
	}
}
