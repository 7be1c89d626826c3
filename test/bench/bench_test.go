package main

import (
	"os"
	"runtime"
	"testing"
	"time"
)

func TestSelected(t *testing.T) {
	for screen, want := range map[string]string{
		"╭ Pods ─╮\n│▌● web-1 │\n│ ● web-2 │\n": "● web-1 │\n",
		"nothing here\n": "",
	} {
		if got := selected(screen); got != want {
			t.Errorf("selected(%q) = %q, want %q", screen, got, want)
		}
	}
}

func TestNewest(t *testing.T) {
	at, n := newest("│ at=1795176000123 n=41 GET / │\n│ at=1795176000125 n=42 GET / │\n│ at=17951 n=4…│\n")
	if at != 1795176000125 || n != 42 {
		t.Errorf("newest = %d, %d", at, n)
	}
}

func TestMiddle(t *testing.T) {
	if got := middle([]time.Duration{9, 1, 5}); got != 5 {
		t.Errorf("middle = %d, want 5", got)
	}
}

func TestChosen(t *testing.T) {
	for _, c := range []struct {
		parts []string
		want  bool
	}{{nil, true}, {[]string{"pods"}, true}, {[]string{"binary", "10,000"}, true}, {[]string{"binary"}, false}} {
		if got := chosen("10,000 pods", c.parts); got != c.want {
			t.Errorf("chosen by %q: %v, want %v", c.parts, got, c.want)
		}
	}
}

func TestRound(t *testing.T) {
	for d, want := range map[time.Duration]string{
		1234 * time.Microsecond: "1.23ms", 45678 * time.Microsecond: "46ms", 3456 * time.Millisecond: "3.46s",
	} {
		if got := round(d); got != want {
			t.Errorf("round(%d) = %s, want %s", d, got, want)
		}
	}
}

func TestMemoryOf(t *testing.T) {
	if runtime.GOOS != "linux" {
		if _, err := newBench(t.Context()); err == nil {
			t.Error("figures where there is no /proc: no error")
		}
		return
	}
	m, err := memoryOf(os.Getpid())
	if err != nil || m.peak < 1 || m.own <= 0 || m.file <= 0 || m.own+m.file > m.peak+1 {
		t.Errorf("memoryOf itself = %+v, %v", m, err)
	}
}
