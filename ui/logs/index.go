package logs

import "slices"

// scanLines and scanBytes are how many lines, and about how many bytes of them,
// are looked through at once: a key never waits for a whole log.
const (
	scanLines = 2000
	scanBytes = 512 << 10
)

// index is the numbers of the lines that are wanted, in order. It follows what
// is added, and looks back through what was there a part at a time.
type index struct {
	older   []int // found looking back: newest first
	newer   []int // found as they came: oldest first
	behind  int   // of newer, those that are no longer kept
	scanned int   // lines from here on have been looked at; those before not yet
}

// reset begins anew at the end of a log.
func (x *index) reset(end int) {
	x.older, x.newer, x.behind, x.scanned = x.older[:0], x.newer[:0], 0, end
}

// added notes a wanted line that came.
func (x *index) added(n int) { x.newer = append(x.newer, n) }

// back looks at the next part before what was looked at; look reports whether a
// line is wanted, and its size in bytes. done tells that all has been looked at.
func (x *index) back(first int, look func(n int) (wanted bool, size int)) (done bool) {
	stop := max(first, x.scanned-scanLines)
	for bytes := 0; x.scanned > stop && bytes < scanBytes; x.scanned-- {
		n := x.scanned - 1
		wanted, size := look(n)
		if bytes += size; wanted {
			x.older = append(x.older, n)
		}
	}
	return x.scanned <= first
}

// drop forgets what is no longer kept.
func (x *index) drop(first int) {
	for len(x.older) > 0 && x.older[len(x.older)-1] < first {
		x.older = x.older[:len(x.older)-1]
	}
	for x.behind < len(x.newer) && x.newer[x.behind] < first {
		x.behind++
	}
	if x.behind > 4096 && x.behind > len(x.newer)/2 {
		x.newer = append(x.newer[:0], x.newer[x.behind:]...)
		x.behind = 0
	}
}

// len is how many there are.
func (x *index) len() int { return len(x.older) + len(x.newer) - x.behind }

// at is the i-th.
func (x *index) at(i int) int {
	if i < len(x.older) {
		return x.older[len(x.older)-1-i]
	}
	return x.newer[x.behind+i-len(x.older)]
}

// search is the place of the first number that is not less than n.
func (x *index) search(n int) int {
	old := len(x.older)
	if old > 0 && x.older[0] >= n {
		i, _ := slices.BinarySearchFunc(x.older, n, func(have, want int) int { return want - have })
		// older is the wrong way round: what is not less lies before i.
		if i < old && x.older[i] == n {
			i++
		}
		return old - i
	}
	i, _ := slices.BinarySearch(x.newer[x.behind:], n)
	return old + i
}
