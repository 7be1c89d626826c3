package checks

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twindeck/twindeck/env/docker"
)

// Why looks at the one container a test asks of.
func (d *fakeDocker) Why(ctx context.Context, id string) (docker.Ailment, error) {
	a, there := d.ailments[id]
	if !there {
		return docker.Ailment{}, docker.ErrNotFound
	}
	return a, d.answer(ctx)
}

// web is a container of a Compose project that was up for a moment.
func web(change func(*docker.Ailment)) docker.Ailment {
	a := docker.Ailment{
		Container: docker.Container{
			ID: "1", Name: "shop-web-1", Image: "web:1", State: "exited", Project: "shop", Service: "web", Started: now.Add(-13 * time.Second),
		},
		Finished: now.Add(-11 * time.Second), Command: []string{"node", "server.js"}, ImageArch: "amd64", EngineArch: "amd64",
	}
	change(&a)
	return a
}

func whyOf(t *testing.T, l *laptop, a docker.Ailment) Why {
	t.Helper()
	l.docker.ailments = map[string]docker.Ailment{a.ID: a}
	w, err := WhyContainer(t.Context(), l.environment(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

const oci = "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: "

const bound = "driver failed programming external connectivity on endpoint shop-web-1 (8f): Bind for 0.0.0.0:8080 failed: port is already allocated"

func TestWhyOfContainers(t *testing.T) {
	crashes := func(code int, tail ...string) func(*docker.Ailment) {
		return func(a *docker.Ailment) {
			a.State, a.ExitCode, a.Restarts, a.Policy, a.Tail = "restarting", code, 4, "always", tail
		}
	}
	refuses := func(code int, err string) func(*docker.Ailment) {
		return func(a *docker.Ailment) {
			a.State, a.ExitCode, a.Err, a.Started, a.Finished = "created", code, err, time.Time{}, time.Time{}
		}
	}
	for name, tc := range map[string]struct {
		is     func(*docker.Ailment)
		status Status
		head   string
		do     string
		facts  map[string]string
	}{
		"crashes": {
			crashes(1, "starting", "panic: PAYMENT_URL is not set"), Fail, "Crashes: exit code 1", "docker logs --tail 50 shop-web-1",
			map[string]string{"state": "restarting, restarted 4 times, restart policy always", "last end": "exit code 1, after 2s"},
		},
		"crashed once": {func(a *docker.Ailment) { a.ExitCode = 3 }, Fail, "Crashes: exit code 3", "docker start shop-web-1", nil},
		"out of memory": {
			func(a *docker.Ailment) { a.ExitCode, a.OOMKilled, a.Limit = 137, true, 64<<20 }, Fail, "more memory than its limit of 64Mi", "docker update --memory 128m",
			map[string]string{"memory limit": "64Mi, reached", "last end": "exit code 137 (killed), out of memory, after 2s"},
		},
		"the engine's memory": {
			func(a *docker.Ailment) { a.ExitCode, a.OOMKilled = 137, true }, Fail, "the engine's memory was used up", "docker stats --no-stream", nil,
		},
		"killed, again and again":   {crashes(137), Fail, "Was killed (exit code 137)", "docker events --filter container=shop-web-1", nil},
		"command not in the image":  {refuses(127, `failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "nodee": executable file not found in $PATH: unknown`), Fail, "its command is not in the image: node", "docker run --rm --entrypoint ls web:1", nil},
		"a shell's not found":       {crashes(127, "sh: nodee: not found"), Fail, "its command is not in the image", "CRLF", nil},
		"not executable":            {refuses(126, `unable to start container process: exec: "/start": permission denied: unknown`), Fail, "may not be executed", "--chmod=755", nil},
		"an emulated one":           {func(a *docker.Ailment) { crashes(1, "PAYMENT_URL is not set")(a); a.ImageArch = "arm64" }, Fail, "Crashes: exit code 1", "docker logs", map[string]string{"architecture": "the image is for arm64, the engine runs amd64"}},
		"another architecture":      {func(a *docker.Ailment) { crashes(255, "exec /app: exec format error")(a); a.ImageArch = "arm64" }, Fail, "is for another architecture", "--platform linux/amd64", map[string]string{"architecture": "the image is for arm64, the engine runs amd64"}},
		"memory fault":              {crashes(139), Fail, "memory fault", "glibc, musl", nil},
		"asked to end, and restart": {crashes(143), Fail, "Was asked to end (exit code 143)", "docker events", nil},
		"ends by itself":            {crashes(0), Fail, "Ends by itself (exit code 0)", "docker update --restart no shop-web-1", nil},
		"keeps ending": {
			func(a *docker.Ailment) { a.State, a.Restarts, a.Started = "running", 5, now.Add(-2*time.Second) }, Fail, "started again 5 times", "docker logs", map[string]string{"last end": "it ended"},
		},
		"a mount that cannot be made": {
			refuses(128, `error while creating mount source path '/data/x': mkdir /data: read-only file system`), Fail, "Does not start: what it mounts from /data/x is not there, and cannot be made", "docker start shop-web-1", nil,
		},
		"a folder mounted onto a file": {
			refuses(127, oci+`error during container init: error mounting "/host_mnt/Users/ada/nginx.conf" to rootfs at "/etc/nginx/nginx.conf": mount src=/host_mnt/Users/ada/nginx.conf, dst=/etc/nginx/nginx.conf, dstFd=/proc/thread-self/fd/11, flags=MS_BIND|MS_REC: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type`),
			Fail, "Does not start: what it mounts at /etc/nginx/nginx.conf is not there, or is a folder", "Docker makes a missing source a folder", nil,
		},
		"a mount that is gone": {
			refuses(127, oci+`error during container init: error mounting "/run/desktop/mnt/host/wsl/docker-desktop-bind-mounts/Ubuntu/ab12" to rootfs at "/app": stat /run/desktop/mnt/host/wsl/docker-desktop-bind-mounts/Ubuntu/ab12: no such file or directory: unknown`),
			Fail, "Does not start: what it mounts at /app is not there, or is a folder", "volumes of service web in the Compose file", nil,
		},
		"a mount that is not allowed": {
			refuses(126, oci+`error during container init: error mounting "/srv/x" to rootfs at "/x": permission denied: unknown`), Fail, "Does not start: what it mounts at /x cannot be mounted", "docker start shop-web-1", nil,
		},
		"no folder to work in": {
			refuses(126, oci+`error during container init: chdir to cwd ("/root/app") set in config.json failed: permission denied: unknown`), Fail, "The engine could not start it: failed to create task", "docker start shop-web-1", nil,
		},
		"a command that a script lacks": {
			func(a *docker.Ailment) {
				a.ExitCode, a.Started, a.Tail = 127, now.Add(-3*time.Hour), []string{"nightly.sh: line 9: pg_dmp: command not found"}
			}, Fail, "Ended with exit code 127: it called a command that is not there", "docker logs --tail 50 shop-web-1", nil,
		},
		"a network that is gone": {
			refuses(128, "failed to set up container networking: network 5f1c0a not found"), Fail, "Does not start: network 5f1c0a not found", "docker compose up -d --force-recreate web", nil,
		},
		"half removed": {func(a *docker.Ailment) { a.State = "dead" }, Fail, "Was to be removed", "docker rm --force shop-web-1", nil},
		"ended with the engine": {
			func(a *docker.Ailment) { a.ExitCode, a.Tail = 255, []string{"ready to accept connections"} }, Warn, "the engine writes that where it was stopped, or the machine went down", "docker start shop-web-1", nil,
		},
		"up again": {
			func(a *docker.Ailment) {
				a.State, a.Restarts, a.Started, a.Finished = "running", 57, now.Add(-3*time.Minute), now.Add(-3*time.Minute)
			}, Warn, "It is up again: it ended 3m ago, and was started again 57 times", "docker logs --tail 50 shop-web-1", nil,
		},
		"unhealthy": {
			func(a *docker.Ailment) {
				a.State, a.Health, a.Started = "running", "unhealthy", now.Add(-time.Hour)
				a.Check = &docker.HealthCheck{Asks: "curl -f localhost:80", Every: 10 * time.Second, Retries: 3, Failed: 7, Runs: []docker.HealthRun{{At: now, Code: 7, Output: "  % Total\r  0\ncurl: (7) Failed to connect to localhost port 80\n"}}}
			}, Fail, "its health check fails: curl: (7) Failed to connect to localhost port 80", "docker exec shop-web-1 curl -f localhost:80",
			map[string]string{"health check": "curl -f localhost:80 every 10s; failed 7 times in a row (3 make it unhealthy)", "last check": "exit code 7"},
		},
		"a health check that hangs": {
			func(a *docker.Ailment) {
				a.State, a.Health, a.Started = "running", "unhealthy", now.Add(-time.Hour)
				a.Check = &docker.HealthCheck{Asks: "sleep 60", Every: 10 * time.Second, Timeout: 2 * time.Second, Retries: 3, Failed: 3, Runs: []docker.HealthRun{{At: now, Code: -1, Output: "Health check exceeded timeout (2s)"}}}
			}, Fail, "its health check fails", "HEALTHCHECK", map[string]string{"last check": "no end within 2s"},
		},
		"up":        {func(a *docker.Ailment) { a.State, a.Started = "running", now.Add(-time.Hour) }, OK, "Nothing is wrong: it is up", "", map[string]string{"state": "running"}},
		"restarted": {func(a *docker.Ailment) { a.State, a.Started, a.Restarts = "running", now.Add(-time.Hour), 2 }, OK, "Nothing is wrong: it is up", "", map[string]string{"state": "running, restarted 2 times", "last end": "it ended"}},
		"stopped":   {func(a *docker.Ailment) { a.ExitCode = 143 }, OK, "it was asked to end (asked to end)", "docker start shop-web-1", nil},
		"done":      {func(*docker.Ailment) {}, OK, "it ended by itself, without an error", "", map[string]string{"last end": "exit code 0, after 2s"}},
		"created":   {func(a *docker.Ailment) { a.State = "created" }, OK, "never started", "", nil},
		"paused":    {func(a *docker.Ailment) { a.State = "paused" }, OK, "docker unpause shop-web-1", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := whyOf(t, mac(t), web(tc.is))
			if w.Status != tc.status || !strings.Contains(w.Head, tc.head) {
				t.Errorf("%s: %q, want %q", w.Status, w.Head, tc.head)
			}
			if !strings.Contains(strings.Join(w.Steps, "\n"), tc.do) || w.Status == Fail && len(w.Steps) == 0 {
				t.Errorf("it says to do %q, want %q", w.Steps, tc.do)
			}
			for what, got := range tc.facts {
				if factOf(w, what) != got {
					t.Errorf("of %s it says %q, want %q", what, factOf(w, what), got)
				}
			}
			if w.Status == OK && len(w.Tail) > 0 {
				t.Error("last lines of a container that is well")
			}
		})
	}
}

// A taken port: who has it is named, and the fix stops that.
func TestWhyOfATakenPort(t *testing.T) {
	ill := web(func(a *docker.Ailment) {
		a.State, a.ExitCode, a.Err = "created", 128, bound
		a.Wanted = []docker.Port{{Host: 8080, Container: 80, Proto: "tcp"}}
	})
	l := mac(t)
	l.docker.containers = []docker.Container{
		{ID: "1", Name: "shop-web-1", State: "created"},
		{ID: "2", Name: "blog", Image: "blog:2", State: "running", Ports: []docker.Port{{Host: 8080, Container: 80, Proto: "tcp"}}},
	}
	w := whyOf(t, l, ill)
	if w.Head != "Does not start: port 8080 is taken by container blog" || factOf(w, "port 8080") != "container blog, blog:2" || w.Steps[0] != "docker stop blog && docker start shop-web-1" {
		t.Errorf("%q, %+v, %q", w.Head, w.Facts, w.Steps)
	}
	mended(t, l, w.Fix)
	if !slices.Equal(l.docker.acted, []string{"stop 2", "start 2"}) { // the fix and its undo
		t.Errorf("it did %v", l.docker.acted)
	}
	l = mac(t)
	if w = whyOf(t, l, ill); w.Fix != nil || !strings.Contains(w.Steps[0], "the port is free by now") {
		t.Errorf("nobody has it: %q", w.Steps)
	}
}

// A port that nobody has and that is not given is not called free.
func TestWhyOfAPortThatIsRefused(t *testing.T) {
	for said, want := range map[string][2]string{
		"Ports are not available: exposing port TCP 0.0.0.0:80 -> 127.0.0.1:0: listen tcp 0.0.0.0:80: bind: permission denied":                                                                             {"it may not have port 80", "Publish a port of 1024 or above"},
		"driver failed programming external connectivity on endpoint web: Error starting userland proxy: error while calling RootlessKit PortManager.AddPort(): cannot expose privileged port 80, you can": {"it may not have port 80", "Publish a port of 1024 or above"},
		"Ports are not available: exposing port TCP 0.0.0.0:8080 -> 127.0.0.1:0: listen tcp 0.0.0.0:8080: bind: An attempt was made to access a socket in a way forbidden by its access permissions.":      {"it may not have port 8080. Windows has reserved port 8080", "excludedportrange"},
	} {
		for name, on := range map[string]func(*testing.T) *laptop{"linux": linux, "windows": windows} {
			w := whyOf(t, on(t), web(func(a *docker.Ailment) { a.State, a.ExitCode, a.Err = "created", 128, said }))
			if all := strings.Join(w.Steps, "\n"); !strings.Contains(w.Head, want[0]) || !strings.Contains(all, want[1]) || strings.Contains(all, "free by now") {
				t.Errorf("on %s: %q, %q", name, w.Head, w.Steps)
			}
		}
	}
}

// What a program wrote while it was well does not say why it ended with its
// engine, or long before.
func TestWhyDoesNotBlameGoodLines(t *testing.T) {
	ended := func(tail string) Why {
		return whyOf(t, mac(t), web(func(a *docker.Ailment) { a.ExitCode, a.Tail = 255, []string{tail} }))
	}
	if w := ended("ready to accept connections"); w.Says != "" || len(w.Tail) != 1 {
		t.Errorf("it says %q, with the tail %q", w.Says, w.Tail)
	}
	if w := ended("panic: PAYMENT_URL is not set"); w.Says != "panic: PAYMENT_URL is not set" {
		t.Errorf("it says %q", w.Says)
	}
}

// Other words of the engine that are known are told as what they mean.
func TestWhyKnowsTheEnginesWords(t *testing.T) {
	w := whyOf(t, mac(t), web(func(a *docker.Ailment) {
		a.State, a.ExitCode, a.Err = "created", 128, "network shop_default not found"
	}))
	if !strings.Contains(w.Head, "network shop_default not found") {
		t.Errorf("it says %q", w.Head)
	}
	w = whyOf(t, mac(t), web(func(a *docker.Ailment) {
		a.State, a.ExitCode, a.Tail = "exited", 1, []string{"Error: getaddrinfo EAI_AGAIN postgres"}
	}))
	if w.Known == nil || w.Known.ID != "pod-names" || w.Says != "Error: getaddrinfo EAI_AGAIN postgres" {
		t.Errorf("it says %q, known as %+v", w.Says, w.Known)
	}
}

// A log that cannot be had is told.
func TestWhyWithoutALog(t *testing.T) {
	w := whyOf(t, mac(t), web(func(a *docker.Ailment) { a.ExitCode, a.Lost = 1, "configured logging driver does not support reading" }))
	if !strings.Contains(factOf(w, "its log"), "does not support reading") {
		t.Errorf("got %+v", w.Facts)
	}
}

func TestTakenPort(t *testing.T) {
	for said, want := range map[string]uint16{
		bound: 8080,
		"failed to bind host port for 0.0.0.0:443:172.17.0.2:8443/tcp: address already in use":                                                                                           443,
		"driver failed programming external connectivity: failed to listen on TCP socket: listen tcp4 0.0.0.0:80: bind: address already in use":                                          80,
		"Ports are not available: exposing port TCP 0.0.0.0:5000 -> 127.0.0.1:0: listen tcp 0.0.0.0:5000: bind: address already in use":                                                  5000,
		"failed to set up container networking: driver failed programming external connectivity on endpoint web (8f): failed to bind host port 0.0.0.0:8080/tcp: address already in use": 8080,
		"failed to bind host port [::]:8081/tcp: address already in use":                                                                                                                 8081,
		"Ports are not available: exposing port TCP 0.0.0.0:80 -> 127.0.0.1:0: listen tcp 0.0.0.0:80: bind: permission denied":                                                           0, // nobody has it
		"failed to bind port [::]:9000/tcp: address already in use":                                                                                                                      9000,
		"something else": 0,
	} {
		if got, _ := takenPort(said); got != want {
			t.Errorf("%s: port %d, want %d", said, got, want)
		}
	}
}
