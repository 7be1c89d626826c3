package kube

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/twindeck/twindeck/env/link"
)

// kindNamed is a kind of the fixture by the word a person types.
func kindNamed(t *testing.T, c *Client, word string) Kind {
	t.Helper()
	kinds, err := c.Kinds(deadline(t, 20*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(kinds, called(word))
	if i < 0 {
		t.Fatalf("the cluster has no kind %s", word)
	}
	return kinds[i]
}

// called says whether a kind goes by a word.
func called(word string) func(Kind) bool {
	return func(k Kind) bool {
		return k.Name == word || k.String() == word || k.Singular == word || slices.Contains(k.Short, word)
	}
}

// Whatever the server can list, is listed: with columns, with a row for each
// object, and without a word of complaint.
func TestFixtureListsEveryKind(t *testing.T) {
	c := fixture(t, Options{})
	kinds, err := c.Kinds(deadline(t, 20*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"po", "deploy", "svc", "ing", "cm", "secret", "pvc", "job", "no", "ev", "sts", "ds", "rs", "cj", "ns", "crd", "hpa", "sa"} {
		if !slices.ContainsFunc(kinds, called(word)) {
			t.Errorf("no kind is called %s", word)
		}
	}
	for _, k := range kinds {
		t.Run(k.String(), func(t *testing.T) {
			t.Parallel()
			o := follow(t, c, k, "").await("the first list", func(o Objects) bool { return o.Synced })
			if o.Status.State != link.Live || o.Status.Err != nil || len(o.Columns) == 0 || !slices.ContainsFunc(o.Columns, func(c Column) bool { return c.Name == "NAME" }) {
				t.Errorf("%+v", o)
			}
			for _, r := range o.Rows {
				if r.Name == "" || len(r.Cells) != len(o.Columns) || (r.Namespace != "") != k.Namespaced {
					t.Errorf("row %+v", r)
				}
			}
		})
	}
}

const pod = `containers: [{name: main, image: "twindeck.local/base:1", imagePullPolicy: Never, command: ["sleep", "1000"]}], terminationGracePeriodSeconds: 0`

// samples are objects of the kinds that a cluster has from the start.
var samples = map[string]string{
	"ConfigMap":             "apiVersion: v1\ndata: {a: b}",
	"Secret":                "apiVersion: v1\nstringData: {a: b}",
	"Service":               "apiVersion: v1\nspec: {selector: {a: b}, ports: [{port: 80}]}",
	"Endpoints":             "apiVersion: v1\nsubsets: [{addresses: [{ip: 10.9.9.9}], ports: [{port: 80}]}]",
	"ServiceAccount":        "apiVersion: v1",
	"LimitRange":            "apiVersion: v1\nspec: {limits: [{type: Pod, max: {cpu: \"8\"}}]}",
	"ResourceQuota":         "apiVersion: v1\nspec: {hard: {services: \"50\"}}",
	"PersistentVolumeClaim": "apiVersion: v1\nspec: {storageClassName: none, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}",
	"Pod":                   "apiVersion: v1\nspec: {" + pod + "}",
	"PodTemplate":           "apiVersion: v1\ntemplate: {metadata: {labels: {a: b}}, spec: {" + pod + "}}",
	"ReplicationController": "apiVersion: v1\nspec: {replicas: 0, selector: {a: rc}, template: {metadata: {labels: {a: rc}}, spec: {" + pod + "}}}",
	"Event":                 "apiVersion: v1\ninvolvedObject: {kind: Pod, name: web, namespace: NAMESPACE}\nreason: Tested\ntype: Warning\nmessage: it was tested\nlastTimestamp: 2026-01-02T03:04:05Z",
	"Deployment":            "apiVersion: apps/v1\nspec: {replicas: 1, selector: {matchLabels: {a: d}}, template: {metadata: {labels: {a: d}}, spec: {" + pod + "}}}",
	"StatefulSet":           "apiVersion: apps/v1\nspec: {replicas: 0, serviceName: s, selector: {matchLabels: {a: s}}, template: {metadata: {labels: {a: s}}, spec: {" + pod + "}}}",
	"DaemonSet":             "apiVersion: apps/v1\nspec: {selector: {matchLabels: {a: ds}}, template: {metadata: {labels: {a: ds}}, spec: {nodeSelector: {no: where}, " + pod + "}}}",
	"ReplicaSet":            "apiVersion: apps/v1\nspec: {replicas: 0, selector: {matchLabels: {a: rs}}, template: {metadata: {labels: {a: rs}}, spec: {" + pod + "}}}",
	"ControllerRevision":    "apiVersion: apps/v1\nrevision: 1\ndata: {a: b}",
	"Job":                   "apiVersion: batch/v1\nspec: {template: {spec: {restartPolicy: Never, " + pod + "}}}",
	"CronJob":               "apiVersion: batch/v1\nspec: {schedule: \"0 3 * * *\", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, " + pod + "}}}}}",
	"Ingress":               "apiVersion: networking.k8s.io/v1\nspec: {rules: [{host: a.localhost, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}",
	"NetworkPolicy":         "apiVersion: networking.k8s.io/v1\nspec: {podSelector: {matchLabels: {a: none}}}",
	"EndpointSlice":         "apiVersion: discovery.k8s.io/v1\naddressType: IPv4\nendpoints: [{addresses: [10.9.9.9]}]",
	"Lease":                 "apiVersion: coordination.k8s.io/v1\nspec: {holderIdentity: me}",
	"Role":                  "apiVersion: rbac.authorization.k8s.io/v1\nrules: [{apiGroups: [\"\"], resources: [pods], verbs: [get]}]",
	"RoleBinding":           "apiVersion: rbac.authorization.k8s.io/v1\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}\nsubjects: [{kind: ServiceAccount, name: web}]",
	"PodDisruptionBudget":   "apiVersion: policy/v1\nspec: {minAvailable: 1, selector: {matchLabels: {a: none}}}",

	"HorizontalPodAutoscaler": "apiVersion: autoscaling/v2\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 2, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}",
}

// An object that is made, changed and deleted is seen to be, whatever its kind;
// and it can be described meanwhile.
func TestFixtureFollowsChanges(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ns := c.options.Namespace
	for name, text := range samples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kindNamed(t, c, name)
			f := follow(t, c, k, ns)
			f.await("an empty list", func(o Objects) bool { return o.Synced })
			own := strings.ToLower(name) // the names of some have a meaning to others
			manifest := func(label string) []Manifest {
				return read(t, c, strings.ReplaceAll(text, "NAMESPACE", ns)+"\nkind: "+name+"\nmetadata: {name: "+own+", labels: {round: "+label+"}}\n")
			}
			ctx := deadline(t, time.Minute)
			for _, round := range []string{"one", "two"} {
				if _, err := c.Apply(ctx, ns, manifest(round), nil); err != nil {
					t.Fatal(err)
				}
				o := f.await("round "+round, func(o Objects) bool {
					r := o.row(own)
					return r != nil && slices.Contains(r.Labels, "round="+round)
				})
				if r := o.row(own); r.UID == "" || r.Namespace != ns || time.Since(r.Created) > time.Minute || o.cell(r, "NAME") != own {
					t.Errorf("row %+v", r)
				}
			}
			for what, ask := range map[string]func(context.Context, Ref) (string, error){"description": c.Describe, "YAML": c.YAML} {
				if text, err := ask(ctx, k.Ref(ns, own)); err != nil || !strings.Contains(text, own) || strings.Contains(text, "managedFields") {
					t.Errorf("its %s: %v\n%s", what, err, text)
				}
			}
			if _, err := c.Events(ctx, k.Ref(ns, own)); err != nil {
				t.Error(err)
			}
			if _, err := c.Related(ctx, k.Ref(ns, own)); err != nil {
				t.Error(err)
			}
			if err := c.Delete(ctx, k.Ref(ns, own)); err != nil {
				t.Fatal(err)
			}
			f.await("its end", func(o Objects) bool { return o.row(own) == nil })
		})
	}
}

// The state of a workload is judged as its cells change.
func TestFixtureJudgesAWorkload(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ns := c.options.Namespace
	f := follow(t, c, kindNamed(t, c, "deploy"), ns)
	jobs := follow(t, c, kindNamed(t, c, "jobs"), ns)
	events := follow(t, c, kindNamed(t, c, "ev"), ns)
	ctx := deadline(t, time.Minute)
	both := app("Deployment", "web", 2, "exec sleep 1000") + "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\n" +
		"spec: {template: {spec: {restartPolicy: Never, " + strings.Replace(pod, `"sleep", "1000"`, `"sleep", "15"`, 1) + "}}}\n"
	if _, err := c.Apply(ctx, ns, read(t, c, both), nil); err != nil {
		t.Fatal(err)
	}
	f.await("that it starts", func(o Objects) bool { r := o.row("web"); return r != nil && r.Phase == PhaseStarting })
	o := f.await("that it is ready", func(o Objects) bool { r := o.row("web"); return r != nil && r.Phase == PhaseReady })
	if r := o.row("web"); o.cell(r, "READY") != "2/2" || !slices.Equal(r.Images, []string{"twindeck.local/base:1"}) {
		t.Errorf("row %+v", r)
	}
	running := jobs.await("that the job runs", func(o Objects) bool {
		r := o.row("once")
		return r != nil && r.Phase == PhaseReady && o.cell(r, "DURATION") != ""
	})
	duration := slices.IndexFunc(running.Columns, func(c Column) bool { return c.Name == "DURATION" })
	if at, ok := running.row("once").Time(duration); !ok || time.Since(at) > time.Minute {
		t.Errorf("a running job's duration counts from %v", at)
	}
	done := jobs.await("that the job is done", func(o Objects) bool { return o.row("once").Phase == PhaseDone })
	if d := done.cell(done.row("once"), "DURATION"); !regexp.MustCompile(`^\d+s$`).MatchString(d) {
		t.Errorf("the job took %q", d)
	}
	seen := events.await("what happened", func(o Objects) bool { return len(o.Rows) > 3 })
	for _, r := range seen.Rows {
		if at, ok := r.Time(0); seen.Columns[0].Name != "LAST SEEN" || !ok || time.Since(at) > time.Minute {
			t.Errorf("event %v was seen at %v", r.Cells, at)
		}
	}
}

// A workload is restarted and scaled as a row of its own; what it owns goes
// with it.
func TestFixtureActsOnAWorkload(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"Deployment", "StatefulSet", "DaemonSet"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			c := inNamespace(t)
			ns := c.options.Namespace
			ctx := deadline(t, time.Minute)
			last := roll(t, c, read(t, c, app(kind, "web", 1, "exec sleep 1000")), Created)
			before := last.Pods[0].Name
			if err := c.Restart(ctx, last.Ref); err != nil {
				t.Fatal(err)
			}
			var news Rollout
			if err := c.Rollout(ctx, []Ref{last.Ref}, func(r Rollout) { news = r }); err != nil {
				t.Fatal(err)
			}
			if kind != "StatefulSet" && slices.ContainsFunc(news.Pods, func(p RolloutPod) bool { return p.New && p.Name == before }) {
				t.Errorf("%s was not replaced: %+v", before, news.Pods)
			}
			f := follow(t, c, kindNamed(t, c, kind), ns)
			if kind != "DaemonSet" {
				if now, err := c.Scale(ctx, last.Ref, 1); err != nil || now != 2 {
					t.Errorf("Scale() = %d, %v", now, err)
				}
				f.await("two of them", func(o Objects) bool { return o.cell(o.row("web"), "READY") == "2/2" })
			}
			pods := follow(t, c, PodKind(), ns)
			pods.await("its pods", func(o Objects) bool { return len(o.Rows) > 0 })
			if err := c.Delete(ctx, last.Ref); err != nil {
				t.Fatal(err)
			}
			pods.await("that they went with it", func(o Objects) bool { return len(o.Rows) == 0 })
		})
	}
	c := inNamespace(t)
	if _, err := c.Apply(deadline(t, time.Minute), "", read(t, c, "apiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\nspec: {suspend: true, template: {spec: {restartPolicy: Never, "+pod+"}}}\n"), nil); err != nil {
		t.Fatal(err)
	}
	err := c.Restart(deadline(t, time.Minute), Ref{Group: "batch", Version: "v1", Kind: "Job", Namespace: c.options.Namespace, Name: "once"})
	if err == nil || !strings.Contains(err.Error(), "not restarted as a whole") {
		t.Errorf("restarting a Job: %v", err)
	}
}

// A custom resource is listed as soon as what defines it is there, by its own
// columns, and is gone with it.
func TestFixtureFollowsACustomResource(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ns := c.options.Namespace
	ctx := deadline(t, time.Minute)
	group := strings.ReplaceAll(ns, "kube-", "") + ".test.dev"
	crd := fmt.Sprintf(`apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.%[1]s}
spec:
  group: %[1]s
  names: {kind: Widget, plural: widgets, singular: widget, shortNames: [wd]}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
    additionalPrinterColumns:
    - {name: Ready, type: string, jsonPath: .spec.ready}
    - {name: Size, type: integer, jsonPath: .spec.size}
    - {name: Since, type: date, jsonPath: .spec.since}
    - {name: Note, type: string, jsonPath: .spec.note, priority: 1}
`, group)
	widget := func(ready string) []Manifest {
		return read(t, c, fmt.Sprintf("apiVersion: %s/v1\nkind: Widget\nmetadata: {name: one}\nspec: {ready: %q, size: 7, since: %s, note: \"a\\e[2Jb\", password: hunter2}\n",
			group, ready, time.Now().Add(-90*time.Minute).UTC().Format(time.RFC3339)))
	}
	early := follow(t, c, Kind{Group: group, Version: "v1", Resource: "widgets", Name: "Widget", Namespaced: true}, ns)
	o := early.await("that there is none", func(o Objects) bool { return o.Status.Err != nil })
	if !strings.Contains(o.Status.Err.Error(), "no such kind of objects") || o.Status.State != link.Connecting {
		t.Errorf("before it is defined: %+v", o.Status)
	}
	if _, err := c.Apply(ctx, ns, append(read(t, c, crd), widget("False")...), nil); err != nil {
		t.Fatal(err)
	}
	k := kindNamed(t, c, "wd")
	f := follow(t, c, k, ns)
	o = f.await("one that is not ready", func(o Objects) bool { r := o.row("one"); return r != nil && r.Phase == PhaseWarning })
	names := ""
	for _, col := range o.Columns {
		names += fmt.Sprintf("%s %v %v %v,", col.Name, col.Wide, col.Number, col.Age)
	}
	if names != "NAME false false false,READY false false false,SIZE false true false,SINCE false false true,NOTE true false false," {
		t.Errorf("columns %s", names)
	}
	if at, ok := o.row("one").Time(3); !ok || time.Since(at).Round(time.Minute) != 90*time.Minute {
		t.Errorf("since %v, %v", at, o.row("one").Cells)
	}
	if note := o.cell(o.row("one"), "NOTE"); note != "a\x1b[2Jb" {
		t.Errorf("an escape sequence came as %q: it is data, and drawing cleans it", note)
	}
	if _, err := c.Apply(ctx, ns, widget("True"), nil); err != nil {
		t.Fatal(err)
	}
	f.await("that it is ready", func(o Objects) bool { r := o.row("one"); return r != nil && r.Phase == PhaseReady })
	early.await("it, at last", func(o Objects) bool { return o.Synced && o.row("one") != nil && o.Status.Err == nil })
	for what, ask := range map[string]func() (string, error){
		"description": func() (string, error) { return c.Describe(ctx, k.Ref(ns, "one")) },
		"YAML":        func() (string, error) { return c.YAML(ctx, k.Ref(ns, "one")) },
	} {
		if text, err := ask(); err != nil || strings.Contains(text, "hunter2") || !strings.Contains(text, "True") || !strings.Contains(text, "Widget") {
			t.Errorf("its %s: %v\n%s", what, err, text)
		}
	}
	if err := c.Delete(ctx, Ref{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition", Name: "widgets." + group}); err != nil {
		t.Fatal(err)
	}
	f.await("that the kind is gone", func(o Objects) bool { return o.Status.Err != nil && len(o.Rows) == 0 })
}

// Of a secret nobody sees more than its keys and sizes.
func TestFixtureMasksSecrets(t *testing.T) {
	t.Parallel()
	c := inNamespace(t)
	ns := c.options.Namespace
	ctx := deadline(t, time.Minute)
	text := "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: hunter2, user: ada}\n---\n" +
		"apiVersion: v1\nkind: Secret\nmetadata: {name: robot, annotations: {kubernetes.io/service-account.name: default}}\ntype: kubernetes.io/service-account-token\n---\n" +
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata: {DB_PASSWORD: hunter2, LOG_LEVEL: debug, app.ini: \"user = ada\\npassword = hunter2\\n\", " +
		`tabs: "user =\tada\npassword =\thunter2", CRLF_TOKEN: "first\r\nhunter2\r\n", TAB_SECRET: "first\thunter2\x1b[1m"` + "}\n---\n" +
		"apiVersion: v1\nkind: Pod\nmetadata: {name: web, annotations: {acme.dev/password: hunter2, acme.dev/note: seen}}\nspec: {" + strings.Replace(pod, "{name: main", `{name: main, `+
		`args: ["--db-password=hunter2", "--note=seen"], livenessProbe: {httpGet: {port: 80, path: "/?token=hunter2", httpHeaders: [{name: Authorization, value: hunter2}]}}, env: [{name: TLS_KEY, value: "first\nhunter2\n"}, {name: LEVEL, value: debug}]`, 1) + "}\n"
	if _, err := c.Apply(ctx, ns, read(t, c, text), nil); err != nil {
		t.Fatal(err)
	}
	follow(t, c, kindNamed(t, c, "secret"), ns).await("the token", func(o Objects) bool { r := o.row("robot"); return r != nil && o.cell(r, "DATA") == "3" })
	cn, err := c.connected(ctx)
	if err != nil {
		t.Fatal(err)
	}
	robot, err := cn.calls.CoreV1().Secrets(ns).Get(ctx, "robot", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	token := robot.Data["token"]
	for _, tc := range []struct {
		kind, name string
		shows      []string
	}{
		{"Secret", "db", []string{"7 bytes", "3 bytes", "password", "user"}},
		{"Secret", "robot", []string{fmt.Sprintf("%d bytes", len(token)), "ca.crt", "service-account.name: default"}},
		{"ConfigMap", "conf", []string{"debug", "DB_PASSWORD", "ada"}},
		{"Pod", "web", []string{"TLS_KEY", "debug", "--db-password=********", "--note=seen", "acme.dev/password", "note: seen"}},
	} {
		ref := Ref{Version: "v1", Kind: tc.kind, Namespace: ns, Name: tc.name}
		described, err := c.Describe(ctx, ref)
		if err != nil {
			t.Fatal(err)
		}
		y, err := c.YAML(ctx, ref)
		if err != nil {
			t.Fatal(err)
		}
		for what, text := range map[string]string{"description": described, "YAML": y} {
			t.Log(what, "of", tc.name)
			seesOnly(t, text, tc.shows, []string{"hunter2", "aHVudGVyMg", string(token), base64.StdEncoding.EncodeToString(token)})
		}
	} // A plan tells that they change, not to what. A pod's variables stay.
	changed := strings.ReplaceAll(text[:strings.LastIndex(text, "---\n")], "hunter2", "hunter3")
	for name, kind := range map[string]string{"db": "Secret", "conf": "ConfigMap"} {
		plan, err := c.DryRun(ctx, ns, read(t, c, changed))
		i := slices.IndexFunc(plan, func(a Applied) bool { return a.Ref.Kind == kind && a.Ref.Name == name })
		if err != nil || i < 0 || plan[i].Change != Updated {
			t.Fatalf("the plan: %+v, %v", plan, err)
		}
		seesOnly(t, plan[i].Diff, []string{"******** (before)", "******** (after)"}, []string{"hunter", "aHVud"})
	}
}

// When the line to the API server is down rows stay, and what changed
// meanwhile is there once it is back.
func TestFixtureFollowComesBack(t *testing.T) {
	c := inNamespace(t)
	ns := c.options.Namespace
	ctx := deadline(t, time.Minute)
	apply := func(name string) {
		t.Helper()
		if _, err := c.Apply(ctx, ns, read(t, c, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "+name+"}\n"), nil); err != nil {
			t.Fatal(err)
		}
	}
	apply("one")
	far, line := throughLine(t, ns)
	f := follow(t, far, kindNamed(t, far, "cm"), ns)
	f.await("one", func(o Objects) bool { return o.Synced && o.row("one") != nil })
	line.down()
	o := f.await("the loss", func(o Objects) bool { return o.Status.State == link.Lost })
	if o.row("one") == nil || !o.Synced || o.Status.Err == nil || o.Status.News.IsZero() {
		t.Errorf("while lost: %+v", o)
	}
	apply("two")
	if err := c.Delete(ctx, Ref{Version: "v1", Kind: "ConfigMap", Namespace: ns, Name: "one"}); err != nil {
		t.Fatal(err)
	}
	line.up()
	took(t, 2*time.Second, func() {
		f.await("what is there now", func(o Objects) bool {
			return o.Status.State == link.Live && o.row("two") != nil && o.row("one") == nil
		})
	})
}

// line leads to the real API server, and can be taken down.
type line struct {
	t        *testing.T
	addr, to string
	mu       sync.Mutex
	open     []net.Conn
	listener net.Listener
	running  sync.WaitGroup
}

// throughLine opens the fixture over a line of its own.
func throughLine(t *testing.T, ns string) (*Client, *line) {
	t.Helper()
	direct := fixture(t, Options{})
	at, err := direct.Context()
	if err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, addr: "127.0.0.1:0", to: strings.TrimPrefix(at.Server, "https://")}
	l.up()
	t.Cleanup(func() { l.down(); l.running.Wait() })
	text, err := os.ReadFile(direct.options.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), at.Server, "https://"+l.addr)), 0o600); err != nil {
		t.Fatal(err)
	}
	return Open(Options{Kubeconfig: file, Namespace: ns}), l
}

func (l *line) up() {
	listener, err := net.Listen("tcp", l.addr)
	if err != nil {
		l.t.Fatal(err)
	}
	l.addr, l.listener = listener.Addr().String(), listener
	l.running.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", l.to)
			if err != nil {
				near.Close()
				continue
			}
			l.mu.Lock()
			l.open = append(l.open, near, far)
			l.mu.Unlock()
			for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
				l.running.Go(func() {
					_, _ = io.Copy(way[0], way[1]) // until either end is closed
					way[0].Close()
					way[1].Close()
				})
			}
		}
	})
}

func (l *line) down() {
	l.listener.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.open {
		c.Close()
	}
	l.open = nil
}
