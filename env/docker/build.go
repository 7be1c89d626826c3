package docker

import "time"

// BuildRequest says what to build. Paths are on this machine.
type BuildRequest struct {
	Context    string // directory
	Dockerfile string // path, absolute or relative to Context; empty: Dockerfile
	Tag        string // full reference: repository:tag
	Target     string
	Args       map[string]string
	Platform   string // "linux/arm64"; empty: the engine's
	NoCache    bool
	Labels     map[string]string
	Contexts   map[string]string // named contexts, as --build-context: a folder, docker-image://ref, …
}

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

// BuildResult is a finished build.
type BuildResult struct {
	Tag     string        `json:"tag"`
	ImageID string        `json:"imageId,omitempty"` // sha256:… in the engine's store
	Digest  string        `json:"digest,omitempty"`  // manifest digest; what a pod that runs it reports; may be empty on old stores
	Config  string        `json:"config,omitempty"`  // digest of the image's configuration; see Image.Config
	Took    time.Duration `json:"tookNs,omitempty"`
}

// BuildError is a build that failed at a known place.
type BuildError struct {
	Step string   // "[3/4] RUN npm ci"
	File string   // Dockerfile path; empty if unknown
	Line int      // 1-based; 0: unknown
	Tail []string // last lines of output of that step
	Err  error
}

// Error says step and cause.
func (e *BuildError) Error() string {
	if e.Step == "" {
		return e.Err.Error()
	}
	return e.Step + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *BuildError) Unwrap() error { return e.Err }

// LayerProgress is one layer on its way to or from a registry.
type LayerProgress struct {
	ID     string `json:"id"`
	Status string `json:"status,omitempty"` // the engine's word: Pushing, Pushed, "Layer already exists", Mounted from …
	Done   int64  `json:"done"`
	Total  int64  `json:"total"` // bytes
}

// PushResult is a finished push.
type PushResult struct {
	Reference string `json:"reference"`        // repository:tag
	Digest    string `json:"digest,omitempty"` // sha256:…, as the registry keeps it
	Size      int64  `json:"size,omitempty"`
}
