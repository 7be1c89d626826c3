package kube

import (
	"strings"
	"time"
)

// judge says how an object stands, by its cells and its age.
type judge func(cell func(column string) string, age time.Duration) Phase

// young is how old an object may be that is not ready yet and is believed to
// be on its way.
const young = time.Minute

// judges are how the kinds of a cluster are judged; others by what custom
// ones usually print.
var judges = map[string]judge{
	"pods":                   judgePod,
	"deployments.apps":       judgeReady,
	"statefulsets.apps":      judgeReady,
	"replicasets.apps":       judgeDesired,
	"daemonsets.apps":        judgeDesired,
	"replicationcontrollers": judgeDesired,
	"jobs.batch":             judgeJob,
	"cronjobs.batch":         words("SUSPEND", map[string]Phase{"True": PhaseDone}, PhaseNone),
	"persistentvolumeclaims": words("STATUS", map[string]Phase{"Bound": PhaseReady, "Pending": PhaseStarting, "Lost": PhaseFailed}, PhaseUnknown),
	"persistentvolumes":      words("STATUS", map[string]Phase{"Bound": PhaseReady, "Available": PhaseNone, "Pending": PhaseStarting, "Released": PhaseWarning, "Failed": PhaseFailed}, PhaseUnknown),
	"namespaces":             words("STATUS", map[string]Phase{"Active": PhaseReady, "Terminating": PhaseWarning}, PhaseUnknown),
	"nodes":                  judgeNode,
	"events":                 words("TYPE", map[string]Phase{"Warning": PhaseWarning}, PhaseNone),
	"services":               words("EXTERNAL-IP", map[string]Phase{"<pending>": PhaseWarning}, PhaseNone),
	"apiservices.apiregistration.k8s.io": func(cell func(string) string, _ time.Duration) Phase {
		if strings.HasPrefix(cell("AVAILABLE"), "True") {
			return PhaseReady
		}
		return PhaseFailed
	},
	"horizontalpodautoscalers.autoscaling": func(cell func(string) string, _ time.Duration) Phase {
		if strings.Contains(cell("TARGETS"), "<unknown>") {
			return PhaseWarning
		}
		return PhaseNone
	},
	"certificatesigningrequests.certificates.k8s.io": func(cell func(string) string, _ time.Duration) Phase {
		switch c := cell("CONDITION"); {
		case strings.Contains(c, "Denied"), strings.Contains(c, "Failed"):
			return PhaseFailed
		case c == "Pending":
			return PhaseStarting
		}
		return PhaseReady
	},
}

// judgeOf is how a kind is judged.
func judgeOf(k Kind) judge {
	name := k.Resource
	if k.Group != "" {
		name += "." + k.Group
	}
	switch known := judges[name]; {
	case known != nil:
		return known
	case k.custom() == 1:
		return judgeCustom
	}
	return func(func(string) string, time.Duration) Phase { return PhaseNone }
}

// words judges by the text of one column.
func words(column string, says map[string]Phase, otherwise Phase) judge {
	return func(cell func(string) string, _ time.Duration) Phase {
		if p, ok := says[cell(column)]; ok {
			return p
		}
		return otherwise
	}
}

// replicas judges how many of those wanted are ready.
func replicas(ready, want int, age time.Duration) Phase {
	switch {
	case want == 0:
		return PhaseDone
	case ready >= want:
		return PhaseReady
	case age < young:
		return PhaseStarting
	}
	return PhaseWarning
}

// judgeReady reads "2/3".
func judgeReady(cell func(string) string, age time.Duration) Phase {
	ready, want, ok := strings.Cut(cell("READY"), "/")
	if !ok {
		return PhaseUnknown
	}
	return replicas(leadingInt(ready), leadingInt(want), age)
}

func judgeDesired(cell func(string) string, age time.Duration) Phase {
	return replicas(leadingInt(cell("READY")), leadingInt(cell("DESIRED")), age)
}

func judgeJob(cell func(string) string, _ time.Duration) Phase {
	switch cell("STATUS") {
	case "Complete":
		return PhaseDone
	case "Failed", "FailureTarget":
		return PhaseFailed
	case "Suspended":
		return PhaseDone
	case "": // an old server does not print it
		if done, want, ok := strings.Cut(cell("COMPLETIONS"), "/"); ok && done == want {
			return PhaseDone
		}
	}
	return PhaseReady
}

// judgeNode reads "Ready", "NotReady,SchedulingDisabled".
func judgeNode(cell func(string) string, _ time.Duration) Phase {
	ready, more, _ := strings.Cut(cell("STATUS"), ",")
	switch {
	case ready != "Ready":
		return PhaseFailed
	case more != "":
		return PhaseWarning
	}
	return PhaseReady
}

// judgePod reads what kubectl get pods prints; the rows of Snapshot know more.
func judgePod(cell func(string) string, age time.Duration) Phase {
	status := cell("STATUS")
	rest, inInit := strings.CutPrefix(status, "Init:")
	ready, want, _ := strings.Cut(cell("READY"), "/")
	switch {
	case status == "Completed", status == "Succeeded":
		return PhaseDone
	case status == "Terminating", status == "NotReady":
		return PhaseWarning
	case status == "Unknown", status == "":
		return PhaseUnknown
	case status == "Running" && ready == want:
		return PhaseReady
	case status == "Running" && (age > young || leadingInt(cell("RESTARTS")) > 0):
		return PhaseWarning
	case status == "Running", startingTexts[status], inInit && strings.Contains(rest, "/"):
		return PhaseStarting
	}
	return PhaseFailed
}

// customWords are what custom resources usually say of themselves.
var customWords = map[string]Phase{
	"true": PhaseReady, "ready": PhaseReady, "running": PhaseReady, "active": PhaseReady, "healthy": PhaseReady, "bound": PhaseReady,
	"available": PhaseReady, "synced": PhaseReady, "established": PhaseReady, "valid": PhaseReady, "online": PhaseReady, "deployed": PhaseReady, "ok": PhaseReady,
	"succeeded": PhaseDone, "completed": PhaseDone, "complete": PhaseDone, "suspended": PhaseDone, "paused": PhaseDone,
	"pending": PhaseStarting, "creating": PhaseStarting, "progressing": PhaseStarting, "provisioning": PhaseStarting, "initializing": PhaseStarting,
	"updating": PhaseStarting, "reconciling": PhaseStarting, "waiting": PhaseStarting, "starting": PhaseStarting, "installing": PhaseStarting,
	"false": PhaseWarning, "degraded": PhaseWarning, "unhealthy": PhaseWarning, "outofsync": PhaseWarning, "notready": PhaseWarning, "deleting": PhaseWarning,
	"failed": PhaseFailed, "error": PhaseFailed, "invalid": PhaseFailed, "lost": PhaseFailed,
}

// judgeCustom looks at the columns in which custom resources tell their state.
func judgeCustom(cell func(string) string, age time.Duration) Phase {
	for _, column := range []string{"READY", "STATUS", "HEALTH STATUS", "PHASE", "STATE", "HEALTH"} {
		text := cell(column)
		if p, ok := customWords[strings.ToLower(text)]; ok {
			return p
		}
		ready, want, ok := strings.Cut(text, "/")
		if ok && isDigits(ready) && isDigits(want) {
			return replicas(leadingInt(ready), leadingInt(want), age)
		}
	}
	return PhaseNone
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
