package checks

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/twindeck/twindeck/env/docker"
)

// startSigns are what the engine itself says of a start that failed, where what
// it names is outside the image: a port, a mount, a network.
func startSigns() []containerSign {
	return []containerSign{
		{
			fits: func(a docker.Ailment) bool { _, ok := takenPort(a.Err); return ok && a.State != "running" },
			head: func(a docker.Ailment) string {
				port, _ := takenPort(a.Err)
				return fmt.Sprintf("Does not start: port %d is taken", port)
			},
			steps: func(docker.Ailment) []string { return nil }, // whyPort knows who has it
		},
		{
			fits: func(a docker.Ailment) bool { _, ok := refusedPort(a.Err); return ok && a.State != "running" },
			head: func(a docker.Ailment) string {
				told, _ := refusedPort(a.Err)
				which := "a port it publishes"
				if port, ok := portIn(a.Err); ok {
					which = fmt.Sprintf("port %d", port)
				}
				return "Does not start: it may not have " + which + ". " + told.Cause
			},
			steps: func(a docker.Ailment) []string {
				told, _ := refusedPort(a.Err)
				return append(slices.Clone(told.Do), "Where the port is written: "+inFile(a, "ports", "-p"))
			},
		},
		{
			fits: func(a docker.Ailment) bool { return badMount.MatchString(a.Err) && a.State != "running" },
			head: func(a docker.Ailment) string { return "Does not start: " + ofMount(a.Err) },
			steps: func(a docker.Ailment) []string {
				told, _ := Telling("linux", a.Err)
				return append(slices.Clone(told.Do), "Then: docker start "+a.Name, "If the path itself is wrong: "+inFile(a, "volumes", "-v"))
			},
		},
		{
			fits: func(a docker.Ailment) bool { return lostNetwork.MatchString(a.Err) && a.State != "running" },
			head: func(a docker.Ailment) string {
				return "Does not start: " + lostNetwork.FindString(a.Err) + ". It was removed after the container was made"
			},
			steps: func(a docker.Ailment) []string {
				if a.Project != "" {
					return []string{"docker compose up -d --force-recreate " + a.Service + " makes it anew, in the network of now"}
				}
				if name := lostNetwork.FindStringSubmatch(a.Err)[1]; !madeID.MatchString(name) {
					return []string{"docker network create " + name + ", then: docker start " + a.Name}
				}
				return []string{"docker rm " + a.Name + ", and docker run it again in a network that exists: docker network ls"}
			},
		},
	}
}

// lostNetwork is a network that a container was made for and that is gone. A
// new one of the same name has another ID.
var lostNetwork = regexp.MustCompile(`network (\S+) not found`)

var (
	madeID      = regexp.MustCompile(`^[0-9a-f]{12,64}$`)
	badMount    = regexp.MustCompile(`(?i)error mounting "|trying to mount a directory|mount source path|bind source path does not exist`)
	mountedAt   = regexp.MustCompile(`error mounting "[^"]*" to rootfs at "([^"]+)"`)
	mountedFrom = regexp.MustCompile(`(?:mount source path '|bind source path does not exist: )([^':]+)`)
	notThere    = regexp.MustCompile(`(?i)no such file or directory|not a directory|is a directory`)
)

// ofMount says what is wrong with a mount: the runtime names where in the
// container it was to be, the engine where it comes from.
func ofMount(said string) string {
	at, from := mountedAt.FindStringSubmatch(said), mountedFrom.FindStringSubmatch(said)
	switch {
	case at != nil && notThere.MatchString(said):
		return "what it mounts at " + at[1] + " is not there, or is a folder"
	case at != nil:
		return "what it mounts at " + at[1] + " cannot be mounted"
	case from != nil:
		return "what it mounts from " + from[1] + " is not there, and cannot be made"
	}
	return "what it mounts is not there, or is a folder"
}

// takenPort is the port of this machine that a start failed for: somebody else
// has it.
func takenPort(said string) (port uint16, ok bool) {
	low := strings.ToLower(said)
	if !strings.Contains(low, "port is already allocated") && !strings.Contains(low, "address already in use") && !strings.Contains(low, "ports are not available") {
		return 0, false
	}
	if _, refused := refusedPort(said); refused {
		return 0, false
	}
	return portIn(said)
}

// refusedPort is what is known of a port that nobody has and that is not given
// all the same.
func refusedPort(said string) (told Explanation, ok bool) {
	told, ok = Telling("linux", said)
	return told, ok && (told.ID == "port-privileged" || told.ID == "port-reserved")
}

// portIn is the port of this machine that an engine's words name.
func portIn(said string) (port uint16, ok bool) {
	got := hostPort.FindStringSubmatch(strings.ToLower(said))
	if got == nil {
		return 0, false
	}
	n, err := strconv.ParseUint(got[1], 10, 16)
	return uint16(n), err == nil //nolint:gosec // parsed as 16 bits
}

// hostPort is the port in "Bind for 0.0.0.0:8080 failed", "listen tcp4
// 0.0.0.0:8080: bind", "bind host port 0.0.0.0:8080/tcp", "bind host port for
// 0.0.0.0:443:172.17.0.2:8443/tcp" and "cannot expose privileged port 80".
var hostPort = regexp.MustCompile(`(?:(?:bind for|exposing port tcp|exposing port udp|listen tcp[46]?|listen udp[46]?|bind (?:host )?port(?: for)?) (?:\[[^\]]*\]|[^\s:]*):|expose privileged port )(\d+)`)

// ofNobody is no Compose project's name.
const ofNobody = "-"

// whyPort says who has a port that a container wants, and how to get it.
func (m *Machine) whyPort(ctx context.Context, w *Why, a docker.Ailment, port uint16) {
	want := published{service: a.Service, port: port, proto: "tcp"}
	for _, p := range a.Wanted {
		if p.Host == port {
			want.proto = p.Proto
		}
	}
	list, err := m.Docker.List(ctx)
	others := slices.DeleteFunc(slices.Clone(list), func(c docker.Container) bool { return c.ID == a.ID })
	var steps []string
	if holder, _ := holderOf(others, want, ofNobody); err == nil && holder != nil {
		w.Head += " by container " + holder.Name
		w.saw(fmt.Sprintf("port %d", port), "container "+holder.Name+", "+holder.Image)
		steps = []string{"docker stop " + holder.Name + " && docker start " + a.Name}
		if holder.Kind == docker.KindApp {
			w.Fix = stopContainers(m, []docker.Container{*holder})
		}
	} else if who, how := m.otherHolder(ctx, want); who != "" {
		w.Head += " by " + who
		w.saw(fmt.Sprintf("port %d", port), who)
		steps = slices.Concat(how, []string{"Then: docker start " + a.Name})
	} else {
		w.saw(fmt.Sprintf("port %d", port), "nobody listens on it now")
		steps = []string{"docker start " + a.Name + ": the port is free by now"}
	}
	steps = append(steps, "Or publish another port: "+inFile(a, "ports", "-p"))
	w.Steps = steps
}
