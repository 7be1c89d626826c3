package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// output is how a command tells what it found or did.
type output string

const (
	textOutput     output = "text"
	jsonOutput     output = "json"
	junitOutput    output = "junit"
	markdownOutput output = "markdown"
)

// outputFlag is the value of --output: one of those a command has.
type outputFlag struct {
	chosen  *output
	allowed []string
}

// String is the output chosen.
func (f outputFlag) String() string {
	if f.chosen == nil {
		return ""
	}
	return string(*f.chosen)
}

// Set chooses an output.
func (f outputFlag) Set(value string) error {
	if !slices.Contains(f.allowed, value) {
		last := len(f.allowed) - 1
		return fmt.Errorf("use %s or %s", strings.Join(f.allowed[:last], ", "), f.allowed[last])
	}
	*f.chosen = output(value)
	return nil
}

// Type names the values in the help.
func (f outputFlag) Type() string { return strings.Join(f.allowed, "|") }

// addOutput gives a command the flag --output: text, json, and what more it has.
func addOutput(cmd *cobra.Command, chosen *output, more ...output) {
	f := outputFlag{chosen: chosen, allowed: []string{string(textOutput), string(jsonOutput)}}
	usage := "how to tell: text, or json with one object a line"
	for _, o := range more {
		f.allowed = append(f.allowed, string(o))
		usage += ", or " + string(o)
	}
	cmd.Flags().VarP(f, "output", "o", usage)
	// The flag was defined on the line above.
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(f.allowed, cobra.ShellCompDirectiveNoFileComp))
}

// writeJSON writes an object on a line of its own.
func writeJSON(w io.Writer, v any) error {
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return fmt.Errorf("writing the output: %w", err)
	}
	return nil
}
