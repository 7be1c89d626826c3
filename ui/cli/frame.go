package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// frame draws a page over the one before it, on the terminal's ordinary
// screen. A line is overwritten and then cleared to its end, and all of a page
// is one write, so that nothing flickers.
type frame struct {
	out   io.Writer
	size  func() (width, height int)
	lines int // of the page on the screen
}

// newFrame returns a frame on out, nil if that is no terminal that can move its cursor.
func newFrame(out io.Writer) *frame {
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(file.Fd()) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	lipgloss.EnableLegacyWindowsANSI(file)
	return &frame{out: file, size: func() (int, int) {
		width, height, err := term.GetSize(file.Fd())
		if err != nil || width <= 0 || height <= 0 {
			return 80, 24
		}
		return width, height
	}}
}

// draw puts a page in the place of the one before. What does not fit is cut:
// a line that wrapped or scrolled away could not be drawn over.
func (f *frame) draw(page string) error {
	width, height := f.size()
	lines := strings.Split(strings.TrimSuffix(page, "\n"), "\n")
	if room := max(2, height-1); len(lines) > room {
		foot := lines[len(lines)-1] // when it was
		more := fmt.Sprintf("  … %d more lines: twindeck check", len(lines)-room+1)
		lines = append(lines[:room-2:room-2], more, foot)
	}
	var b strings.Builder
	b.WriteString(ansi.SetModeSynchronizedOutput)
	if up := min(f.lines, max(0, height-1)); up > 0 { // a terminal made smaller has scrolled the rest away
		b.WriteString(ansi.CursorUp(up))
	}
	b.WriteByte('\r')
	for _, l := range lines {
		l = ansi.Truncate(l, width, "…")
		b.WriteString(l)
		if ansi.StringWidth(l) < width { // at the edge, erasing would take the last character
			b.WriteString(ansi.EraseLineRight)
		}
		b.WriteString("\r\n")
	}
	b.WriteString(ansi.EraseScreenBelow + ansi.ResetModeSynchronizedOutput)
	f.lines = len(lines)
	if _, err := lipgloss.Fprint(f.out, b.String()); err != nil {
		return fmt.Errorf("drawing the verdict: %w", err)
	}
	return nil
}
