package docker

import (
	"strings"
	"testing"
)

func TestDockerfileFault(t *testing.T) {
	tests := []struct {
		name, text string
		line       int
		says       string // empty: nothing is wrong
	}{
		{"sound", "# syntax=docker/dockerfile:1\nARG v=3\nFROM alpine:$v AS base\nRUN <<EOF\nNOT an instruction\nEOF\nFROM base\n", 0, ""},
		{"lower case", "from alpine\nrun true\n", 0, ""},
		{"misspelled", "FROM alpine\n\nCOPPY . .\n", 3, "unknown instruction COPPY"},
		{"no FROM", "ARG v=3\n", 0, "no FROM"},
		{"before FROM", "RUN true\nFROM alpine\n", 1, "RUN stands before the first FROM"},
		{"empty", "", 0, "no instructions"},
		{"heredoc without end", "FROM alpine\nRUN <<EOF\ntrue\n", 2, "heredoc"},
		{"a syntax of its own", "# syntax=example.com/mine\nWHATEVER x\n", 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			line, err := DockerfileFault([]byte(tt.text))
			if tt.says == "" {
				if err != nil {
					t.Fatalf("line %d: %v", line, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.says) || line != tt.line {
				t.Errorf("line %d: %v; want line %d: %s", line, err, tt.line, tt.says)
			}
		})
	}
}

func FuzzDockerfileFault(f *testing.F) {
	f.Add([]byte("FROM a\nRUN <<E\nx\nE\n"))
	f.Add([]byte("# escape=`\nFROM a\nRUN a `\nb"))
	f.Fuzz(func(t *testing.T, data []byte) {
		line, err := DockerfileFault(data)
		if line < 0 || err == nil && line != 0 {
			t.Errorf("line %d with %v", line, err)
		}
	})
}
