package checks

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/twindeck/twindeck/env/host"
)

func probeDaemonConfig(_ context.Context, m *Machine) Finding {
	h := m.Host
	places := []string{host.Join(h, h.Home(), ".docker", "daemon.json")}
	switch h.OS() {
	case "linux":
		places = append(places, "/etc/docker/daemon.json")
	case "windows":
		data, _ := h.Getenv("ProgramData")
		places = append(places, host.Join(h, data, "docker", "config", "daemon.json"))
	}
	f := ok("No daemon.json; the engine's defaults hold")
	for _, path := range places {
		data, err := h.ReadFile(path)
		if err != nil {
			f = f.saw(path, "%v", reason(err))
			continue
		}
		if err := soundDaemonConfig(data); err != nil {
			return fail("daemon.json is broken").saw(jsonPlace(path, data, err), "%v", err).
				fix(restore(h, path, soundDaemonConfig)).
				byHand("Mend the line named", "Restart Docker")
		}
		f.Summary = path + " is sound"
		f = f.saw(path, "sound")
	}
	return f
}

// daemonConfig are keys of daemon.json whose type people get wrong; the engine
// does not start then.
type daemonConfig struct {
	Debug              *bool             `json:"debug"`
	DataRoot           *string           `json:"data-root"`
	DNS                []string          `json:"dns"`
	ExecOpts           []string          `json:"exec-opts"`
	Features           map[string]any    `json:"features"`
	Hosts              []string          `json:"hosts"`
	InsecureRegistries []string          `json:"insecure-registries"`
	Labels             []string          `json:"labels"`
	LogDriver          *string           `json:"log-driver"`
	LogOpts            map[string]string `json:"log-opts"`
	RegistryMirrors    []string          `json:"registry-mirrors"`
	StorageDriver      *string           `json:"storage-driver"`
}

// soundDaemonConfig reports why the engine would not take data. An empty file
// it takes for no settings.
func soundDaemonConfig(data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	return json.Unmarshal(data, &daemonConfig{})
}
