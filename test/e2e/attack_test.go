//go:build linux

package e2e

import (
	"strings"
	"testing"
)

// What a container and a pod write, and are labelled with, may hold anything:
// on the real screen it stays text.
func TestAttackOnTheTerminalStaysText(t *testing.T) {
	const attack = `\033[2J\033[Hgone\033]0;owned\007\033]52;c;b3duZWQ=\007\033[?1049l\033[31m\033[9;9r\202\377 漢字`
	w := servers(t)
	writes := []string{"sh", "-c", "trap 'exit 0' TERM; n=0; while true; do n=$((n+1)); printf '" + attack + " line '$n' end\\n'; sleep 1; done"}
	box := w.named("e2e-attack")
	w.docker(append([]string{"run", "--detach", "--name", box, "--label", "evil=\x1b[2J\x1b]0;owned\x07", "--env", "EVIL=\x1b[2J\x1b[H", base()}, writes...)...)
	w.kubectl(append([]string{"--namespace", w.namespace, "run", "attacker", "--image", base(), "--restart=Never", "--grace-period=1", "--annotations=evil=\x1b[2J\u202egone", "--"}, writes...)...)

	for _, size := range []struct{ cols, rows int }{{140, 40}, {80, 24}} {
		s := w.open(medium)
		s.Resize(size.cols, size.rows)
		s.Press("2")
		s.Filter(box)
		s.SeeRow(box, "up")
		s.Press("l")
		s.SeeRow("gone", "漢字 line", "end")
		s.See("twindeck", "docker logs", "? help") // header, footer and frame are where they were
		s.framesStand(t, size.rows)
		s.Press("z", "]")
		s.See("Inspect")
		s.Press("/")
		s.Type("evil")
		s.Press("enter")
		s.See("evil")
		s.framesStand(t, size.rows)
		s.Press("esc", "z", "esc", "tab")
		s.Filter("attacker")
		s.SeeRow("attacker", "Running")
		s.Press("l")
		s.SeeRow("gone", "漢字 line", "end")
		s.framesStand(t, size.rows)
		s.Press("i")
		s.Press("esc", "y")
		s.See("kind: Pod")
		s.framesStand(t, size.rows)
		for _, sequence := range []string{"\x1b]0;owned", "\x1b]2;owned", "\x1b]52;", "\x9d"} {
			if raw := s.term.Raw(); strings.Contains(raw, sequence) {
				t.Errorf("%q reached the terminal: %q", sequence, raw)
			}
		}
		s.Press("esc", "q")
		s.Exits()
	}
}

// framesStand fails unless the first and last column hold the frame's edges in
// each row between header and footer.
func (s *session) framesStand(t *testing.T, rows int) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(s.Screen(), "\n"), "\n")
	if len(lines) != rows {
		t.Fatalf("%d rows, want %d\n%s", len(lines), rows, s.framed())
	}
	for _, l := range lines[1 : rows-2] {
		l = strings.TrimRight(l, " ")
		if !strings.ContainsAny(string([]rune(l)[:1]), "╭│╰") || !strings.HasSuffix(l, "╮") && !strings.HasSuffix(l, "│") && !strings.HasSuffix(l, "╯") {
			t.Fatalf("a frame does not stand: %q\n%s", l, s.framed())
		}
	}
}
