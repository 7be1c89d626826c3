package logs

import (
	"runtime"
	"testing"
	"weak"

	"github.com/twindeck/twindeck/ui/screen"
)

// What tells of the end of saving stays with the task: the lines must not.
func TestSavedLinesAreLetGo(t *testing.T) {
	v := New(newContext(t, newServers()))
	lines := make([]entry, 2, 10_000)
	held := weak.Make(&lines[0])
	done := v.saving("/tmp/web.log", lines).Done
	runtime.GC()
	if held.Value() != nil {
		t.Error("the lines are still in memory")
	}
	if got := done(nil); got != (screen.Notify{Text: "Saved 2 lines to /tmp/web.log"}) {
		t.Errorf("got %+v", got)
	}
}
