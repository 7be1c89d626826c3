//go:build linux

package e2e

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A builder of each driver that buildx has, each a real BuildKit: in a
// container, behind a socket, behind TLS, in a pod. Making one makes it buildx's
// current builder, and returns its name.
var builders = map[string]struct {
	driver string
	make   func(w *world) (name string)
}{
	"container": {"docker-container", (*world).builderInContainer},
	"socket":    {"remote", (*world).builderOnSocket},
	"tls":       {"remote", (*world).builderBehindTLS},
	"pod":       {"kubernetes", (*world).builderInPod},
}

// Whichever builder builds, the image is in the engine afterwards, and what the
// pods run is verified to be it.
func TestShipWithABuilder(t *testing.T) {
	for kind, b := range builders {
		t.Run(kind, func(t *testing.T) {
			w := onFixture(t)
			name := b.make(w)
			w.tiny(name)
			w.fromRegistry()
			w.twindeck("build", "--dry-run").exits(0).says("builder", name+" ("+b.driver+": ", "chosen by docker buildx use")

			s := shippedIn(t, w.twindeck("ship", "--output", "json").ok())
			if len(s.Report.Workloads) != 1 || !s.Report.Workloads[0].Verified {
				t.Fatalf("report = %+v, want it verified", s.Report)
			}
			if !runAll(w.podDigests(name), s.Report.Workloads[0].Digests[0]) {
				t.Errorf("the pods run %v, not %v", w.podDigests(name), s.Report.Workloads[0].Digests)
			}
			in := strings.TrimSpace(w.docker("image", "inspect", "--format", "{{.Id}}", s.Report.Image))
			if in != s.Report.Digest {
				t.Errorf("the engine has %s, built was %s", in, s.Report.Digest)
			}

			// Cached by the builder the second time, and the same image.
			again := w.twindeck("build").exits(0).says("cached", "built "+s.Report.Digest[:19])
			if !strings.Contains(again.out, "buildx build --builder "+name+" --load") {
				t.Errorf("the command shown is another one:\n%s", again.out)
			}
		})
	}
}

// A build that is cancelled ends on the builder too, and leaves no image.
func TestBuildOnABuilderCancelled(t *testing.T) {
	for kind, b := range builders {
		t.Run(kind, func(t *testing.T) {
			w := onFixture(t)
			name := b.make(w)
			w.tiny(name)
			long := fmt.Sprintf("sleep %d", time.Now().UnixMilli()) // a command like no other
			w.write(name+"/Dockerfile", "FROM "+base()+"\nRUN "+long+"\n")
			w.fromRegistry()
			s := w.open(medium)
			s.Press("b")
			s.See("Run this plan", "with the builder "+name)
			s.Gone("planning")
			s.Press("s")
			s.See("RUN " + long)
			w.running(long, true)
			s.Press("x")
			s.See("cancelled")
			w.running(long, false)
			if out := w.docker("images", "--quiet", name); out != "" {
				t.Errorf("the engine has an image: %s", out)
			}
			s.Press("q")
			s.Exits()
		})
	}
}

// A registry is reached from the engine: the image is loaded there, and pushed.
func TestShipWithABuilderThroughARegistry(t *testing.T) {
	w := onFixture(t)
	w.set("DOCKER_CONTEXT", "separate")
	name := w.builderOnSocket()
	w.tiny("far")
	w.fromRegistry()
	s := shippedIn(t, w.twindeck("ship", "--builder", name, "--registry", registry(t), "--output", "json").ok())
	if !strings.HasPrefix(s.Report.Image, registry(t)+"/far:") || !s.Report.Workloads[0].Verified {
		t.Errorf("report = %+v, want it verified from %s", s.Report, registry(t))
	}
}

// The container of a builder that was stopped is started by a build, and only
// by a build.
func TestBuildStartsItsBuilder(t *testing.T) {
	w := onFixture(t)
	name := w.builderInContainer()
	w.docker("stop", "--time", "1", "buildx_buildkit_"+name+"0")
	w.tiny("starts")
	w.fromRegistry()

	w.twindeck("build", "--dry-run").exits(0).says("it is stopped, and the build starts it")
	w.twindeck("check").says("fine")
	if state := w.docker("inspect", "--format", "{{.State.Status}}", "buildx_buildkit_"+name+"0"); strings.TrimSpace(state) != "exited" {
		t.Errorf("the container is %s; nothing was built yet", state)
	}
	w.twindeck("build").exits(0).says("starting the builder's container", "loading the image into the engine", "built sha256:")
}

// A builder that cannot be used is said at once, with the way on; taking it
// makes the same command build.
func TestBuilderThatIsNotThere(t *testing.T) {
	for name, c := range map[string]struct {
		make func(w *world)
		says []string
	}{
		"its container is gone": {
			func(w *world) {
				name := w.builderInContainer()
				w.docker("rm", "--force", "buildx_buildkit_"+name+"0")
			},
			[]string{"there is no container buildx_buildkit_", "docker buildx inspect --bootstrap"},
		},
		"nobody listens": {
			func(w *world) { w.useRemote("refused", "tcp://"+refuses(w.t)) },
			[]string{"connection refused", "whether buildkitd listens there"},
		},
		"it never answers": {
			func(w *world) {
				address := refuses(w.t)
				w.useRemote("silent", "tcp://"+address) // which waits long for an answer itself
				silentAt(w.t, address)
			},
			[]string{"did not answer within 5 s"},
		},
		"its pod is gone": {
			func(w *world) {
				w.docker("buildx", "create", "--name", "podless", "--driver", "kubernetes", "--driver-opt", "namespace="+w.namespace, "--use")
			},
			[]string{"there is none", "docker buildx inspect --bootstrap podless"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := onFixture(t)
			w.ownBuilders()
			c.make(w)
			w.tiny("lost")
			w.twindeck("build").exits(1).within(10 * time.Second).says(append(c.says, "docker buildx use desktop-linux")...)
			w.twindeck("check").exits(1).says(append(c.says, "cannot be used")...)
			w.docker("buildx", "use", "desktop-linux")
			w.twindeck("build").exits(0).says("built sha256:")
		})
	}
}

// One key goes back to the engine's own builder, as docker buildx sees it too.
func TestOwnBuilderByKey(t *testing.T) {
	w := onFixture(t)
	w.ownBuilders()
	w.useRemote("refused", "tcp://"+refuses(t))
	if out := w.docker("buildx", "ls"); !strings.Contains(out, "refused*") {
		t.Fatalf("buildx does not use it:\n%s", out)
	}
	w.mends("The buildx builder refused cannot be used")
	if out := w.docker("buildx", "ls"); !strings.Contains(out, "desktop-linux*") {
		t.Errorf("buildx still uses another one:\n%s", out)
	}
}

// ownBuilders gives this world a folder of its own for buildx's builders.
func (w *world) ownBuilders() { w.set("BUILDX_CONFIG", filepath.Join(w.home, "buildx")) }

// builderName is the name of a builder of this test.
func (w *world) builderName(kind string) string {
	w.ownBuilders()
	return fmt.Sprintf("%s-%d", kind, time.Now().UnixMilli()%1_000_000)
}

// buildkitd are the arguments of every BuildKit here. Copying layers instead of
// stacking them works on any disk.
var buildkitd = []string{"--oci-worker-snapshotter=native", "--oci-worker-net=host", "--containerd-worker=false", "--cdi-disabled"}

// useRemote makes a builder at an address the current one.
func (w *world) useRemote(name, address string, options ...string) {
	w.t.Helper()
	args := []string{"buildx", "create", "--name", name, "--driver", "remote", "--use"}
	for _, o := range options {
		args = append(args, "--driver-opt", o)
	}
	w.docker(append(args, address)...)
}

// builderOnSocket is a BuildKit on this machine, behind a Unix socket.
func (w *world) builderOnSocket() string {
	w.t.Helper()
	name := w.builderName("socket")
	socket := filepath.Join(w.short(), "b.sock")
	w.startBuildkitd("--addr=unix://" + socket)
	w.useRemote(name, "unix://"+socket)
	return name
}

// builderBehindTLS is a BuildKit on this machine that asks for a certificate.
func (w *world) builderBehindTLS() string {
	w.t.Helper()
	name := w.builderName("tls")
	files := w.certificates()
	_, port, _ := net.SplitHostPort(refuses(w.t))
	address := "tcp://127.0.0.1:" + port
	w.startBuildkitd("--addr="+address, "--tlscacert="+files["ca"], "--tlscert="+files["cert"], "--tlskey="+files["key"])
	w.useRemote(name, address, "cacert="+files["ca"], "cert="+files["cert"], "key="+files["key"])
	return name
}

// builderInContainer is a BuildKit in a container of the engine, as buildx would
// make it. On the machine's network it reaches the registry, as the engine does.
func (w *world) builderInContainer() string {
	w.t.Helper()
	name := w.builderName("box")
	w.docker(append([]string{
		"run", "--detach", "--privileged", "--network", "host", "--name", "buildx_buildkit_" + name + "0", w.buildkitImage(),
	}, buildkitd...)...)
	w.t.Cleanup(func() { w.command("docker", "rm", "--force", "--volumes", "buildx_buildkit_"+name+"0") })
	w.docker("buildx", "create", "--name", name, "--node", name+"0", "--driver", "docker-container", "--use", "desktop-linux")
	return name
}

// builderInPod is a BuildKit in a pod of the test's namespace.
func (w *world) builderInPod() string {
	w.t.Helper()
	name := w.builderName("pod")
	node := name + "0"
	w.apply(fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata: {name: %[1]s, namespace: %[2]s}
spec:
  selector: {matchLabels: {app: %[1]s}}
  template:
    metadata: {labels: {app: %[1]s}}
    spec:
      hostNetwork: true
      terminationGracePeriodSeconds: 1
      containers:
        - name: buildkitd
          image: %[3]s
          imagePullPolicy: Never
          args: ["%[4]s"]
          securityContext: {privileged: true}
          readinessProbe: {exec: {command: [buildctl, debug, workers]}, periodSeconds: 1}
`, node, w.namespace, w.buildkitImage(), strings.Join(buildkitd, `", "`)))
	w.kubectl("-n", w.namespace, "rollout", "status", "deployment/"+node, "--timeout=60s")
	w.docker("buildx", "create", "--name", name, "--node", node, "--driver", "kubernetes", "--driver-opt", "namespace="+w.namespace, "--use")
	return name
}

// buildkitImage makes an image of the fixture's BuildKit, in place of the one
// that buildx would pull.
func (w *world) buildkitImage() string {
	w.t.Helper()
	const image = "twindeck.local/buildkit:1"
	dir := filepath.Join(w.home, "buildkit")
	for _, program := range []string{"buildkitd", "buildctl", "runc", "runc-real"} {
		data, err := os.ReadFile(filepath.Join(variable(w.t, "TWINDECK_FIXTURE_BIN"), program))
		if err != nil {
			w.t.Fatal(err)
		}
		if err := os.Chmod(w.write("buildkit/"+program, string(data)), 0o755); err != nil {
			w.t.Fatal(err)
		}
	}
	w.write("buildkit/Dockerfile", "FROM "+base()+"\nCOPY buildkitd buildctl runc runc-real /bin/\nVOLUME /var/lib/buildkit\nENTRYPOINT [\"buildkitd\"]\n")
	w.docker("buildx", "build", "--builder", "desktop-linux", "--quiet", "--provenance=false", "-t", image, dir)
	w.t.Cleanup(func() { w.command("docker", "rmi", "--force", image) })
	return image
}

// startBuildkitd runs a BuildKit on this machine until the test ends.
func (w *world) startBuildkitd(args ...string) {
	w.t.Helper()
	dir := w.short()
	var log bytes.Buffer
	args = append(append([]string{"--root=" + filepath.Join(dir, "root"), "--otel-socket-path=" + filepath.Join(dir, "otel.sock")}, buildkitd...), args...)
	// With a place of its own for what runc notes of containers: it outlives a
	// build that is cancelled.
	daemon := exec.Command("unshare", append([]string{
		"--mount", "sh", "-c", `mount -t tmpfs tmpfs /run/runc && exec "$0" "$@"`, filepath.Join(variable(w.t, "TWINDECK_FIXTURE_BIN"), "buildkitd"),
	}, args...)...)
	daemon.Env, daemon.Stdout, daemon.Stderr = w.env, &log, &log
	if err := daemon.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		_ = daemon.Process.Signal(syscall.SIGTERM)
		_ = daemon.Wait()
		groups, _ := filepath.Glob("/sys/fs/cgroup/*/buildkit") // version 1
		for _, g := range append(groups, "/sys/fs/cgroup/buildkit") {
			_ = os.Remove(g) // what BuildKit leaves of itself
		}
		if w.t.Failed() {
			w.t.Logf("buildkitd said:\n%s", log.String())
		}
	})
}

// short is a folder whose path leaves room for a socket's name.
func (w *world) short() string {
	w.t.Helper()
	dir, err := os.MkdirTemp("", "e2e")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			w.t.Errorf("something of the BuildKit is left: %v", err)
		}
	})
	return dir
}

// certificates are files of an authority and of a certificate by it, which
// serves both ends.
func (w *world) certificates() map[string]string {
	w.t.Helper()
	authorityKey, own := newKey(w.t), newKey(w.t)
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "builders"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "builder"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: authority.NotBefore, NotAfter: authority.NotAfter, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	return map[string]string{
		"ca":   w.write("tls/ca.pem", string(sign(w.t, authority, authority, authorityKey, authorityKey))),
		"cert": w.write("tls/cert.pem", string(sign(w.t, c, authority, own, authorityKey))),
		"key":  w.write("tls/key.pem", string(keyPEM(w.t, own))),
	}
}

func keyPEM(t *testing.T, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
}

// fromRegistry lets the project's image begin with one from the registry: a
// builder elsewhere does not see what the engine has.
func (w *world) fromRegistry() {
	w.t.Helper()
	ref := registry(w.t) + "/base:1"
	w.docker("tag", base(), ref)
	w.docker("push", "--quiet", ref)
	w.docker("rmi", ref)
	w.replace("Dockerfile", base(), ref)
	w.commit("a base that every builder can pull")
}

// running waits until a command runs somewhere on the machine, or none does.
func (w *world) running(command string, want bool) {
	w.t.Helper()
	eventually(w.t, patience,
		func() bool { return strings.Contains(w.command("ps", "-eo", "args").out, command) == want },
		func() string { return fmt.Sprintf("%q runs: %v, want %v", command, !want, want) })
}
