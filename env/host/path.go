package host

import "strings"

// Join joins path elements the way the host writes paths, which in a test need
// not be the way the running system does.
func Join(h Host, elem ...string) string {
	sep := "/"
	if h.OS() == "windows" {
		sep = `\`
	}
	var b strings.Builder
	for _, e := range elem {
		if e == "" {
			continue
		}
		if b.Len() > 0 {
			if !strings.HasSuffix(b.String(), sep) {
				b.WriteString(sep)
			}
			e = strings.TrimLeft(e, sep)
		}
		b.WriteString(e)
	}
	return b.String()
}
