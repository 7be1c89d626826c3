package screen

import (
	"os"
	"path/filepath"
	"strings"
)

// Path is a path of this machine as a person writes it: from the folder one
// stands in, unless it says otherwise; ~ is the home folder; what cannot be
// typed is written as Quote does.
func (c *Context) Path(typed string) string {
	typed = Unquote(strings.TrimSpace(typed))
	if rest, ok := strings.CutPrefix(typed, "~"); ok && (rest == "" || rest[0] == '/' || rest[0] == os.PathSeparator) {
		typed = filepath.Join(c.Env.Host.Home(), rest)
	}
	if !filepath.IsAbs(typed) {
		typed = filepath.Join(c.Env.Dir, typed)
	}
	return filepath.Clean(typed)
}
