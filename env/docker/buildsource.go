package docker

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	buildkit "github.com/moby/buildkit/client"
	"github.com/moby/buildkit/util/gitutil"
	"github.com/tonistiigi/fsutil"
)

// Remote reports whether the build context is not on this machine: a git
// repository or an archive that BuildKit fetches itself.
func (r BuildRequest) Remote() bool { return IsRemoteContext(r.Context) }

// IsRemoteContext reports whether text names a build context that is not on
// this machine.
func IsRemoteContext(text string) bool {
	if info, err := os.Stat(text); err == nil && info.IsDir() {
		return false
	}
	return isRemote(text)
}

func isRemote(text string) bool {
	return gitutil.IsGitTransport(text) || strings.HasPrefix(text, "github.com/")
}

func isGitSSH(text string) bool {
	url, err := gitutil.ParseURL(text)
	return err == nil && url.Scheme == gitutil.SSHProtocol
}

// sources gives BuildKit the context, the Dockerfile and the further contexts,
// or says where they are. dir is empty for a remote context.
func (r BuildRequest) sources(o *buildkit.SolveOpt, dir, file string) error {
	o.LocalMounts = map[string]fsutil.FS{}
	mount := func(name, what, dir string) error {
		source, err := fsutil.NewFS(dir)
		if err != nil {
			return fmt.Errorf("reading %s %s: %w", what, dir, err)
		}
		o.LocalMounts[name] = source
		return nil
	}
	o.FrontendAttrs["filename"] = filepath.Base(file)
	if dir != "" {
		if err := mount("context", "the build context", dir); err != nil {
			return err
		}
		o.SharedKey = sharedKey(dir)
	} else {
		o.FrontendAttrs["context"] = r.Context
	}
	switch {
	case dir != "" || filepath.IsAbs(file):
		if err := mount("dockerfile", "the Dockerfile's directory", filepath.Dir(file)); err != nil {
			return err
		}
		if dir == "" {
			o.FrontendAttrs["dockerfilekey"] = "dockerfile"
		}
	default:
		o.FrontendAttrs["filename"] = filepath.ToSlash(file)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Contexts)) {
		at := r.Contexts[name]
		if !isLocalContext(at) {
			o.FrontendAttrs["context:"+name] = at
			continue
		}
		local := "context-" + name // no other mount begins so
		if err := mount(local, "the build context "+name+" in", at); err != nil {
			return err
		}
		o.FrontendAttrs["context:"+name] = "local:" + local
		o.FrontendAttrs["sharedkey:localdir:"+name] = sharedKey(absolute(at))
	}
	if len(r.Contexts) > 0 {
		// A frontend of its own (# syntax=) must know them too, or else fail.
		o.FrontendAttrs["frontend.caps"] = "moby.buildkit.frontend.contexts+forward"
	}
	return nil
}

// sharedKey is the same for the same directory, which lets BuildKit transfer
// only what changed.
func sharedKey(dir string) string {
	key := sha256.Sum256([]byte("twindeck:" + dir))
	return hex.EncodeToString(key[:])
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// isLocalContext reports whether a further context is a directory here.
func isLocalContext(at string) bool {
	return !strings.HasPrefix(at, "docker-image://") && !IsRemoteContext(at)
}

// LocalContexts are the further contexts that are directories, by name.
func (r BuildRequest) LocalContexts() map[string]string {
	out := map[string]string{}
	for name, at := range r.Contexts {
		if isLocalContext(at) {
			out[name] = at
		}
	}
	return out
}

// Fault says what keeps the request from being built as far as this machine
// can tell, naming the option; nil if nothing does. It asks no engine.
func (r BuildRequest) Fault() error {
	var faults []error
	for _, s := range r.Secrets {
		faults = append(faults, s.fault())
	}
	for _, s := range r.SSH {
		faults = append(faults, s.fault())
	}
	local := r.LocalContexts()
	for _, name := range slices.Sorted(maps.Keys(local)) {
		if info, err := os.Stat(local[name]); err != nil {
			faults = append(faults, fmt.Errorf("--build-context %s: %w", name, pathError(local[name], err)))
		} else if !info.IsDir() {
			faults = append(faults, fmt.Errorf("--build-context %s: %s is a file, not a directory", name, local[name]))
		}
	}
	return errors.Join(faults...)
}

// Needs says what the request asks for that an engine with this store cannot
// do; nil if it can do all.
func (r BuildRequest) Needs(i Info) error {
	if i.ContainerdStore {
		return nil
	}
	const do = "which the engine's store cannot hold. Turn the containerd image store on (in Docker Desktop: Settings, General)"
	if all := r.Platforms(); len(all) > 1 {
		return fmt.Errorf("--platform %s asks for one image of several platforms, %s, or name one platform", strings.Join(all, ","), do)
	}
	if len(r.Attests) > 0 {
		return fmt.Errorf("--attest, --provenance and --sbom add to an image's index, %s, or leave them out", do)
	}
	for _, a := range r.Annotations {
		if strings.HasPrefix(a.On, "index") {
			return fmt.Errorf("--annotation %s:%s is for an image's index, %s, or leave it out", a.On, a.Key, do)
		}
	}
	for _, c := range r.CacheTo {
		if c.Type != "inline" {
			return fmt.Errorf("--cache-to type=%s needs the containerd image store. Turn it on (in Docker Desktop: Settings, General), or use type=inline", c.Type)
		}
	}
	return nil
}

// pathError says plainly that there is no such file, or what else is wrong.
func pathError(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no %s%w", path, silent{err})
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}
