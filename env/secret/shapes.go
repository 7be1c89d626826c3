package secret

import (
	"regexp"
	"strings"
	"sync"
)

// shape is what a secret looks like, whatever its name. Its one group is
// hidden; what plain accepts is no secret after all.
type shape struct {
	sign  string // text without the sign is not searched; empty: none
	find  *regexp.Regexp
	plain func(value, after string) bool
}

// shapes are compiled when first asked for: together they take a while.
var shapes = sync.OnceValue(func() []shape {
	return []shape{
		// A private key, up to its end or to whatever is left of it. In JSON its
		// line breaks are written \n.
		{sign: "PRIVATE KEY", find: regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----((?:[^-*]|-[^-*])+)`)},
		// The password of an address.
		{
			sign:  "://",
			find:  regexp.MustCompile(`\b[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@"'?#]*:([^\s/"']+@|[^\s/@"'\d][^\s@"']*@)`),
			plain: func(_, after string) bool { return strings.HasPrefix(after, "sha256:") }, // name:tag@digest
		},
		// A token in the place of the user of an address.
		{sign: "://", find: regexp.MustCompile(`\bhttps?://([A-Za-z0-9_~.-]{16,})@`), plain: noDigit},
		{sign: "earer ", find: regexp.MustCompile(`[Bb]earer[ \t]+([A-Za-z0-9+/=._~-]{8,})`), plain: prose},
		{sign: "asic ", find: regexp.MustCompile(`[Bb]asic[ \t]+([A-Za-z0-9+/]{8,}={0,2})`), plain: prose},
		{find: regexp.MustCompile(`(eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)`)},
		// An AWS key, and the secret key where it follows.
		{sign: "AKIA", find: regexp.MustCompile(`AKIA[A-Z0-9]{16}["':,;|\s]+([A-Za-z0-9/+]{40})\b`)},
		{sign: "ASIA", find: regexp.MustCompile(`ASIA[A-Z0-9]{16}["':,;|\s]+([A-Za-z0-9/+]{40})\b`)},
		{find: regexp.MustCompile(`(AKIA[A-Z0-9]{16})\b`)},
		{find: regexp.MustCompile(`(ASIA[A-Z0-9]{16})\b`)},
		{find: regexp.MustCompile(`hooks\.slack\.com/services/([A-Za-z0-9/]{10,})`)},
		// kubectl create secret --from-literal=name=value, whatever the name.
		{find: regexp.MustCompile(`--from-literal(?:=|[ \t]+|\\*["'][ \t]*,[ \t]*\\*["'])["']?[^\s"'=]+=([^\s"'\\]+)`)},
		// Programs whose short flags take a secret, also as a list of arguments.
		{sign: "login", find: regexp.MustCompile(`login\b[^\r\n|;&]*?[\s"',]-p(?:[ \t=]*["']?|\\*["'][ \t]*,[ \t]*\\*["'])([^\s"',\\-][^\s"',\\]*)`)},
		{sign: "sshpass", find: regexp.MustCompile(`sshpass[ \t]+-p[ \t]*["']?([^\s"',\\-][^\s"',\\]*)`)},
		{sign: "mysql", find: regexp.MustCompile(`mysql[a-z]*[ \t](?:[^\r\n|;&]*?[ \t])?-p([^\s"',-][^\s"',]*)`)},
		{sign: "redis-cli", find: regexp.MustCompile(`redis-cli\b[^\r\n|;&]*?[ \t]-a[ \t]*["']?([^\s"',-][^\s"',]*)`)},
		{sign: "curl", find: regexp.MustCompile(`curl\b[^\r\n|;&]*?[ \t](?:-u|--user)[ \t=]*["']?[^\s"':]+:([^\s"']+)`)},
	}
})

// tokens are how the tokens of well-known services begin, and how many
// characters at least follow.
var tokens = []struct {
	begins string
	min    int
}{
	{"ghp_", 10},
	{"gho_", 10},
	{"ghu_", 10},
	{"ghs_", 10},
	{"ghr_", 10},
	{"github_pat_", 10},
	{"glpat-", 10},
	{"gldt-", 10},
	{"glrt-", 10},
	{"glcbt-", 10},
	{"glptt-", 10},
	{"glft-", 10},
	{"glsoat-", 10},
	{"glagent-", 10},
	{"xoxa-", 10},
	{"xoxb-", 10},
	{"xoxe-", 10},
	{"xoxo-", 10},
	{"xoxp-", 10},
	{"xoxr-", 10},
	{"xoxs-", 10},
	{"xapp-", 10},
	{"dckr_pat_", 10},
	{"dckr_oat_", 10},
	{"npm_", 30},
	{"pypi-", 40},
	{"AIza", 35},
	{"ya29.", 20},
	{"sk_live_", 16},
	{"sk_test_", 16},
	{"rk_live_", 16},
	{"sk-ant-", 20},
	{"sk-proj-", 20},
	{"hf_", 30},
	{"dop_v1_", 20},
	{"hvs.", 20},
	{"hvb.", 20},
	{"AGE-SECRET-KEY-1", 20},
}

var word = regexp.MustCompile(`^[A-Z]?[a-z]+[.,]?$`)

// prose accepts a word of a sentence: "basic authentication", "Basic Constraints".
func prose(value, _ string) bool { return word.MatchString(value) }

func noDigit(value, _ string) bool { return !strings.ContainsAny(value, "0123456789") }

func maskShapes(text string) string {
	for _, s := range shapes() {
		if !strings.Contains(text, s.sign) {
			continue
		}
		text = replace(text, s.find, func(value, after string) string {
			switch {
			case s.plain != nil && s.plain(value, after):
				return value
			case strings.HasSuffix(value, "@"):
				return Hidden + "@"
			default:
				return Hidden
			}
		})
	}
	for _, t := range tokens {
		text = maskTokens(text, t.begins, t.min)
	}
	return text
}

// replace puts something else in the place of the first group of each match.
func replace(text string, find *regexp.Regexp, put func(value, after string) string) string {
	found := find.FindAllStringSubmatchIndex(text, -1)
	if found == nil {
		return text
	}
	var b strings.Builder
	at := 0
	for _, m := range found {
		b.WriteString(text[at:m[2]])
		b.WriteString(put(text[m[2]:m[3]], text[m[3]:]))
		at = m[3]
	}
	b.WriteString(text[at:])
	return b.String()
}

// maskTokens hides the tokens that begin in one way.
func maskTokens(text, begins string, least int) string {
	var b strings.Builder
	rest := text
	for {
		i := strings.Index(rest, begins)
		if i < 0 {
			break
		}
		end := i + len(begins)
		for end < len(rest) && inName(rest[end]) {
			end++
		}
		if end-i < len(begins)+least {
			b.WriteString(rest[:end])
		} else {
			b.WriteString(rest[:i])
			b.WriteString(Hidden)
		}
		rest = rest[end:]
	}
	if len(rest) == len(text) {
		return text
	}
	b.WriteString(rest)
	return b.String()
}
