package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
)

// ask asks a question, and takes nothing but a yes for one; ctrl+c ends it.
func ask(ctx context.Context, question string, out io.Writer, in io.Reader) (yes bool, err error) {
	if _, err := fmt.Fprint(out, question+" [y/N] "); err != nil {
		return false, fmt.Errorf("asking: %w", err)
	}
	type answer struct {
		line string
		err  error
	}
	answers := make(chan answer, 1)
	go func() { // cannot be called off: it ends with the program, or with its line
		line, err := bufio.NewReader(in).ReadString('\n')
		answers <- answer{line, err}
	}()
	select {
	case a := <-answers:
		if a.err != nil { // the end of the input: the question's line is still open
			fmt.Fprintln(out)
		}
		word := strings.ToLower(strings.TrimSpace(a.line))
		return word == "y" || word == "yes", nil
	case <-ctx.Done():
		fmt.Fprintln(out)
		return false, fmt.Errorf("nothing was answered, so nothing was done: %w", context.Cause(ctx))
	}
}
