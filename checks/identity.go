package checks

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/twindeck/twindeck/env/host"
)

// identity is what names a person or a machine in paths and messages, and what
// is written instead.
type identity []alias

type alias struct {
	find *regexp.Regexp
	put  string
}

// nobody are names that many have: hiding them would hide nobody, and a lot besides.
var nobody = []string{
	"", "root", "admin", "administrator", "user", "docker", "default", "node", "runner", "ubuntu", "debian", "vscode",
	"localhost", "docker-desktop", "kubernetes", "twindeck", "host", "local", "home",
}

// nameLimit is how long a machine may take to say its name.
const nameLimit = time.Second

// identify asks the machine. The home directory is written as ~, the names of
// the user and of the machine as <user> and <host>; what is not known stays.
func identify(ctx context.Context, h host.Host) identity {
	home := strings.TrimRight(h.Home(), `/\`)
	var id identity
	if home != "" {
		// JSON doubles the backslashes of Windows, and some programs turn them.
		for _, spelling := range []string{home, strings.ReplaceAll(home, `\`, `\\`), strings.ReplaceAll(home, `\`, "/")} {
			id = id.with(spelling, "~")
		}
	}
	id = id.with(firstTelling(append(valuesOf(h, "USER", "LOGNAME", "USERNAME"), home[strings.LastIndexAny(home, `/\`)+1:])), "<user>")

	machines := valuesOf(h, "HOSTNAME", "COMPUTERNAME")
	ctx, cancel := context.WithTimeout(ctx, nameLimit)
	defer cancel()
	if r, err := h.Run(ctx, host.Command{Path: "hostname"}); err == nil && r.Code == 0 {
		machines = append(machines, oneLine(r.Stdout))
	}
	if data, err := h.ReadFile("/etc/hostname"); err == nil {
		machines = append(machines, oneLine(string(data)))
	}
	machine, _, _ := strings.Cut(firstTelling(machines), ".")
	return id.with(machine, "<host>")
}

// valuesOf are the values of environment variables, empty for one not set.
func valuesOf(h host.Host, names ...string) []string {
	var values []string
	for _, name := range names {
		value, _ := h.Getenv(name)
		values = append(values, value)
	}
	return values
}

func (id identity) with(word, put string) identity {
	if word == "" {
		return id
	}
	return append(id, alias{regexp.MustCompile(`(?i)` + regexp.QuoteMeta(word)), put})
}

// firstTelling is the first name that tells somebody from others.
func firstTelling(names []string) string {
	for _, n := range names {
		if len(n) > 1 && !slices.Contains(nobody, strings.ToLower(n)) {
			return n
		}
	}
	return ""
}

// hide writes what stands instead of each name, wherever that is a word of its own.
func (id identity) hide(text string) string {
	for _, a := range id {
		text = a.hide(text)
	}
	return text
}

func (a alias) hide(text string) string {
	var b strings.Builder
	at := 0
	for _, m := range a.find.FindAllStringIndex(text, -1) {
		first, _ := utf8.DecodeRuneInString(text[m[0]:])
		before, _ := utf8.DecodeLastRuneInString(text[:m[0]])
		after, _ := utf8.DecodeRuneInString(text[m[1]:])
		if alphanumeric(before) && alphanumeric(first) || alphanumeric(after) {
			continue // part of another word, or of the folder beside
		}
		b.WriteString(text[at:m[0]] + a.put)
		at = m[1]
	}
	b.WriteString(text[at:])
	return b.String()
}

func alphanumeric(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
