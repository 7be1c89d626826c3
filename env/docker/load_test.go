package docker

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
)

// saved is an image archive as docker save writes it: blobs named by their
// digest, sorted, and the index behind them.
type saved struct {
	blobs map[string]string // text by digest
	index string
	extra []string // name, text, name, text … of other files
}

func (s *saved) blob(text string) (digest string, size int) {
	sum := sha256.Sum256([]byte(text))
	digest = "sha256:" + hex.EncodeToString(sum[:])
	if s.blobs == nil {
		s.blobs = map[string]string{}
	}
	s.blobs[digest] = text
	return digest, len(text)
}

// image adds a manifest with a configuration and layers, and returns its digest.
func (s *saved) image(config string, layers ...string) (manifest, configDigest string) {
	configDigest, size := s.blob(config)
	var list []string
	for _, l := range layers {
		digest, size := s.blob(l)
		list = append(list, fmt.Sprintf(`{"digest":%q,"size":%d}`, digest, size))
	}
	manifest, _ = s.blob(fmt.Sprintf(`{"config":{"digest":%q,"size":%d},"layers":[%s]}`, configDigest, size, strings.Join(list, ",")))
	return manifest, configDigest
}

func (s *saved) named(name, digest string) {
	s.index = fmt.Sprintf(`{"manifests":[{"digest":%q,"annotations":{"io.containerd.image.name":%q}}]}`, digest, name)
}

func (s *saved) tar() []byte {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	add := func(name, text string) {
		_ = w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))})
		_, _ = io.WriteString(w, text)
	}
	_ = w.WriteHeader(&tar.Header{Name: "blobs/sha256/", Typeflag: tar.TypeDir, Mode: 0o755})
	var digests []string
	for d := range s.blobs {
		digests = append(digests, d)
	}
	slices.Sort(digests)
	for _, d := range digests {
		add("blobs/sha256/"+strings.TrimPrefix(d, "sha256:"), s.blobs[d])
	}
	if s.index != "" {
		add("index.json", s.index)
		add("oci-layout", `{"imageLayoutVersion":"1.0.0"}`)
	}
	for i := 0; i < len(s.extra); i += 2 {
		add(s.extra[i], s.extra[i+1])
	}
	_ = w.Close()
	return out.Bytes()
}

// filesIn are the names of a tar's files, and their sizes.
func filesIn(t *testing.T, data []byte) map[string]int64 {
	t.Helper()
	files := map[string]int64{}
	r := tar.NewReader(bytes.NewReader(data))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, r)
		if err != nil || n != h.Size {
			t.Fatalf("%s: %d bytes of %d, %v", h.Name, n, h.Size, err)
		}
		files[h.Name] = h.Size
	}
}

func TestArchiveLeavesOutWhatIsHeld(t *testing.T) {
	old, fresh := strings.Repeat("old layer ", 1000), strings.Repeat("new layer ", 300_000)
	var s saved
	manifest, config := s.image(`{"architecture":"amd64"}`, old, fresh)
	s.named("docker.io/library/web:1", manifest)
	oldDigest, _ := s.blob(old)
	freshDigest, freshSize := s.blob(fresh)

	var news []LayerProgress
	a := newArchive(map[string]bool{oldDigest: true, config: true}, func(p LayerProgress) { news = append(news, p) })
	var out bytes.Buffer
	if err := a.pass(&out, bytes.NewReader(s.tar())); err != nil {
		t.Fatal(err)
	}
	files := filesIn(t, out.Bytes())
	for name, want := range map[string]bool{oldDigest: false, config: false, manifest: true, freshDigest: true} {
		if _, sent := files["blobs/sha256/"+strings.TrimPrefix(name, "sha256:")]; sent != want {
			t.Errorf("%s passed on: %t, want %t", name, sent, want)
		}
	}
	if files["index.json"] == 0 || files["oci-layout"] == 0 {
		t.Errorf("passed on %v", files)
	}
	if a.left != 2 || a.sent != int64(freshSize+len(s.blobs[manifest])) {
		t.Errorf("left out %d, sent %d bytes", a.left, a.sent)
	}
	var moved []int64
	for _, n := range news {
		switch n.ID {
		case oldDigest:
			if n.Status != "Layer already exists" || n.Total != int64(len(old)) {
				t.Errorf("news of what is held: %+v", n)
			}
		case freshDigest:
			moved = append(moved, n.Done)
		default:
			t.Errorf("news of what is no layer: %+v", n)
		}
	}
	if len(moved) < 4 || !slices.IsSorted(moved) || moved[0] != 0 || moved[len(moved)-1] != int64(freshSize) {
		t.Errorf("the new layer moved by %v of %d", moved, freshSize)
	}
	got, err := a.find("docker.io/library/web:1", "amd64")
	if err != nil || got.target != manifest || got.config != config || len(got.layers) != 2 {
		t.Errorf("contents %+v, %v", got, err)
	}
}

func TestArchiveFind(t *testing.T) {
	const name = "docker.io/library/web:1"
	tests := []struct {
		name   string
		make   func(s *saved) (target, config string)
		arch   string
		layers int
		fails  string
	}{
		{name: "an index, with an attestation and another machine's image that is not there", arch: "arm64", layers: 2, make: func(s *saved) (string, string) {
			ours, config := s.image(`{"os":"linux"}`, "a", "b", "a")
			seal, _ := s.image(`{"os":"unknown"}`, "c")
			index, _ := s.blob(fmt.Sprintf(`{"manifests":[
				{"digest":"sha256:0","platform":{"os":"linux","architecture":"amd64"}},
				{"digest":%q,"platform":{"os":"unknown","architecture":"unknown"}},
				{"digest":%q,"platform":{"os":"linux","architecture":"arm64"}}]}`, seal, ours))
			s.named(name, index)
			return index, config
		}},
		{name: "no image for the machine", arch: "arm64", fails: "no manifest for arm64", make: func(s *saved) (string, string) {
			ours, _ := s.image(`{}`, "a")
			index, _ := s.blob(fmt.Sprintf(`{"manifests":[{"digest":%q,"platform":{"os":"linux","architecture":"amd64"}}]}`, ours))
			s.named(name, index)
			return index, ""
		}},
		{name: "another name", fails: "does not name " + name, make: func(s *saved) (string, string) {
			ours, _ := s.image(`{}`, "a")
			s.named("docker.io/library/other:1", ours)
			return "", ""
		}},
		{name: "before Docker 25", layers: 2, make: func(s *saved) (string, string) {
			s.extra = []string{"0a/layer.tar", "a", "0b/layer.tar", "b", "0c.json", "{}", "manifest.json", `[{"Config":"0c.json","RepoTags":["web:1"],"Layers":["0a/layer.tar","0b/layer.tar"]}]`}
			return "", "sha256:0c"
		}},
		{name: "no archive", fails: "neither an index nor a manifest", make: func(*saved) (string, string) { return "", "" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var s saved
			target, config := tt.make(&s)
			a := newArchive(nil, nil)
			var out bytes.Buffer
			in := s.tar()
			if err := a.pass(&out, bytes.NewReader(in)); err != nil {
				t.Fatal(err)
			}
			if got, want := len(filesIn(t, out.Bytes())), len(filesIn(t, in)); got != want {
				t.Errorf("%d of %d files passed on to one who has nothing", got, want)
			}
			got, err := a.find(name, tt.arch)
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) {
					t.Errorf("%+v, %v, want %q", got, err, tt.fails)
				}
				return
			}
			if err != nil || got.target != target || got.config != config || len(got.layers) != tt.layers {
				t.Errorf("%+v, %v, want %s %s and %d layers", got, err, target, config, tt.layers)
			}
		})
	}
}

// A truncated archive must not look like a whole one.
func TestArchiveCutOff(t *testing.T) {
	var s saved
	manifest, _ := s.image(`{}`, strings.Repeat("layer", 10_000))
	s.named("docker.io/library/web:1", manifest)
	whole := s.tar()
	a := newArchive(nil, nil)
	if err := a.pass(io.Discard, bytes.NewReader(whole[:len(whole)/2])); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}

// inNode plays a node's commands: what it is given, what it answers.
type inNode struct {
	commands []string
	archives [][]byte
	answer   func(command string, stdin []byte) (out, complaint string, code int)
}

// plays lets the fake engine run commands in a container.
func (f *fake) plays(id string, n *inNode) {
	var command []string
	var stdin bool
	code := 0
	f.handle["POST /containers/"+id+"/exec"] = func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Cmd         []string
			AttachStdin bool
		}
		_ = json.NewDecoder(r.Body).Decode(&asked)
		command, stdin = asked.Cmd, asked.AttachStdin
		answer(w, map[string]string{"Id": "e1"})
	}
	f.handle["POST /exec/e1/start"] = func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			f.t.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		_, _ = io.WriteString(conn, "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
		var in []byte
		if stdin {
			in, _ = io.ReadAll(buffered)
			n.archives = append(n.archives, in)
		}
		line := strings.Join(command, " ")
		n.commands = append(n.commands, line)
		var out, complaint string
		out, complaint, code = n.answer(line, in)
		_, _ = io.WriteString(conn, frame8(byte(stdcopy.Stdout), out)+frame8(byte(stdcopy.Stderr), complaint))
	}
	f.handle["GET /exec/e1/json"] = func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"ID": "e1", "Running": false, "ExitCode": code})
	}
}

func TestLoad(t *testing.T) {
	const name = "docker.io/library/web:1"
	var s saved
	manifest, config := s.image(`{"architecture":"amd64"}`, "old", "new")
	s.named(name, manifest)
	oldDigest, _ := s.blob("old")
	kind := Node{ID: "n1", Name: "dev-worker", Tool: "kind", Running: true}
	whole := func(string) string {
		return "REF TYPE DIGEST STATUS SIZE UNPACKED\n" + name + " application/vnd.oci.image.manifest.v1+json " + manifest + " complete (3/3) 1.0 KiB/1.0 KiB true\n"
	}
	tests := []struct {
		name    string
		request LoadRequest
		held    string
		imports func(try int) (complaint string, code int)
		check   func(string) string
		want    Loaded
		says    []string // in the commands
		fails   []string
	}{
		{
			name: "an empty node", request: LoadRequest{Node: kind, Runtime: "containerd://2.1"}, check: whole,
			want: Loaded{Node: "dev-worker", Image: name, Digest: manifest, Config: config, Layers: 2, Moved: 2},
			says: []string{"ctr --namespace k8s.io images import --snapshotter native -", `ctr --namespace k8s.io images check name=="` + name + `"`},
		},
		{
			name: "a node with one of two layers", request: LoadRequest{Node: kind, Runtime: "containerd://2.1", Arch: "amd64"}, held: oldDigest, check: whole,
			want: Loaded{Node: "dev-worker", Image: name, Digest: manifest, Config: config, Layers: 2, Moved: 1},
		},
		{
			name: "what the node had is gone meanwhile", request: LoadRequest{Node: kind, Runtime: "containerd://2.1"}, held: oldDigest, check: whole,
			imports: func(try int) (string, int) {
				if try == 1 {
					return "ctr: content digest " + oldDigest + ": not found", 1
				}
				return "", 0
			},
			want: Loaded{Node: "dev-worker", Image: name, Digest: manifest, Config: config, Layers: 2, Moved: 2},
		},
		{
			name: "k3d", request: LoadRequest{Node: Node{ID: "n1", Name: "k3d-dev-server-0", Tool: "k3d", Running: true}, Runtime: "containerd://2.1-k3s1"}, check: whole,
			want: Loaded{Node: "k3d-dev-server-0", Image: name, Digest: manifest, Config: config, Layers: 2, Moved: 2},
			says: []string{"ctr --address /run/k3s/containerd/containerd.sock --namespace k8s.io images import -"},
		},
		{
			name: "minikube on Docker", request: LoadRequest{Node: Node{ID: "n1", Name: "minikube", Tool: "minikube", Running: true}, Runtime: "docker://29.0"},
			check: func(string) string { return config + "\n" },
			want:  Loaded{Node: "minikube", Image: name, Digest: config, Config: config, Layers: 2, Moved: 2},
			says:  []string{"docker load", "docker image inspect --format {{.Id}} web:1"},
		},
		{
			name: "another image under the name", request: LoadRequest{Node: kind, Runtime: "containerd://2.1"},
			check: func(string) string { return strings.Replace(whole(""), manifest, someDigest, 1) },
			fails: []string{"loading web:1 into node dev-worker", "the node has " + someDigest, "and not " + manifest},
		},
		{
			name: "not whole", request: LoadRequest{Node: kind, Runtime: "containerd://2.1"},
			check: func(string) string { return strings.Replace(whole(""), "complete (3/3)", "incomplete (2/3)", 1) },
			fails: []string{"the image is not whole: incomplete (2/3)"},
		},
		{
			name: "not there", request: LoadRequest{Node: kind, Runtime: "containerd://2.1"}, check: func(string) string { return "" },
			fails: []string{"the node has no image " + name},
		},
		{
			name: "another architecture", request: LoadRequest{Node: kind, Runtime: "containerd://2.1", Arch: "amd64"}, check: whole,
			imports: func(int) (string, int) {
				return "ctr: no match for platform in manifest sha256:1: not found", 1
			},
			fails: []string{"exit code 1", "no match for platform", "--platform linux/amd64"},
		},
		{
			name: "stopped", request: LoadRequest{Node: Node{ID: "n1", Name: "dev-worker"}, Runtime: "containerd://2.1"},
			fails: []string{"does not run", "docker start dev-worker"},
		},
		{
			name: "CRI-O", request: LoadRequest{Node: kind, Runtime: "cri-o://1.30"},
			fails: []string{"cri-o://1.30", "--registry"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.handle["GET /images/get"] = func(w http.ResponseWriter, r *http.Request) {
				if got := r.URL.Query().Get("names"); got != "web:1" {
					t.Errorf("saved %q", got)
				}
				_, _ = w.Write(s.tar())
			}
			tries := 0
			node := &inNode{answer: func(command string, _ []byte) (string, string, int) {
				switch {
				case strings.Contains(command, "content ls"):
					return tt.held + "\n", "", 0
				case strings.Contains(command, "config dump"):
					return "[plugins.'io.containerd.cri.v1.images']\n  snapshotter = 'native'\n", "", 0
				case strings.Contains(command, "check"), strings.Contains(command, "inspect"):
					return tt.check(command), "", 0
				}
				tries++
				if tt.imports != nil {
					complaint, code := tt.imports(tries)
					return "", complaint, code
				}
				return "", "", 0
			}}
			f.plays("n1", node)
			tt.request.Image = "web:1"
			nodes := map[string]bool{}
			got, err := Open(f.options()).Load(t.Context(), tt.request, func(p LayerProgress) { nodes[p.Node] = true })
			if len(tt.fails) > 0 {
				for _, s := range tt.fails {
					if err == nil || !strings.Contains(err.Error(), s) {
						t.Errorf("got %v, want %q", err, s)
					}
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			last := filesIn(t, node.archives[len(node.archives)-1])
			for file, size := range last {
				if strings.HasPrefix(file, "blobs/sha256/") {
					tt.want.Bytes += size
				}
			}
			if got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
			if len(nodes) != 1 || !nodes[tt.request.Node.Name] {
				t.Errorf("news of nodes %v", nodes)
			}
			for _, s := range tt.says {
				if !slices.Contains(node.commands, s) {
					t.Errorf("no %q in %q", s, node.commands)
				}
			}
		})
	}
}

func TestLoadOfNoImage(t *testing.T) {
	f := newFake(t)
	f.handle["GET /images/get"] = func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusNotFound, "No such image: web:1")
	}
	f.plays("n1", &inNode{answer: func(string, []byte) (string, string, int) { return "", "", 0 }})
	_, err := Open(f.options()).Load(t.Context(), LoadRequest{Image: "web:1", Node: Node{ID: "n1", Name: "n", Running: true}, Runtime: "containerd://2"}, nil)
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestNodesAreKnownByTheirLabels(t *testing.T) {
	tests := []struct {
		labels string
		want   string // tool and cluster; empty: no node
	}{
		{`{"io.x-k8s.kind.cluster":"dev","io.x-k8s.kind.role":"worker"}`, "kind dev"},
		{`{"io.x-k8s.kind.cluster":"desktop","io.x-k8s.kind.role":"control-plane"}`, "kind desktop"},
		{`{"io.x-k8s.kind.cluster":"dev","io.x-k8s.kind.role":"external-load-balancer"}`, ""},
		{`{"app":"k3d","k3d.cluster":"dev","k3d.role":"server"}`, "k3d dev"},
		{`{"app":"k3d","k3d.cluster":"dev","k3d.role":"agent"}`, "k3d dev"},
		{`{"app":"k3d","k3d.cluster":"dev","k3d.role":"loadbalancer"}`, ""},
		{`{"app":"k3d","k3d.cluster":"","k3d.role":"registry"}`, ""},
		{`{"created_by.minikube.sigs.k8s.io":"true","name.minikube.sigs.k8s.io":"minikube","role.minikube.sigs.k8s.io":""}`, "minikube minikube"},
		{`{"com.docker.compose.project":"dev"}`, ""},
		{`{}`, ""},
	}
	for _, tt := range tests {
		var c container.Summary
		text := fmt.Sprintf(`{"Id":"n1","Names":["/one"],"State":"running","Labels":%s,
			"NetworkSettings":{"Networks":{"kind":{"IPAddress":"172.18.0.2","GlobalIPv6Address":"fc00::2"},"none":{"IPAddress":""}}}}`, tt.labels)
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			t.Fatal(err)
		}
		n, ok := nodeOf(c)
		got := ""
		if ok {
			got = n.Tool + " " + n.Cluster
		}
		if got != tt.want || ok && (n.Name != "one" || !n.Running || strings.Join(n.Addresses, " ") != "172.18.0.2 fc00::2") {
			t.Errorf("%s is %q %+v, want %q", tt.labels, got, n, tt.want)
		}
	}
}

func TestSnapshotter(t *testing.T) {
	for config, want := range map[string]string{
		"[plugins.'io.containerd.cri.v1.images']\nsnapshotter = 'overlayfs'\n":                                                        "overlayfs",
		"[plugins.\"io.containerd.grpc.v1.cri\".containerd]\n  snapshotter = \"fuse-overlayfs\"\n":                                    "fuse-overlayfs",
		"[plugins.'io.containerd.transfer.v1.local']\nsnapshotter = 'no'\n[plugins.'io.containerd.cri.v1.runtime']\nsnapshotter=''\n": "",
		"": "",
	} {
		if got := snapshotterIn(config); got != want {
			t.Errorf("%q: %q, want %q", config, got, want)
		}
	}
}
