package logs

import "strings"

// level is how much a line matters, as its program says.
type level uint8

const (
	unsaid level = iota
	debugging
	informing
	warning
	failing
)

// levelWords are the names that programs give levels, in lower case.
var levelWords = map[string]level{
	"trace": debugging, "trc": debugging, "debug": debugging, "dbg": debugging, "verbose": debugging, "fine": debugging,
	"info": informing, "inf": informing, "information": informing, "notice": informing, "log": informing,
	"warn": warning, "wrn": warning, "warning": warning,
	"error": failing, "err": failing, "eror": failing, "fatal": failing, "ftl": failing, "panic": failing, "critical": failing,
	"crit": failing, "severe": failing, "alert": failing, "emerg": failing, "emergency": failing,
}

// levelKeys are the names of the field that holds the level.
var levelKeys = []string{"level", "lvl", "severity", "loglevel", "log.level", "levelname", "@level"}

// levelReach is how far into a line its level is looked for, in bytes.
const levelReach = 160

// levelOf finds a plain or logfmt line's level, and where it says so.
func levelOf(text string) (l level, from, to int) {
	head := text[:min(len(text), levelReach)]
	if l, from, to, ok := fieldLevel(head); ok {
		return l, from, to
	}
	if len(head) > 5 && strings.IndexByte("IWEFD", head[0]) >= 0 && allDigits(head[1:5]) && head[5] == ' ' { // klog: E0102 15:04:05
		return map[byte]level{'D': debugging, 'I': informing, 'W': warning, 'E': failing, 'F': failing}[head[0]], 0, 1
	}
	for i := 0; i < len(head); {
		if !letter(head[i]) {
			i++
			continue
		}
		end := i
		for end < len(head) && letter(head[end]) {
			end++
		}
		if l := wordLevel(head, i, end); l != unsaid {
			return l, i, end
		}
		i = end
	}
	return unsaid, 0, 0
}

// wordLevel is the level that a word stands for: written in capitals, or set
// apart as levels are: [warn], "error:" at the start.
func wordLevel(s string, from, to int) level {
	if to-from < 3 || to-from > 11 {
		return unsaid
	}
	word := s[from:to]
	if joined(s, from-1) || joined(s, to) {
		return unsaid
	}
	upper := word == strings.ToUpper(word)
	bracketed := from > 0 && to < len(s) && (s[from-1] == '[' && (s[to] == ']' || s[to] == ' ') || s[from-1] == '<' && s[to] == '>')
	leads := from == 0 && to < len(s) && s[to] == ':'
	if !upper && !bracketed && !leads {
		return unsaid
	}
	return levelWords[strings.ToLower(word)]
}

// joined tells that the character at i makes one word with what is beside it.
func joined(s string, i int) bool {
	return i >= 0 && i < len(s) && (letter(s[i]) || s[i] >= '0' && s[i] <= '9' || s[i] == '_' || s[i] == '-' || s[i] == '/' || s[i] == '.' && i+1 < len(s) && letter(s[i+1]))
}

// fieldLevel finds level=warn, lvl="error" and the like.
func fieldLevel(s string) (l level, from, to int, ok bool) {
	for at := 0; ; {
		i := strings.IndexByte(s[at:], '=')
		if i < 0 {
			return unsaid, 0, 0, false
		}
		i += at
		at = i + 1
		for _, k := range levelKeys {
			start := i - len(k)
			if start < 0 || !strings.EqualFold(s[start:i], k) || start > 0 && s[start-1] != ' ' && s[start-1] != ',' {
				continue
			}
			from = i + 1
			if from < len(s) && s[from] == '"' {
				from++
			}
			to = from
			for to < len(s) && letter(s[to]) {
				to++
			}
			if l := levelWords[strings.ToLower(s[from:to])]; l != unsaid {
				return l, from, to, true
			}
		}
	}
}

// numberLevel is the level of the numbers that pino and bunyan write.
func numberLevel(n int) level {
	switch {
	case n >= 50:
		return failing
	case n >= 40:
		return warning
	case n >= 30:
		return informing
	case n >= 10:
		return debugging
	}
	return unsaid
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func allDigits(s string) bool {
	_, ok := digits([]byte(s))
	return ok
}
