package cli

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf16"

	"github.com/charmbracelet/x/term"
)

// longestInput is how much of what is piped in is kept, in bytes: its last.
const longestInput = 2 << 20

// piped reads a text from standard input. A terminal there is bad usage: the
// program would wait for something to be typed without saying so.
func piped(in io.Reader) (string, error) {
	if f, ok := in.(*os.File); ok && term.IsTerminal(f.Fd()) {
		return "", usageErrorf("give a text or an ID to explain, or pipe a text in: kubectl … 2>&1 | twindeck explain")
	}
	var kept []byte
	chunk := make([]byte, 64<<10)
	for {
		n, err := in.Read(chunk)
		kept = append(kept, chunk[:n]...)
		if len(kept) > 2*longestInput {
			kept = append(kept[:0], kept[len(kept)-longestInput:]...)
		}
		if errors.Is(err, io.EOF) {
			return decoded(kept), nil
		}
		if err != nil {
			return "", fmt.Errorf("reading the text: %w", err)
		}
	}
}

// decoded reads what Windows PowerShell writes into files: UTF-16 behind a byte
// order mark. Everything else stays as it is.
func decoded(b []byte) string {
	var order binary.ByteOrder
	switch {
	case len(b) < 2:
		return string(b)
	case b[0] == 0xff && b[1] == 0xfe:
		order = binary.LittleEndian
	case b[0] == 0xfe && b[1] == 0xff:
		order = binary.BigEndian
	default:
		return string(b)
	}
	units := make([]uint16, 0, len(b)/2)
	for b = b[2:]; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return string(utf16.Decode(units))
}

// widthOf is how many cells the terminal has that out writes to; 0 for no terminal.
func widthOf(out io.Writer) int {
	f, ok := out.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(f.Fd())
	if err != nil {
		return 0
	}
	return width
}
