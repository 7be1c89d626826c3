package demo

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/secret"
)

func byName(pods []*kube.Pod) {
	slices.SortFunc(pods, func(a, b *kube.Pod) int { return strings.Compare(a.Name, b.Name) })
}

// inspection is the part of docker inspect worth reading.
func inspection(c *docker.Container) map[string]any {
	ports := map[string]any{}
	for _, p := range c.Ports {
		ports[fmt.Sprintf("%d/%s", p.Container, p.Proto)] = []any{map[string]string{"HostIp": p.HostIP, "HostPort": fmt.Sprint(p.Host)}}
	}
	labels := map[string]string{}
	if c.Project != "" {
		labels["com.docker.compose.project"] = c.Project
		labels["com.docker.compose.service"] = c.Service
	}
	return map[string]any{
		"Id":           c.ID,
		"Name":         "/" + c.Name,
		"Image":        c.ImageID,
		"Created":      c.Created.UTC().Format(time.RFC3339Nano),
		"RestartCount": c.Restarts,
		"State": map[string]any{
			"Status": c.State, "Running": c.State == "running", "ExitCode": c.ExitCode,
			"StartedAt": c.Started.UTC().Format(time.RFC3339Nano),
		},
		"Config": map[string]any{
			"Image": c.Image, "Labels": labels,
			"Env": []string{"NODE_ENV=development", "PORT=3000", "DB_PASSWORD=" + secret.Hidden},
		},
		"HostConfig":      map[string]any{"RestartPolicy": map[string]any{"Name": "unless-stopped"}, "Memory": 0},
		"NetworkSettings": map[string]any{"Ports": ports},
	}
}

// state is what a pod's container is at, in the API's words.
type state struct {
	kind, reason, message string
	exit                  int
}

func stateOf(p *kube.Pod) state {
	switch p.Status {
	case "CrashLoopBackOff":
		return state{kind: "Waiting", reason: p.Status, message: "back-off 5m0s restarting failed container=" + p.Images[0].Container + " pod=" + p.Name}
	case "ImagePullBackOff", "ErrImagePull":
		return state{kind: "Waiting", reason: p.Status, message: pullTrouble(p.Images[0].Image)}
	case "Pending", "ContainerCreating":
		return state{kind: "Waiting", reason: "ContainerCreating"}
	case "Completed":
		return state{kind: "Terminated", reason: "Completed"}
	case "Error":
		return state{kind: "Terminated", reason: "Error", exit: 2}
	}
	return state{kind: "Running"}
}

func pullTrouble(image string) string {
	return fmt.Sprintf("failed to pull and unpack image %q: failed to resolve reference: unexpected status from HEAD request: 403 Forbidden", image)
}

// eventsOf tells a pod's story, newest last.
func (w *world) eventsOf(p *kube.Pod, now time.Time) []kube.Event {
	if now.Sub(p.Created) > time.Hour {
		return nil // the API server forgets after an hour
	}
	image := p.Images[0].Image
	say := func(kind, reason string, after time.Duration, count int, message string) kube.Event {
		at := p.Created.Add(after)
		if at.After(now) {
			at = now
		}
		return kube.Event{Type: kind, Reason: reason, Message: message, Count: count, Last: at, Object: "Pod/" + p.Name, Namespace: p.Namespace}
	}
	events := []kube.Event{say("Normal", "Scheduled", 0, 1, fmt.Sprintf("Successfully assigned %s to %s", key(p), p.Node))}
	switch s := stateOf(p); {
	case s.reason == "ContainerCreating":
		return events
	case p.Images[0].Digest == "":
		return append(events,
			say("Normal", "Pulling", time.Second, 5, fmt.Sprintf("Pulling image %q", image)),
			say("Warning", "Failed", 2*time.Second, 5, s.message),
			say("Warning", "BackOff", now.Sub(p.Created)-9*time.Second, 14, fmt.Sprintf("Back-off pulling image %q", image)))
	default:
		events = append(events,
			say("Normal", "Pulled", time.Second, 1+p.Restarts, fmt.Sprintf("Container image %q already present on machine", image)),
			say("Normal", "Created", time.Second, 1+p.Restarts, "Created container: "+p.Images[0].Container),
			say("Normal", "Started", time.Second, 1+p.Restarts, "Started container "+p.Images[0].Container))
		if s.reason == "CrashLoopBackOff" || s.reason == "Error" {
			events = append(events, say("Warning", "BackOff", now.Sub(p.Created)-11*time.Second, 5*p.Restarts,
				"Back-off restarting failed container "+p.Images[0].Container+" in pod "+p.Name))
		}
		return events
	}
}

// description is kubectl describe pod.
func description(p *kube.Pod, events []kube.Event, now time.Time) string {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	row := func(name string, value any) { fmt.Fprintf(t, "%s:\t%v\n", name, value) }
	s := stateOf(p)
	row("Name", p.Name)
	row("Namespace", p.Namespace)
	row("Node", p.Node+"/192.168.65.3")
	row("Start Time", p.Created.UTC().Format(time.RFC1123Z))
	row("Status", p.Status)
	if p.Owner.Kind != "" {
		row("Controlled By", p.Owner.Kind+"/"+p.Owner.Name)
	}
	_ = t.Flush()
	for _, i := range p.Images {
		fmt.Fprintf(t, "Containers:\n  %s:\n", i.Container)
		row("    Image", i.Image)
		row("    Image ID", i.Digest)
		row("    Port", "3000/TCP")
		row("    State", s.kind)
		if s.reason != "" {
			row("      Reason", s.reason)
		}
		if s.message != "" {
			row("      Message", s.message)
		}
		if s.exit != 0 {
			row("      Exit Code", s.exit)
		}
		if p.Restarts > 0 {
			row("    Last State", "Terminated")
			row("      Reason", "Error")
			row("      Exit Code", 2)
		}
		row("    Ready", p.Ready == p.Total)
		row("    Restart Count", p.Restarts)
		row("    Limits", "cpu 200m, memory 256Mi")
		row("    Requests", "cpu 100m, memory 128Mi")
		_ = t.Flush() // into a builder: it cannot fail
	}
	if len(events) == 0 {
		b.WriteString("Events:  <none>\n")
		return b.String()
	}
	fmt.Fprintf(t, "Events:\n  Type\tReason\tAge\tMessage\n  ----\t------\t---\t-------\n")
	for _, e := range events {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", e.Type, e.Reason, now.Sub(e.Last).Round(time.Second), e.Message)
	}
	_ = t.Flush()
	return b.String()
}

// podYAML is kubectl get pod -o yaml without what only machines read.
func podYAML(p *kube.Pod) string {
	owner := ""
	if p.Owner.Kind != "" {
		owner = fmt.Sprintf("\n  ownerReferences:\n  - kind: %s\n    name: %s", p.Owner.Kind, p.Owner.Name)
	}
	return fmt.Sprintf(`apiVersion: v1
kind: Pod
metadata:
  creationTimestamp: %q
  labels:
    app.kubernetes.io/name: %s
  name: %s
  namespace: %s%s
  uid: %s
spec:
  containers:
  - env:
    - name: DB_PASSWORD
      value: %[14]s
    image: %[7]s
    imagePullPolicy: IfNotPresent
    name: %[8]s
    ports:
    - containerPort: 3000
      protocol: TCP
    resources:
      limits:
        cpu: 200m
        memory: 256Mi
      requests:
        cpu: 100m
        memory: 128Mi
  nodeName: %[9]s
  restartPolicy: Always
status:
  containerStatuses:
  - image: %[7]s
    imageID: %[10]s
    name: %[8]s
    ready: %[11]t
    restartCount: %[12]d
  phase: %[13]s
`, p.Created.UTC().Format(time.RFC3339), p.Images[0].Container, p.Name, p.Namespace, owner, p.UID,
		p.Images[0].Image, p.Images[0].Container, p.Node, p.Images[0].Digest, p.Ready == p.Total, p.Restarts, apiPhase(p), secret.Hidden)
}

func apiPhase(p *kube.Pod) string {
	switch {
	case p.Phase == kube.PhaseDone:
		return "Succeeded"
	case p.Images[0].Digest == "":
		return "Pending"
	}
	return "Running"
}
