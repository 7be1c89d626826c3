package docker

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/distribution/reference"
	buildkit "github.com/moby/buildkit/client"
)

func fromCache(r *BuildRequest) *[]BuildCache { return &r.CacheFrom }
func toCache(r *BuildRequest) *[]BuildCache   { return &r.CacheTo }

// cacheKinds are the kinds of cache: which attribute each cannot be without,
// as a source and as a destination.
var cacheKinds = map[string]struct{ from, to string }{
	"registry": {"ref", "ref"},
	"local":    {"src", "dest"},
	"inline":   {},
}

// setCache reads an image's name, or type=kind,key=value.
func setCache(of func(*BuildRequest) *[]BuildCache) func(*BuildRequest, string) error {
	return func(r *BuildRequest, value string) error {
		list, err := fields(value)
		if err != nil {
			return err
		}
		into := of(r)
		if !strings.Contains(value, "=") {
			for _, f := range list {
				if _, err := reference.ParseNormalizedNamed(f[1]); err != nil {
					return fmt.Errorf("%q is not an image's name, nor type=kind,…", f[1])
				}
				*into = append(*into, BuildCache{Type: "registry", Attrs: map[string]string{"ref": f[1]}})
			}
			return nil
		}
		c := BuildCache{Attrs: map[string]string{}}
		for _, f := range list {
			switch f[0] {
			case "":
				return fmt.Errorf("%q: use key=value", f[1])
			case "type":
				c.Type = f[1]
			default:
				c.Attrs[f[0]] = f[1]
			}
		}
		kind, ok := cacheKinds[c.Type]
		if !ok {
			return fmt.Errorf("type %q: use type=registry, type=local or type=inline", c.Type)
		}
		needs := kind.to
		if into == &r.CacheFrom {
			needs = kind.from
			if c.Type == "inline" {
				return fmt.Errorf("inline cache lies in an image: use its name, or type=registry,ref=image")
			}
		}
		if needs != "" && c.Attrs[needs] == "" {
			return fmt.Errorf("type=%s needs %s=…", c.Type, needs)
		}
		if mode := c.Attrs["mode"]; mode != "" && mode != "min" && mode != "max" {
			return fmt.Errorf("mode=%s: use mode=min or mode=max", mode)
		}
		*into = append(*into, c)
		return nil
	}
}

func cacheValues(all []BuildCache) []string {
	var out []string
	for _, c := range all {
		if c.Type == "registry" && len(c.Attrs) == 1 {
			out = append(out, c.Attrs["ref"])
			continue
		}
		row := []string{"type=" + c.Type}
		for _, key := range slices.Sorted(maps.Keys(c.Attrs)) {
			row = append(row, key+"="+c.Attrs[key])
		}
		out = append(out, joined(row))
	}
	return out
}

// inlineCache is the build argument that asks for inline cache.
const inlineCache = "BUILDKIT_INLINE_CACHE"

// caches are the request's, as BuildKit takes them.
func (r BuildRequest) caches() (from, to []buildkit.CacheOptionsEntry) {
	entries := func(all []BuildCache) []buildkit.CacheOptionsEntry {
		var out []buildkit.CacheOptionsEntry
		for _, c := range all {
			out = append(out, buildkit.CacheOptionsEntry{Type: c.Type, Attrs: maps.Clone(c.Attrs)})
		}
		return out
	}
	from, to = entries(r.CacheFrom), entries(r.CacheTo)
	if asked, err := strconv.ParseBool(r.Args[inlineCache]); err == nil && asked {
		to = append(to, buildkit.CacheOptionsEntry{Type: "inline", Attrs: map[string]string{}})
	}
	return from, to
}
