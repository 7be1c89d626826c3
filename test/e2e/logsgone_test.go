//go:build linux

package e2e

import "testing"

// A pod that is deleted while somebody reads its log: the log stays, and says
// that the pod is gone, until it is left.
func TestLogOfDeletedPodStays(t *testing.T) {
	w := servers(t)
	w.talker("reader", "sh", "-c", "echo first words; trap 'exit 0' TERM; while true; do sleep 0.1; done")
	w.pod("other", "tock")
	s := w.open(medium)
	s.Press("2", "tab")
	s.choose("reader")
	s.Press("l")
	s.See("first words", "kubectl logs --follow reader")
	w.kubectl("-n", w.namespace, "delete", "pod", "reader", "--now")
	s.See("No pod matches", "reader gone · Logs", "first words", "end of the log: ", "It is gone.") // how it ended comes first, if the cluster told before the pod was removed
	s.Press("esc")
	s.Gone("reader gone")
	s.Press("esc")
	s.SeeRow("▌", "other", "Running")
	s.See("tock ")
}
