package checks

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/kube"
)

// Why is what is the matter with one container, pod or workload: the one cause
// in words, what shows it, and what to do. Secrets in it are masked.
type Why struct {
	Status Status       // OK: nothing is wrong
	Head   string       // the cause, in one line, without the row's name: "Cannot pull web:1: …"
	Says   string       // the line of its own that says most: "panic: PAYMENT_URL is not set"; empty: none does
	Known  *Explanation // what that line means, where it is known; its steps stand first in Steps
	Steps  []string     // what to do, in order
	Fix    *Fix         // nil: nothing twindeck can do
	Link   string       // where to read more
	Facts  []Fact       // what shows it, the most telling first
	Tail   []string     // last log lines that tell; none: there are none
	TailOf string       // whose they are: "container web, before it ended"
	Check  string       // ID of the check that looks at the same; empty: none does
}

// Fact is one thing that was seen.
type Fact struct {
	What string    // "memory limit"
	Got  string    // "64Mi, reached"
	At   time.Time // when; zero: it holds now, or that is not known
	Last bool      // it holds since At, and still does
}

// there binds ctx to the cluster in force, which is returned too. One that is
// bound to another already stays so: what is asked then fails, and says why.
func there(ctx context.Context, e env.Environment) (context.Context, kube.Context) {
	at, err := e.Kube.Context()
	if to, bound := kube.AimedAt(ctx); err != nil || bound && to.Name != at.Name {
		return ctx, at
	}
	return kube.Aim(ctx, at), at
}

// WhyPod says what is the matter with a pod of the context in force. An error
// is why it could not be looked at.
func WhyPod(ctx context.Context, e env.Environment, namespace, pod string) (Why, error) {
	ctx, _ = there(ctx, e)
	a, err := e.Kube.Why(ctx, namespace, pod)
	if err != nil {
		return Why{}, err
	}
	return whyPod(ctx, newMachine(ctx, e), a).tidied(), nil
}

// WhyWorkload says the same of what runs pods: of the pod among its own that is
// worst off, or why it has none.
func WhyWorkload(ctx context.Context, e env.Environment, ref kube.Ref) (Why, error) {
	ctx, at := there(ctx, e)
	troubles, err := e.Kube.Trouble(ctx, ref)
	switch {
	case err != nil:
		return Why{}, err
	case len(troubles) == 0:
		return Why{Status: OK, Head: "Nothing is wrong with its pods"}, nil
	}
	pod := kube.Telling(troubles).Pod
	if pod == "" {
		return whyNoPods(strings.ToLower(ref.Kind)+"/"+ref.Name, troubles).tidied(), nil
	}
	w, err := WhyPod(ctx, e, orElse(ref.Namespace, at.Namespace), pod)
	w.Head = "Pod " + tidyText(pod) + ": " + w.Head
	return w, err
}

// WhyContainer says the same of a container.
func WhyContainer(ctx context.Context, e env.Environment, id string) (Why, error) {
	a, err := e.Docker.Why(ctx, id)
	if err != nil {
		return Why{}, err
	}
	return whyContainer(ctx, newMachine(ctx, e), a).tidied(), nil
}

func newMachine(ctx context.Context, e env.Environment) *Machine {
	return &Machine{Environment: e, facts: facts{run: ctx}}
}

func (w Why) tidied() Why {
	text := func(s string) string { return clipped(tidyText(s)) }
	texts := func(all []string) []string {
		out := tidyTexts(all)
		for i, s := range out {
			out[i] = clipped(s)
		}
		return out
	}
	w.Head, w.Says, w.Link, w.TailOf = text(w.Head), text(w.Says), text(w.Link), text(w.TailOf)
	w.Steps, w.Tail = texts(w.Steps), texts(w.Tail)
	w.Facts = slices.Clone(w.Facts)
	for i, f := range w.Facts {
		e := tidyEvidence(Evidence{What: f.What, Got: f.Got})
		w.Facts[i].What, w.Facts[i].Got = clipped(e.What), clipped(e.Got)
	}
	if w.Fix != nil {
		fix := *w.Fix
		fix.Title, fix.Changes = tidyText(fix.Title), tidyTexts(fix.Changes)
		w.Fix = &fix
	}
	return w
}

// longestText is how many bytes of one text a card shows: a message of more
// than that is a document.
const longestText = 2000

func clipped(s string) string {
	if len(s) <= longestText {
		return s
	}
	return strings.ToValidUTF8(s[:longestText], "") + "…"
}

// saw adds a fact; one without words is none.
func (w *Why) saw(what, got string) { w.sawAt(what, got, time.Time{}) }

func (w *Why) sawAt(what, got string, at time.Time) {
	if got != "" {
		w.Facts = append(w.Facts, Fact{What: what, Got: got, At: at})
	}
}

// sawSince adds a state that lasts.
func (w *Why) sawSince(what, got string, at time.Time) {
	w.Facts = append(w.Facts, Fact{What: what, Got: got, At: at, Last: true})
}

// knows takes what is known of a text in: its steps come before the others.
func (w *Why) knows(e Explanation) {
	w.Known, w.Says = &e, e.Line
	w.Steps = slices.Concat(e.Do, w.Steps)
	if w.Link == "" {
		w.Link = e.Link
	}
}

// complaint begins what programs write when they give up, in the manner of
// their languages: Go, Python, Java, JavaScript, Rust, shells, loggers.
var complaint = regexp.MustCompile(`(?i)(?:^|[\s"\[])(?:panic: |fatal error: |fatal: |fatal\b|thread '.*' panicked at|unhandled exception|[a-z_.]*(?:error|exception): |error\b.*: |level=(?:error|fatal)|"level":"(?:error|fatal)")`)

// mostTelling is the line that says why a program ended: its first complaint,
// or its last line where none is one.
func mostTelling(tail []string) string {
	tail = withoutBlank(tail)
	if i := slices.IndexFunc(tail, complaint.MatchString); i >= 0 {
		return strings.TrimSpace(tail[i])
	}
	if len(tail) == 0 {
		return ""
	}
	return strings.TrimSpace(tail[len(tail)-1])
}

// withoutBlank leaves blank lines out: the room is small.
func withoutBlank(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return strings.TrimSpace(l) == "" })
}

// inMinutes writes a time roughly: 42s, 3m, 6h.
func inMinutes(d time.Duration) string {
	if d < time.Minute {
		return short(d)
	}
	if d < time.Hour {
		return fmt.Sprintf("%dm", int(d.Minutes()))
	}
	return fmt.Sprintf("%dh", int(d.Hours()))
}

// capital writes the first letter large.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// preface is what runtimes and clients put before what a server said.
var preface = regexp.MustCompile(`^(?:` + strings.Join([]string{
	`Failed to pull image "[^"]*": `, `failed to pull and unpack image "[^"]*": `, `failed to resolve reference(?: "[^"]*")?: `,
	`Back-off pulling image "[^"]*": `, `ErrImagePull: `, `failed to do request: `, `(?:Head|Get) "[^"]*": `,
	`rpc error: code = \w+ desc = `, `Error response from daemon: `,
}, "|") + `)`)

// ownWords is a message without the layers that passed it on.
func ownWords(message string) string {
	message = oneLine(message)
	for {
		cut := preface.ReplaceAllString(message, "")
		if cut == message || cut == "" {
			return message
		}
		message = cut
	}
}
