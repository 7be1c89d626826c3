package logs

import (
	"errors"
	"strings"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

// trouble is why a source cannot be read, and what becomes of it.
type trouble struct {
	phase phase  // waiting, lost, ended or failed
	words string // in a line
	do    string // what helps; may be empty
}

// gone says that there is no such container any more.
var gone = trouble{phase: ended, words: "It is gone."}

// goneFrom is gone for a source that stood so: how its program ended, if that was
// seen, is still told.
func goneFrom(stood trouble) trouble {
	t := gone
	if stood.phase == ended && stood.words != "" && stood.words != gone.words {
		t.words = strings.TrimSuffix(stood.words, ".") + ". " + gone.words
	}
	return t
}

// known are the troubles that servers tell in words of their own, in lower
// case; the first that matches is it.
var known = []struct {
	says string
	trouble
}{
	{"previous terminated container", trouble{failed, "There is no previous instance: the container has not been restarted since its pod came.", "p goes back to the one that runs"}},
	{"errimagepull", trouble{waiting, "The container has not started: its image cannot be pulled. Its log begins here by itself.", "the pod's events say which registry said what"}},
	{"imagepullbackoff", trouble{waiting, "The container has not started: its image cannot be pulled. Its log begins here by itself.", "the pod's events say which registry said what"}},
	{"can't be pulled", trouble{waiting, "The container has not started: its image cannot be pulled. Its log begins here by itself.", "the pod's events say which registry said what"}},
	{"trying and failing to pull image", trouble{waiting, "The container has not started: its image cannot be pulled. Its log begins here by itself.", "the pod's events say which registry said what"}},
	{"createcontainerconfigerror", trouble{waiting, "The container has not started: what its configuration names is not there. Its log begins here by itself.", "the pod's events name it"}},
	{"podinitializing", trouble{waiting, "The container has not started: the pod's init containers run first. Its log begins here by itself.", "C shows the logs of init containers"}},
	{"is waiting to start", trouble{waiting, "The container has not started yet. Its log begins here by itself.", ""}},
	{"does not have a host assigned", trouble{waiting, "The pod waits for a node. Its log begins here by itself.", "the pod's events say why no node takes it"}},
	{"is not available", trouble{waiting, "The container has not started yet. Its log begins here by itself.", ""}},
	{"does not support reading", trouble{failed, "The container's log driver sends its lines elsewhere: the engine has none to show.", "docker inspect names the driver (HostConfig.LogConfig), and where it sends them"}},
	{"configured logging driver", trouble{failed, "The container's log driver sends its lines elsewhere: the engine has none to show.", "docker inspect names the driver (HostConfig.LogConfig), and where it sends them"}},
	{"is not valid for pod", trouble{failed, "The pod has no container of this name.", "C chooses among those it has"}},
	{"is terminated", trouble{ended, "It has ended, and its node keeps no log of it.", ""}},
	{"can not get logs from container which is dead or marked for removal", trouble{ended, "The container is being removed.", ""}},
}

// explain tells what an error of a source means.
func explain(err error) trouble {
	text := strings.ToLower(err.Error())
	for _, k := range known {
		if strings.Contains(text, k.says) {
			return k.trouble
		}
	}
	switch {
	case errors.Is(err, kube.ErrForbidden), errors.Is(err, docker.ErrPermission):
		return trouble{failed, "You may not read this log: " + screen.Clean(err.Error()), "in a cluster it takes the verb get on pods/log"}
	case errors.Is(err, kube.ErrUnauthorized):
		return trouble{failed, screen.Clean(err.Error()), ""}
	case errors.Is(err, kube.ErrElsewhere), errors.Is(err, docker.ErrElsewhere):
		return trouble{failed, "Another context was chosen: this log was read from the former one.", "select the row again"}
	case errors.Is(err, kube.ErrNotFound), errors.Is(err, docker.ErrNotFound):
		return gone
	}
	return trouble{lost, screen.Clean(err.Error()), ""}
}
