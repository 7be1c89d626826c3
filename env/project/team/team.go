// Package team reads the checks a team keeps in its repository, and knows
// whether the person at this machine has agreed to what they run.
package team

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"

	"github.com/twindeck/twindeck/env/host"
)

// Name is the file's name.
const Name = ".twindeck.yaml"

// File is a .twindeck.yaml that is sound.
type File struct {
	Path   string // absolute
	Dir    string // the folder it lies in: its paths and commands start there
	SHA256 string // of its bytes, in hex
	Checks []Check
}

// Kind is what a check looks at.
type Kind string

// The kinds; each is also the field that makes a check one of it.
const (
	Tool      Kind = "tool"
	Path      Kind = "file"
	Port      Kind = "port"
	Variable  Kind = "env"
	Host      Kind = "host"
	Command   Kind = "command"
	Shell     Kind = "shell"
	Image     Kind = "image"
	Namespace Kind = "namespace"
)

// Check is one thing the team wants to hold. Of the fields below Of, those of
// other kinds are empty.
type Check struct {
	ID      string // team.node
	Line    int    // of the file, where it begins
	Title   string // empty: say what is looked at
	Why     string
	Fix     []string // steps by hand
	Link    string
	Warning bool     // a failure is no more than a warning
	Systems []string // as runtime.GOOS; empty: all
	Needs   []string // IDs, of the team's checks or of the catalogue's

	Kind Kind
	Of   string // the tool, path, port, variable, host, shell line, image or namespace

	Range    *semver.Constraints // Tool: nil if any version will do
	Args     []string            // Tool: that make it tell its version
	Match    *regexp.Regexp      // Tool: finds the version, in its first group if it has one; Variable: the value; Command, Shell: the output; nil: anything
	Contains string              // Path
	Mode     fs.FileMode         // Path: permissions; 0: any
	Port     int                 // Port; Host: to connect to, 0: only look the name up
	Command  []string            // Command: program and arguments
	Exit     int                 // Command, Shell: the exit code that is right
	Timeout  time.Duration       // of what is run
}

// Executes reports whether the check runs a program. Looking one up is not
// running it.
func (c Check) Executes() bool {
	return c.Kind == Command || c.Kind == Shell || c.Kind == Tool && c.Range != nil
}

// On reports whether the check is made on a system, as runtime.GOOS names it.
func (c Check) On(system string) bool {
	return len(c.Systems) == 0 || slices.Contains(c.Systems, system)
}

// ErrNone is what Read returns where there is no file.
var ErrNone = errors.New("there is no " + Name)

// fileLimit keeps a file that is no list of checks from being read whole.
const fileLimit = 256 << 10

// Read reads the file that holds for the folder dir: the nearest one from
// there up to the top of the git repository. Outside of a repository only dir
// itself is looked at. catalogue are the IDs a check may need besides the
// team's own. The error is ErrNone, or an *Error.
func Read(h host.Host, dir string, catalogue []string) (File, error) {
	path := find(h, dir)
	if path == "" {
		return File{}, ErrNone
	}
	info, err := h.Stat(path)
	switch {
	case err != nil:
		return File{}, broken(path, "cannot be looked at: %v", reason(err))
	case !info.Mode().IsRegular():
		return File{}, broken(path, "is not a file")
	case info.Size() > fileLimit:
		return File{}, broken(path, "has more than %d KiB; that is no list of checks", fileLimit>>10)
	}
	data, err := h.ReadFile(path)
	if err != nil {
		return File{}, broken(path, "cannot be read: %v", reason(err))
	}
	f, err := Parse(path, data, catalogue)
	f.Dir = parent(path)
	return f, err
}

func find(h host.Host, dir string) string {
	if dir == "" {
		return ""
	}
	nearest := ""
	for at := dir; ; at = parent(at) {
		if path := host.Join(h, at, Name); nearest == "" && there(h, path) {
			nearest = path
			if at == dir {
				return nearest
			}
		}
		if there(h, host.Join(h, at, ".git")) {
			return nearest
		}
		if parent(at) == at {
			return "" // no repository: what lies above dir is not the project's
		}
	}
}

// there counts what cannot be looked at as there: it is reported then.
func there(h host.Host, path string) bool {
	_, err := h.Stat(path)
	return err == nil || errors.Is(err, fs.ErrPermission)
}

// parent is the folder above path, written as the host writes it; the root's
// is itself.
func parent(path string) string {
	cut := strings.LastIndexAny(path, `/\`)
	switch {
	case cut < 0:
		return path
	case cut == 0, path[cut-1] == ':': // "/x", `C:\x`
		return path[:cut+1]
	}
	return path[:cut]
}

// reason is an error without the path that is named beside it.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Fault is one mistake in the file.
type Fault struct {
	Line int    // 0: of the file as a whole
	Text string // what is wrong, and what to write
}

// Error is a file that cannot be used. It has one fault or more.
type Error struct {
	Path   string
	Faults []Fault
}

// Error gives one line a fault: path, line, what is wrong.
func (e *Error) Error() string {
	lines := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		lines[i] = fmt.Sprintf("%s: %s", Place(e.Path, f.Line), f.Text)
	}
	return strings.Join(lines, "\n")
}

// Place is file:line.
func Place(path string, line int) string {
	if line == 0 {
		return path
	}
	return fmt.Sprintf("%s:%d", path, line)
}

// broken is a file that cannot be read as a whole.
func broken(path, format string, a ...any) error {
	return &Error{Path: path, Faults: []Fault{{Text: fmt.Sprintf(format, a...)}}}
}
