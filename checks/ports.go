package checks

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
)

func probePorts(ctx context.Context, m *Machine) Finding {
	p, err := m.project(ctx)
	if err != nil || p.Compose == "" {
		return notHere("There is no Compose file here")
	}
	if e, err := m.Docker.Endpoint(); err != nil || !e.Local {
		return notHere("The engine is on another machine; its ports cannot be looked at")
	}
	data, err := m.Host.ReadFile(p.Compose)
	if err != nil {
		return warn("The Compose file cannot be read").saw(p.Compose, "%v", reason(err)).byHand("ls -l " + p.Compose + " shows whose it is")
	}
	name, ports, err := composePorts(m.Host, p, data)
	if err != nil {
		return warn("The Compose file cannot be read").saw(p.Compose, "%v", err).byHand("docker compose config names the place")
	}
	if len(ports) == 0 {
		return ok("The Compose file publishes no fixed port")
	}
	list, err := m.Docker.List(ctx)
	if err != nil {
		return notHere("The engine does not list its containers").saw("docker ps", "%v", err)
	}
	f := ok("%s free, or the project's own", portList(ports))
	var stop []docker.Container
	var taken []string
	for _, want := range ports {
		holder, own := holderOf(list, want, name)
		if own {
			f = f.saw(want.String(), "held by this project's own container")
			continue
		}
		if holder == nil {
			who, steps := m.otherHolder(ctx, want)
			if who != "" {
				taken = append(taken, fmt.Sprintf("%d (%s)", want.port, who))
				f = f.saw(want.String(), "held by %s", who).byHand(steps...)
			}
			continue
		}
		who := "container " + holder.Name
		taken = append(taken, fmt.Sprintf("%d (%s)", want.port, who))
		f = f.saw(want.String(), "held by %s, %s", who, holder.Image)
		if holder.Kind != docker.KindApp {
			f = f.byHand(fmt.Sprintf("%s belongs to a cluster: publish another port than %d", holder.Name, want.port))
			continue
		}
		if !slices.ContainsFunc(stop, func(c docker.Container) bool { return c.ID == holder.ID }) {
			stop = append(stop, *holder)
			f = f.byHand("docker stop " + holder.Name)
		}
	}
	if len(taken) == 0 {
		return f.saw(p.Compose, "publishes %s", portList(ports))
	}
	f.Status = Warn
	f.Summary = "The Compose file publishes what is taken: port " + strings.Join(taken, ", port ")
	return f.fix(stopContainers(m, stop)).byHand("Or publish another port in " + p.Compose)
}

func (p published) String() string {
	return fmt.Sprintf("service %s: port %d/%s", p.service, p.port, p.proto)
}

func portList(ports []published) string {
	var all []string
	for _, p := range ports {
		all = append(all, strconv.Itoa(int(p.port)))
	}
	return strings.Join(slices.Compact(all), ", ")
}

// holderOf is the running container that publishes a port; own: it is one of
// this Compose project.
func holderOf(list []docker.Container, want published, name string) (holder *docker.Container, own bool) {
	for i, c := range list {
		if !slices.Contains([]string{"running", "paused", "restarting"}, c.State) {
			continue
		}
		if !slices.ContainsFunc(c.Ports, func(p docker.Port) bool { return p.Host == want.port && p.Proto == want.proto }) {
			continue
		}
		if c.Project == name {
			return nil, true
		}
		holder = &list[i]
	}
	return holder, false
}

// otherHolder says who, other than a container, has a TCP port, as far as that
// can be told; empty: nobody.
func (m *Machine) otherHolder(ctx context.Context, want published) (who string, steps []string) {
	if want.proto != "tcp" {
		return "", nil
	}
	if r := m.reservedPorts(ctx); slices.ContainsFunc(r, func(r [2]uint16) bool { return r[0] <= want.port && want.port <= r[1] }) {
		return "Windows itself, which has reserved it", []string{
			"netsh interface ipv4 show excludedportrange protocol=tcp lists what is reserved",
			"Publish a port outside these ranges; or, as administrator: net stop winnat, start the containers, net start winnat",
		}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, err := m.Host.Dial(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", want.port))
	if err != nil {
		return "", nil
	}
	_ = conn.Close()
	name, pid := processAt(ctx, m.Host, want.port)
	if pid == "" {
		return "a program of this machine", []string{fmt.Sprintf("sudo lsof -nP -iTCP:%d -sTCP:LISTEN names the program", want.port)}
	}
	end := "kill " + pid
	if m.Host.OS() == "windows" {
		end = "taskkill /PID " + pid
	}
	return fmt.Sprintf("%s, process %s", name, pid), []string{"End " + name + ", if it is not needed: " + end}
}

// processAt asks the system who listens on a TCP port; empty: it does not tell.
func processAt(ctx context.Context, h host.Host, port uint16) (name, pid string) {
	if h.OS() == "windows" {
		return windowsProcessAt(ctx, h, port)
	}
	r, err := h.Run(ctx, host.Command{Path: "lsof", Args: []string{"-nP", fmt.Sprintf("-iTCP:%d", port), "-sTCP:LISTEN", "-Fpc"}})
	if err != nil {
		return "", ""
	}
	// A line for each field: p812, cnode.
	for line := range strings.Lines(r.Stdout) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "p") && pid == "":
			pid = line[1:]
		case strings.HasPrefix(line, "c") && name == "":
			name = line[1:]
		}
	}
	return name, pid
}

func windowsProcessAt(ctx context.Context, h host.Host, port uint16) (name, pid string) {
	r, err := h.Run(ctx, host.Command{Path: "netstat", Args: []string{"-ano", "-p", "TCP"}})
	if err != nil {
		return "", ""
	}
	// "  TCP    0.0.0.0:8080    0.0.0.0:0    LISTENING    812"; the word for the
	// state is in the language of Windows, the foreign port 0 is not.
	for line := range strings.Lines(r.Stdout) {
		w := strings.Fields(line)
		if len(w) == 5 && strings.HasSuffix(w[1], fmt.Sprintf(":%d", port)) && strings.HasSuffix(w[2], ":0") {
			pid = w[4]
			break
		}
	}
	if pid == "" {
		return "", ""
	}
	r, err = h.Run(ctx, host.Command{Path: "tasklist", Args: []string{"/FI", "PID eq " + pid, "/FO", "CSV", "/NH"}})
	if name, _, found := strings.Cut(strings.TrimPrefix(r.Stdout, `"`), `"`); err == nil && found {
		return name, pid
	}
	return "a program", pid
}

// reservedPorts are the ranges Windows keeps for itself.
func (m *Machine) reservedPorts(ctx context.Context) [][2]uint16 {
	if m.Host.OS() != "windows" {
		return nil
	}
	ranges, _ := once(ctx, &m.facts, "reserved ports", func(ctx context.Context) ([][2]uint16, error) {
		r, err := m.Host.Run(ctx, host.Command{Path: "netsh", Args: []string{"interface", "ipv4", "show", "excludedportrange", "protocol=tcp"}})
		return portRanges(r.Stdout), err
	})
	return ranges
}

var twoPorts = regexp.MustCompile(`(?m)^\s*(\d+)\s+(\d+)\b`)

// portRanges reads the table netsh prints: two numbers a line.
func portRanges(table string) [][2]uint16 {
	var all [][2]uint16
	for _, m := range twoPorts.FindAllStringSubmatch(table, -1) {
		from, errFrom := strconv.ParseUint(m[1], 10, 16)
		to, errTo := strconv.ParseUint(m[2], 10, 16)
		if errFrom == nil && errTo == nil {
			all = append(all, [2]uint16{uint16(from), uint16(to)}) //nolint:gosec // parsed as 16 bits
		}
	}
	return all
}

// stopContainers stops containers, and its undo starts them again; nil for none.
func stopContainers(m *Machine, all []docker.Container) *Fix {
	if len(all) == 0 {
		return nil
	}
	e := m.Environment
	at, _ := m.Docker.Endpoint()
	fix, undo := &Fix{}, Undo{}
	var names []string
	for _, c := range all {
		names = append(names, c.Name)
		fix.Changes = append(fix.Changes, "docker stop "+c.Name)
	}
	which := strings.Join(names, ", ")
	fix.Title, undo.Title = "Stop "+which, "Start "+which+" again"
	fix.Run = func(ctx context.Context, say func(string)) (*Undo, error) {
		var stopped []docker.Container
		var failed error
		for _, c := range all {
			say("stopping " + c.Name)
			if failed = e.Docker.Stop(docker.Aim(ctx, at), c.ID); failed != nil {
				break
			}
			stopped = append(stopped, c)
			undo.Changes = append(undo.Changes, "docker start "+c.Name)
		}
		if len(stopped) == 0 {
			return nil, failed
		}
		undo.Run = func(ctx context.Context, say func(string)) error {
			var failed []error
			for _, c := range stopped {
				say("starting " + c.Name)
				failed = append(failed, e.Docker.Start(docker.Aim(ctx, at), c.ID))
			}
			return errors.Join(failed...)
		}
		return &undo, failed
	}
	return fix
}
