package logs

import "hash/maphash"

const (
	// slack is how far lines of one source may be out of their order in time, in
	// nanoseconds: standard output and error are stamped by two hands.
	slack = int64(1e9)
	// maxMarks bounds how many lines are remembered, at a flood.
	maxMarks = 1 << 16
)

// seen remembers which of a source's latest lines have come, so that after a
// break the source can be read again from a little before it, and nothing is
// missed or shown twice. Cluster logs can be asked for from a whole second
// only, and several lines may carry the same time: lines are told apart by
// their time to the nanosecond and their text, and counted.
type seen struct {
	seed  maphash.Seed
	marks []mark // in the order the lines came, from head on
	head  int
	last  int64 // time of the line that came last; 0: none came
	low   int64 // whatever is not later than this has come, or is not wanted
}

// mark stands for a line.
type mark struct {
	at  int64
	sum uint64
}

func (s *seen) mark(at int64, text []byte) mark {
	if s.seed == (maphash.Seed{}) {
		s.seed = maphash.MakeSeed()
	}
	return mark{at, maphash.Bytes(s.seed, text)}
}

// add notes that a line has come.
func (s *seen) add(m mark) {
	s.marks = append(s.marks, m)
	s.last = m.at
	for len(s.marks)-s.head > maxMarks || s.head < len(s.marks) && s.marks[s.head].at < s.last-slack {
		s.low = max(s.low, s.marks[s.head].at)
		s.head++
	}
	if s.head > 1024 && s.head > len(s.marks)/2 {
		s.marks = append(s.marks[:0], s.marks[s.head:]...)
		s.head = 0
	}
}

// begins says that what was written before the first line that came is not wanted.
func (s *seen) begins() {
	if s.low == 0 && len(s.marks) > s.head {
		s.low = s.marks[s.head].at - 1
	}
}

// newest is the mark of the line that came last; none: the zero mark.
func (s *seen) newest() mark {
	if len(s.marks) == s.head {
		return mark{}
	}
	return s.marks[len(s.marks)-1]
}

// from is the time to read again from, in nanoseconds; 0: from the start.
func (s *seen) from() int64 {
	if s.last == 0 {
		return s.low
	}
	return max(s.last-slack, s.low)
}

// again returns what drops the lines that have come already from a stream
// that begins not later than from.
func (s *seen) again() *sieve {
	if s.last == 0 && s.low == 0 {
		return nil
	}
	v := &sieve{low: s.low, last: s.last, left: make(map[mark]int, len(s.marks)-s.head)}
	for _, m := range s.marks[s.head:] {
		if m.at > s.low {
			v.left[m]++
		}
	}
	return v
}

// sieve lets through what has not come yet.
type sieve struct {
	low, last int64
	left      map[mark]int
}

// has reports whether a line has come before, each time it is asked for one of
// several equal lines.
func (v *sieve) has(m mark) bool {
	if m.at <= v.low {
		return true
	}
	n := v.left[m]
	switch n {
	case 0:
		return false
	case 1:
		delete(v.left, m)
	default:
		v.left[m] = n - 1
	}
	return true
}

// done tells that nothing that has come can follow.
func (v *sieve) done(at int64) bool { return len(v.left) == 0 && at > v.low || at > v.last+slack }
