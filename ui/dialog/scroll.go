package dialog

// scroll is which of a dialog's lines are shown. The zero value shows the first.
type scroll struct {
	top, rows, all int // first line shown, lines there is room for, lines there are
}

// window is the lines that are shown of all, at most rows.
func (s *scroll) window(all []string, rows int) []string {
	s.all, s.rows = len(all), max(min(len(all), rows), 1)
	s.to(s.top)
	return all[s.top:min(s.top+s.rows, len(all))]
}

// cut tells that there are more lines than are shown.
func (s *scroll) cut() bool { return s.rows < s.all }

// atEnd tells that the last line is shown.
func (s *scroll) atEnd() bool { return s.top+s.rows >= s.all }

func (s *scroll) to(line int) { s.top = max(min(line, s.all-s.rows), 0) }

// key scrolls.
func (s *scroll) key(key string) {
	switch key {
	case "j", "down":
		s.to(s.top + 1)
	case "k", "up":
		s.to(s.top - 1)
	case "pgdown", "space", "ctrl+d":
		s.to(s.top + s.rows)
	case "pgup", "ctrl+u":
		s.to(s.top - s.rows)
	case "g", "home":
		s.to(0)
	case "G", "end":
		s.to(s.all)
	}
}
