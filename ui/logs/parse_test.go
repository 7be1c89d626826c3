package logs

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/twindeck/twindeck/ui/screen"
)

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		line string
		want level
	}{
		{"2026-11-20 12:00:00 ERROR something", failing},
		{"[WARN ][o.o.DiskMonitor] high disk", warning},
		{"[error] upstream timed out", failing},
		{"<info> all is well", informing},
		{"error: no such file", failing},
		{"panic: runtime error", failing},
		{"E0102 15:04:05.000 1 main.go:1] boom", failing},
		{"W1231 15:04:05.000 1 main.go:1] hm", warning},
		{"LOG:  checkpoint starting", informing},
		{`level=warn msg="disk is full"`, warning},
		{`time=12:00 lvl="debug" msg=x`, debugging},
		{"severity=CRITICAL x=1", failing},
		{"no error at all", unsaid},
		{"GET /error/INFO.html 200", unsaid},
		{"loglevel of ERRORS", unsaid},
		{"ERROR_CODE is 3", unsaid},
		{"plain text", unsaid},
		{"", unsaid},
		{strings.Repeat("x ", 100) + "ERROR too far away", unsaid},
		{`{"level":"error","msg":"x"}`, failing},
		{`{"severity":"WARNING","message":"x"}`, warning},
		{`{"level":50,"msg":"x"}`, failing},
		{`{"level":30,"msg":"x"}`, informing},
		{`{"lvl":"trace","msg":"x"}`, debugging},
		{`{"msg":"ERROR in a message"}`, unsaid},
	} {
		if got := show(entry{text: c.line}, formCompact).level; got != c.want {
			t.Errorf("%q is of level %d, want %d", c.line, got, c.want)
		}
	}
}

func TestCompact(t *testing.T) {
	noonLocal := noon.Local().Format(clockForm)
	for _, c := range []struct{ line, want string }{
		{`{"time":"2026-11-20T12:00:00Z","level":"info","msg":"hello","a":1}`, noonLocal + " INFO hello a=1"},
		{`{"ts":1795176000.25,"severity":"error","message":"late","b":"two words","c":""}`, noonLocal + ` ERROR late b="two words" c=""`},
		{`{"ts":1795176000250,"level":40,"msg":"pino"}`, noonLocal + " WARN pino"},
		{`{"a":{"b":[1, 2]},"c":null,"d":true}`, `a={"b":[1, 2]} c=null d=true`},
		{`{"msg":"tab\tand \u001b[31mred"}`, "tab  and red"},
		{`{"level":{"odd":1},"msg":"x"}`, `x level={"odd":1}`},
		{`{"level":"shouting","msg":"x"}`, "x level=shouting"},
		{` {"msg" : "spaced" , "k" : "v"} `, "spaced k=v"},
		{`{}`, "{}"},
		{`{"broken":`, `{"broken":`},
		{`[1,2]`, `[1,2]`},
	} {
		if got := show(entry{text: c.line}, formCompact).text; got != c.want {
			t.Errorf("%s is shown as %q, want %q", c.line, got, c.want)
		}
	}
}

func FuzzShow(f *testing.F) {
	for _, s := range []string{"", "ERROR x", `{"level":"info","msg":"hello"}`, `{"a":{"b":[1,"}"]},"c":"\\\""}`, "level=warn", `{"msg":"\u001b[31m"}`, "漢字", "{\"\": 1}", nested(10), nested(8000)} {
		f.Add(s, 7, 3)
	}
	f.Fuzz(func(t *testing.T, line string, width, column int) {
		e := entry{text: screen.CleanLogLine(line)}
		width, column = 1+abs(width)%200, abs(column)%300
		for _, form := range []form{formCompact, formPretty, formRaw} {
			s := show(e, form)
			if len(s.text) > max(maxPretty, 2*len(e.text)+100) {
				t.Fatalf("%d bytes are shown as %d", len(e.text), len(s.text))
			}
			if !utf8.ValidString(s.text) || form != formPretty && strings.Contains(s.text, "\n") {
				t.Fatalf("shown as %q", s.text)
			}
			for _, r := range s.text {
				if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Cf, r) {
					t.Fatalf("%U left in %q", r, s.text)
				}
			}
			end := 0
			for _, p := range s.parts {
				if p.end < end || p.end > len(s.text) {
					t.Fatalf("parts %v of %d bytes", s.parts, len(s.text))
				}
				end = p.end
			}
			if end != len(s.text) {
				t.Fatalf("parts %v do not reach the end of %q", s.parts, s.text)
			}
			for _, wrap := range []bool{true, false} {
				var whole strings.Builder
				for _, r := range rowsOf(s.text, width, column, wrap) {
					text := s.text[r.from:r.to]
					if w := widthOf(s.text, r); w > width && screen.Width(text) > 2 {
						t.Fatalf("a row of %d cells in %d: %q", w, width, text)
					}
					whole.WriteString(text)
				}
				if wrap && whole.String() != strings.ReplaceAll(s.text, "\n", "") {
					t.Fatalf("wrapping made %q of %q", whole.String(), s.text)
				}
			}
		}
	})
}

// nested is an object of so many levels.
func nested(depth int) string {
	return `{"a":` + strings.Repeat("[", depth) + "1" + strings.Repeat("]", depth) + "}"
}

// A line that would take too much over many lines stays one, and can be seen.
func TestPrettyIsBounded(t *testing.T) {
	wide := `{"a":[` + strings.Repeat("[],", 5000) + "[]]}"
	deep := `{"a":` + strings.Repeat(`{"b":`, 40) + "[" + strings.Repeat("1,", 7000) + "1]" + strings.Repeat("}", 40) + "}"
	for _, c := range []struct {
		line string
		rows bool
	}{
		{nested(10), true},
		{nested(maxDepth - 1), true},
		{nested(maxDepth), false},
		{nested(8000), false},
		{wide, true},
		{deep, false},
		{`{"a":"` + strings.Repeat("[", 1000) + `\"{"}`, true},
	} {
		s := show(entry{text: c.line}, formPretty)
		if rows := strings.Contains(s.text, "\n"); rows != c.rows || len(s.text) > maxPretty || s.text == "" {
			t.Errorf("%.40s… is shown in %d bytes, over several lines: %v", c.line, len(s.text), rows)
		}
	}
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}

func FuzzFields(f *testing.F) {
	for _, s := range []string{`{"a":1,"b":"x"}`, `{"a":{"b":[1,{"c":"}"}]},"d":[]}`, ` { "a" : -1.5e3 , "b" : null } `, `{"\"":"\\"}`, `{}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		fields, ok := fieldsOf(line)
		var want map[string]json.RawMessage
		s := strings.TrimSpace(line)
		if isObject := strings.HasPrefix(s, "{") && json.Unmarshal([]byte(s), &want) == nil; ok != isObject {
			t.Fatalf("%q: read %v, is an object: %v", line, ok, isObject)
		}
		for _, f := range fields {
			if !json.Valid([]byte(f.value)) {
				t.Fatalf("%q: the value of %q is %q", line, f.key, f.value)
			}
		}
		if len(fields) < len(want) {
			t.Fatalf("%q: %d of %d members", line, len(fields), len(want))
		}
	})
}

func FuzzCutStamp(f *testing.F) {
	for _, s := range []string{"2026-11-20T12:00:00Z x", "2026-11-20T12:00:00.123456789Z x", "2026-11-20T13:00:00.5+01:00 x", "2026-02-30T12:00:00Z x", "2026-11-20T12:00:00Z", "no time", "2026-11-20T12:00:00.Z x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		at, rest := cutStamp([]byte(line))
		stamp, after, _ := strings.Cut(line, " ")
		if want, err := time.Parse(time.RFC3339Nano, stamp); at != 0 && (err != nil || want.UnixNano() != at || string(rest) != after) {
			t.Fatalf("%q: read as %v and %q, is %v, %v", line, time.Unix(0, at).UTC(), rest, want, err)
		} else if at == 0 && string(rest) != line {
			t.Fatalf("%q: no time, and yet %q is left", line, rest)
		} else if plain := len(stamp) <= len("2006-01-02T15:04:05.000000000Z"); at == 0 && err == nil && plain && strings.HasSuffix(stamp, "Z") && want.Year() > 1970 && want.Year() < 2200 && len(stamp) > 19 && stamp[19] != ',' && stamp[10] == 'T' {
			t.Fatalf("%q: its time is not read", line)
		}
	})
}
