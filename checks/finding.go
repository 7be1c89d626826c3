package checks

import "fmt"

// The shapes most findings have. A probe adds evidence, a fix and steps to them.

func ok(format string, a ...any) Finding {
	return Finding{Status: OK, Summary: fmt.Sprintf(format, a...)}
}

func warn(format string, a ...any) Finding {
	return Finding{Status: Warn, Summary: fmt.Sprintf(format, a...)}
}

func fail(format string, a ...any) Finding {
	return Finding{Status: Fail, Summary: fmt.Sprintf(format, a...)}
}

func notHere(format string, a ...any) Finding {
	return Finding{Status: NotHere, Summary: fmt.Sprintf(format, a...)}
}

// saw adds a piece of evidence.
func (f Finding) saw(what, format string, a ...any) Finding {
	f.Evidence = append(f.Evidence, Evidence{What: what, Got: fmt.Sprintf(format, a...)})
	return f
}

// byHand adds steps a person can take.
func (f Finding) byHand(steps ...string) Finding {
	f.Steps = append(f.Steps, steps...)
	return f
}

// fix adds a mend; nil adds none.
func (f Finding) fix(x *Fix) Finding {
	f.Fix = x
	return f
}

// read adds a place to read more.
func (f Finding) read(link string) Finding {
	f.Link = link
	return f
}
