package project

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// BuildOption is an option of a build as docker buildx build spells it, without
// the dashes, and a value of it.
type BuildOption struct{ Name, Value string }

// options are the fields of a build that are options of docker buildx build
// too.
func (f composeFile) options(b *types.BuildConfig) []BuildOption {
	var all []BuildOption
	add := func(name string, values ...string) {
		for _, value := range values {
			if value != "" {
				all = append(all, BuildOption{name, value})
			}
		}
	}
	add("cache-from", usable(b.CacheFrom)...)
	add("cache-to", usable(b.CacheTo)...)
	add("provenance", b.Provenance)
	add("sbom", b.SBOM)
	for _, s := range b.Secrets {
		add("secret", f.secret(s))
	}
	for _, key := range b.SSH {
		value := key.ID
		if key.Path != "" {
			value += "=" + key.Path
		}
		add("ssh", value)
	}
	for _, host := range slices.Sorted(maps.Keys(b.ExtraHosts)) {
		for _, address := range b.ExtraHosts[host] {
			add("add-host", host+"="+address)
		}
	}
	if ownNetwork(b.Network) {
		add("network", b.Network)
	}
	if b.ShmSize > 0 {
		add("shm-size", fmt.Sprintf("%db", b.ShmSize))
	}
	for _, name := range slices.Sorted(maps.Keys(b.Ulimits)) {
		u := b.Ulimits[name]
		if u.Single != 0 {
			add("ulimit", fmt.Sprintf("%s=%d", name, u.Single))
		} else {
			add("ulimit", fmt.Sprintf("%s=%d:%d", name, u.Soft, u.Hard))
		}
	}
	return all
}

// usable are the caches that are not tied to a service of CI: without one a
// build takes longer, and comes to the same.
func usable(caches []string) []string {
	return slices.DeleteFunc(slices.Clone(caches), func(cache string) bool {
		for field := range strings.SplitSeq(cache, ",") {
			kind, ok := strings.CutPrefix(field, "type=")
			if ok && kind != "registry" && kind != "local" && kind != "inline" {
				return true
			}
		}
		return false
	})
}

// secret is a secret of a build, where it comes from; empty if that is no file
// and no variable.
func (f composeFile) secret(s types.ServiceSecretConfig) string {
	id := s.Target
	if id == "" {
		id = s.Source
	}
	// What the file says of its name is a path in containers, and an ID in a build.
	id = id[strings.LastIndex(id, "/")+1:]
	switch from := f.project.Secrets[s.Source]; {
	case from.File != "":
		return "id=" + id + ",src=" + from.File
	case from.Environment != "":
		return "id=" + id + ",env=" + from.Environment
	}
	return ""
}

// ownNetwork reports whether a network is one that every build can have, and
// none of the Compose file's.
func ownNetwork(name string) bool {
	return name == "" || name == "default" || name == "none" || name == "host"
}

// leftOut are the fields of a build that make another image and are not
// passed on.
func (f composeFile) leftOut(b *types.BuildConfig) []string {
	var names []string
	for name, set := range map[string]bool{
		"secrets":    slices.ContainsFunc(b.Secrets, func(s types.ServiceSecretConfig) bool { return f.secret(s) == "" }),
		"network":    !ownNetwork(b.Network),
		"privileged": b.Privileged, "entitlements": len(b.Entitlements) > 0, "isolation": b.Isolation != "",
	} {
		if set {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
