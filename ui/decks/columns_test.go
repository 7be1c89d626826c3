package decks

import (
	"testing"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// cellsOf are the widths of a deck's columns by their heads.
func cellsOf[T any](k *kind[T], width int, row T) map[string]int {
	d := newDeck(k, testScene())
	d.setRows([]T{row})
	d.refresh()
	cells := map[string]int{}
	for _, c := range d.shownColumns(width) {
		cells[c.head] = c.width
	}
	return cells
}

// What is good to know never cuts a name or a state short: it comes when they
// are whole, and so does a column that says nothing yet.
func TestExtrasLeaveTheOthersWhole(t *testing.T) {
	const name, status = "a-container-of-17", "CreateContainerConfigError"
	for width := 30; width < 200; width++ {
		c := cellsOf(containerKind(), width, &docker.Container{ID: "1", Name: name, Image: "a:1", State: "running"})
		for _, extra := range []string{"IMAGE", "PORTS"} {
			if c[extra] > 0 && c["NAME"] < len(name) {
				t.Errorf("containers, %d cells: %s is there and the name has %d", width, extra, c["NAME"])
			}
		}
		p := cellsOf(podKind(func() bool { return false }), width, &kube.Pod{Namespace: "dev", Name: "late", Status: status, IP: "10.244.0.220", Node: "kind-worker"})
		for _, extra := range []string{"IP", "NODE"} {
			if p[extra] > 0 && p["STATUS"] < len("CreateContainerC") {
				t.Errorf("pods, %d cells: %s is there and the status has %d", width, extra, p["STATUS"])
			}
		}
	}
}
