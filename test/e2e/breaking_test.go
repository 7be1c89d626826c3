//go:build linux

package e2e

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program puts a shell script on this world's PATH.
func (w *world) program(name, script string) {
	w.t.Helper()
	path := w.write(filepath.Join("bin", name), "#!/bin/sh\n"+script+"\n")
	if err := os.Chmod(path, 0o755); err != nil {
		w.t.Fatal(err)
	}
	bin := filepath.Join(w.home, "bin")
	if path := w.value("PATH"); !strings.HasPrefix(path, bin+":") {
		w.set("PATH", bin+":"+path)
	}
}

// helper gives this world a Docker configuration with a credential helper.
func (w *world) helper(name string) {
	w.t.Helper()
	w.ownDockerConfig(func(c string) string {
		return strings.Replace(c, "{", fmt.Sprintf("{\n\t\"credsStore\": %q,", name), 1)
	})
}

// loggedIn gives this world a Docker configuration with a login, "user:password".
func (w *world) loggedIn(registry, login string) {
	w.t.Helper()
	w.ownDockerConfig(func(c string) string {
		entry := fmt.Sprintf(`"auths": {%q: {"auth": %q}}`, registry, base64.StdEncoding.EncodeToString([]byte(login)))
		return strings.Replace(c, `"auths": {}`, entry, 1)
	})
}

// ownKubeconfig gives this world a copy of its kubeconfig, changed. Programs
// that clean up after the test get the healthy one back.
func (w *world) ownKubeconfig(change func(string) string) {
	w.t.Helper()
	healthy := w.value("KUBECONFIG")
	text, err := os.ReadFile(healthy)
	if err != nil {
		w.t.Fatal(err)
	}
	w.set("KUBECONFIG", w.write("own-kubeconfig", change(string(text))))
	w.t.Cleanup(func() { w.set("KUBECONFIG", healthy) })
}

// kubeconfigWith is a kubeconfig in which a piece of data is another one.
func (w *world) kubeconfigWith(key string, pem []byte) {
	w.t.Helper()
	w.ownKubeconfig(func(c string) string {
		line := regexp.MustCompile(`(?m)` + key + `: .*$`)
		if !line.MatchString(c) {
			w.t.Fatalf("the kubeconfig holds no %s", key)
		}
		return line.ReplaceAllString(c, key+": "+base64.StdEncoding.EncodeToString(pem))
	})
}

// otherAuthority is the certificate of an authority that signed nothing here.
func otherAuthority(t *testing.T) []byte {
	t.Helper()
	key := newKey(t)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "kubernetes"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	return sign(t, c, c, key, key)
}

// expired is a client certificate that the cluster's own authority signed, of
// yesterday, and its key.
func expired(t *testing.T) (cert, key []byte) {
	t.Helper()
	pki := filepath.Join(variable(t, "TWINDECK_FIXTURE"), "pki")
	authority, err := x509.ParseCertificate(pemBlock(t, filepath.Join(pki, "ca.crt")))
	if err != nil {
		t.Fatal(err)
	}
	authorityKey, err := x509.ParseECPrivateKey(pemBlock(t, filepath.Join(pki, "ca.key")))
	if err != nil {
		t.Fatal(err)
	}
	own := newKey(t)
	der, err := x509.MarshalECPrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(99), Subject: pkix.Name{CommonName: "docker-for-desktop", Organization: []string{"system:masters"}},
		NotBefore: time.Now().AddDate(-1, 0, -1), NotAfter: time.Now().AddDate(0, 0, -1),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	return sign(t, c, authority, own, authorityKey), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, c, by *x509.Certificate, key, byKey *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, by, &key.PublicKey, byKey)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func pemBlock(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		t.Fatalf("%s is not PEM", path)
	}
	return block.Bytes
}

// asNobody runs the app as a user who may read the configuration and may not
// open the engine's socket.
func (w *world) asNobody() {
	w.t.Helper()
	dir, err := os.MkdirTemp("", "e2e")
	if err != nil {
		w.t.Fatal(err)
	}
	stood := w.dir
	w.t.Cleanup(func() {
		w.dir = stood
		_ = os.RemoveAll(dir)
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		w.t.Fatal(err)
	}
	// What a user's programs and configuration are, with ways to them that all
	// may walk; the real socket too.
	bin := variable(w.t, "TWINDECK_FIXTURE_BIN")
	for name, from := range map[string]string{
		"docker.sock": filepath.Join(w.value("DOCKER_CONFIG"), "desktop", "docker.sock"),
		"docker":      filepath.Join(bin, "docker"),
		"kubectl":     filepath.Join(bin, "kubectl"),
	} {
		if from, err = filepath.EvalSymlinks(from); err == nil {
			err = os.Link(from, filepath.Join(dir, name))
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	w.home, w.dir = dir, dir
	w.set("HOME", dir)
	w.set("PATH", dir+":/usr/bin:/bin")
	w.set("DOCKER_HOST", "unix://"+filepath.Join(dir, "docker.sock"))
	w.unset("DOCKER_CONFIG")
	w.ownKubeconfig(func(c string) string { return c })
	if err := os.Chmod(w.value("KUBECONFIG"), 0o644); err != nil {
		w.t.Fatal(err)
	}
	w.user = nobody
}

// nobody is the user id of a user without rights.
const nobody = 65534

// engineOnASmallDisk gives this world an engine of its own whose data lies on a
// file system of that many bytes.
func (w *world) engineOnASmallDisk(size int) {
	w.t.Helper()
	dir := filepath.Join(w.home, "engine")
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "docker.sock")
	if err := os.MkdirAll(data, 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", data, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		w.t.Fatalf("mounting a small disk: %v", err)
	}
	w.t.Cleanup(func() {
		if err := syscall.Unmount(data, 0); err != nil {
			w.t.Errorf("unmounting the small disk: %v", err)
		}
	})
	var log bytes.Buffer
	// In a mount namespace of its own, in which the fixed places that an engine
	// writes to are not the machine's.
	engine := exec.Command("unshare", "--mount", "sh", "-c", `set -e
		for place in /run/docker /run/containerd /opt/containerd; do mount -t tmpfs tmpfs $place; done
		exec "$0" "$@"`, filepath.Join(variable(w.t, "TWINDECK_FIXTURE_BIN"), "dockerd"),
		"--host=unix://"+socket, "--data-root="+data, "--exec-root="+filepath.Join(dir, "exec"), "--pidfile="+filepath.Join(dir, "pid"),
		"--bridge=none", "--iptables=false", "--ip6tables=false", "--cgroup-parent=/twindeck-e2e")
	engine.Env, engine.Stdout, engine.Stderr = w.env, &log, &log
	if err := engine.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		_ = engine.Process.Signal(syscall.SIGTERM)
		_ = engine.Wait()
	})
	w.set("DOCKER_HOST", "unix://"+socket)
	late := time.After(patience)
	for w.command("docker", "version").code != 0 {
		select {
		case <-late:
			w.t.Fatalf("the engine does not come up:\n%s", log.String())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// desktop gives this world Docker Desktop's command and settings: a stand-in
// that stops and starts the real engine, and the real API server if its
// settings say so. At its start it writes its entries into a kubeconfig that
// lacks them. It returns where the settings are.
func (w *world) desktop(settings string) string {
	w.t.Helper()
	w.ownDockerConfig(func(c string) string { return c })
	path := w.write(".docker/desktop/settings-store.json", settings)
	w.set("HEALTHY_KUBECONFIG", w.value("KUBECONFIG"))
	w.program("../docker-config/cli-plugins/docker-desktop", `part() { "$TWINDECK_FIXTURE_BIN/fixture" "$@" >&2; }
case "$*" in
docker-cli-plugin-metadata) echo '{"SchemaVersion":"0.1.0","Vendor":"Docker Inc.","Version":"v0.2.0"}' ;;
*--help*) printf 'Usage:  docker desktop COMMAND\n\nCommands:\n  restart     Restart Docker Desktop\n  start       Start Docker Desktop\n  status      Display status\n  stop        Stop Docker Desktop\n' ;;
*status*) if [ -e "$HOME/stopped" ]; then echo '{"Status":"stopped"}'; else echo '{"Status":"running"}'; fi ;;
*stop*) touch "$HOME/stopped"; part stop docker; part stop apiserver ;;
*start*)
	rm -f "$HOME/stopped"
	part start docker
	if grep -q 'KubernetesEnabled": true' "$HOME/.docker/desktop/settings-store.json"; then part start apiserver; fi
	grep -q 'name: docker-desktop' "$KUBECONFIG" || cat "$HEALTHY_KUBECONFIG" >"$KUBECONFIG" ;;
esac`)
	for _, name := range []string{"TWINDECK_FIXTURE", "TWINDECK_FIXTURE_BIN"} {
		w.set(name, variable(w.t, name))
	}
	return path
}
