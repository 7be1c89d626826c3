package team

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/host"
)

// Trust is what the person at this machine has agreed to.
type Trust struct {
	Given  bool      // what the file asks to run may be run
	Before time.Time // when another content of the file was trusted; zero: never
	At     time.Time // when this one was; zero unless Given
}

// store is the file that remembers what is trusted: one entry a path.
type store struct {
	Schema  int     `json:"schema"` // 1
	Trusted []entry `json:"trusted"`
}

type entry struct {
	File   string    `json:"file"`   // absolute
	SHA256 string    `json:"sha256"` // of its bytes, in hex
	At     time.Time `json:"at"`
}

// StorePath is where trust is remembered: outside of every repository, so
// that none can bring its own. It fails where there is no home directory.
func StorePath(h host.Host) (string, error) {
	var base string
	switch h.OS() {
	case "windows":
		if base, _ = h.Getenv("LOCALAPPDATA"); base == "" && h.Home() != "" {
			base = host.Join(h, h.Home(), "AppData", "Local")
		}
	case "darwin":
		if h.Home() != "" {
			base = host.Join(h, h.Home(), "Library", "Application Support")
		}
	default:
		// The XDG rules: what is not absolute does not count.
		if base, _ = h.Getenv("XDG_STATE_HOME"); !strings.HasPrefix(base, "/") {
			base = ""
			if h.Home() != "" {
				base = host.Join(h, h.Home(), ".local", "state")
			}
		}
	}
	if base == "" {
		return "", errors.New("there is no home directory to remember trust in")
	}
	return host.Join(h, base, "twindeck", "trusted.json"), nil
}

// Trusted tells whether the file's very content is trusted at its very place.
// Whatever cannot be read gives no trust.
func (f File) Trusted(h host.Host) Trust {
	_, s, err := load(h)
	if err != nil {
		return Trust{}
	}
	for _, e := range s.Trusted {
		switch {
		case e.File != f.Path:
		case e.SHA256 == f.SHA256:
			return Trust{Given: true, At: e.At}
		default:
			return Trust{Before: e.At}
		}
	}
	return Trust{}
}

// Give remembers that the file's content, as it was read, is trusted. It
// returns where that is written, and the backup of what was there.
func (f File) Give(h host.Host) (path, backup string, err error) {
	path, s, err := load(h)
	if err != nil && !errors.Is(err, errUnreadable) {
		return path, "", fmt.Errorf("trusting %s: %w", f.Path, err)
	}
	s.drop(f.Path)
	s.Trusted = append(s.Trusted, entry{File: f.Path, SHA256: f.SHA256, At: h.Now().UTC()})
	backup, err = s.save(h, path)
	if err != nil {
		return path, "", fmt.Errorf("trusting %s: %w", f.Path, err)
	}
	return path, backup, nil
}

// Revoke forgets all trust in the file at path, and reports whether there was any.
func Revoke(h host.Host, path string) (had bool, err error) {
	at, s, err := load(h)
	if err == nil && s.drop(path) {
		had = true
		_, err = s.save(h, at)
	}
	if err != nil {
		return had, fmt.Errorf("trusting %s no more: %w", path, err)
	}
	return had, nil
}

// Find returns the path of the file that holds for dir, sound or not; ErrNone.
func Find(h host.Host, dir string) (string, error) {
	if path := find(h, dir); path != "" {
		return path, nil
	}
	return "", ErrNone
}

// errUnreadable is a store that is no JSON: nothing in it counts, and a new
// one may take its place (Replace keeps the old one).
var errUnreadable = errors.New("what is remembered cannot be read")

// load reads the store; one that does not exist is empty.
func load(h host.Host) (path string, s store, err error) {
	path, err = StorePath(h)
	if err != nil {
		return "", s, err
	}
	data, err := h.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path, s, nil
	case err != nil:
		return path, s, err
	}
	if err := json.Unmarshal(data, &s); err != nil || s.Schema != 1 {
		return path, store{}, fmt.Errorf("%s: %w", path, errUnreadable)
	}
	return path, s, nil
}

func (s *store) drop(path string) bool {
	before := len(s.Trusted)
	s.Trusted = slices.DeleteFunc(s.Trusted, func(e entry) bool { return e.File == path })
	return len(s.Trusted) < before
}

func (s *store) save(h host.Host, path string) (backup string, err error) {
	s.Schema = 1
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return "", err
	}
	return h.Replace(path, append(data, '\n'), 0o600)
}
