package checks

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/project"
)

// published is a port of this machine that a Compose service wants.
type published struct {
	service string
	port    uint16
	proto   string // tcp or udp
}

// composePorts are the ports a Compose file publishes, and the name Compose
// gives the project. Ports that are not fixed, or depend on variables nobody
// sets, are left out.
func composePorts(h host.Host, p project.Project, data []byte) (name string, ports []published, err error) {
	var file struct {
		Name     string `json:"name"`
		Services map[string]struct {
			Ports []any `json:"ports"`
		} `json:"services"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		return "", nil, err
	}
	vars := variables{h, dotEnv(h, p.Dir)}
	for service, s := range file.Services {
		for _, entry := range s.Ports {
			for _, one := range vars.published(entry) {
				one.service = service
				if !slices.Contains(ports, one) {
					ports = append(ports, one)
				}
			}
		}
	}
	slices.SortFunc(ports, func(a, b published) int {
		if a.port != b.port {
			return int(a.port) - int(b.port)
		}
		return strings.Compare(a.service+a.proto, b.service+b.proto)
	})
	name = vars.expand(file.Name)
	if v, ok := vars.get("COMPOSE_PROJECT_NAME"); ok && v != "" {
		name = v
	}
	if name == "" {
		name = composeName(p.Dir)
	}
	return name, ports, nil
}

var notInComposeName = regexp.MustCompile(`[^-_a-z0-9]`)

// composeName is the name Compose makes of a folder's.
func composeName(dir string) string {
	base := dir[strings.LastIndexAny(dir, `/\`)+1:]
	return strings.TrimLeft(notInComposeName.ReplaceAllString(strings.ToLower(base), ""), "-_")
}

// variables are what ${NAME} stands for in a Compose file.
type variables struct {
	host   host.Host
	dotEnv map[string]string
}

func (v variables) get(name string) (string, bool) {
	if value, set := v.host.Getenv(name); set {
		return value, true
	}
	value, set := v.dotEnv[name]
	return value, set
}

var variable = regexp.MustCompile(`\$\{(\w+)(:?-([^}]*))?\}|\$(\w+)`)

// expand puts values in place of $NAME, ${NAME}, ${NAME-default} and
// ${NAME:-default}.
func (v variables) expand(s string) string {
	return variable.ReplaceAllStringFunc(s, func(match string) string {
		m := variable.FindStringSubmatch(match)
		value, set := v.get(m[1] + m[4])
		if !set || value == "" && strings.HasPrefix(m[2], ":") {
			return m[3]
		}
		return value
	})
}

// published reads one entry of ports: a number, "[address:]host:container[/udp]"
// or an object.
func (v variables) published(entry any) []published {
	proto, fixed := "tcp", ""
	switch e := entry.(type) {
	case string:
		text := v.expand(e)
		if at := strings.LastIndex(text, "/"); at >= 0 {
			text, proto = text[:at], text[at+1:]
		}
		at := strings.LastIndex(text, ":")
		if at < 0 {
			return nil // the engine picks a free port
		}
		fixed = text[:at]
		fixed = fixed[strings.LastIndex(fixed, ":")+1:]
	case map[string]any:
		switch p := e["published"].(type) {
		case string:
			fixed = v.expand(p)
		case float64:
			fixed = strconv.Itoa(int(p))
		}
		if p, ok := e["protocol"].(string); ok {
			proto = p
		}
	}
	first, last, _ := strings.Cut(fixed, "-")
	if last == "" {
		last = first
	}
	from, errFrom := strconv.ParseUint(first, 10, 16)
	to, errTo := strconv.ParseUint(last, 10, 16)
	if errFrom != nil || errTo != nil || from == 0 || to < from {
		return nil
	}
	var all []published
	for n := from; n <= min(to, from+maxRange); n++ {
		all = append(all, published{port: uint16(n), proto: proto}) //nolint:gosec // parsed as 16 bits
	}
	return all
}

// maxRange is how many more ports of one range are looked at.
const maxRange = 20

// dotEnv reads the .env file beside a Compose file, as far as it is NAME=value.
func dotEnv(h host.Host, dir string) map[string]string {
	all := map[string]string{}
	data, err := h.ReadFile(host.Join(h, dir, ".env"))
	if err != nil {
		return all
	}
	for line := range bytes.Lines(data) {
		text := strings.TrimPrefix(strings.TrimSpace(string(line)), "export ")
		name, value, found := strings.Cut(text, "=")
		if found && !strings.HasPrefix(name, "#") {
			all[strings.TrimSpace(name)] = strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return all
}
