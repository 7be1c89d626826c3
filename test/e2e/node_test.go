//go:build unix

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A node as kind makes it: a container of the engine `separate` that runs a
// containerd of its own and a kubelet, which joins the fixture's cluster. Pods
// on it use the machine's network: the fixture's API server listens on
// loopback alone.
const (
	nodeDockerfile = `FROM twindeck.local/base:1
COPY containerd ctr containerd-shim-runc-v2 runc runc-real kubelet loopback /usr/bin/
COPY containerd.toml /etc/containerd/config.toml
COPY kubelet.yaml cni.conflist /etc/node/
VOLUME /var/lib/containerd /var/lib/kubelet
ENV PATH=/usr/bin:/bin
CMD ["sh", "-c", "containerd & until ctr version >/dev/null 2>&1; do sleep 0.1; done; exec kubelet --config=/etc/node/kubelet.yaml --kubeconfig=/etc/node/kubeconfig --hostname-override=$NODE --node-ip=$ADDRESS"]
`
	nodeContainerd = `version = 3
disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.internal.v1.tracing"]

[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "registry.k8s.io/pause:3.10.1"

[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true

[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["/usr/bin"]
  conf_dir = "/etc/node"
`
	nodeKubelet = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
port: 11250
healthzPort: 0
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
evictionHard: {memory.available: "0%", nodefs.available: "0%", nodefs.inodesFree: "0%", imagefs.available: "0%", imagefs.inodesFree: "0%"}
imageGCHighThresholdPercent: 100
`
	nodeNetwork = `{"cniVersion": "1.0.0", "name": "none", "plugins": [{"type": "loopback"}]}`
)

// node adds a kind-like node to the cluster and keeps new pods from the
// fixture's own while the test runs. It returns the node's name.
func (w *world) node(cluster string) string {
	w.t.Helper()
	name := fmt.Sprintf("%s-control-plane", cluster)
	bin := variable(w.t, "TWINDECK_FIXTURE_BIN")
	for file, text := range map[string]string{"Dockerfile": nodeDockerfile, "containerd.toml": nodeContainerd, "kubelet.yaml": nodeKubelet, "cni.conflist": nodeNetwork} {
		w.write("node/"+file, text)
	}
	for _, program := range []string{"containerd", "ctr", "containerd-shim-runc-v2", "runc", "runc-real", "kubelet", "loopback"} {
		data, err := os.ReadFile(filepath.Join(bin, program))
		if err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(w.home, "node", program), data, 0o755); err != nil { //nolint:gosec // programs are executed
			w.t.Fatal(err)
		}
	}
	separate := func(args ...string) result {
		return w.command("docker", append([]string{"--context", "separate"}, args...)...)
	}
	image := "e2e-node:" + cluster
	separate("build", "-q", "-t", image, filepath.Join(w.home, "node")).ok()
	w.t.Cleanup(func() { separate("image", "rm", "-f", image).ok() })

	w.kubectl("taint", "node", "docker-desktop", "e2e=elsewhere:NoSchedule")
	w.t.Cleanup(func() { w.command("kubectl", "taint", "node", "docker-desktop", "e2e-").ok() })
	address := w.kubectl("get", "node", "docker-desktop", "-o", `jsonpath={.status.addresses[?(@.type=="InternalIP")].address}`)
	separate("run", "-d", "--name", name, "--privileged", "--network", "host", "-e", "NODE="+name, "-e", "ADDRESS="+address,
		"-v", w.value("KUBECONFIG")+":/etc/node/kubeconfig:ro",
		"--label", "io.x-k8s.kind.cluster="+cluster, "--label", "io.x-k8s.kind.role=control-plane", image).ok()
	w.t.Cleanup(func() {
		if w.t.Failed() {
			w.t.Logf("the node said\n%s", separate("logs", "--tail", "60", name).shown())
		}
		w.command("kubectl", "-n", w.namespace, "delete", "deployments", "--all", "--cascade=foreground").ok()
		w.command("kubectl", "delete", "node", name, "--ignore-not-found").ok()
		separate("rm", "-f", "-v", name).ok()
	})
	w.until("nodes", `jsonpath={range .items[?(@.metadata.name=="`+name+`")]}{range .status.conditions[?(@.type=="Ready")]}{.status}{end}{end}`, "True")
	// The image that holds a pod's namespaces comes as every image does.
	w.command("sh", "-c", "docker --context separate save registry.k8s.io/pause:3.10.1 | docker --context separate exec -i "+name+" ctr -n k8s.io images import -").ok()
	return name
}

// inNode runs a command in a node.
func (w *world) inNode(name string, command ...string) string {
	w.t.Helper()
	return w.docker(append([]string{"--context", "separate", "exec", name}, command...)...)
}

// onNode puts the project's pods on the machine's network, which is what the
// node has.
func (w *world) onNode() {
	w.t.Helper()
	w.replace("k8s/deployment.yaml", "      terminationGracePeriodSeconds: 0\n",
		strings.Join([]string{"      terminationGracePeriodSeconds: 0", "      hostNetwork: true", "      automountServiceAccountToken: false", ""}, "\n"))
}
