package logs

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/twindeck/twindeck/ui/screen"
)

// field is a member of a JSON object: its value as it is written.
type field struct{ key, value string }

// fieldsOf reads a line that is a JSON object, its members in the order they
// are written; ok is false for any other line.
func fieldsOf(line string) (fields []field, ok bool) {
	s := strings.TrimSpace(line)
	if len(s) < 2 || s[0] != '{' || s[len(s)-1] != '}' || !json.Valid([]byte(s)) {
		return nil, false
	}
	i := 1
	for {
		i = blank(s, i)
		if s[i] == '}' {
			return fields, true
		}
		end := valueEnd(s, i)
		key := s[i:end]
		i = blank(s, end) + 1 // past the colon
		i = blank(s, i)
		end = valueEnd(s, i)
		fields = append(fields, field{unquote(key), s[i:end]})
		i = blank(s, end)
		if s[i] == ',' {
			i++
		}
	}
}

func blank(s string, i int) int {
	for s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r' {
		i++
	}
	return i
}

// valueEnd is where the value that begins at i ends, in valid JSON.
func valueEnd(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '"':
			for i++; s[i] != '"'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', ':':
			if depth == 0 {
				return i
			}
		}
	}
	return i
}

// unquote is the text of a JSON string, clean: what was escaped is text from
// outside like the rest. Anything else is as it is written.
func unquote(v string) string {
	if len(v) < 2 || v[0] != '"' {
		return v
	}
	if strings.IndexByte(v, '\\') < 0 {
		return v[1 : len(v)-1]
	}
	var text string
	if json.Unmarshal([]byte(v), &text) != nil {
		return v
	}
	return screen.Clean(text)
}

// The names of the fields that lead a line, best first.
var (
	timeKeys    = []string{"time", "ts", "timestamp", "@timestamp", "t", "datetime", "date"}
	messageKeys = []string{"msg", "message", "@message", "event", "text"}
)

// take removes the first of some fields.
func take(fields []field, names []string) (f field, rest []field, ok bool) {
	for _, name := range names {
		for i := range fields {
			if strings.EqualFold(fields[i].key, name) && !strings.ContainsAny(fields[i].value[:1], "{[") {
				rest = append(append(make([]field, 0, len(fields)-1), fields[:i]...), fields[i+1:]...)
				return fields[i], rest, true
			}
		}
	}
	return field{}, fields, false
}

// compact writes an object as "time LEVEL message key=value …".
func compact(fields []field) shown {
	var b builder
	if f, rest, ok := take(fields, timeKeys); ok {
		fields = rest
		b.add(faint, clockOf(f.value))
		b.gap()
	}
	if f, rest, ok := take(fields, levelKeys); ok {
		if l, word := jsonLevel(f.value); l != unsaid {
			fields = rest
			b.out.level = l
			b.add(leveled, word)
			b.gap()
		}
	}
	if f, rest, ok := take(fields, messageKeys); ok {
		fields = rest
		b.add(plain, unquote(f.value))
		b.gap()
	}
	for _, f := range fields {
		b.add(named, f.key+"=")
		b.add(plain, fieldText(f.value))
		b.gap()
	}
	return b.done()
}

// jsonLevel reads the value of a level's field.
func jsonLevel(v string) (level, string) {
	text := unquote(v)
	if n, err := strconv.Atoi(text); err == nil {
		return numberLevel(n), [...]string{unsaid: text, debugging: "DEBUG", informing: "INFO", warning: "WARN", failing: "ERROR"}[numberLevel(n)]
	}
	return levelWords[strings.ToLower(text)], strings.ToUpper(text)
}

// clockOf writes a time as clock time where it is one; anything else stays.
func clockOf(v string) string {
	text := unquote(v)
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t.Local().Format(clockForm)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	for _, unit := range []float64{1, 1e3, 1e6, 1e9} { // seconds, or a part of them
		if s := n / unit; s > 1e9 && s < 5e9 {
			return time.UnixMicro(int64(s * 1e6)).Local().Format(clockForm)
		}
	}
	return text
}

// fieldText writes a value as logfmt would: quoted only where it must be.
func fieldText(v string) string {
	if v == "" || v[0] != '"' {
		return v
	}
	text := unquote(v)
	if text == "" || strings.ContainsAny(text, " =\"") {
		return strconv.Quote(text)
	}
	return text
}

// What an object written over several lines may take. Each level indents all that
// is in it: a short line of many levels would become a very long text.
const (
	maxDepth  = 64
	maxPretty = 256 << 10 // bytes
)

// indents reports whether valid JSON stays within those bounds when it is
// indented by two blanks a level.
func indents(s string) bool {
	depth, size := 0, len(s)
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			for i++; i < len(s) && s[i] != '"'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
			size += 1 + 2*depth
		case ',':
			size += 1 + 2*depth
		case '}', ']':
			depth--
			size += 1 + 2*depth
		case ':':
			size++
		}
		if depth > maxDepth || size > maxPretty {
			return false
		}
	}
	return true
}

// pretty writes an object over several lines; ok is false where that would be too
// many.
func pretty(line string) (shown, bool) {
	if !indents(line) {
		return shown{}, false
	}
	var out bytes.Buffer
	if json.Indent(&out, []byte(strings.TrimSpace(line)), "", "  ") != nil {
		return shown{}, false
	}
	var b builder
	if fields, ok := fieldsOf(line); ok {
		if f, _, ok := take(fields, levelKeys); ok {
			b.out.level, _ = jsonLevel(f.value)
		}
	}
	for i, row := range strings.Split(out.String(), "\n") {
		if i > 0 {
			b.add(plain, "\n")
		}
		key := len(row) - len(strings.TrimLeft(row, " "))
		if end := keyEnd(row[key:]); end > 0 {
			b.add(named, row[:key+end])
			row = row[key+end:]
		}
		b.add(plain, row)
	}
	return b.done(), true
}

// keyEnd is where the key of an indented line ends, colon included; 0: it has none.
func keyEnd(row string) int {
	if row == "" || row[0] != '"' {
		return 0
	}
	end := valueEnd(row, 0)
	if end < len(row) && row[end] == ':' {
		return end + 1
	}
	return 0
}
