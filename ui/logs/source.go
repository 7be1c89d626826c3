package logs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

// Target is a row whose log is read: a container, or a pod.
type Target struct {
	container *docker.Container
	pod       *kube.Pod
}

// Container is a container of the engine as a target.
func Container(c *docker.Container) Target { return Target{container: c} }

// Pod is a pod as a target.
func Pod(p *kube.Pod) Target { return Target{pod: p} }

// id stays the same while what the target stands for is there.
func (t Target) id() string {
	if t.container != nil {
		return t.container.ID
	}
	return t.pod.UID
}

// Set is what is followed together. While its ID and origin stay the same,
// targets may join and leave; another one is another log.
type Set struct {
	ID      string
	Title   string // of the rows: "web", "deploy/web", "3 marked"
	Part    bool   // chosen one by one: there may be more in their project or workload
	Targets []Target
	Origin  screen.Origin // of the rows: their logs are read there alone
	Command string        // that shows the same; empty: it is made from the targets
}

// From returns the set as one of rows of an origin. Of that it keeps what its
// targets are of: another engine changes nothing about the logs of pods.
func (s Set) From(origin screen.Origin) Set {
	s.Origin = screen.Origin{}
	for _, t := range s.Targets {
		if t.container != nil {
			s.Origin.Engine = origin.Engine
		} else {
			s.Origin.Cluster = origin.Cluster
		}
	}
	return s
}

// One is the set of one target.
func One(t Target) Set {
	s := Set{ID: t.id(), Targets: []Target{t}}
	if t.container != nil {
		s.Title = screen.Clean(t.container.Name)
	} else {
		s.Title = screen.Clean(t.pod.Name)
	}
	return s
}

// source is one stream of lines: a container, or one container of a pod.
type source struct {
	target    Target
	container string // of the pod; empty: the one kubectl would choose
	role      kube.Role
	previous  bool
}

func (s source) key() string { return s.target.id() + "/" + s.container }

// full is the name that tells a source apart from all others.
func (s source) full() string {
	if s.target.container != nil {
		return screen.Clean(s.target.container.Name)
	}
	name := screen.Clean(s.target.pod.Name)
	if s.container != "" {
		name += "/" + screen.Clean(s.container)
	}
	return name
}

// phase is how a source stands.
type phase int

const (
	loading phase = iota // its first lines are on their way
	live                 // followed
	waiting              // nothing to read yet; begins by itself
	lost                 // the connection broke; comes back by itself
	ended                // nothing more comes unless it starts again
	failed               // cannot be read
)

// resting tells that nothing is on its way.
func (p phase) resting() bool { return p == ended || p == failed || p == waiting }

// status is how a source stands, for a person.
type status struct {
	key   string
	name  string // short, unique
	phase phase
	words string // why it does not live; may be empty
	do    string // what helps; may be empty
	flood bool   // only its newest lines are read

	colour int // of its name, among the theme's for sources
}

// nameWidth is how many cells a short name has at most.
const nameWidth = 20

// shortNames gives each source a name as short as it can be told apart by: of
// one workload's pods what differs, of one Compose project's containers the
// service.
func shortNames(sources []source) []string {
	c := commonOf(sources)
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = screen.CutMiddle(c.name(s), nameWidth)
	}
	return unique(names, func(i int) string { return screen.CutMiddle(sources[i].full(), nameWidth) })
}

// unique replaces names that several have by others, and numbers what is still
// the same then.
func unique(names []string, other func(i int) string) []string {
	count := map[string]int{}
	for _, n := range names {
		count[n]++
	}
	taken := map[string]bool{}
	for i, n := range names {
		if count[n] > 1 {
			names[i] = other(i)
		}
		base := names[i]
		for k := 2; taken[names[i]]; k++ {
			names[i] = fmt.Sprintf("%s·%d", base, k)
		}
		taken[names[i]] = true
	}
	return names
}

// common is what all of some sources share, and need not be said.
type common struct {
	onePod   bool
	oneOwner bool
	project  bool
	mixed    bool // containers of the engine and pods
}

func commonOf(sources []source) common {
	c := common{onePod: true, oneOwner: true, project: true}
	var first *source
	containers, pods := 0, 0
	project := ""
	for i := range sources {
		s := &sources[i]
		if s.target.container != nil {
			if containers++; containers == 1 {
				project = s.target.container.Project
			}
			c.project = c.project && s.target.container.Service != "" && s.target.container.Project == project
			continue
		}
		pods++
		if first == nil {
			first = s
			continue
		}
		c.onePod = c.onePod && s.target.pod.UID == first.target.pod.UID
		c.oneOwner = c.oneOwner && s.target.pod.Owner == first.target.pod.Owner
	}
	c.oneOwner = c.oneOwner && first != nil && first.target.pod.Owner.Name != ""
	c.mixed = containers > 0 && pods > 0
	return c
}

func (c common) name(s source) string {
	if s.target.container != nil {
		if c.project {
			return screen.Clean(s.target.container.Service)
		}
		return screen.Clean(s.target.container.Name)
	}
	p := s.target.pod
	container := screen.Clean(s.container)
	if c.onePod && !c.mixed && container != "" {
		return container
	}
	name := screen.Clean(p.Name)
	if owner := screen.Clean(p.Owner.Name); owner != "" && strings.HasPrefix(name, owner+"-") {
		tail := name[strings.LastIndexByte(name, '-')+1:]
		name = owner + "-" + tail
		if c.oneOwner && !c.mixed {
			name = tail
		}
	}
	if container != "" {
		name += "/" + container
	}
	return name
}

// command is what would show the same.
func (s Set) command(previous bool, container, since string) string {
	if s.Command != "" {
		return s.Command
	}
	if len(s.Targets) == 0 {
		return ""
	}
	if line := s.whole(since); line != "" && container == "" && !previous {
		return line
	}
	t := s.Targets[0]
	var line string
	if t.container != nil {
		line = "docker logs --follow" + since + " " + screen.Clean(t.container.Name)
	} else {
		line = "kubectl logs"
		if !previous {
			line += " --follow"
		}
		line += since + " " + screen.Clean(t.pod.Name) + " -n " + screen.Clean(t.pod.Namespace)
		switch {
		case container == allContainers:
			line += " --all-containers"
		case container != "":
			line += " -c " + screen.Clean(container)
		}
		if previous {
			line += " --previous"
		}
	}
	if more := len(s.Targets) - 1; more > 0 {
		line += fmt.Sprintf(" (and %d more)", more)
	}
	return line
}

// kubectlStreams is how many logs kubectl follows at once, unless it is told to
// follow more.
const kubectlStreams = 5

// whole is the command that follows a Compose project or a workload; empty for
// a set that is neither, or a part that no command follows.
func (s Set) whole(since string) string {
	if len(s.Targets) < 2 {
		return ""
	}
	first := s.Targets[0]
	for _, t := range s.Targets {
		switch {
		case (t.container == nil) != (first.container == nil):
			return ""
		case t.container != nil && (t.container.Project == "" || t.container.Project != first.container.Project):
			return ""
		case t.pod != nil && (t.pod.Owner.Name == "" || t.pod.Owner != first.pod.Owner || t.pod.Namespace != first.pod.Namespace):
			return ""
		}
	}
	if c := first.container; c != nil {
		line := "docker compose --project-name " + screen.Clean(c.Project) + " logs --follow" + since
		if s.Part {
			line += " " + strings.Join(s.services(), " ")
		}
		return line
	}
	if s.Part {
		return ""
	}
	o := first.pod.Owner
	if n := len(s.Targets); n > kubectlStreams {
		since = fmt.Sprintf(" --max-log-requests=%d", n) + since
	}
	return "kubectl logs --follow --all-pods --prefix" + since + " " +
		strings.ToLower(screen.Clean(o.Kind)) + "/" + screen.Clean(o.Name) + " -n " + screen.Clean(first.pod.Namespace)
}

// services are the Compose services of a set's containers, each once.
func (s Set) services() []string {
	var names []string
	for _, t := range s.Targets {
		if name := screen.Clean(t.container.Service); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
