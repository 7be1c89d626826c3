package docker

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	buildkit "github.com/moby/buildkit/client"
	solver "github.com/moby/buildkit/solver/errdefs"
	digest "github.com/opencontainers/go-digest"
)

// tailLines is how much of a failed step's output its error carries.
const tailLines = 20

// BuildStep is a step of a build as it stands now. A step is sent again each
// time it changes; ID tells which one it is.
type BuildStep struct {
	ID       string    `json:"id"`   // BuildKit's vertex digest
	Name     string    `json:"name"` // "[2/4] RUN npm ci"
	Started  time.Time `json:"started,omitzero"`
	Finished time.Time `json:"finished,omitzero"` // zero while it runs
	Cached   bool      `json:"cached,omitempty"`
	Err      string    `json:"error,omitempty"`
	Done     int64     `json:"done,omitempty"` // bytes or items, of a step that counts
	Total    int64     `json:"total,omitempty"`
}

// BuildLog is output of a step.
type BuildLog struct {
	Step string `json:"step"` // BuildStep.ID
	Text string `json:"text"` // one or more whole lines
}

// BuildWarning is a finding of the Dockerfile linter.
type BuildWarning struct {
	Rule   string `json:"rule,omitempty"` // "JSONArgsRecommended"
	Text   string `json:"text,omitempty"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"` // 1-based; 0: unknown
	URL    string `json:"url,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// BuildEvent is one piece of news of a running build; one field is set.
type BuildEvent struct {
	Step    *BuildStep
	Log     *BuildLog
	Warning *BuildWarning
}

// progress turns BuildKit's status messages into events, and remembers what
// an error will need: names of steps and the end of their output.
type progress struct {
	file  string // the Dockerfile, as named by the user
	news  func(BuildEvent)
	steps map[digest.Digest]*step
	order []digest.Digest // of steps, as they appeared
}

type step struct {
	BuildStep
	parts   map[string][2]int64 // done and total of each transfer in it
	partial string              // output without an end of line yet
	tail    []string
}

func newProgress(file string, news func(BuildEvent)) *progress {
	if news == nil {
		news = func(BuildEvent) {}
	}
	return &progress{file: file, news: news, steps: map[digest.Digest]*step{}}
}

func (p *progress) take(s *buildkit.SolveStatus) {
	changed := map[digest.Digest]bool{}
	for _, v := range s.Vertexes {
		p.vertex(v)
		changed[v.Digest] = true
	}
	for _, v := range s.Statuses {
		p.transfer(v)
		changed[v.Vertex] = true
	}
	for _, d := range p.order {
		if changed[d] {
			now := p.steps[d].BuildStep
			p.news(BuildEvent{Step: &now})
		}
	}
	for _, l := range s.Logs {
		p.log(l)
	}
	for _, w := range s.Warnings {
		found := p.warning(w)
		p.news(BuildEvent{Warning: &found})
	}
}

func (p *progress) step(d digest.Digest) *step {
	s := p.steps[d]
	if s == nil {
		s = &step{BuildStep: BuildStep{ID: d.String()}, parts: map[string][2]int64{}}
		p.steps[d] = s
		p.order = append(p.order, d)
	}
	return s
}

func (p *progress) vertex(v *buildkit.Vertex) {
	s := p.step(v.Digest)
	s.Name, s.Cached, s.Err = v.Name, v.Cached, v.Error
	s.Started, s.Finished = moment(v.Started), moment(v.Completed)
	if v.Completed != nil {
		p.flushStep(s)
	}
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// transfer adds up what a step has moved: layers, or files of the context.
func (p *progress) transfer(v *buildkit.VertexStatus) {
	s := p.step(v.Vertex)
	s.parts[v.ID] = [2]int64{v.Current, v.Total}
	s.Done, s.Total = 0, 0
	for _, part := range s.parts {
		s.Done += part[0]
		s.Total += part[1]
	}
}

// log passes whole lines on and keeps the rest until its end comes.
func (p *progress) log(l *buildkit.VertexLog) {
	s := p.step(l.Vertex)
	text := s.partial + lineEnds.Replace(string(l.Data))
	end := strings.LastIndexByte(text, '\n') + 1
	s.partial = text[end:]
	p.lines(s, text[:end])
}

// lineEnds makes lines of what programs redraw in place.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func (p *progress) lines(s *step, text string) {
	if text == "" {
		return
	}
	for line := range strings.Lines(text) {
		s.tail = append(s.tail, strings.TrimSuffix(line, "\n"))
	}
	s.tail = s.tail[max(0, len(s.tail)-tailLines):]
	p.news(BuildEvent{Log: &BuildLog{Step: s.ID, Text: text}})
}

func (p *progress) flushStep(s *step) {
	if s.partial != "" {
		text := s.partial + "\n"
		s.partial = ""
		p.lines(s, text)
	}
}

// flush passes on what was left without an end of line.
func (p *progress) flush() {
	for _, d := range p.order {
		p.flushStep(p.steps[d])
	}
}

// lintText is how the Dockerfile frontend words a finding:
// "JSONArgsRecommended: JSON arguments recommended … (line 7)".
var lintText = regexp.MustCompile(`^(?:([A-Za-z]+): )?(.*?)(?: \(line (\d+)\))?$`)

func (p *progress) warning(w *buildkit.VertexWarning) BuildWarning {
	m := lintText.FindStringSubmatch(string(w.Short))
	out := BuildWarning{Text: string(w.Short), File: p.file, URL: w.URL}
	if m != nil {
		out.Rule, out.Text = m[1], m[2]
		out.Line, _ = strconv.Atoi(m[3])
	}
	if len(w.Range) > 0 && w.Range[0].Start != nil {
		out.Line = int(w.Range[0].Start.Line)
	}
	var detail []string
	for _, d := range w.Detail {
		detail = append(detail, string(d))
	}
	out.Detail = strings.Join(detail, "\n")
	return out
}

// running is a step that had begun and not ended well, with its last lines.
func (p *progress) running() (name string, tail []string) {
	for _, d := range p.order {
		if s := p.steps[d]; !s.Started.IsZero() && (s.Finished.IsZero() || s.Err != "") {
			name, tail = s.Name, s.tail
		}
	}
	return name, tail
}

// explain says at which step and line a build failed, if that is known.
func (p *progress) explain(err error) error {
	out := &BuildError{Err: plain(err)}
	var at *solver.VertexError
	if errors.As(err, &at) {
		if s := p.steps[digest.Digest(at.Digest)]; s != nil {
			out.Step, out.Tail = s.Name, s.tail
		}
	}
	if out.Step == "" {
		for _, d := range p.order {
			if s := p.steps[d]; s.Err != "" && !strings.Contains(s.Err, "context canceled") {
				out.Step, out.Tail = s.Name, s.tail
				break
			}
		}
	}
	for _, src := range solver.Sources(err) {
		if len(src.Ranges) > 0 && src.Ranges[0].Start != nil {
			out.File, out.Line = p.file, int(src.Ranges[0].Start.Line)
		}
	}
	if m := parseLine.FindStringSubmatch(err.Error()); out.Line == 0 && m != nil {
		out.File = p.file
		out.Line, _ = strconv.Atoi(m[1])
	}
	if strings.Contains(err.Error(), "Dockerfile cannot be empty") {
		out.File = p.file
	}
	return out
}

// parseLine is how the Dockerfile's parser names a place when it has no other way.
var parseLine = regexp.MustCompile(`(?:parse error|syntax error)[^\n]*? line (\d+)`)

// plain drops the words that every error of a build begins with.
func plain(err error) error {
	text := err.Error()
	for _, prefix := range []string{"failed to solve: ", "rpc error: code = Unknown desc = ", "failed to solve with frontend dockerfile.v0: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	if m := notInContext.FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("%s is not in the build context: it does not exist, or .dockerignore leaves it out", m[1])
	}
	return fmt.Errorf("%s%w", text, silent{err})
}

// notInContext is BuildKit's way to say that COPY found nothing.
var notInContext = regexp.MustCompile(`^failed to compute cache key: failed to calculate checksum of ref \S+: "/?([^"]+)": not found$`)
