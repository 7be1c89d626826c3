package checks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/secret"
)

// chapter is one thing around the checks that a diagnosis tells of.
type chapter struct {
	title string
	look  func(ctx context.Context, m *Machine) ([]string, error)
}

var chapters = []chapter{
	{"Versions", versions},
	{"Docker Desktop's settings", desktopSettings},
	{"Contexts", contexts},
	{"Recent warnings in the cluster", warnings},
	{"Docker's disk", diskUsage},
}

// row aligns a name and what it is.
func row(name, format string, a ...any) string {
	return pad(name, 16) + fmt.Sprintf(format, a...)
}

// versions tells each version, or why it cannot be had.
func versions(ctx context.Context, m *Machine) ([]string, error) {
	ask := func(name string, get func() (string, error)) string {
		version, err := get()
		if err != nil {
			version = "? " + oneLine(err.Error())
		}
		return row(name, "%s", version)
	}
	lines := []string{
		row("system", "%s/%s", m.Host.OS(), m.Host.Arch()),
		ask("docker", func() (string, error) {
			v, err := m.dockerVersion(ctx)
			return v.Client.Version, err
		}),
		ask("engine", func() (string, error) {
			v, err := m.engine(ctx)
			return fmt.Sprintf("%s, API %s, %s/%s", v.Engine, v.API, v.OS, v.Arch), err
		}),
		ask("Docker Desktop", func() (string, error) {
			if !m.usesDesktop(ctx) {
				return "not here", nil
			}
			v, err := m.engine(ctx)
			if err == nil && v.Platform == "" {
				return "installed, but not whose engine is asked", nil
			}
			return v.Platform, err
		}),
		ask("kubectl", func() (string, error) { return m.kubectl(ctx) }),
		ask("cluster", func() (string, error) {
			v, err := m.server(ctx)
			return fmt.Sprintf("%s, %s", v.Git, v.Platform), err
		}),
		ask("nodes", func() (string, error) {
			nodes, err := m.nodes(ctx)
			var all []string
			for _, n := range nodes {
				all = append(all, fmt.Sprintf("%s %s %s %s", n.Kubelet, n.Runtime, n.OSImage, n.Arch))
			}
			return strings.Join(all, "; "), err
		}),
	}
	if m.Demo {
		lines = append(lines, row("simulated", "all of this is made up (--demo)"))
	}
	return lines, nil
}

// known are the settings of Docker Desktop whose values say nothing of a
// person or a company; of the others the report tells that they are set.
var known = []string{
	"AutoStart", "ContainerTerminal", "Cpus", "DataFolder", "DiskSizeMiB", "DisplayedOnboarding", "EnableDefaultDockerSocket",
	"EnhancedContainerIsolation", "ExposeDockerAPIOnTCP2375", "FilesharingDirectories", "HostNetworkingEnabled",
	"IntegratedWslDistros", "KernelForUDP", "KubernetesEnabled", "KubernetesMode", "KubernetesNodesCount", "KubernetesNodesVersion",
	"KubernetesImagesRepository", "MemoryMiB", "NetworkType", "OverrideProxyHttp", "OverrideProxyHttps", "OverrideProxyExclude",
	"ProxyHttpMode", "ContainersProxyHttpMode", "RequireVmnetd", "SettingsVersion", "ShowKubernetesSystemContainers", "SwapMiB",
	"UseContainerdSnapshotter", "UseCredentialHelper", "UseGrpcfuse", "UseLibkrun", "UseResourceSaver", "AutoPauseTimeoutSeconds",
	"UseVirtualizationFramework", "UseVirtualizationFrameworkRosetta", "UseVirtualizationFrameworkVirtioFS", "UseWindowsContainers",
	"VpnKitCIDR", "WslEngineEnabled", "LicenseTermsVersion", "UpdateChannel", "LatestBannerKey",
}

func isKnown(name string) bool {
	return slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) })
}

func desktopSettings(ctx context.Context, m *Machine) ([]string, error) {
	s := m.install(ctx).Settings
	if s.Path == "" {
		return nil, nil
	}
	lines := []string{"# " + s.Path}
	data, err := m.Host.ReadFile(s.Path)
	if err != nil {
		return lines, err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), &all); err != nil {
		return lines, fmt.Errorf("%s is not valid JSON: %w", s.Path, err)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		value := secret.Hidden
		var compact bytes.Buffer
		if isKnown(name) && json.Compact(&compact, all[name]) == nil {
			value = secret.MaskEnv(name, compact.String())
		}
		lines = append(lines, name+": "+value)
	}
	return lines, nil
}

func contexts(_ context.Context, m *Machine) ([]string, error) {
	var lines []string
	var wrong []error
	if at, err := m.Docker.Endpoint(); err != nil {
		wrong = append(wrong, err)
	} else {
		lines = append(lines, row("docker", "%s  %s  (from %s)", at.Context, at.Host, at.Source))
	}
	config := m.Kube.Config()
	if config.Err != nil {
		wrong = append(wrong, config.Err)
	}
	for _, f := range config.Files {
		lines = append(lines, row("kubeconfig", "%s  (from %s)", f, config.Source))
	}
	for _, c := range config.Contexts {
		name, reach := "kube", "not known to be local"
		if c.Name == config.Current {
			name = "kube, current"
		}
		if c.Local {
			reach = "local"
		}
		lines = append(lines, row(name, "%s  %s  namespace %s  (%s)", c.Name, c.Server, c.Namespace, reach))
	}
	if at, err := m.Kube.Context(); err != nil && config.Err == nil {
		wrong = append(wrong, err)
	} else if err == nil && at.Name != config.Current {
		lines = append(lines, row("kube, in force", "%s  namespace %s", at.Name, at.Namespace))
	}
	return lines, errors.Join(wrong...)
}

// mostWarnings is how many events a diagnosis shows.
const mostWarnings = 30

// warnings are the cluster's, or the namespace's where the cluster's may not be read.
func warnings(ctx context.Context, m *Machine) ([]string, error) {
	events, err := m.Kube.Warnings(ctx, "")
	if errors.Is(err, kube.ErrForbidden) {
		at, contextErr := m.Kube.Context()
		if contextErr != nil {
			return nil, err
		}
		events, err = m.Kube.Warnings(ctx, at.Namespace)
	}
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, e := range events[:min(len(events), mostWarnings)] {
		lines = append(lines, fmt.Sprintf("%s  %s %s  %s ×%d: %s", e.Last.UTC().Format(time.RFC3339), e.Namespace, e.Object, e.Reason, e.Count, e.Message))
	}
	if n := len(events) - len(lines); n > 0 {
		lines = append(lines, fmt.Sprintf("… and %d older ones", n))
	}
	return lines, nil
}

func diskUsage(ctx context.Context, m *Machine) ([]string, error) {
	du, err := m.Docker.DiskUsage(ctx)
	if err != nil {
		return nil, err
	}
	line := func(name string, total, free int64) string {
		return row(name, "%s, %s can be freed", size(total), size(free))
	}
	return []string{
		line("images", du.Images, du.ImagesReclaimable),
		line("containers", du.Containers, du.ContainersReclaimable),
		line("volumes", du.Volumes, du.VolumesReclaimable),
		line("build cache", du.BuildCache, du.BuildCacheReclaimable),
	}, nil
}
