package project

import (
	"bufio"
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
)

var (
	fromLine   = regexp.MustCompile(`(?i)^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?`)
	argLine    = regexp.MustCompile(`(?i)^\s*ARG\s+(\w+)(?:=(\S*))?`)
	copyLine   = regexp.MustCompile(`(?i)^\s*(?:COPY|ADD)\s.*?--from=(\S+)`)
	mountLine  = regexp.MustCompile(`(?i)--mount=\S*?\bfrom=([^\s,]+)`)
	anArgument = regexp.MustCompile(`\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)`)
)

// dockerfileUses are the images a Dockerfile starts from or copies from, as it
// names them, with build arguments filled in; its own stages are left out. A
// file that cannot be read uses none: the build says what is wrong with it.
func dockerfileUses(path string, args map[string]string, target string) []string {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return uses(text, args, target)
}

func uses(text []byte, args map[string]string, target string) []string {
	values := map[string]string{}
	stages := map[string]bool{}
	var out []string
	add := func(name string) {
		name = fill(strings.Trim(name, `"'`), values)
		if name != "" && name != "scratch" && !stages[strings.ToLower(name)] && strings.Trim(name, "0123456789") != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	last := ""
	for lines.Scan() {
		line := lines.Text()
		if m := fromLine.FindStringSubmatch(line); m != nil {
			if target != "" && strings.EqualFold(last, target) {
				return out // later stages are not built
			}
			add(m[1])
			if last = m[2]; last != "" {
				stages[strings.ToLower(last)] = true
			}
			continue
		}
		if m := argLine.FindStringSubmatch(line); m != nil {
			values[m[1]] = fill(strings.Trim(m[2], `"'`), values)
			if given, ok := args[m[1]]; ok {
				values[m[1]] = given
			}
		}
		for _, m := range [][]string{copyLine.FindStringSubmatch(line), mountLine.FindStringSubmatch(line)} {
			if m != nil {
				add(m[1])
			}
		}
	}
	return out
}

// fill puts build arguments in place of $NAME, ${NAME} and ${NAME:-default}.
func fill(text string, values map[string]string) string {
	return anArgument.ReplaceAllStringFunc(text, func(match string) string {
		m := anArgument.FindStringSubmatch(match)
		if value := values[m[1]+m[3]]; value != "" {
			return value
		}
		return m[2]
	})
}
