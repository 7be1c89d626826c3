package docker

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// set reads values of an option into r.
func set(r *BuildRequest, option string, values ...string) error {
	i := slices.IndexFunc(BuildOptions, func(o BuildOption) bool { return o.Name == option })
	for _, v := range values {
		if err := BuildOptions[i].Set(r, v); err != nil {
			return err
		}
	}
	return nil
}

func TestBuildOptions(t *testing.T) {
	t.Setenv("TOKEN", "hush")
	t.Setenv("npm", "hush")
	registry := func(ref string) BuildCache { return BuildCache{"registry", map[string]string{"ref": ref}} }
	tests := []struct {
		option string
		values []string
		want   BuildRequest
		words  string // of the command that does the same
	}{
		{"platform", []string{"linux/amd64,arm64", "linux/arm64"}, BuildRequest{Platform: "linux/amd64,linux/arm64"}, "--platform linux/amd64,linux/arm64"},
		{"build-arg", []string{"A=1=2", "TOKEN", "NOT_SET"}, BuildRequest{Args: map[string]string{"A": "1=2", "TOKEN": "hush"}}, "--build-arg A --build-arg TOKEN"},
		{"label", []string{"a=b", "c"}, BuildRequest{Labels: map[string]string{"a": "b", "c": ""}}, "--label a=b --label c="},
		{"build-context", []string{"src=../src", "golang:latest=docker-image://my/go:1"}, BuildRequest{Contexts: map[string]string{"src": "../src", "golang": "docker-image://my/go:1"}}, "--build-context golang=docker-image://my/go:1 --build-context src=../src"},
		{"build-context", []string{"lib=https://example.com/a.git#main:lib"}, BuildRequest{Contexts: map[string]string{"lib": "https://example.com/a.git#main:lib"}}, "--build-context lib=https://example.com/a.git#main:lib"},
		{"annotation", []string{"a=b", "index,manifest[linux/amd64]:c=d:e"}, BuildRequest{Annotations: []BuildAnnotation{{Key: "a", Value: "b"}, {On: "index", Key: "c", Value: "d:e"}, {On: "manifest", Platform: "linux/amd64", Key: "c", Value: "d:e"}}}, "--annotation a=b --annotation index:c=d:e --annotation manifest[linux/amd64]:c=d:e"},
		{"provenance", []string{"true"}, BuildRequest{Attests: map[string]string{"provenance": ""}}, "--attest type=provenance"},
		{"provenance", []string{"mode=max,version=v1"}, BuildRequest{Attests: map[string]string{"provenance": "mode=max,version=v1"}}, "--attest type=provenance,mode=max,version=v1"},
		{"sbom", []string{"true", "false"}, BuildRequest{}, ""},
		{"attest", []string{"type=sbom,generator=my/scanner"}, BuildRequest{Attests: map[string]string{"sbom": "generator=my/scanner"}}, "--attest type=sbom,generator=my/scanner"},
		{"add-host", []string{"db:10.0.0.1", "six=[::1]", "me=host-gateway"}, BuildRequest{AddHosts: []string{"db=10.0.0.1", "six=::1", "me=host-gateway"}}, "--add-host db=10.0.0.1 --add-host six=::1 --add-host me=host-gateway"},
		{"network", []string{"none"}, BuildRequest{Network: "none"}, "--network none"},
		{"secret", []string{"id=key,src=/etc/key"}, BuildRequest{Secrets: []BuildSecret{{ID: "key", File: "/etc/key"}}}, "--secret id=key"},
		{"secret", []string{"type=env,id=t,src=TOKEN"}, BuildRequest{Secrets: []BuildSecret{{ID: "t", Env: "TOKEN"}}}, "--secret id=t"},
		{"secret", []string{"id=npm", "id=.npmrc"}, BuildRequest{Secrets: []BuildSecret{{ID: "npm", Env: "npm"}, {ID: ".npmrc", File: ".npmrc"}}}, "--secret id=npm --secret id=.npmrc"},
		{"ssh", []string{"default", "git=/k/one,/k/two"}, BuildRequest{SSH: []BuildSSH{{ID: "default"}, {ID: "git", Paths: []string{"/k/one", "/k/two"}}}}, "--ssh default --ssh git=/k/one,/k/two"},
		{"cache-from", []string{"my/app:cache,my/app:main", "type=local,src=/tmp/c"}, BuildRequest{CacheFrom: []BuildCache{registry("my/app:cache"), registry("my/app:main"), {"local", map[string]string{"src": "/tmp/c"}}}}, "--cache-from my/app:cache --cache-from my/app:main --cache-from type=local,src=/tmp/c"},
		{"cache-to", []string{`type=registry,"ref=my/app:cache",mode=max`, "type=inline"}, BuildRequest{CacheTo: []BuildCache{{"registry", map[string]string{"ref": "my/app:cache", "mode": "max"}}, {"inline", map[string]string{}}}}, "--cache-to type=registry,mode=max,ref=my/app:cache --cache-to type=inline"},
		{"no-cache-filter", []string{"a,b", "c"}, BuildRequest{NoCacheFilter: []string{"a", "b", "c"}}, "--no-cache-filter a,b,c"},
		{"shm-size", []string{"128m"}, BuildRequest{ShmSize: 128 << 20}, "--shm-size 134217728"},
		{"ulimit", []string{"nofile=1024:2048", "nproc=5"}, BuildRequest{Ulimits: []string{"nofile=1024:2048", "nproc=5:5"}}, "--ulimit nofile=1024:2048 --ulimit nproc=5:5"},
	}
	for _, tt := range tests {
		var r BuildRequest
		if err := set(&r, tt.option, tt.values...); err != nil {
			t.Errorf("--%s %v: %v", tt.option, tt.values, err)
			continue
		}
		if len(r.Attests) == 0 {
			r.Attests = nil
		}
		if d := cmp.Diff(tt.want, r); d != "" {
			t.Errorf("--%s %v (-want +got):\n%s", tt.option, tt.values, d)
		}
		if got := strings.Join(r.Words(), " "); got != tt.words {
			t.Errorf("--%s %v: the command says %s, want %s", tt.option, tt.values, got, tt.words)
		}
	}
}

func TestBuildOptionsThatAreWrong(t *testing.T) {
	tests := []struct{ option, value, says string }{
		{"platform", "linux/", "such as linux/amd64"},
		{"build-arg", "=x", "name=value"},
		{"build-arg", "a b=x", "name=value"},
		{"label", "=x", "name=value"},
		{"build-context", "src", "name=directory"},
		{"build-context", "UPPER=.", "not a name"},
		{"build-context", "a=oci-layout://x", "oci-layout:// cannot be a build context"},
		{"annotation", "key", "name=value"},
		{"annotation", "image:a=b", "use manifest, index,"},
		{"annotation", "manifest[linux/]:a=b", "platform"},
		{"provenance", "maybe", "key=value"},
		{"sbom", "disabled=perhaps", "true or false"},
		{"attest", "mode=max", "type=provenance or type=sbom"},
		{"add-host", "db", "host=address"},
		{"add-host", "db=nowhere", "not an IP address"},
		{"network", "bridge", "default, none and host"},
		{"secret", "id=a,src=b,env=C", "both src and env"},
		{"secret", "src=b", "id=name"},
		{"secret", "type=vault,id=a", "type=file or type=env"},
		{"ssh", "=x", "id=socket"},
		{"ssh", "git=", "id=socket"},
		{"cache-from", "type=s4,ref=x", "type=registry"},
		{"cache-from", "type=inline", "use its name"},
		{"cache-from", "NOT AN IMAGE", "not an image's name"},
		{"cache-from", "type=local,dest=x", "needs src="},
		{"cache-to", "type=local,src=x", "needs dest="},
		{"cache-to", "type=registry", "needs ref="},
		{"cache-to", "type=registry,ref=x,mode=all", "mode=min or mode=max"},
		{"cache-to", `type=registry,"ref=x`, "key=value,key=value"},
		{"no-cache-filter", "a,,b", "names of stages"},
		{"shm-size", "big", "such as 128m"},
		{"ulimit", "files=1", "such as nofile"},
	}
	for _, tt := range tests {
		var r BuildRequest
		if err := set(&r, tt.option, tt.value); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("--%s %s: %v, want it to say %q", tt.option, tt.value, err, tt.says)
		}
	}
}

// Whoever types the secret where its place belongs must not find it in a log.
func TestSecretIsNotRepeated(t *testing.T) {
	for _, value := range []string{"hunter2", "id=key,hunter2", "key=hunter2", `"hunter2`} {
		var r BuildRequest
		if err := set(&r, "secret", value); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("--secret %s: %v", value, err)
		}
	}
}

func TestBuildRequestFault(t *testing.T) {
	t.Setenv("SSH_AUTH_SOCK", "")
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	write(t, file, "no key")
	gone := filepath.Join(dir, "gone")
	tests := []struct {
		name string
		r    BuildRequest
		says string // empty: there is none
	}{
		{"nothing", BuildRequest{}, ""},
		{"secret file", BuildRequest{Secrets: []BuildSecret{{ID: "a", File: file}}}, ""},
		{"no secret file", BuildRequest{Secrets: []BuildSecret{{ID: "a", File: gone}}}, "--secret id=a: there is no " + gone},
		{"secret directory", BuildRequest{Secrets: []BuildSecret{{ID: "a", File: dir}}}, "--secret id=a: " + dir + " is a directory"},
		{"no variable", BuildRequest{Secrets: []BuildSecret{{ID: "a", Env: "NO_SUCH_VARIABLE"}}}, "--secret id=a: the environment has no NO_SUCH_VARIABLE"},
		{"no agent", BuildRequest{SSH: []BuildSSH{{ID: "default"}}}, "--ssh default: no ssh agent"},
		{"no key", BuildRequest{SSH: []BuildSSH{{ID: "git", Paths: []string{gone}}}}, "--ssh git: there is no " + gone},
		{"not a key", BuildRequest{SSH: []BuildSSH{{ID: "git", Paths: []string{file}}}}, "--ssh git: neither"},
		{"context", BuildRequest{Contexts: map[string]string{"a": dir, "b": "docker-image://x", "c": "https://example.com/x.git"}}, ""},
		{"no context", BuildRequest{Contexts: map[string]string{"a": gone}}, "--build-context a: there is no " + gone},
		{"context that is a file", BuildRequest{Contexts: map[string]string{"a": file}}, "is a file, not a directory"},
	}
	for _, tt := range tests {
		err := tt.r.Fault()
		if tt.says == "" && err != nil || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.says)
		}
	}
	both := BuildRequest{Secrets: []BuildSecret{{ID: "a", File: gone}}, Contexts: map[string]string{"b": gone}}
	if err := both.Fault(); strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("two faults are told as %v", err)
	}
}

func TestBuildRequestNeeds(t *testing.T) {
	inline := BuildCache{Type: "inline"}
	tests := []struct {
		r    BuildRequest
		says string
	}{
		{BuildRequest{Platform: "linux/arm64", CacheTo: []BuildCache{inline}}, ""},
		{BuildRequest{Platform: "linux/arm64,linux/amd64"}, "--platform linux/arm64,linux/amd64"},
		{BuildRequest{Attests: map[string]string{"sbom": ""}}, "--sbom"},
		{BuildRequest{Annotations: []BuildAnnotation{{On: "manifest", Key: "a"}}}, ""},
		{BuildRequest{Annotations: []BuildAnnotation{{On: "index", Key: "a"}}}, "--annotation index:a"},
		{BuildRequest{CacheTo: []BuildCache{{Type: "registry"}}}, "--cache-to type=registry"},
	}
	for _, tt := range tests {
		err := tt.r.Needs(Info{})
		if tt.says == "" && err != nil || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "containerd")) {
			t.Errorf("%+v: %v, want %q", tt.r, err, tt.says)
		}
		if err := tt.r.Needs(Info{ContainerdStore: true}); err != nil {
			t.Errorf("%+v with containerd's store: %v", tt.r, err)
		}
	}
}

func TestRemoteContext(t *testing.T) {
	t.Chdir(t.TempDir())
	for text, remote := range map[string]bool{
		"https://example.com/a.git#main:sub": true, "http://example.com/a.tar.gz": true, "git@example.com:a/b.git": true,
		"ssh://git@example.com/a/b": true, "github.com/a/b": true, "git://example.com/a": true,
		".": false, "./a": false, "a/b": false, "/srv/a": false, "": false, `C:\src\app`: false,
	} {
		if got := IsRemoteContext(text); got != remote {
			t.Errorf("%s: remote is %v", text, got)
		}
	}
	dir := "github.com/a/b"
	write(t, filepath.Join(dir, "Dockerfile"), "FROM scratch")
	if IsRemoteContext(dir) {
		t.Errorf("%s is a directory here", dir)
	}
}

// A frontend is told the same as buildx tells it.
func TestBuildAttrs(t *testing.T) {
	dir := t.TempDir()
	c := Open(Options{ConfigDir: dockerDir(t, `{"proxies":{"default":{"httpProxy":"http://proxy:3128","noProxy":"localhost"}}}`, nil), Environ: environ("DOCKER_HOST=unix:///x.sock")})
	write(t, filepath.Join(dir, "Dockerfile"), "FROM scratch")
	r := BuildRequest{
		Context: dir, Tag: "web:1", Target: "app", Platform: "linux/arm64", NoCacheFilter: []string{"a", "b"}, Pull: true, Network: "host",
		Args: map[string]string{"http_proxy": "mine", "BUILDKIT_SYNTAX": "docker/dockerfile:1 x", "BUILDKIT_INLINE_CACHE": "1"}, Labels: map[string]string{"l": "v"},
		Attests: map[string]string{"provenance": "mode=max"}, AddHosts: []string{"db=10.0.0.1", "me=::1"}, ShmSize: 1024, Ulimits: []string{"nofile=1:2"},
		Contexts: map[string]string{"src": dir, "go": "docker-image://golang:1"}, Annotations: []BuildAnnotation{{On: "manifest", Platform: "linux/arm64", Key: "a", Value: "b"}},
	}
	o, err := c.solveOptions(r, dir, filepath.Join(dir, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"add-hosts": "db=10.0.0.1,me=::1", "attest:provenance": "mode=max", "build-arg:BUILDKIT_INLINE_CACHE": "1", "build-arg:BUILDKIT_SYNTAX": "docker/dockerfile:1 x",
		"build-arg:http_proxy": "mine", "build-arg:NO_PROXY": "localhost", "build-arg:no_proxy": "localhost",
		"cmdline": "docker/dockerfile:1 x", "source": "docker/dockerfile:1", "context:go": "docker-image://golang:1", "context:src": "local:context-src",
		"filename": "Dockerfile", "force-network-mode": "host", "frontend.caps": "moby.buildkit.frontend.contexts+forward", "image-resolve-mode": "pull",
		"label:l": "v", "no-cache": "a,b", "platform": "linux/arm64", "sharedkey:localdir:src": sharedKey(dir), "shm-size": "1024", "target": "app", "ulimit": "nofile=1:2",
	}
	if d := cmp.Diff(want, o.FrontendAttrs); d != "" {
		t.Errorf("attributes (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]string{"name": "web:1", "annotation-manifest[linux/arm64].a": "b"}, o.Exports[0].Attrs); d != "" {
		t.Errorf("exporter (-want +got):\n%s", d)
	}
	if len(o.CacheExports) != 1 || o.CacheExports[0].Type != "inline" || o.Frontend != "gateway.v0" || strings.Join(o.AllowedEntitlements, "") != "network.host" {
		t.Errorf("options %+v", o)
	}
}
