package kube

import (
	"slices"
	"strings"
	"sync"
)

// Cause is what is the matter with a pod, as far as its trouble tells. It is
// what advice is given by, wherever a pod's trouble is shown.
type Cause string

// The causes, the most telling first: of several troubles, the one whose cause
// stands first here explains the others.
const (
	NoSpace        Cause = "the node's disk is full"
	StoreBroken    Cause = "the node's image store is damaged"
	RateLimited    Cause = "the registry limits how often images are pulled"
	PlainHTTP      Cause = "the registry speaks plain HTTP"
	NoPlatform     Cause = "the image has no build for the node's architecture"
	UntrustedTLS   Cause = "the registry's certificate is not trusted"
	NoSuchHost     Cause = "the registry's name does not resolve"
	RegistrySilent Cause = "the registry cannot be reached"
	PullDenied     Cause = "the registry does not let the node have it"
	ImageMissing   Cause = "the registry has no such image"
	PullFails      Cause = "the image cannot be pulled"
	NeverPull      Cause = "the node does not have the image and may not pull it"
	BadImageName   Cause = "the image's name is not a valid one"

	OutOfMemory   Cause = "it used more memory than its limit"
	ProbeKilled   Cause = "its probe failed, so it was killed"
	WrongArch     Cause = "the image is for another architecture"
	NoCommand     Cause = "its command is not in the image"
	NotExecutable Cause = "its command may not be executed"
	Killed        Cause = "it was killed"
	Segfault      Cause = "it crashed with a memory fault"
	AskedToEnd    Cause = "it was asked to end"

	RunsAsRoot    Cause = "it may not run as root, and its image does"
	NamedUser     Cause = "its image names a user where a number is needed"
	ConfigMissing Cause = "a ConfigMap or Secret it uses is missing"
	CannotCreate  Cause = "its container cannot be created"
	NoVolume      Cause = "it waits for a volume that nobody provides"
	CannotMount   Cause = "a volume cannot be mounted"

	NoRoom   Cause = "no node has enough free CPU or memory"
	NodeKept Cause = "no node takes it"

	EndsByItself Cause = "it ends by itself"
	Crashes      Cause = "it starts and ends with an error"

	ProbeRefused Cause = "nothing listens where its probe asks"
	ProbeSlow    Cause = "its probe gets no answer in time"
	ProbeAnswer  Cause = "its probe gets the wrong answer"
	ProbeFails   Cause = "its probe fails"

	PodSecurity Cause = "the namespace's Pod Security level does not allow it"
	Quota       Cause = "the namespace's quota is used up"
	Evicted     Cause = "its node put it out"
	NodeDown    Cause = "its node was shut down"
	PastEnd     Cause = "it ran longer than it may"
	GivenUp     Cause = "it failed too often"
	Unknown     Cause = ""
)

// sign is what shows a cause: a reason, an exit code and words that all fit.
// An empty condition fits everything.
type sign struct {
	cause   Cause
	reasons []string
	exits   []int
	says    []string // one of these, in lower case, in what the cluster says
	prints  []string // the same, in the program's last lines
}

// signs are in the order of the causes; the first that fits counts.
var signs = sync.OnceValue(func() []sign {
	pull := []string{"ErrImagePull", "ImagePullBackOff"}
	crash := []string{crashLoop, "Error", "Completed"}
	place := []string{"Unschedulable", "FailedScheduling"}
	create := []string{"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError", "ContainerCannotRun"}
	mount := []string{"FailedMount", "FailedAttachVolume"}
	probe := []string{"NotReady", "Unhealthy"}
	return []sign{
		{NoSpace, pull, nil, []string{"no space left on device"}, nil},
		{StoreBroken, pull, nil, []string{"from content store", "content digest sha256:", "parent snapshot"}, nil},
		{RateLimited, pull, nil, []string{"toomanyrequests", "429 too many requests", "pull rate limit"}, nil},
		{PlainHTTP, pull, nil, []string{"http response to https client"}, nil},
		{NoPlatform, pull, nil, []string{"no match for platform", "no matching manifest"}, nil},
		{UntrustedTLS, pull, nil, []string{"x509:", "tls:"}, nil},
		{NoSuchHost, pull, nil, []string{"no such host", "server misbehaving", "temporary failure in name resolution"}, nil},
		{RegistrySilent, pull, nil, []string{"connection refused", "i/o timeout", "no route to host", "network is unreachable", "deadline exceeded", "connection reset", "timeout exceeded"}, nil},
		{PullDenied, pull, nil, []string{"unauthorized", "no basic auth", "denied", "authentication required", "insufficient_scope", "403 forbidden", "authorization token has expired"}, nil},
		{ImageMissing, pull, nil, []string{"not found", "manifest unknown", "does not exist"}, nil},
		{PullFails, pull, nil, nil, nil},
		{NeverPull, []string{"ErrImageNeverPull"}, nil, nil, nil},
		{BadImageName, []string{"InvalidImageName"}, nil, nil, nil},

		{OutOfMemory, []string{"OOMKilled"}, nil, nil, nil},
		{ProbeKilled, crash, []int{0, 137, 143}, []string{"liveness probe failed", "startup probe failed"}, nil},
		{WrongArch, append(create, crash...), nil, []string{"exec format error"}, nil},
		{WrongArch, crash, nil, nil, []string{"exec format error"}},
		{CannotMount, append(create, crash...), nil, []string{`error mounting "`}, nil}, // whatever code the runtime gives it
		{NoCommand, nil, []int{127}, nil, nil},
		{NotExecutable, nil, []int{126}, nil, nil},
		{NoCommand, create, nil, []string{"executable file not found", "no such file or directory: unknown"}, nil},
		{NotExecutable, create, nil, []string{"permission denied: unknown", `": permission denied`}, nil},
		{NoCommand, crash, []int{128}, []string{"executable file not found", "no such file or directory"}, nil},
		{NotExecutable, crash, []int{128}, []string{"permission denied"}, nil},
		{Killed, nil, []int{137}, nil, nil},
		{Segfault, nil, []int{139}, nil, nil},
		{AskedToEnd, nil, []int{143}, nil, nil},

		{NamedUser, create, nil, []string{"non-numeric user"}, nil},
		{RunsAsRoot, create, nil, []string{"runasnonroot", "run as root"}, nil},
		{ConfigMissing, append(create, mount...), nil, []string{"configmap", "secret", "couldn't find key"}, nil},
		{CannotCreate, create, nil, nil, nil},
		{NoVolume, append(mount, place...), nil, []string{"persistentvolumeclaim"}, nil},
		{CannotMount, mount, nil, nil, nil},

		{NoRoom, place, nil, []string{"insufficient"}, nil},
		{NodeKept, place, nil, nil, nil},

		{EndsByItself, crash, []int{0}, nil, nil},
		{Crashes, crash, nil, nil, nil},

		{ProbeRefused, probe, nil, []string{"connection refused"}, nil},
		{ProbeSlow, probe, nil, []string{"timeout", "deadline exceeded"}, nil},
		{ProbeAnswer, probe, nil, []string{"statuscode"}, nil},
		{ProbeFails, probe, nil, []string{"probe failed"}, nil},

		{PodSecurity, nil, nil, []string{"violates podsecurity"}, nil},
		{Quota, nil, nil, []string{"exceeded quota"}, nil},
		{Evicted, []string{"Evicted"}, nil, nil, nil},
		{NodeDown, []string{"Terminated", "NodeShutdown", "Shutdown"}, nil, nil, nil},
		{PastEnd, []string{"DeadlineExceeded"}, nil, nil, nil},
		{GivenUp, []string{"BackoffLimitExceeded", "FailedIndexes", "MaxFailedIndexesExceeded", "PodFailurePolicy"}, nil, nil, nil},
	}
})

// Cause is what the trouble shows; Unknown if nothing that is known.
func (t Trouble) Cause() Cause {
	if i := t.rank(); i < len(signs()) {
		return signs()[i].cause
	}
	return Unknown
}

// rank is the place of the trouble's sign; beyond the last if it has none.
func (t Trouble) rank() int {
	all := signs()
	if i := slices.IndexFunc(all, func(s sign) bool { return s.fits(t) }); i >= 0 {
		return i
	}
	return len(all)
}

// Telling is the trouble among ts that explains the others; ts has one at least.
func Telling(ts []Trouble) Trouble {
	return slices.MinFunc(ts, func(a, b Trouble) int { return a.rank() - b.rank() })
}

func (s sign) fits(t Trouble) bool {
	if len(s.reasons) > 0 && !slices.Contains(s.reasons, t.Reason) ||
		len(s.exits) > 0 && !slices.Contains(s.exits, t.ExitCode) {
		return false
	}
	return hasOne(s.says, t.Message+"\n"+t.Probe) && hasOne(s.prints, strings.Join(t.Tail, "\n"))
}

// hasOne reports whether a text has one of the words; none are in every text.
func hasOne(words []string, text string) bool {
	text = strings.ToLower(text)
	return len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// ExitWords is a container's exit code in words, as shells and kernels use
// them; empty for one that means what its program says.
func ExitWords(code int) string {
	switch code {
	case 126:
		return "may not be executed"
	case 127:
		return "command not found"
	case 134:
		return "aborted"
	case 137:
		return "killed"
	case 139:
		return "segmentation fault"
	case 143:
		return "asked to end"
	}
	return ""
}
