package checks

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/project"
)

// A script is at most so long, and a project has at most so many that are read.
const (
	longestScript = 1 << 20
	mostScripts   = 100
)

func probeLineEnds(ctx context.Context, m *Machine) Finding {
	p, err := m.project(ctx)
	if err != nil || p.Dockerfile == "" {
		return notHere("There is no Dockerfile here")
	}
	scripts := scriptsOf(m.Host, p)
	if len(scripts) == 0 {
		return ok("No script goes into the image").saw(p.Context, "no *.sh, and none in the Dockerfile")
	}
	f := ok("They have")
	var edits []Edit
	for _, path := range scripts {
		data, err := m.Host.ReadFile(path)
		if err != nil || !windowsScript(path, data) {
			continue
		}
		edits = append(edits, Edit{Path: path, Old: data, New: bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))})
		first, _, _ := bytes.Cut(data, []byte("\n"))
		f = f.saw(path, "its lines end with CR LF: %q", string(first))
	}
	if len(edits) == 0 {
		return f.saw(p.Context, "%d scripts looked at", len(scripts))
	}
	f.Status = Warn
	f.Summary = fmt.Sprintf("%s has Windows line ends: in a container it fails with \\r, or \"no such file or directory\"", baseName(edits[0].Path))
	if len(edits) > 1 {
		f.Summary = fmt.Sprintf("%d scripts have Windows line ends: in a container they fail with \\r, or \"no such file or directory\"", len(edits))
	}
	fix := &Fix{Title: "Give the scripts the line ends of Linux", Edits: edits}
	for _, e := range edits {
		fix.Changes = append(fix.Changes, e.Path+": CR LF becomes LF (a backup is kept beside it)")
	}
	h := m.Host
	fix.Run = func(_ context.Context, say func(string)) (*Undo, error) { return apply(h, edits, say) }
	return f.fix(fix).byHand("Save them with LF line ends",
		"So that git keeps them so: a line `*.sh text eol=lf` in .gitattributes, then git add --renormalize .")
}

// windowsScript reports whether a script would not run in a container for its
// line ends.
func windowsScript(path string, data []byte) bool {
	if bytes.HasPrefix(data, []byte("#!")) {
		first, _, _ := bytes.Cut(data, []byte("\n"))
		return bytes.HasSuffix(first, []byte("\r"))
	}
	return strings.HasSuffix(path, ".sh") && bytes.Contains(data, []byte("\r\n"))
}

var dockerfileWord = regexp.MustCompile(`[\w./-]+`)

// scriptsOf are files that may be scripts: *.sh in the build context's folder,
// and what the Dockerfile names and is there.
func scriptsOf(h host.Host, p project.Project) []string {
	var found []string
	add := func(path string) {
		if len(found) >= mostScripts || slices.Contains(found, path) {
			return
		}
		if i, err := h.Stat(path); err == nil && i.Mode().IsRegular() && i.Size() <= longestScript {
			found = append(found, path)
		}
	}
	if entries, err := h.ReadDir(p.Context); err == nil {
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".sh") {
				add(host.Join(h, p.Context, e.Name()))
			}
		}
	}
	data, err := h.ReadFile(p.Dockerfile)
	if err != nil {
		return found
	}
	for _, word := range dockerfileWord.FindAllString(string(data), -1) {
		word = strings.TrimPrefix(word, "./")
		if strings.HasPrefix(word, "/") || strings.HasPrefix(word, ".") || strings.Contains(word, "..") {
			continue
		}
		if h.OS() == "windows" {
			word = strings.ReplaceAll(word, "/", `\`)
		}
		add(host.Join(h, p.Context, word))
	}
	return found
}

func baseName(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }
