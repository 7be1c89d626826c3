package desktop

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/twindeck/twindeck/env/host"
)

// files are the settings' file names, the current one (4.35) first.
var files = [...]struct {
	name   string
	legacy bool
}{{"settings-store.json", false}, {"settings.json", true}}

// Settings is the part of Docker Desktop's settings file that twindeck reads.
// A nil pointer means the key is absent, so Desktop's default holds.
type Settings struct {
	Path             string // the file read; empty: none found
	Legacy           bool   // settings.json (before 4.35), camelCase
	Kubernetes       *bool
	KubernetesMode   string // kubeadm or kind; empty: default
	MemoryMiB        *int
	CPUs             *int
	DiskSizeMiB      *int
	ContainerdImages *bool
	Shared           []string // folders containers may mount; empty: Desktop's default
	Err              error    // why it could not be read, naming the place
}

// Key is a setting's name as this file spells it: KubernetesEnabled, or
// kubernetesEnabled before 4.35.
func (s Settings) Key(name string) string {
	if !s.Legacy || name == "" {
		return name
	}
	return strings.ToLower(name[:1]) + name[1:]
}

func findSettings(h host.Host, dirs []string) Settings {
	for _, dir := range dirs {
		for _, f := range files {
			path := host.Join(h, dir, f.name)
			data, err := h.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return Settings{Path: path, Legacy: f.legacy, Err: fmt.Errorf("reading Docker Desktop's settings: %w", err)}
			}
			s, err := parse(data)
			if err != nil {
				err = fmt.Errorf("reading Docker Desktop's settings: %s:%w", path, err)
			}
			s.Path, s.Legacy, s.Err = path, f.legacy, err
			return s
		}
	}
	return Settings{}
}

// parse reads a settings file of either spelling: PascalCase since 4.35,
// camelCase before. Names are compared without case, unknown ones ignored, and
// a value of another type than expected counts as absent, since Desktop's
// versions differ. The error begins with the line: "12: invalid character…".
func parse(data []byte) (Settings, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // editors on Windows add a byte order mark
	var s Settings
	if len(bytes.TrimSpace(data)) == 0 {
		return s, errors.New("1: the file is empty")
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return s, fmt.Errorf("%d: %w", lineOf(data, err), err)
	}
	for name, raw := range all {
		switch strings.ToLower(name) {
		case "kubernetesenabled":
			s.Kubernetes = boolean(raw)
		case "kubernetesmode":
			_ = json.Unmarshal(raw, &s.KubernetesMode)
		case "memorymib":
			s.MemoryMiB = number(raw)
		case "cpus":
			s.CPUs = number(raw)
		case "disksizemib":
			s.DiskSizeMiB = number(raw)
		case "usecontainerdsnapshotter":
			s.ContainerdImages = boolean(raw)
		case "filesharingdirectories":
			_ = json.Unmarshal(raw, &s.Shared)
		}
	}
	return s, nil
}

// lineOf is the 1-based line a JSON error is about.
func lineOf(data []byte, err error) int {
	offset := int64(len(data))
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	offset = max(0, min(offset, int64(len(data))))
	return 1 + bytes.Count(data[:offset], []byte("\n"))
}

func boolean(raw json.RawMessage) *bool {
	v, err := strconv.ParseBool(strings.Trim(string(raw), `"`))
	if err != nil {
		return nil
	}
	return &v
}

func number(raw json.RawMessage) *int {
	v, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	if err != nil || v < 0 || v > 1<<40 {
		return nil
	}
	n := int(v)
	return &n
}
