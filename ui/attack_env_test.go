package ui

import (
	"bufio"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
)

// venom is text that tries to get out of its cell, and where it is put.
type venom struct {
	text  string
	spare []string // fields that are left alone: what logic goes by
}

// idsSpared are the fields by which things are found again. kindsSpared are
// those that say what a thing is: no server lets others write them, and a
// screen looks another way when they change. statesSpared are the few of them
// without which nothing would be seen to ail.
var (
	idsSpared    = []string{"ID", "UID", "ImageID", "ImageDigest", "ImageConfig", "ImageAlso", "Digest", "Config", "Group", "Resource", "Plural", "Kind", "Context", "Current", "Container"}
	statesSpared = append(slices.Clone(idsSpared), "State", "Health", "Phase", "Now", "Reason", "Says", "Owner")
	kindsSpared  = []string{"State", "Health", "Status", "Phase", "Project", "Service", "Namespace", "Namespaces", "Type", "Reason", "Arch", "OS", "ImageArch", "EngineArch", "Now", "Pull", "Runtime", "Says", "Policy", "Owner", "Host", "Server", "Source"}
)

// into puts the venom in the middle of a text and behind it.
func (v venom) into(s string) string {
	if s == "" || strings.Contains(s, v.text) {
		return s
	}
	at := len(s) / 2
	for at > 0 && !utf8.RuneStart(s[at]) {
		at--
	}
	return s[:at] + v.text + s[at:] + v.text
}

// outOf takes it out again, where what is shown comes back as an argument.
func (v venom) outOf(s string) string { return strings.ReplaceAll(s, v.text, "") }

// lines puts it into each line of a text.
func (v venom) lines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = v.into(lines[i])
	}
	return strings.Join(lines, "\n")
}

// poisoned is a deep copy of a value with venom in all its texts.
func poisoned[T any](v venom, value T) T { return changed(v, value, v.into) }

// cured is a deep copy with the venom taken out.
func cured[T any](v venom, value T) T { return changed(venom{}, value, v.outOf) }

func changed[T any](v venom, value T, how func(string) string) T {
	out := v.walk(reflect.ValueOf(&value).Elem(), how).Interface()
	same, _ := out.(T)
	return same
}

func (v venom) walk(in reflect.Value, how func(string) string) reflect.Value {
	out := reflect.New(in.Type()).Elem()
	out.Set(in)
	switch in.Kind() {
	case reflect.String:
		out.SetString(how(in.String()))
	case reflect.Pointer:
		if !in.IsNil() {
			out.Set(reflect.New(in.Type().Elem()))
			out.Elem().Set(v.walk(in.Elem(), how))
		}
	case reflect.Slice:
		if !in.IsNil() && in.Type().Elem().Kind() != reflect.Uint8 {
			out.Set(reflect.MakeSlice(in.Type(), in.Len(), in.Len()))
			for i := range in.Len() {
				out.Index(i).Set(v.walk(in.Index(i), how))
			}
		}
	case reflect.Struct:
		for i := range in.NumField() {
			f := in.Type().Field(i)
			if f.IsExported() && (f.Anonymous || !slices.Contains(v.spare, f.Name)) {
				out.Field(i).Set(v.walk(in.Field(i), how))
			}
		}
	case reflect.Interface:
		if err, ok := in.Interface().(error); ok {
			out.Set(reflect.ValueOf(&poisonedError{err, how}))
		}
	}
	return out
}

// poisonedError is an error with venom in its words.
type poisonedError struct {
	error
	how func(string) string
}

func (e *poisonedError) Error() string { return e.how(e.error.Error()) }
func (e *poisonedError) Unwrap() error { return e.error }

func (v venom) err(err error) error {
	if err == nil {
		return nil
	}
	return &poisonedError{err, v.into}
}

// log is a log with venom in each line, behind its time.
func (v venom) log(r io.ReadCloser, err error) (io.ReadCloser, error) {
	if err != nil {
		return nil, v.err(err)
	}
	defer r.Close()
	var b strings.Builder
	for scan := bufio.NewScanner(r); scan.Scan(); {
		stamp, line, ok := strings.Cut(scan.Text(), " ")
		if ok {
			stamp += " "
		}
		b.WriteString(stamp + v.into(line) + "\n")
	}
	return io.NopCloser(strings.NewReader(b.String())), nil
}

// poison makes an environment in which every text is the attacker's.
func (v venom) poison(e *env.Environment) *env.Environment {
	e.Docker, e.Kube = poisonedDocker{e.Docker, v}, poisonedKube{e.Kube, v}
	was := e.Project
	e.Project = func(ctx context.Context) project.Project {
		p := was(ctx)
		if !slices.Contains(v.spare, "Project") {
			p.Name = v.into(p.Name)
		}
		p.Version.Describe = v.into(p.Version.Describe)
		return p
	}
	return e
}

type poisonedDocker struct {
	env.Docker
	v venom
}

func (d poisonedDocker) Snapshot() docker.Snapshot { return poisoned(d.v, d.Docker.Snapshot()) }
func (d poisonedDocker) Endpoint() (docker.Endpoint, error) {
	at, err := d.Docker.Endpoint()
	return poisoned(d.v, at), d.v.err(err)
}

func (d poisonedDocker) Version(ctx context.Context) (docker.Version, error) {
	a, err := d.Docker.Version(ctx)
	return poisoned(d.v, a), d.v.err(err)
}

func (d poisonedDocker) Info(ctx context.Context) (docker.Info, error) {
	a, err := d.Docker.Info(ctx)
	return poisoned(d.v, a), d.v.err(err)
}

func (d poisonedDocker) List(ctx context.Context) ([]docker.Container, error) {
	a, err := d.Docker.List(ctx)
	return poisoned(d.v, a), d.v.err(err)
}

func (d poisonedDocker) Image(ctx context.Context, ref string) (docker.Image, error) {
	a, err := d.Docker.Image(ctx, d.v.outOf(ref))
	return poisoned(d.v, a), d.v.err(err)
}

func (d poisonedDocker) Inspect(ctx context.Context, id string) (string, error) {
	a, err := d.Docker.Inspect(ctx, id)
	return d.v.lines(a), d.v.err(err)
}

func (d poisonedDocker) Logs(ctx context.Context, id string, o docker.LogOptions) (io.ReadCloser, error) {
	return d.v.log(d.Docker.Logs(ctx, id, o))
}

func (d poisonedDocker) Why(ctx context.Context, id string) (docker.Ailment, error) {
	a, err := d.Docker.Why(ctx, id)
	return poisoned(d.v, a), d.v.err(err)
}

func (d poisonedDocker) Contexts() ([]docker.Context, error) {
	a, err := d.Docker.Contexts()
	return poisoned(d.v, a), d.v.err(err)
}

func (d poisonedDocker) SetContext(name string) error {
	return d.v.err(d.Docker.SetContext(d.v.outOf(name)))
}

func (d poisonedDocker) Environment(ctx context.Context, id string) (string, error) {
	a, err := d.Docker.Environment(ctx, id)
	return d.v.lines(a), d.v.err(err)
}

func (d poisonedDocker) Top(ctx context.Context, id string) (string, error) {
	a, err := d.Docker.Top(ctx, id)
	return d.v.lines(a), d.v.err(err)
}

func (d poisonedDocker) Images(ctx context.Context) ([]*docker.ImageRow, error) {
	a, err := d.Docker.Images(ctx)
	return poisoned(d.v, a), d.v.err(err)
}

func (d poisonedDocker) InspectImage(ctx context.Context, id string) (string, error) {
	a, err := d.Docker.InspectImage(ctx, d.v.outOf(id))
	return d.v.lines(a), d.v.err(err)
}

func (d poisonedDocker) History(ctx context.Context, id string) (string, error) {
	a, err := d.Docker.History(ctx, d.v.outOf(id))
	return d.v.lines(a), d.v.err(err)
}

func (d poisonedDocker) Volumes(ctx context.Context) ([]*docker.Volume, error) {
	a, err := d.Docker.Volumes(ctx)
	return poisoned(d.v, a), d.v.err(err)
}

func (d poisonedDocker) InspectVolume(ctx context.Context, name string) (string, error) {
	a, err := d.Docker.InspectVolume(ctx, d.v.outOf(name))
	return d.v.lines(a), d.v.err(err)
}

func (d poisonedDocker) Networks(ctx context.Context) ([]*docker.Network, error) {
	a, err := d.Docker.Networks(ctx)
	return poisoned(d.v, a), d.v.err(err)
}

func (d poisonedDocker) InspectNetwork(ctx context.Context, id string) (string, error) {
	a, err := d.Docker.InspectNetwork(ctx, d.v.outOf(id))
	return d.v.lines(a), d.v.err(err)
}

type poisonedKube struct {
	env.Kube
	v venom
}

func (k poisonedKube) Snapshot() kube.Snapshot { return poisoned(k.v, k.Kube.Snapshot()) }

func (k poisonedKube) Version(ctx context.Context) (kube.Version, error) {
	a, err := k.Kube.Version(ctx)
	return poisoned(k.v, a), k.v.err(err)
}

func (k poisonedKube) Nodes(ctx context.Context) ([]kube.Node, error) {
	a, err := k.Kube.Nodes(ctx)
	return poisoned(k.v, a), k.v.err(err)
}

func (k poisonedKube) Namespaces(ctx context.Context) ([]string, error) {
	a, err := k.Kube.Namespaces(ctx)
	return poisoned(k.v, a), k.v.err(err)
}

func (k poisonedKube) Pods(ctx context.Context, namespace string) ([]*kube.Pod, error) {
	a, err := k.Kube.Pods(ctx, k.v.outOf(namespace))
	return poisoned(k.v, a), k.v.err(err)
}

func (k poisonedKube) PodStats(ctx context.Context, pods []*kube.Pod) (map[string]kube.Stat, error) {
	asked := make([]*kube.Pod, len(pods))
	for i, p := range pods {
		asked[i] = cured(k.v, p)
	}
	a, err := k.Kube.PodStats(ctx, asked)
	return a, k.v.err(err)
}

func (k poisonedKube) SetNamespace(ns string) { k.Kube.SetNamespace(k.v.outOf(ns)) }

func (k poisonedKube) Services(ctx context.Context, namespace string) ([]kube.Service, error) {
	a, err := k.Kube.Services(ctx, k.v.outOf(namespace))
	return poisoned(k.v, a), k.v.err(err)
}

func (k poisonedKube) Health(ctx context.Context, namespace string) (kube.Health, error) {
	a, err := k.Kube.Health(ctx, k.v.outOf(namespace))
	return poisoned(k.v, a), k.v.err(err)
}

func (k poisonedKube) Why(ctx context.Context, namespace, pod string) (kube.Ailing, error) {
	a, err := k.Kube.Why(ctx, k.v.outOf(namespace), k.v.outOf(pod))
	return poisoned(k.v, a), k.v.err(err)
}

func (k poisonedKube) Trouble(ctx context.Context, ref kube.Ref) ([]kube.Trouble, error) {
	a, err := k.Kube.Trouble(ctx, cured(k.v, ref))
	return poisoned(k.v, a), k.v.err(err)
}

func (k poisonedKube) Describe(ctx context.Context, ref kube.Ref) (string, error) {
	a, err := k.Kube.Describe(ctx, cured(k.v, ref))
	return k.v.lines(a), k.v.err(err)
}

func (k poisonedKube) YAML(ctx context.Context, ref kube.Ref) (string, error) {
	a, err := k.Kube.YAML(ctx, cured(k.v, ref))
	return k.v.lines(a), k.v.err(err)
}

func (k poisonedKube) Events(ctx context.Context, ref kube.Ref) ([]kube.Event, error) {
	a, err := k.Kube.Events(ctx, cured(k.v, ref))
	return poisoned(k.v, a), k.v.err(err)
}

func (k poisonedKube) Warnings(ctx context.Context, namespace string) ([]kube.Event, error) {
	a, err := k.Kube.Warnings(ctx, k.v.outOf(namespace))
	return poisoned(k.v, a), k.v.err(err)
}

func (k poisonedKube) Logs(ctx context.Context, namespace, pod string, o kube.LogOptions) (io.ReadCloser, error) {
	o.Container = k.v.outOf(o.Container)
	return k.v.log(k.Kube.Logs(ctx, k.v.outOf(namespace), k.v.outOf(pod), o))
}

func (k poisonedKube) PodContainers(ctx context.Context, namespace, pod string) ([]kube.PodContainer, error) {
	a, err := k.Kube.PodContainers(ctx, k.v.outOf(namespace), k.v.outOf(pod))
	return poisoned(k.v, a), k.v.err(err)
}

func (k poisonedKube) Follow(ctx context.Context, kind kube.Kind, namespace string, show func(kube.Objects)) error {
	return k.Kube.Follow(ctx, kind, k.v.outOf(namespace), func(o kube.Objects) { show(poisoned(k.v, o)) })
}

func (k poisonedKube) Related(ctx context.Context, ref kube.Ref) ([]kube.Relation, error) {
	a, err := k.Kube.Related(ctx, cured(k.v, ref))
	return poisoned(k.v, a), k.v.err(err)
}

func (k poisonedKube) Delete(ctx context.Context, ref kube.Ref) error {
	return k.v.err(k.Kube.Delete(ctx, cured(k.v, ref)))
}

// harmless are the methods whose answers are not poisoned: they hand up no
// text of others, or are about the machine and the project, whose texts the
// tests of Setup and Ship see.
var harmless = map[string][]string{
	"poisonedDocker": {
		"Attach", "CopyFrom", "CopyTo", "Debug", "Exec", "StatPath", "Terminal",
		"Run", "Changed", "Ping", "DiskUsage", "Spare", "Prune", "Stats", "Usage", "VolumeSizes", "Start", "Stop", "Kill", "Pause", "Unpause", "Pull", "RemoveImage", "RemoveVolume", "RemoveNetwork", "Restart", "Remove", "Tag",
		"Build", "Lint", "Builds", "Builder", "PingBuilder", "Push", "Published", "Login", "TryLogin", "NeedsLogin", "Nodes", "Load",
	},
	"poisonedKube": {
		"Attach", "Debug", "DebugProfile", "Exec", "TargetRoot",
		"Run", "Changed", "SetContext", "Kinds", "Config", "Context", "Readyz", "CanI", "CoreDNS", "Metrics", "CertificateEnd", "Rules",
		"Restart", "Replicas", "Scale", "AddPullSecret", "RemovePullSecret", "PullHosts", "SetPullPolicy",
		"ReadManifests", "DryRun", "Apply", "Rollout", "Undo",
	},
}

// Whatever the environment comes to tell is poisoned too: a method that is
// neither that nor known to be harmless fails here.
func TestAllOfTheEnvironmentIsPoisoned(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "attack_env_test.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	done := map[string][]string{}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
			if of, ok := f.Recv.List[0].Type.(*ast.Ident); ok {
				done[of.Name] = append(done[of.Name], f.Name.Name)
			}
		}
	}
	for name, part := range map[string]reflect.Type{"poisonedDocker": reflect.TypeFor[env.Docker](), "poisonedKube": reflect.TypeFor[env.Kube]()} {
		for i := range part.NumMethod() {
			m := part.Method(i).Name
			if !slices.Contains(done[name], m) && !slices.Contains(harmless[name], m) {
				t.Errorf("%s.%s is neither poisoned nor named as harmless", name, m)
			}
		}
	}
}
