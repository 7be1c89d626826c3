package logs

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"time"
)

// cutStamp takes the time off the front of a line: RFC 3339 with up to nine
// digits of a second's fraction, as both servers write it. at is in nanoseconds
// since 1970; 0 for a line that begins with none.
func cutStamp(line []byte) (at int64, rest []byte) {
	const shortest = len("2006-01-02T15:04:05Z")
	if len(line) < shortest || line[4] != '-' || line[7] != '-' || line[10] != 'T' || line[13] != ':' || line[16] != ':' {
		return 0, line
	}
	year, ok1 := digits(line[0:4])
	month, ok2 := digits(line[5:7])
	day, ok3 := digits(line[8:10])
	hour, ok4 := digits(line[11:13])
	minute, ok5 := digits(line[14:16])
	second, ok6 := digits(line[17:19])
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || !ok6 ||
		year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 {
		return 0, line
	}
	i, nanos := 19, 0
	if line[i] == '.' {
		i++
		scale, from := 100_000_000, i
		for ; i < len(line) && line[i] >= '0' && line[i] <= '9'; i++ {
			nanos += int(line[i]-'0') * scale
			scale /= 10
		}
		if i == from || i-from > 9 {
			return 0, line
		}
	}
	zone, n := cutZone(line[i:])
	i += n
	if n == 0 || i < len(line) && line[i] != ' ' {
		return 0, line
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	if t.Day() != day { // a 30th of February
		return 0, line
	}
	return t.UnixNano() - int64(zone)*int64(time.Second), line[min(i+1, len(line)):]
}

// cutZone reads Z or ±hh:mm: seconds east of UTC, and how long it is.
func cutZone(b []byte) (seconds, n int) {
	switch {
	case len(b) > 0 && b[0] == 'Z':
		return 0, 1
	case len(b) < 6 || b[0] != '+' && b[0] != '-' || b[3] != ':':
		return 0, 0
	}
	hour, ok := digits(b[1:3])
	minute, also := digits(b[4:6])
	if !ok || !also || hour > 23 || minute > 59 {
		return 0, 0
	}
	seconds = hour*3600 + minute*60
	if b[0] == '-' {
		seconds = -seconds
	}
	return seconds, 6
}

func digits(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

const (
	chunk   = 64 << 10 // bytes read at once
	maxLine = 16 << 10 // bytes of one line that are kept
)

// lineReader cuts a stream into lines of bounded length.
type lineReader struct {
	from *bufio.Reader
	head []byte // of a line that is longer than a chunk
}

func newLineReader(r io.Reader) *lineReader { return &lineReader{from: bufio.NewReaderSize(r, chunk)} }

// next returns the next line without its end; of one longer than maxLine, its
// beginning, and how many bytes are left out. It is valid until the next call.
// What stands before the stream's end without a line end comes with the error.
func (l *lineReader) next() (line []byte, left int, err error) {
	line, err = l.from.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		l.head = append(l.head[:0], line[:maxLine]...)
		left = len(line) - maxLine
		for errors.Is(err, bufio.ErrBufferFull) {
			var more []byte
			more, err = l.from.ReadSlice('\n')
			left += len(bytes.TrimSuffix(more, []byte{'\n'}))
		}
		return l.head, left, err
	}
	line = bytes.TrimSuffix(line, []byte{'\n'})
	if len(line) > maxLine {
		return line[:maxLine], len(line) - maxLine, err
	}
	return line, 0, err
}

// drained tells that nothing more can be had without waiting.
func (l *lineReader) drained() bool { return l.from.Buffered() == 0 }
