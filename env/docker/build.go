package docker

import "time"

// BuildRequest says what to build. Paths are on this machine, those of the
// options as one stands in the working directory. Its options are those of
// docker buildx build; see BuildOptions.
type BuildRequest struct {
	Context    string // directory, or a remote one: https://….git#ref:dir, git@…, an archive's URL
	Dockerfile string // path, absolute or relative to Context; empty: Dockerfile
	Tag        string // full reference: repository:tag
	Target     string
	Args       map[string]string
	Platform   string // "linux/arm64", or several with commas; empty: the engine's
	NoCache    bool
	Builder    string // name of the buildx builder; empty: the one in force, see Client.Builder
	Labels     map[string]string

	NoCacheFilter []string // stages to build anew
	Pull          bool     // ask registries for newer base images
	Secrets       []BuildSecret
	SSH           []BuildSSH
	Contexts      map[string]string // further contexts by name: directory, docker-image://…, URL
	CacheFrom     []BuildCache
	CacheTo       []BuildCache
	Annotations   []BuildAnnotation
	Attests       map[string]string // kind to its parameters: "provenance": "mode=max"
	AddHosts      []string          // host=address; the address may be host-gateway
	Network       string            // of RUN: default, none, host
	ShmSize       int64             // bytes; 0: BuildKit's
	Ulimits       []string          // name=soft:hard
}

// BuildSecret is a secret that steps can mount. Its value is read when a step
// asks for it, and is in nothing else.
type BuildSecret struct {
	ID   string
	File string // exactly one of File and Env is set
	Env  string // name of an environment variable
}

// BuildSSH is an ssh agent, or keys, that steps can use.
type BuildSSH struct {
	ID    string
	Paths []string // one socket, or keys; empty: $SSH_AUTH_SOCK
}

// BuildCache is where build cache is taken from or put.
type BuildCache struct {
	Type  string // registry, local, inline
	Attrs map[string]string
}

// BuildAnnotation is an annotation of what a registry keeps of the image.
type BuildAnnotation struct {
	On       string // "", manifest, index, manifest-descriptor, index-descriptor
	Platform string // of On; empty: every
	Key      string
	Value    string
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

	Build  *PastBuild        `json:"build,omitempty"`  // as BuildKit remembers it; nil: it does not
	Before *PastBuild        `json:"before,omitempty"` // the last good build of the same before it; nil: none is remembered
	Answer map[string]string `json:"-"`                // what BuildKit's exporter said; see Metadata
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
	Total  int64  `json:"total"`          // bytes
	Node   string `json:"node,omitempty"` // that it is loaded into; empty for a push
}

// PushResult is a finished push.
type PushResult struct {
	Reference string `json:"reference"`        // repository:tag
	Digest    string `json:"digest,omitempty"` // sha256:…, as the registry keeps it
	Size      int64  `json:"size,omitempty"`

	Verified   bool   `json:"verified"`             // the registry was asked, and has this digest under that name
	Unverified string `json:"unverified,omitempty"` // why it could not be compared
}
