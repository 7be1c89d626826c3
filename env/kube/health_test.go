package kube

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

// shopAPI is an API server with a namespace shop, of objects in YAML.
type shopAPI struct {
	pods   []string          // in full
	many   int               // pods the lists pretend to have more
	events []string          //
	other  map[string]string // by path
	logs   map[string]string // by pod
	mu     sync.Mutex
	seen   []string // METHOD path, and the body of a change
}

func (s *shopAPI) client(t *testing.T) *Client {
	t.Helper()
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return openServer(t, srv.URL, "")
}

func (s *shopAPI) requests(prefix string) (found []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.seen {
		if strings.HasPrefix(r, prefix) {
			found = append(found, r)
		}
	}
	return found
}

func asJSON(text string) string {
	out, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		panic(err) // a mistake in this file
	}
	return string(out)
}

func (s *shopAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body strings.Builder
	if r.Body != nil {
		var raw json.RawMessage
		if json.NewDecoder(r.Body).Decode(&raw) == nil {
			body.Write(raw)
		}
	}
	s.mu.Lock()
	s.seen = append(s.seen, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+body.String()))
	s.mu.Unlock()
	const shop = "/api/v1/namespaces/shop/"
	name, isPod := strings.CutPrefix(r.URL.Path, shop+"pods/")
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Method != http.MethodGet:
		fmt.Fprint(w, orStatus(s.other[r.Method+" "+r.URL.Path], w))
	case r.URL.Path == shop+"pods" && strings.Contains(r.Header.Get("Accept"), "as=Table"):
		fmt.Fprint(w, s.table())
	case r.URL.Path == shop+"pods":
		more := `""`
		if s.many > 0 {
			more = `"next"`
		}
		fmt.Fprintf(w, `{"kind":"PodList","apiVersion":"v1","metadata":{"continue":%s},"items":[%s]}`, more, joined(s.pods))
	case r.URL.Path == shop+"events":
		fmt.Fprintf(w, `{"kind":"EventList","apiVersion":"v1","metadata":{},"items":[%s]}`, joined(s.events))
	case isPod && strings.HasSuffix(name, "/log"):
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, s.logs[strings.TrimSuffix(name, "/log")])
	case isPod:
		i := slices.IndexFunc(s.pods, func(p string) bool { return strings.Contains(p, "name: "+name+",") })
		text := ""
		if i >= 0 {
			text = s.pods[i]
		}
		fmt.Fprint(w, orStatus(text, w))
	default:
		fmt.Fprint(w, orStatus(s.other[r.URL.Path], w))
	}
}

func joined(list []string) string {
	var out []string
	for _, text := range list {
		out = append(out, asJSON(text))
	}
	return strings.Join(out, ",")
}

// orStatus is an object, or the answer for one that is not there.
func orStatus(text string, w http.ResponseWriter) string {
	if text != "" {
		return asJSON(text)
	}
	w.WriteHeader(http.StatusNotFound)
	return `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404,"message":"not found"}`
}

func (s *shopAPI) table() string {
	rows := []string{}
	for i := range s.many {
		rows = append(rows, fmt.Sprintf(`{"cells":["busy-%d","1/1","Running","0","5m"]}`, i))
	}
	for _, p := range s.pods {
		var pod struct{ Metadata struct{ Name string } }
		if json.Unmarshal([]byte(asJSON(p)), &pod) == nil {
			rows = append(rows, fmt.Sprintf(`{"cells":[%q,"0/1","ImagePullBackOff","0","5m"]}`, pod.Metadata.Name))
		}
	}
	return `{"kind":"Table","apiVersion":"meta.k8s.io/v1","columnDefinitions":[{"name":"Name"},{"name":"Ready"},{"name":"Status"},{"name":"Restarts"},{"name":"Age"}],"rows":[` + strings.Join(rows, ",") + `]}`
}

func podYAMLOf(name, spec, status string) string {
	return "{kind: Pod, apiVersion: v1, metadata: {namespace: shop, name: " + name + ", labels: {a: b}}, spec: " + spec + ", status: " + status + "}"
}

func warningOf(object, reason, message string) string {
	kind, name, _ := strings.Cut(object, "/")
	return fmt.Sprintf(`{kind: Event, apiVersion: v1, metadata: {namespace: shop, name: %s.1}, type: Warning, reason: %s, message: %q, count: 3, lastTimestamp: "2026-11-22T10:00:00Z", involvedObject: {kind: %s, name: %s}}`,
		name, reason, message, kind, name)
}

// Each state of a pod, and the cause that a look at the namespace finds.
func TestHealth(t *testing.T) {
	one := "{restartPolicy: Always, containers: [{name: a, image: 'web:1', livenessProbe: {httpGet: {port: 80}, failureThreshold: 3}}]}"
	for name, tc := range map[string]struct {
		status, event, log string
		cause              Cause
		tail               string
	}{
		"image not there": {
			`{phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ImagePullBackOff, message: 'Back-off pulling image "web:1"'}}}]}`,
			`Failed to pull image "web:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/web:1": not found`, "", ImageMissing, "",
		},
		"not yours": {
			`{phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ErrImagePull, message: 'failed to authorize: 401 Unauthorized'}}}]}`, "", "", PullDenied, "",
		},
		"name of the registry": {
			`{phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ErrImagePull, message: 'dial tcp: lookup r.example on 10.0.0.2:53: no such host'}}}]}`, "", "", NoSuchHost, "",
		},
		"certificate": {
			`{phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ErrImagePull, message: 'tls: failed to verify certificate: x509: certificate signed by unknown authority'}}}]}`, "", "", UntrustedTLS, "",
		},
		"rate limit": {
			`{phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ErrImagePull, message: 'toomanyrequests: You have reached your unauthenticated pull rate limit'}}}]}`, "", "", RateLimited, "",
		},
		"never": {
			`{phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ErrImageNeverPull, message: 'Container image "web:1" is not present with pull policy of Never'}}}]}`, "", "", NeverPull, "",
		},
		"root": {
			`{phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: CreateContainerConfigError, message: 'container has runAsNonRoot and image will run as root'}}}]}`, "", "", RunsAsRoot, "",
		},
		"crash": {
			`{phase: Running, containerStatuses: [{name: a, containerID: x, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1, reason: Error}}}]}`, "", "boom\n", Crashes, "boom",
		},
		"ended well, and to be started again": {
			`{phase: Running, containerStatuses: [{name: a, containerID: x, restartCount: 1, state: {terminated: {exitCode: 0, reason: Completed}}, lastState: {terminated: {exitCode: 0, reason: Completed}}}]}`,
			"Back-off restarting failed container a in pod web-x", "done\n", EndsByItself, "done",
		},
		"memory": {
			`{phase: Running, containerStatuses: [{name: a, containerID: x, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 137, reason: OOMKilled}}}]}`, "", "", OutOfMemory, "",
		},
		"killed by its probe": {
			`{phase: Running, containerStatuses: [{name: a, containerID: x, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 137, reason: Error}}}]}`,
			"Liveness probe failed: HTTP probe failed with statuscode: 404", "", ProbeKilled, "",
		},
		"up between two crashes": {
			`{phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: [{name: a, ready: true, containerID: x, restartCount: 3, state: {running: {startedAt: "` + time.Now().UTC().Format(time.RFC3339) + `"}}, lastState: {terminated: {exitCode: 127, reason: Error}}}]}`, "", "", NoCommand, "",
		},
		"not ready": {
			`{phase: Running, containerStatuses: [{name: a, containerID: x, state: {running: {startedAt: "2026-11-22T10:00:05Z"}}}]}`,
			`Readiness probe failed: Get "http://10.1.0.9:80/": dial tcp 10.1.0.9:80: connect: connection refused`, "", ProbeRefused, "",
		},
		"no room": {
			`{phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: Unschedulable, message: '0/1 nodes are available: 1 Insufficient cpu.'}]}`, "", "", NoRoom, "",
		},
		"volume": {
			`{phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ContainerCreating}}}]}`,
			`MountVolume.SetUp failed for volume "conf" : configmap "web-conf" not found`, "", ConfigMissing, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shopAPI{pods: []string{
				podYAMLOf("web-x", one, tc.status),
				podYAMLOf("fine", one, `{phase: Running, containerStatuses: [{name: a, ready: true, restartCount: 4, state: {running: {startedAt: "2026-01-01T00:00:00Z"}}, lastState: {terminated: {exitCode: 1}}}]}`),
			}, logs: map[string]string{"web-x": tc.log}}
			if tc.event != "" {
				reason := "Failed"
				if strings.Contains(tc.event, "probe failed") {
					reason = "Unhealthy"
				} else if strings.HasPrefix(tc.event, "MountVolume") {
					reason = "FailedMount"
				}
				s.events = []string{warningOf("Pod/web-x", reason, tc.event)}
			}
			h, err := s.client(t).Health(t.Context(), "shop")
			if err != nil || h.Count != 2 || len(h.Pods) != 2 || len(h.Ailing) != 1 {
				t.Fatalf("%+v, %v", h, err)
			}
			got := Telling(h.Ailing[0].Troubles)
			if got.Cause() != tc.cause || strings.Join(got.Tail, "\n") != tc.tail || h.Ailing[0].Pod.Name != "web-x" {
				t.Errorf("%s, want %s: %+v", got.Cause(), tc.cause, got)
			}
			if n := len(s.requests("GET /api/v1/namespaces/shop/events")) + len(s.requests("GET /api/v1/namespaces/shop/pods")); n > 3 {
				t.Errorf("%d requests: %v", n, s.seen)
			}
		})
	}
}

// What a look costs does not grow with the number of pods.
func TestHealthOfManyPods(t *testing.T) {
	s := &shopAPI{many: 10_000}
	waits := `{phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ImagePullBackOff, message: 'not found'}}}]}`
	for i := range 40 {
		s.pods = append(s.pods, podYAMLOf("web-"+fmt.Sprint(i), "{containers: [{name: a, image: 'web:1'}]}", waits),
			podYAMLOf(fmt.Sprintf("other%dx-app", i), "{containers: [{name: a, image: 'web:1'}]}", waits))
	}
	var h Health
	var err error
	took(t, 3*time.Second, func() { h, err = s.client(t).Health(t.Context(), "shop") })
	if err != nil || h.Count != 10_080 || h.Pods != nil || len(h.Ailing) != healthLooks {
		t.Fatalf("%d pods, %d ailing, %v", h.Count, len(h.Ailing), err)
	}
	i := slices.IndexFunc(h.Ailing, func(a Ailing) bool { return a.Pod.Name == "web-0" })
	if i < 0 || h.Ailing[i].Alike != 39 {
		t.Errorf("the pods of one workload are not told as one: %d", i)
	}
	if n := len(s.requests("GET ")); n > healthLooks+3 {
		t.Errorf("%d requests", n)
	}
}

func TestRefusals(t *testing.T) {
	rs := func(has int) string {
		return fmt.Sprintf(`{kind: ReplicaSet, apiVersion: apps/v1, metadata: {namespace: shop, name: web-5d9, labels: {pod-template-hash: 5d9}, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: u, controller: true}]}, spec: {replicas: 2, selector: {}}, status: {replicas: %d}}`, has)
	}
	const path = "/apis/apps/v1/namespaces/shop/replicasets/web-5d9"
	s := &shopAPI{other: map[string]string{path: rs(0)}, events: []string{warningOf("ReplicaSet/web-5d9", "FailedCreate", `pods "web-5d9-" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true`)}}
	h, err := s.client(t).Health(t.Context(), "shop")
	if err != nil || len(h.Refused) != 1 || h.Refused[0].Owner != (Owner{Kind: "Deployment", Name: "web"}) || (Trouble{Message: h.Refused[0].Message}).Cause() != PodSecurity {
		t.Errorf("%+v, %v", h.Refused, err)
	}
	s.other[path] = rs(2) // the event is still there, and no longer true
	if h, err = s.client(t).Health(t.Context(), "shop"); err != nil || len(h.Refused) != 0 {
		t.Errorf("%+v, %v", h.Refused, err)
	}
}

func TestContainersOf(t *testing.T) {
	s := &shopAPI{pods: []string{podYAMLOf("web-x", `{serviceAccountName: builder, imagePullSecrets: [{name: reg}], containers: [{name: a, image: 'web:1', imagePullPolicy: Never, ports: [{name: http, containerPort: 8080}],
		resources: {requests: {cpu: 250m, memory: 64Mi}, limits: {memory: 128Mi}}, readinessProbe: {httpGet: {path: /healthz, port: http}, periodSeconds: 10, timeoutSeconds: 2, failureThreshold: 3}, livenessProbe: {tcpSocket: {port: 81}}}]}`,
		`{phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ErrImageNeverPull}}}]}`)}}
	h, err := s.client(t).Health(t.Context(), "shop")
	if err != nil || len(h.Ailing) != 1 {
		t.Fatalf("%+v, %v", h, err)
	}
	a := h.Ailing[0]
	want := `{a false false web:1 Never [] [8080] [{readiness GET /healthz 8080 10s 2s 3} {liveness connect 81 0s 0s 0}] 250 67108864 134217728}`
	if got := fmt.Sprint(a.Containers[0]); got != want || a.Account != "builder" || !slices.Equal(a.Secrets, []string{"reg"}) {
		t.Errorf("got %s of %s with %v, want %s", got, a.Account, a.Secrets, want)
	}
}

func TestHealthForbidden(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"pods is forbidden"}`)
	}))
	defer srv.Close()
	if _, err := openServer(t, srv.URL, "").Health(t.Context(), "shop"); !errors.Is(err, ErrForbidden) {
		t.Errorf("got %v", err)
	}
}
