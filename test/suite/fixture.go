package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// fixtureDir holds the fixture's driver, a module of its own.
const fixtureDir = "test/fixture"

// fixture runs one of the driver's commands, its output shown.
func (s *suite) fixture(args ...string) error {
	return s.command("go", append([]string{"-C", fixtureDir, "run", "."}, args...)...).Run()
}

// ask runs one of the driver's commands and returns what it printed; what it
// says of itself goes to notes.
func (s *suite) ask(command string, notes io.Writer) ([]byte, error) {
	cmd := exec.CommandContext(s.ctx, "go", "-C", fixtureDir, "run", ".", command)
	cmd.Stderr = notes
	return cmd.Output()
}

// fixtureIsUp reports whether somebody brought the fixture up before; then it
// is theirs to take down. What a crash left of one is nobody's.
func (s *suite) fixtureIsUp() bool {
	out, err := s.ask("status", io.Discard)
	return err == nil && strings.TrimSpace(string(out)) != "down"
}

// fixtureEnv returns our environment, pointed at the fixture.
func (s *suite) fixtureEnv() ([]string, error) {
	out, err := s.ask("env", os.Stderr)
	if err != nil {
		return nil, fmt.Errorf("asking the fixture for its environment: %w", err)
	}
	return exports(os.Environ(), out)
}
