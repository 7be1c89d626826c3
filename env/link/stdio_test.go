package link_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/link"
)

// echo is a command that gives back each line in capitals.
func echo(_ context.Context, in io.Reader, out, _ io.Writer) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		if _, err := fmt.Fprintln(out, strings.ToUpper(lines.Text())); err != nil {
			return err
		}
	}
	return lines.Err()
}

func TestStdioIsAConnection(t *testing.T) {
	c := link.Stdio(t.Context(), echo)
	if _, err := io.WriteString(c, "hello\n"); err != nil {
		t.Fatal(err)
	}
	got, err := bufio.NewReader(c).ReadString('\n')
	if err != nil || got != "HELLO\n" {
		t.Errorf("read %q, %v", got, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("a closed connection can be read")
	}
}

func TestStdioTellsWhyTheCommandEnded(t *testing.T) {
	refused := errors.New("exit code 1")
	for name, c := range map[string]struct {
		said string
		err  error
		want string
	}{
		"an end without a word":      {"", nil, "EOF"},
		"an error alone":             {"", refused, "exit code 1"},
		"what it wrote":              {"no such socket\n", nil, "no such socket"},
		"what it wrote, and the end": {"no such socket\n", refused, "no such socket (exit code 1)"},
	} {
		conn := link.Stdio(t.Context(), func(_ context.Context, _ io.Reader, _, errs io.Writer) error {
			_, _ = io.WriteString(errs, c.said)
			return c.err
		})
		if _, err := conn.Read(make([]byte, 1)); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		_ = conn.Close()
	}
}

func TestStdioEndsTheCommandWhenClosed(t *testing.T) {
	ended := make(chan error, 1)
	conn := link.Stdio(t.Context(), func(ctx context.Context, _ io.Reader, _, _ io.Writer) error {
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	})
	_ = conn.Close()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the command ended with %v", err)
	}
}
