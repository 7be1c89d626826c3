package checks

import (
	"regexp"
	"strings"
	"sync"

	"github.com/twindeck/twindeck/env/secret"
)

// blanks find the names that advice leaves open: {image} in a Do is filled by
// the group called image. The first rule that finds one, counts. Groups hold
// letters, digits and a few signs only: advice is copied into shells. They are
// compiled when first asked for: together they take a while.
var blanks = sync.OnceValue(func() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`(?i)(?:pull(?:ing)?(?: and unpack)? image|resolve reference|manifest for|access denied for|container image|parse image name|no such image:|does not provide the specified platform.*|push refers to repository) *\\?["'\[]?(?P<image>[a-z0-9][\w.:/@-]*[\w])`),
		regexp.MustCompile(`(?i)\bimage \\?"(?P<image>[a-z0-9][\w.:/@-]*[\w])`),
		regexp.MustCompile(`(?P<registry>(?P<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?)`),
		regexp.MustCompile(`(?P<registry>(?P<acr>[a-z0-9]+)\.azurecr\.(?:io|cn|us))`),
		regexp.MustCompile(`(?P<registry>(?:[a-z0-9-]+\.)*(?:gcr\.io|pkg\.dev))`),
		regexp.MustCompile(`https?://(?P<registry>[A-Za-z0-9][\w.-]*(?::\d+)?)/v2/`),
		regexp.MustCompile(`(?:reference|image|for|repository) \\?["'\[]?(?P<registry>(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::\d+)?|localhost(?::\d+)?|[a-z0-9-]+:\d+)/`),
		regexp.MustCompile(`\b(?P<registry>ghcr\.io|quay\.io|registry\.gitlab\.com|docker\.io)\b`),
		regexp.MustCompile(`(?:Bind for|bind (?:host )?port|listen (?:tcp|udp)[46]?:?|expos(?:e|ing) port \w+|for|address|bind\(\) to) \S{0,50}?:(?P<port>\d{1,5})\b`),
		regexp.MustCompile(`\bport (?P<port>\d{1,5})\b`),
		regexp.MustCompile(`:::?(?P<port>\d{2,5})\b`),
		regexp.MustCompile(`(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\]):(?P<port>\d{2,5})\b`),
		regexp.MustCompile(`context with the name: "(?P<context>[\w.:/@-]+)"`),
		regexp.MustCompile(`specified context: (?P<context>[\w.:/@-]+)`),
		regexp.MustCompile(`context "(?P<context>[\w.:/@-]+)"`),
		regexp.MustCompile(`The path (?P<path>[\w./:\\~-]+)`),
		regexp.MustCompile(`exec(?:utable)?:? \\?"?(?P<program>[\w./@+-]+)\\?"?:? (?:executable file )?not found`),
		regexp.MustCompile(`exec \\?"?(?P<program>[\w./@+-]+)\\?"?: (?:no such file|exec format)`),
		regexp.MustCompile(`exec: \\?"(?P<program>[\w./@+-]+)\\?":`),
		regexp.MustCompile(`(?P<program>docker-credential-[\w.-]+)`),
		regexp.MustCompile(`cannot (?P<verb>[a-z]+) resource "(?P<resource>[a-z0-9./-]+)"(?:.*?in the namespace "(?P<namespace>[a-z0-9-]+)")?`),
		regexp.MustCompile(`client \(v?(?P<client>[\d.]+)\) and server \(v?(?P<server>[\d.]+)\)`),
		regexp.MustCompile(`(?i)minimum supported api version is (?P<api>[\d.]+)`),
		regexp.MustCompile(`(?i)maximum supported api version is (?P<api>[\d.]+)`),
		regexp.MustCompile(`(?i)(?:no matching manifest for|no match for platform in manifest.*?|platform) \(?(?P<platform>(?:linux|windows)/[a-z0-9]+(?:/v\d)?)`),
		regexp.MustCompile(`(?i)\b(?P<kind>configmap|secret|serviceaccount|persistentvolumeclaim|namespace|priorityclass|storageclass)s?(?:\.[a-z0-9.]+)? "(?P<name>[a-z0-9][a-z0-9./-]*)" not found`),
		regexp.MustCompile(`namespaces "(?P<namespace>[a-z0-9-]+)"`),
		regexp.MustCompile(`container name "/?(?P<name>[\w.-]+)" is already in use`),
		regexp.MustCompile(`network (?P<name>[\w.-]+) (?:declared as external|not found)`),
		regexp.MustCompile(`(?i)unknown field "(?P<field>[\w.\[\]-]+)"`),
		regexp.MustCompile(`(?i)missing required field "(?P<field>[\w.\[\]-]+)"`),
		regexp.MustCompile(`(?P<field>(?:metadata|spec|data)[\w.\[\]-]*): (?:Required|Invalid) value`),
		regexp.MustCompile(`(?:yaml: |on |at )?\bline (?P<line>\d+)`),
		regexp.MustCompile(`non-numeric user \((?P<user>[\w.-]+)\)`),
		regexp.MustCompile(`(?i)(?:failed calling webhook|webhook) "(?P<name>[a-z0-9.-]+)"`),
		regexp.MustCompile(`(?i)retrieve some image pull secrets \((?P<name>[a-z0-9., -]+)\)`),
		regexp.MustCompile(`(?i)lookup (?P<host>[\w.-]+?)(?: on|:|\.? )`),
		regexp.MustCompile(`(?i)(?:resolve host:?|bad address|ENOTFOUND|EAI_AGAIN) '?(?P<host>[\w.-]+)`),
		regexp.MustCompile(`statuscode: (?P<status>\d{3})`),
		regexp.MustCompile(`kubernetes\.io/(?P<taint>[a-z-]+)`),
		regexp.MustCompile(`Insufficient (?P<resource>cpu|memory|ephemeral-storage)`),
	}
})

// unnamed stand where the text does not say.
var unnamed = map[string]string{
	"image": "IMAGE", "registry": "REGISTRY", "account": "ACCOUNT", "region": "REGION", "acr": "NAME", "port": "PORT",
	"context": "NAME", "path": "the folder", "program": "the program", "verb": "VERB", "resource": "RESOURCE", "namespace": "NAMESPACE",
	"client": "CLIENT", "server": "the server's version", "api": "VERSION", "platform": "linux/ARCHITECTURE", "kind": "object", "name": "NAME",
	"field": "the field", "line": "named", "user": "NAME", "host": "HOST", "status": "an error", "taint": "TAINT",
}

var blank = regexp.MustCompile(`\{[a-z]+\}`)

// filled has names in the symptom's words: from the line itself, else from near it.
func (s Symptom) filled(line, near string) Symptom {
	put := func(words string) string {
		return blank.ReplaceAllStringFunc(words, func(b string) string {
			name := strings.Trim(b, "{}")
			for _, text := range []string{line, near} {
				if value := given(name, text); value != "" {
					return value
				}
			}
			if word, known := unnamed[name]; known {
				return word
			}
			return b
		})
	}
	s.Cause = put(s.Cause)
	steps := make([]string, len(s.Do))
	for i, step := range s.Do {
		steps[i] = put(step)
	}
	s.Do = steps
	return s
}

// given is what a text says for a blank; empty for nothing.
func given(name, text string) string {
	for _, rule := range blanks() {
		i := rule.SubexpIndex(name)
		if i < 0 {
			continue
		}
		if m := rule.FindStringSubmatch(text); m != nil && m[i] != "" && secret.Mask(m[i]) == m[i] {
			return canonical(name, m[i])
		}
	}
	return ""
}

// canonical names Docker Hub as `docker login` knows it.
func canonical(name, value string) string {
	if name == "registry" && (strings.HasSuffix(value, ".docker.io") || value == "index.docker.io") {
		return "docker.io"
	}
	return value
}
