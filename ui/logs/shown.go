package logs

// style is how a part of a line is drawn.
type style uint8

const (
	plain   style = iota
	faint         // a time, our own words
	named         // the name of a field
	leveled       // the word that says the level
)

// part is a stretch of a line in one style, up to end.
type part struct {
	end   int // in bytes of the text
	style style
}

// shown is a line as it is drawn: clean text, with line breaks only where an
// object is written over several lines.
type shown struct {
	text  string
	parts []part
	level level
}

// builder puts a line together.
type builder struct {
	text []byte
	out  shown
}

func (b *builder) add(s style, text string) {
	if text == "" {
		return
	}
	b.text = append(b.text, text...)
	if n := len(b.out.parts); n > 0 && b.out.parts[n-1].style == s {
		b.out.parts[n-1].end = len(b.text)
		return
	}
	b.out.parts = append(b.out.parts, part{len(b.text), s})
}

func (b *builder) gap() { b.add(plain, " ") }

// done returns the line without a blank at its end.
func (b *builder) done() shown {
	if n := len(b.text); n > 0 && b.text[n-1] == ' ' {
		b.text = b.text[:n-1]
		if p := &b.out.parts[len(b.out.parts)-1]; p.end > n-1 {
			p.end = n - 1
		}
	}
	b.out.text = string(b.text)
	return b.out
}

// form is how lines that are JSON are shown.
type form int

const (
	formCompact form = iota
	formPretty
	formRaw
)

// show makes a line ready to be drawn.
func show(e entry, f form) shown {
	if e.kind != written {
		return shown{text: e.text, parts: []part{{len(e.text), faint}}}
	}
	if f != formRaw {
		if fields, ok := fieldsOf(e.text); ok {
			if f == formPretty {
				if s, ok := pretty(e.text); ok {
					return s
				}
			}
			if s := compact(fields); s.text != "" {
				return s
			}
		}
	}
	l, from, to := levelOf(e.text)
	s := shown{text: e.text, level: l}
	if l != unsaid {
		s.parts = append(s.parts, part{from, plain}, part{to, leveled})
	}
	s.parts = append(s.parts, part{len(e.text), plain})
	return s
}
