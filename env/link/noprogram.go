package link

import (
	"slices"
	"strings"
)

// unstarted are the exit codes of commands that a runtime could not start: those
// of a shell, and runc's own.
var unstarted = []int{126, 127, 255}

// NoProgram is why a program could not be started, by how it seems to have
// ended; empty: it ran. Docker, and the nodes that run on it or on CRI-O, have an
// exit code for that, and the runtime's words in the place of the program's, as
// the first that is said.
func NoProgram(name string, code int, said string) string {
	words, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
	switch {
	case !slices.Contains(unstarted, code), !strings.Contains(words, "exec failed") && !strings.Contains(words, "executable file"):
		return ""
	case strings.Contains(words, "not found"), strings.Contains(words, "no such file"):
		return "the image has no " + name
	}
	return strings.TrimSpace(words)
}
