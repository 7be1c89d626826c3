package kube

import (
	"cmp"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
)

// Compare orders two cells of the column: times by time, the young first as
// their ages go; numbers, quantities and durations by size, also where more
// follows ("2/3", "5 (3h ago)", the later of two alike first); all else as
// text. Cells without a value come last.
func (c Column) Compare(a, b string) int {
	switch {
	case empty(a) || empty(b):
		return order(empty(a)) - order(empty(b))
	case c.Age && isTime(a) && isTime(b):
		return strings.Compare(b, a)
	case c.Age && isTime(a) != isTime(b):
		return order(isTime(a)) - order(isTime(b))
	}
	x, okX := c.size(a)
	y, okY := c.size(b)
	switch {
	case okX && okY:
		agoA, agoB := strings.HasSuffix(a, agoEnd), strings.HasSuffix(b, agoEnd)
		if agoA && agoB {
			a, b = b, a
		}
		return cmp.Or(cmp.Compare(x, y), order(agoA)-order(agoB), strings.Compare(a, b))
	case okX != okY:
		return order(okY) - order(okX)
	}
	return strings.Compare(a, b)
}

func empty(cell string) bool {
	return cell == "" || cell == "<none>" || cell == "<unknown>" || cell == "<unset>"
}

// isTime says whether a cell of an age column is a time, as timeCell writes it.
func isTime(cell string) bool {
	return len(cell) == len("2006-01-02T15:04:05Z") && cell[4] == '-' && cell[10] == 'T'
}

func order(last bool) int {
	if last {
		return 1
	}
	return 0
}

// size is the number, the duration (in seconds) or the quantity that a cell
// begins with.
func (c Column) size(cell string) (n float64, ok bool) {
	if cell[0] < '0' || cell[0] > '9' {
		return 0, false
	}
	if end := strings.IndexAny(cell, " /%(,:"); end > 0 {
		cell = cell[:end]
	}
	if d, ok := duration(cell); ok && !c.Cores {
		return d.Seconds(), true
	}
	q, err := resource.ParseQuantity(cell)
	return q.AsApproximateFloat64(), err == nil
}

// units are those of the durations that Kubernetes prints, as in 3d4h.
// Their values are in seconds.
var units = map[byte]int64{'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'y': 365 * 86400}

const longestAge = 200 * 365 * 86400 // seconds: what a time.Duration can hold

// duration reads a duration as Kubernetes prints them: 45s, 5m30s, 3d4h, 2y10d.
func duration(text string) (d time.Duration, ok bool) {
	n, sum, digits := int64(0), int64(0), false
	for i := range len(text) {
		ch := text[i]
		if ch >= '0' && ch <= '9' {
			if n = n*10 + int64(ch-'0'); n > 1e6 {
				return 0, false
			}
			digits = true
			continue
		}
		unit, known := units[ch]
		if !known || !digits {
			return 0, false
		}
		if sum += n * unit; sum > longestAge {
			return 0, false
		}
		n, digits = 0, false
	}
	return time.Duration(sum) * time.Second, text != "" && !digits
}
