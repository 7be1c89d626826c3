package link

import (
	"bufio"
	"errors"
	"io"
)

// LongestLine is how many bytes of a line Lines keeps.
const LongestLine = 4096

// Lines reads so many lines, or to the end, which a flood moves away; of one
// that is very long, the beginning.
func Lines(from io.Reader, most int) ([]string, error) {
	var lines []string
	r := bufio.NewReaderSize(from, LongestLine)
	for len(lines) < most {
		line, more, err := r.ReadLine()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return lines, err
		}
		lines = append(lines, string(line))
		for more && err == nil {
			_, more, err = r.ReadLine()
		}
	}
	return lines, nil
}
