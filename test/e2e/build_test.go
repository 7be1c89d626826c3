//go:build linux

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// engines are the fixture's: one that shares its images with the cluster, and
// one that does not.
var engines = []string{"desktop-linux", "separate"}

// builds makes a project of files to build, in a folder of this name.
func (w *world) builds(name string, files map[string]string) {
	w.t.Helper()
	w.dir = filepath.Join(w.home, name)
	for file, text := range files {
		w.write(filepath.Join(name, file), strings.ReplaceAll(text, "BASE", base()))
	}
	w.set("BUILDX_NO_DEFAULT_ATTESTATIONS", "1") // the docker command's are dated
}

// forgets removes an image when the test ends.
func (w *world) forgets(image string) {
	w.t.Helper()
	for _, engine := range engines {
		w.t.Cleanup(func() { w.command("docker", "--context", engine, "image", "rm", "--force", image) })
	}
}

// inspected is what an image is, timestamps aside.
type inspected struct {
	Architecture, Os string
	RootFS           struct{ Layers []string }
	Config           map[string]any
}

func (w *world) inspect(image string, options ...string) inspected {
	w.t.Helper()
	var all []inspected
	out := w.docker(append(append([]string{"image", "inspect"}, options...), image)...)
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) != 1 {
		w.t.Fatalf("inspecting %s: %v\n%s", image, err, out)
	}
	return all[0]
}

// cachedStep reports whether a build told that it took a step from the cache.
func cachedStep(r result, step string) bool {
	return regexp.MustCompile(`(?m)^ +cached +\[.*` + regexp.QuoteMeta(step)).MatchString(r.out)
}

var knownGood = []struct {
	name  string
	files map[string]string
	flags []string
}{
	{"stages", map[string]string{
		"Dockerfile": "FROM BASE AS build\nARG GREETING=hello\nRUN echo $GREETING > /greeting\nFROM BASE AS test\nRUN false\nFROM BASE\nCOPY --from=build /greeting /greeting\n",
	}, []string{"--build-arg", "GREETING=good day"}},
	{"target", map[string]string{
		"Dockerfile": "FROM BASE AS one\nENV ONE=1\nFROM one AS two\nENV TWO=2\n",
	}, []string{"--target", "one", "--label", "org.example.note=it's $5", "--label", "empty"}},
	{"configuration", map[string]string{
		"Dockerfile": "FROM BASE\nSHELL [\"/bin/sh\", \"-ec\"]\nENV A=b\nWORKDIR /srv/app\nCOPY --chmod=750 --chown=1000:1000 run.sh ./\nUSER 1000\nEXPOSE 3000 53/udp\nVOLUME /data\n" +
			"STOPSIGNAL SIGINT\nHEALTHCHECK --interval=3s --retries=2 CMD [\"true\"]\nONBUILD RUN true\nENTRYPOINT [\"./run.sh\"]\nCMD [\"serve\"]\n",
		"run.sh": "#!/bin/sh\nexec sleep 60\n",
	}, []string{"--shm-size", "64m", "--ulimit", "nofile=100:200", "--network", "none", "--add-host", "db=10.0.0.1"}},
	{"ignored", map[string]string{
		"Dockerfile": "FROM BASE\nCOPY <<EOT /here\nheredoc\nEOT\nCOPY . /src/\n", ".dockerignore": "*.log\n!keep.log\n", "a.log": "a", "keep.log": "k", "b.txt": "b",
	}, nil},
	{"elsewhere", map[string]string{
		"../docker/web.Dockerfile": "FROM BASE\nCOPY . /src/\nCOPY --from=lib . /lib/\n", "../docker/web.Dockerfile.dockerignore": "secret*\n",
		".dockerignore": "*\n", "app.txt": "a", "secret.txt": "s", "../lib/lib.txt": "l",
	}, []string{"-f", "../docker/web.Dockerfile", "--build-context", "lib=../lib"}},
	{"annotated", map[string]string{
		"Dockerfile": "FROM scratch\nCOPY Dockerfile /\n",
	}, []string{"--annotation", "org.example.a=b", "--annotation", "manifest-descriptor:org.example.c=d"}},
}

// What twindeck builds is what the docker command builds from the same: the
// command that it shows finds every step in the cache, as the definition is
// the same one, and ends with the same layers and configuration.
func TestBuildIsAsTheDockerCommandBuilds(t *testing.T) {
	for _, engine := range engines {
		for _, tt := range knownGood {
			t.Run(engine+"/"+tt.name, func(t *testing.T) {
				w := onFixture(t)
				w.set("DOCKER_CONTEXT", engine)
				w.builds(tt.name, tt.files)
				image := tt.name + ":e2e"
				w.forgets(image)
				w.set("GREETING", "good day") // the command names arguments, and docker takes their values from here
				out := w.twindeck(append([]string{"build", "--tag", "e2e"}, tt.flags...)...).ok()
				ours := w.inspect(image)
				_, shown, _ := strings.Cut(out, "  $ ")
				shown, _, _ = strings.Cut(shown, "\n")
				w.docker("image", "rm", image)
				theirs := w.command("sh", "-c", shown+" --progress plain").exits(0)
				if d := cmp.Diff(w.inspect(image), ours); d != "" {
					t.Errorf("%s (-docker +twindeck):\n%s", shown, d)
				}
				for _, step := range regexp.MustCompile(`(?m)^#(\d+) \[.*(?:RUN|COPY|WORKDIR)`).FindAllStringSubmatch(theirs.err, -1) {
					if !strings.Contains(theirs.err, "#"+step[1]+" CACHED") {
						t.Errorf("docker had to do %q anew\n%s", step[0], theirs.err)
					}
				}
			})
		}
	}
}

// One image of several platforms, with an attestation and annotations, is kept
// in a registry as docker buildx would keep it.
func TestBuildOfSeveralPlatforms(t *testing.T) {
	w := onFixture(t)
	w.builds("several", map[string]string{"Dockerfile": "FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /arch\n", "amd64": "x", "arm64": "a"})
	image := registry(t) + "/several:e2e"
	w.forgets(image)
	w.twindeck("build", "--registry", registry(t), "--tag", "e2e", "--platform", "linux/amd64,linux/arm64", "--provenance", "mode=max",
		"--annotation", "index,manifest:org.example.a=b c").ok()
	for _, arch := range []string{"amd64", "arm64"} {
		if got := w.inspect(image, "--platform", "linux/"+arch); got.Architecture != arch {
			t.Errorf("asked for %s, got %s", arch, got.Architecture)
		}
	}
	w.docker("push", image)
	var index struct {
		Annotations map[string]string
		Manifests   []struct {
			Annotations map[string]string
			Platform    struct{ Architecture string }
		}
	}
	out := w.docker("buildx", "imagetools", "inspect", "--raw", image)
	if err := json.Unmarshal([]byte(out), &index); err != nil || index.Annotations["org.example.a"] != "b c" {
		t.Errorf("the registry has %s, %v", out, err)
	}
	var archs []string
	for _, m := range index.Manifests {
		archs = append(archs, m.Platform.Architecture+m.Annotations["vnd.docker.reference.type"])
	}
	if want := []string{"amd64", "arm64", "unknownattestation-manifest", "unknownattestation-manifest"}; !slices.Equal(archs, want) {
		t.Errorf("the index has %v, want %v", archs, want)
	}
}

// A bill of materials is made by the scanner that is named, and kept with the
// image.
func TestBuildWithSBOM(t *testing.T) {
	w := onFixture(t)
	// A scanner as BuildKit calls one: it writes a statement into a folder.
	w.builds("scanner", map[string]string{
		"scan":       "#!/bin/sh\necho '{\"_type\":\"https://in-toto.io/Statement/v0.1\",\"predicateType\":\"https://spdx.dev/Document\",\"predicate\":{\"name\":\"made of '$(ls $BUILDKIT_SCAN_SOURCE)'\"}}' >$BUILDKIT_SCAN_DESTINATION/bill.spdx.json\n",
		"Dockerfile": "FROM BASE\nCOPY --chmod=755 scan /scan\nENTRYPOINT [\"/scan\"]\n",
	})
	scanner := registry(t) + "/scanner:e2e"
	w.forgets(scanner)
	w.twindeck("build", "--registry", registry(t), "--tag", "e2e").ok()
	w.docker("push", "--quiet", scanner)

	w.builds("billed", map[string]string{"Dockerfile": "FROM scratch\nCOPY corn /corn\n", "corn": "x"})
	image := registry(t) + "/billed:e2e"
	w.forgets(image)
	w.twindeck("build", "--registry", registry(t), "--tag", "e2e", "--sbom", "generator="+scanner).exits(0).says("--attest type=sbom,generator=" + scanner)
	w.docker("push", "--quiet", image)
	if bill := w.docker("buildx", "imagetools", "inspect", "--format", "{{json .SBOM}}", image); !strings.Contains(bill, "made of corn") {
		t.Errorf("the registry has the bill of materials\n%s", bill)
	}
}

// A step reads a secret, from a file and from the environment, and an ssh
// agent; none of them is anywhere else.
func TestBuildWithSecrets(t *testing.T) {
	w := onFixture(t)
	w.builds("secrets", map[string]string{
		"Dockerfile": "FROM BASE\nRUN --mount=type=secret,id=npmrc --mount=type=secret,id=token,env=TOKEN --mount=type=ssh \\\n" +
			"    test -S \"$SSH_AUTH_SOCK\" && cat /run/secrets/npmrc | tr a-z A-Z > /npmrc && echo $TOKEN | tr a-z A-Z > /token\nCMD cat /npmrc /token\n",
	})
	npmrc := w.write("npmrc", "swordfish")
	w.set("MY_TOKEN", "opensesame")
	key := filepath.Join(w.home, "key")
	w.command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).ok()
	w.forgets("secrets:e2e")
	options := []string{"build", "--tag", "e2e", "--no-cache", "--secret", "id=npmrc,src=" + npmrc, "--secret", "id=token,env=MY_TOKEN", "--ssh", "default=" + key}
	for _, output := range []string{"text", "json"} {
		r := w.twindeck(append(options, "--output", output)...).exits(0).says("--secret id=npmrc --secret id=token")
		all := r.out + r.err + w.docker("image", "inspect", "secrets:e2e") + w.docker("history", "--no-trunc", "secrets:e2e") + w.twindeck("build", "--history", "--output", "json").out
		for _, secret := range []string{"swordfish", "opensesame", "OPENSSH"} {
			if strings.Contains(all, secret) {
				t.Errorf("%s: %q is told\n%s", output, secret, all)
			}
		}
	}
	if got := w.docker("run", "--rm", "--network", "none", "secrets:e2e"); got != "SWORDFISHOPENSESAME\n" {
		t.Errorf("the step read %q", got)
	}

	w.twindeck(append(options, "--secret", "id=gone,src=no-such-file")...).exits(1).says("--secret id=gone: there is no no-such-file")
	w.twindeck(append(options, "--secret", "swordfish")...).exits(2).says("--secret: use id=name,src=file")
}

// Cache that one engine exported spares the other the work.
func TestBuildCacheMovesBetweenEngines(t *testing.T) {
	for _, tt := range []struct{ name, to, from string }{
		{"registry", "type=registry,ref=REGISTRY/cache:e2e,mode=max", "REGISTRY/cache:e2e"},
		{"local", "type=local,dest=DIR", "type=local,src=DIR"},
		{"inline", "type=inline", "REGISTRY/cache-inline:e2e"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := onFixture(t)
			name := "cache-" + tt.name
			w.builds(name, map[string]string{"Dockerfile": fmt.Sprintf("FROM BASE\nRUN echo %s > /made\n", w.namespace)})
			place := strings.NewReplacer("REGISTRY", registry(t), "DIR", filepath.Join(w.home, "cache"))
			image := registry(t) + "/" + name + ":e2e"
			w.forgets(image)
			build := []string{"build", "--registry", registry(t), "--tag", "e2e"}

			w.set("DOCKER_CONTEXT", "separate")
			w.twindeck(append(build, "--cache-to", place.Replace(tt.to))...).ok()
			w.docker("push", image)
			w.set("DOCKER_CONTEXT", "desktop-linux")
			r := w.twindeck(append(build, "--cache-from", place.Replace(tt.from))...).exits(0)
			if !cachedStep(r, "RUN echo") {
				t.Errorf("the other engine did the step anew\n%s", r.shown())
			}
		})
	}
}

// What RUN finds around it is what the options say.
func TestBuildOptionsReachTheSteps(t *testing.T) {
	w := onFixture(t)
	w.builds("steps", map[string]string{
		"Dockerfile": "FROM BASE AS one\nRUN echo one\nFROM one AS two\nRUN echo files $(ulimit -n) && grep -E 'db|gate' /etc/hosts && grep ' /dev/shm ' /proc/mounts && echo mail $MAIL\n",
	})
	w.replace("Dockerfile", "echo mail", "ls /sys/class/net && echo mail")
	w.replace("Dockerfile", "FROM one AS two\n", "FROM one AS two\nARG MAIL=none\n")
	w.set("MAIL", "ada@example.com")
	w.forgets("steps:e2e")
	build := []string{"build", "--tag", "e2e", "--ulimit", "nofile=123:456", "--add-host", "db=10.0.0.1", "--add-host", "gate=host-gateway", "--shm-size", "3m", "--network", "none", "--build-arg", "MAIL"}
	r := w.twindeck(append(build, "--no-cache")...).exits(0).says("files 123", "10.0.0.1", "size=3072k", "mail ada@example.com")
	if !regexp.MustCompile(`│ [0-9a-f.:]+\s+gate`).MatchString(r.out) || strings.Contains(r.out, "│ eth0") {
		t.Errorf("hosts and network of a step:\n%s", r.out)
	}
	r = w.twindeck(append(build, "--no-cache-filter", "two")...).exits(0)
	if !cachedStep(r, "RUN echo one") || cachedStep(r, "RUN echo files") {
		t.Errorf("only the stage two is to be built anew\n%s", r.out)
	}
}

// A git repository elsewhere is built without a copy of it here.
func TestBuildFromGit(t *testing.T) {
	w := onFixture(t)
	w.builds("team", map[string]string{"app/Dockerfile": "FROM BASE\nCOPY word /word\n", "app/word": "hello"})
	w.git("init", "-q", "-b", "main")
	w.commit("first")
	backend, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(&cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(backend)), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + w.home, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
	})
	t.Cleanup(server.Close)
	w.dir = filepath.Join(w.home, "work")
	w.forgets("team:e2e")
	url := server.URL + "/team/.git#main:app"
	w.twindeck("build", url).exits(1).says("--tag")
	w.twindeck("build", url, "--name", "team", "--tag", "e2e").exits(0).says("context    "+url, "COPY word /word", "built sha256:")
	w.twindeck("build", url+"-gone", "--name", "team", "--tag", "e2e").exits(1).says("app-gone")
}

// The linter alone tells what it finds, with lines, and builds nothing.
func TestBuildCheck(t *testing.T) {
	w := onFixture(t)
	w.builds("linted", map[string]string{"Dockerfile": "FROM BASE AS One\n\nRUN echo made\nCMD echo hi\n"})
	r := w.twindeck("build", "--check").exits(1).says("Dockerfile:1 StageNameCasing", "Dockerfile:4 JSONArgsRecommended")
	if strings.Contains(r.out, "RUN") {
		t.Errorf("it built:\n%s", r.out)
	}
	w.twindeck("build", "--check", "--output", "json").exits(1).says(`"rule":"StageNameCasing"`, `"line":1`)
	w.write("linted/Dockerfile", "FROM "+base()+"\nCMD [\"true\"]\n")
	w.twindeck("build", "--check").exits(0).says("Dockerfile: nothing to say against it")
	w.write("linted/Dockerfile", "FROM "+base()+"\nCOPY --form=x /a /b\n")
	w.twindeck("build", "--check").exits(1).says("Dockerfile:2", "form")
}

// A build is compared with the last one, and both are in the engine's history;
// what tools want of an image is in the files asked for.
func TestBuildHistory(t *testing.T) {
	w := onFixture(t)
	name := fmt.Sprintf("history-%d", os.Getpid())
	w.builds(name, map[string]string{"Dockerfile": "FROM BASE\nRUN sleep 1 && echo " + w.namespace + "\n"})
	w.forgets(name + ":e2e")
	id, meta := filepath.Join(w.home, "id"), filepath.Join(w.home, "meta.json")
	w.twindeck("build", "--history").exits(0).says("the engine remembers no build of " + name)
	w.twindeck("build", "--tag", "e2e").exits(0).says("the first build the engine remembers, ")
	w.twindeck("build", "--tag", "e2e", "--iidfile", id, "--metadata-file", meta).exits(0).says("faster than the last build", " steps cached")
	w.write(name+"/Dockerfile", "FROM "+base()+"\nRUN exit 3\n")
	w.twindeck("build", "--tag", "e2e").exits(1)

	rows := strings.Split(strings.TrimSpace(w.twindeck("build", "--history").ok()), "\n")
	if len(rows) != 4 || !strings.Contains(rows[1], "failed: ") || !strings.Contains(rows[2], "built") || !strings.Contains(rows[3], name+":e2e") {
		t.Errorf("the history is\n%s", strings.Join(rows, "\n"))
	}
	imageID, err := os.ReadFile(id)
	if err != nil || strings.TrimSpace(w.docker("image", "inspect", "--format", "{{.Id}}", string(imageID))) != string(imageID) {
		t.Errorf("the ID written is %q, %v", imageID, err)
	}
	var metadata map[string]any
	if data, err := os.ReadFile(meta); err != nil || json.Unmarshal(data, &metadata) != nil || metadata["containerimage.digest"] != string(imageID) || metadata["image.name"] != "docker.io/library/"+name+":e2e" {
		t.Errorf("the metadata is %s, %v", data, err)
	}
}
