package docker

import (
	"errors"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/api/types/volume"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

var someID = "sha256:" + strings.Repeat("ab", 32)

func manifest(kind image.ManifestKind, available bool, platform string) image.ManifestSummary {
	os, arch, _ := strings.Cut(platform, "/")
	arch, variant, _ := strings.Cut(arch, "/")
	return image.ManifestSummary{
		Kind: kind, Available: available,
		ImageData: &image.ImageProperties{Platform: ocispec.Platform{OS: os, Architecture: arch, Variant: variant}},
	}
}

func TestImageRow(t *testing.T) {
	made := time.Unix(1_760_000_000, 0)
	kubelets := "sha256:" + strings.Repeat("cd", 32)
	tests := []struct {
		name string
		in   image.Summary
		want ImageRow
	}{
		{
			"the old store",
			image.Summary{ID: someID, RepoTags: []string{"b:2", "a:1"}, RepoDigests: []string{"a@sha256:feed"}, Size: 7, Created: made.Unix(), Labels: map[string]string{"com.docker.compose.project": "shop", "a": "b=c"}},
			ImageRow{ID: someID, Names: []string{"a:1", "b:2"}, Digests: []string{"a@sha256:feed"}, Digest: "sha256:feed", Config: someID, Size: 7, Created: made, UsedBy: []string{"db", "web"}, Project: "shop", Labels: []string{"a=b=c", "com.docker.compose.project=shop"}},
		},
		{
			"containerd's store, several platforms",
			image.Summary{
				ID: someID, RepoTags: []string{"a:1"}, Created: made.Unix(), Descriptor: &ocispec.Descriptor{Digest: "sha256:cafe"},
				Manifests: []image.ManifestSummary{
					manifest(image.ManifestKindImage, true, "linux/arm64/v8"), manifest(image.ManifestKindImage, true, "linux/amd64"),
					manifest(image.ManifestKindImage, false, "linux/s390x"), manifest(image.ManifestKindAttestation, true, "unknown/unknown"),
				},
			},
			ImageRow{ID: someID, Names: []string{"a:1"}, Digest: "sha256:cafe", Created: made, UsedBy: []string{"db", "web"}, Platforms: []string{"linux/amd64", "linux/arm64"}},
		},
		{
			"a name that a kubelet gave",
			image.Summary{ID: someID, RepoTags: []string{kubelets, "a:1"}, Created: made.Unix(), Descriptor: &ocispec.Descriptor{Digest: "sha256:cafe"}},
			ImageRow{ID: someID, Names: []string{"a:1"}, Digest: "sha256:cafe", Config: kubelets, Created: made, UsedBy: []string{"db", "web"}},
		},
		{
			"no name, as old engines write it",
			image.Summary{ID: "sha256:12", RepoTags: []string{"<none>:<none>"}, RepoDigests: []string{"<none>@<none>"}, Created: made.Unix()},
			ImageRow{ID: "sha256:12", Config: "sha256:12", Created: made},
		},
	}
	used := users{images: map[string][]string{someID: {"db", "web"}}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := *toImageRow(tt.in, used)
			if len(got.Names) == 0 {
				got.Names = nil
			}
			if len(got.Digests) == 0 {
				got.Digests = nil
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestImageName(t *testing.T) {
	for want, i := range map[string]ImageRow{
		"a:1":            {ID: someID, Names: []string{"a:1", "b:1"}, Digests: []string{"a@sha256:1"}},
		"a@sha256:1":     {ID: someID, Digests: []string{"a@sha256:1"}},
		someID[7 : 7+12]: {ID: someID},
	} {
		if got := i.Name(); got != want || i.Dangling() != (len(i.Names)+len(i.Digests) == 0) {
			t.Errorf("%+v is called %q, dangling %v", i, got, i.Dangling())
		}
	}
}

// Each image once; those without a name at the end, the newest first.
func TestImagesOrder(t *testing.T) {
	f := newFake(t)
	f.handle["GET /images/json"] = func(w http.ResponseWriter, _ *http.Request) {
		answer(w, []image.Summary{
			{ID: "sha256:1", Created: 10},
			{ID: "sha256:2", Created: 20},
			{ID: "sha256:3", RepoTags: []string{"zoo:1"}},
			{ID: "sha256:4", RepoTags: []string{"b:2", "b:1"}},
			{ID: "sha256:5", RepoTags: []string{"App:1"}},
		})
	}
	rows, err := Open(f.options()).Images(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, r.Name())
	}
	if want := []string{"App:1", "b:1", "zoo:1", "2", "1"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if f.count("GET /v1.56/images/json?manifests=1") != 1 {
		t.Errorf("asked %q", f.asked)
	}
}

func TestVolumeRow(t *testing.T) {
	id := strings.Repeat("0a", 32)
	used := users{volumes: map[string][]string{"data": {"db"}}}
	tests := []struct {
		name string
		in   volume.Volume
		want Volume
	}{
		{
			"Compose's",
			volume.Volume{Name: "data", Driver: "local", Scope: "local", Mountpoint: "/v/data/_data", CreatedAt: "2026-11-22T10:00:00Z", Labels: map[string]string{"com.docker.compose.project": "shop"}},
			Volume{Name: "data", Driver: "local", Scope: "local", Mountpoint: "/v/data/_data", Created: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), Size: -1, UsedBy: []string{"db"}, Project: "shop", Labels: []string{"com.docker.compose.project=shop"}},
		},
		{
			"anonymous, and says so",
			volume.Volume{Name: id, Labels: map[string]string{"com.docker.volume.anonymous": ""}},
			Volume{Name: id, Size: -1, Anonymous: true, Labels: []string{"com.docker.volume.anonymous="}},
		},
		{"anonymous, of an old engine", volume.Volume{Name: id}, Volume{Name: id, Size: -1, Anonymous: true}},
		{"a driver that tells no time", volume.Volume{Name: "nfs", Driver: "nfs", CreatedAt: ""}, Volume{Name: "nfs", Driver: "nfs", Size: -1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(&tt.want, toVolume(tt.in, used)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestNetworkRow(t *testing.T) {
	used := users{networks: map[string][]string{"n1": {"web"}, "shop": {"db"}}}
	tests := []struct {
		name string
		in   network.Network
		want Network
	}{
		{
			"Compose's",
			network.Network{
				ID: "n1", Name: "shop", Driver: "bridge", Scope: "local", Internal: true, Labels: map[string]string{"com.docker.compose.project": "shop"},
				IPAM: network.IPAM{Config: []network.IPAMConfig{{Subnet: netip.MustParsePrefix("172.18.0.0/16")}, {Subnet: netip.MustParsePrefix("fd00::/64")}}},
			},
			Network{ID: "n1", Name: "shop", Driver: "bridge", Scope: "local", Internal: true, Subnets: []string{"172.18.0.0/16", "fd00::/64"}, UsedBy: []string{"db", "web"}, Project: "shop", Labels: []string{"com.docker.compose.project=shop"}},
		},
		{"the engine's own", network.Network{ID: "n2", Name: "none", Driver: "null"}, Network{ID: "n2", Name: "none", Driver: "null", BuiltIn: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(&tt.want, toNetwork(tt.in, used)); d != "" {
				t.Error(d)
			}
		})
	}
}

// Who uses what: a stopped container has no network ID yet.
func TestUsers(t *testing.T) {
	joined := func(networks map[string]*network.EndpointSettings) *container.NetworkSettingsSummary {
		return &container.NetworkSettingsSummary{Networks: networks}
	}
	u := usersOf([]container.Summary{
		{
			Names: []string{"/web"}, ImageID: "sha256:1", NetworkSettings: joined(map[string]*network.EndpointSettings{"shop": {NetworkID: "n1"}}),
			Mounts: []container.MountPoint{{Type: mount.TypeVolume, Name: "data"}, {Type: mount.TypeVolume, Name: "data", Destination: "/again"}, {Type: mount.TypeBind}},
		},
		{Names: []string{"/db"}, ImageID: "sha256:1", NetworkSettings: joined(map[string]*network.EndpointSettings{"shop": {}, "none": nil}), Mounts: []container.MountPoint{{Type: mount.TypeVolume, Name: "data"}}},
		{Names: []string{"/alone"}, ImageID: "sha256:2"},
	})
	want := []any{[]string{"db", "web"}, []string{"alone"}, []string{"db", "web"}, []string{"db", "web"}, []string{"db"}}
	got := []any{u.images["sha256:1"], u.images["sha256:2"], u.volumes["data"], u.network("n1", "shop"), u.network("x", "none")}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Each event moves the counters of the lists that it may have changed, and of
// no other.
func TestListsMove(t *testing.T) {
	tests := []struct {
		kind, action              string
		images, volumes, networks bool
	}{
		{"image", "tag", true, false, false},
		{"image", "untag", true, false, false},
		{"image", "delete", true, false, false},
		{"image", "pull", true, false, false},
		{"image", "load", true, false, false},
		{"volume", "create", false, true, false},
		{"volume", "destroy", false, true, false},
		{"network", "create", false, false, true},
		{"network", "connect", false, false, true},
		{"network", "destroy", false, false, true},
		{"container", "create", true, true, true},
		{"container", "destroy", true, true, true},
		{"container", "rename", true, true, true},
		{"container", "start", false, false, false},
		{"container", "health_status: healthy", false, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.kind+" "+tt.action, func(t *testing.T) {
			f := newFake(t)
			c := Open(f.options())
			run(t, c)
			before := until(t, c, "the engine", 5*time.Second, live(0))
			f.happens(tt.kind, tt.action, "x1")
			f.put("end", "end", "app:1", "running", "Up 1 second", "start", nil)
			after := until(t, c, "what followed the event", 5*time.Second, live(1))
			got := [3]bool{after.Images != before.Images, after.Volumes != before.Volumes, after.Networks != before.Networks}
			if want := [3]bool{tt.images, tt.volumes, tt.networks}; got != want {
				t.Errorf("images, volumes, networks moved: %v, want %v", got, want)
			}
		})
	}
}

// News of a list alone leaves the rows as they are.
func TestListsMoveWithoutRows(t *testing.T) {
	f := newFake(t)
	f.put("a1", "web", "app:1", "running", "Up 3 minutes", "", nil)
	c := Open(f.options())
	run(t, c)
	before := until(t, c, "the row with details", 5*time.Second, func(s Snapshot) bool { return live(1)(s) && !s.Containers[0].Started.IsZero() })
	asked := f.count("GET /v1.56/containers/")
	f.happens("volume", "create", "data")
	after := until(t, c, "the news", 5*time.Second, func(s Snapshot) bool { return s.Volumes != before.Volumes })
	if after.Version != before.Version || f.count("GET /v1.56/containers/") != asked {
		t.Errorf("version %d after %d, asked %q", after.Version, before.Version, f.asked)
	}
}

// What is in use stays, and the error says who uses it and what to do.
func TestRemoveWhatIsInUse(t *testing.T) {
	f := newFake(t)
	f.handle["GET /containers/json"] = func(w http.ResponseWriter, _ *http.Request) {
		answer(w, []container.Summary{
			{
				Names: []string{"/web"}, ImageID: someID, Mounts: []container.MountPoint{{Type: mount.TypeVolume, Name: "data"}},
				NetworkSettings: &container.NetworkSettingsSummary{Networks: map[string]*network.EndpointSettings{"shop": {NetworkID: "n1"}, "bridge": {NetworkID: "n2"}}},
			},
			{Names: []string{"/db"}, ImageID: someID},
		})
	}
	for _, path := range []string{"app:1", someID} {
		f.images[path] = map[string]any{"Id": someID}
	}
	f.handle["GET /networks/n1"] = func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"Id": "n1", "Name": "shop"})
	}
	f.handle["GET /networks/n2"] = func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"Id": "n2", "Name": "bridge"})
	}
	refuse := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { fail(w, http.StatusConflict, text) }
	}
	f.handle["DELETE /images/app:1"] = refuse("conflict: unable to remove repository reference \"app:1\" (must force) - container 123 is using its referenced image abab")
	f.handle["DELETE /volumes/data"] = refuse("remove data: volume is in use - [123]")
	f.handle["DELETE /volumes/odd"] = refuse("something else")
	c := Open(f.options())
	tests := []struct {
		name string
		err  error
		kind error
		says string
	}{
		{"image by name", c.RemoveImage(t.Context(), "app:1"), ErrInUse, "removing image app:1: the image is in use by db, web. Remove these containers first: docker rm -f db web"},
		{"image by ID", c.RemoveImage(t.Context(), someID), ErrInUse, "removing image abababababab: the image is in use by db, web. Remove these containers first: docker rm -f db web"},
		{"volume", c.RemoveVolume(t.Context(), "data"), ErrInUse, "removing volume data: the volume is in use by web. Remove that container first: docker rm -f web"},
		{"network", c.RemoveNetwork(t.Context(), "n1"), ErrInUse, "removing network shop: the network is in use by web. Remove that container first: docker rm -f web"},
		{"the engine's own network", c.RemoveNetwork(t.Context(), "n2"), nil, "removing network n2: bridge is one of the engine's own networks, which cannot be removed"},
		{"refused for another reason", c.RemoveVolume(t.Context(), "odd"), nil, "removing volume odd: something else"},
		{"not there", c.RemoveImage(t.Context(), "gone:1"), ErrNotFound, "removing image gone:1"},
	}
	for _, tt := range tests {
		if tt.err == nil || tt.kind != nil && !errors.Is(tt.err, tt.kind) || tt.kind == nil && errors.Is(tt.err, ErrInUse) || !strings.HasPrefix(tt.err.Error(), tt.says) {
			t.Errorf("%s: got %v", tt.name, tt.err)
		}
	}
	if f.count("DELETE /v1.56/images/"+someID) > 0 || f.count("DELETE /v1.56/networks/") > 0 {
		t.Errorf("the engine was asked to remove what is in use: %q", f.asked)
	}
}

func TestInWords(t *testing.T) {
	for want, names := range map[string][]string{
		"a":                        {"a"},
		"a, b, c, d, e":            {"a", "b", "c", "d", "e"},
		"a, b, c, d, e and 2 more": {"a", "b", "c", "d", "e", "f", "g"},
	} {
		if got := inWords(names); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPull(t *testing.T) {
	layers := `{"status":"Pulling from app","id":"1"}
{"status":"Pulling fs layer","progressDetail":{},"id":"aa"}
{"status":"Downloading","progressDetail":{"current":5,"total":10},"id":"aa"}
{"status":"Already exists","progressDetail":{},"id":"bb"}
`
	end := `{"status":"Digest: ` + someDigest + `"}` + "\n"
	tests := []struct {
		name, report string
		kind         error
		fresh        bool
		says         []string
	}{
		{"fresh", layers + end + `{"status":"Status: Downloaded newer image for r.example:5000/app:1"}`, nil, true, nil},
		{"there already", layers + end + `{"status":"Status: Image is up to date for r.example:5000/app:1"}`, nil, false, nil},
		{"not there", `{"errorDetail":{"message":"manifest for r.example:5000/app:1 not found: manifest unknown: manifest unknown"}}`, ErrNotFound, false, []string{"r.example:5000 has no such image", "Look at its name and tag"}},
		{"hidden", `{"errorDetail":{"message":"pull access denied for app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied"}}`, ErrDenied, false, []string{"has no r.example:5000/app, or shows it only to those who may", "docker login r.example:5000"}},
		{"no password", `{"errorDetail":{"message":"pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials"}}`, ErrDenied, false, []string{"asks for credentials", "docker login r.example:5000"}},
		{"wrong password", `{"errorDetail":{"message":"unauthorized: authentication required"}}`, ErrDenied, false, []string{"did not accept", "docker login r.example:5000"}},
		{"too many", `{"errorDetail":{"message":"toomanyrequests: You have reached your unauthenticated pull rate limit"}}`, ErrBusy, false, []string{"ait and pull again"}},
		{"broke off", `{"errorDetail":{"message":"connection reset by peer"}}`, ErrCutOff, false, []string{"and pull again: layers that have arrived are not fetched again"}},
		{"unknown", `{"errorDetail":{"message":"disk on fire"}}`, nil, false, []string{"pulling r.example:5000/app:1 from r.example:5000: disk on fire"}},
		{"cut off", layers, ErrUnreachable, false, []string{"the engine stopped in the middle of the pull"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.handle["POST /images/create"] = func(w http.ResponseWriter, r *http.Request) {
				if q := r.URL.Query(); q.Get("fromImage") != "r.example:5000/app" || q.Get("tag") != "1" {
					t.Errorf("pulled %s", r.URL.RawQuery)
				}
				_, _ = io.WriteString(w, tt.report)
			}
			var seen []LayerProgress
			got, err := Open(f.options()).Pull(t.Context(), "r.example:5000/app:1", func(l LayerProgress) { seen = append(seen, l) })
			if len(tt.says) == 0 {
				if want := (PullResult{Reference: "r.example:5000/app:1", Digest: someDigest, Fresh: tt.fresh}); err != nil || got != want {
					t.Errorf("got %+v, %v", got, err)
				}
				if len(seen) != 3 || seen[1] != (LayerProgress{ID: "aa", Status: "Downloading", Done: 5, Total: 10}) {
					t.Errorf("layers %+v", seen)
				}
				return
			}
			if err == nil || tt.kind != nil && !errors.Is(err, tt.kind) {
				t.Fatalf("got %v", err)
			}
			for _, s := range tt.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("the error does not say %q: %v", s, err)
				}
			}
		})
	}
}
