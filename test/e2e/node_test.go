//go:build unix

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
)

// A node as kind makes it: a container of the engine `separate` that runs a
// containerd of its own and a kubelet, which joins the fixture's cluster. Its
// programs are the fixture's own, mounted rather than built into an image. Pods
// on it use the machine's network: the fixture's API server listens on
// loopback alone.
const (
	nodeProgram = "containerd --config=/etc/node/containerd.toml & until ctr version >/dev/null 2>&1; do sleep 0.1; done; " +
		"exec kubelet --config=/etc/node/kubelet.yaml --kubeconfig=/etc/node/kubeconfig --hostname-override=$NODE --node-ip=$ADDRESS"
	nodeContainerd = `version = 3
disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.internal.v1.tracing"]

[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "registry.k8s.io/pause:3.10.1"

[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true

[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["/opt/node"]
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
	for file, text := range map[string]string{"containerd.toml": nodeContainerd, "kubelet.yaml": nodeKubelet, "cni.conflist": nodeNetwork} {
		w.write("node/"+file, text)
	}
	separate := func(args ...string) result {
		return w.command("docker", append([]string{"--context", "separate"}, args...)...)
	}

	address := w.kubectl("get", "node", "docker-desktop", "-o", `jsonpath={.status.addresses[?(@.type=="InternalIP")].address}`)
	separate("run", "-d", "--name", name, "--privileged", "--network", "host", "-e", "NODE="+name, "-e", "ADDRESS="+address,
		"-e", "PATH=/opt/node:/bin", "-v", variable(w.t, "TWINDECK_FIXTURE_BIN")+":/opt/node:ro",
		"-v", filepath.Join(w.home, "node")+":/etc/node", "-v", w.value("KUBECONFIG")+":/etc/node/kubeconfig:ro",
		"-v", "/var/lib/containerd", "-v", "/var/lib/kubelet",
		"--label", "io.x-k8s.kind.cluster="+cluster, "--label", "io.x-k8s.kind.role=control-plane", base(), "sh", "-c", nodeProgram).ok()
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
	w.kubectl("taint", "node", "docker-desktop", "e2e=elsewhere:NoSchedule")
	w.t.Cleanup(func() { w.command("kubectl", "taint", "node", "docker-desktop", "e2e-").ok() })
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
