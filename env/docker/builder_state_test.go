package docker

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// buildx writes the files that buildx would have left.
func buildx(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
}

const (
	boxed = `{"Name":"box","Driver":"docker-container","Nodes":[{"Name":"box0","Endpoint":"lab","Platforms":null,"DriverOpts":{"image":"moby/buildkit:buildx-stable-1"},"Flags":["--debug"],"Files":null}],"Dynamic":false}`
	far   = `{"Name":"far","Driver":"remote","Nodes":[{"Name":"far0","Endpoint":"tcp://build.example:1234"}]}`
	pods  = `{"Name":"pods","Driver":"kubernetes","Nodes":[{"Name":"pods_0","Endpoint":"kubernetes:///pods?deployment=&kubeconfig=%2Fhome%2Fada%2Fkube.yaml","DriverOpts":{"namespace":"ci"}}]}`
	labs  = "defaults/a51146d38077ff992eba" // of the engine that buildx calls "lab"
)

// lab is an engine that the context "lab" names, with buildx's files beside it.
func lab(t *testing.T, o Options, files map[string]string) *Client {
	t.Helper()
	o.ConfigDir = dockerDir(t, `{"currentContext":"lab"}`, map[string]string{"lab": "unix:///run/lab.sock", "other": "unix:///run/other.sock"})
	buildx(t, filepath.Join(o.ConfigDir, "buildx"), files)
	if o.Environ == nil {
		o.Environ = environ()
	}
	return Open(o)
}

func TestBuilder(t *testing.T) {
	known := map[string]string{"instances/box": boxed, "instances/far": far, "instances/pods": pods}
	for _, c := range []struct {
		name  string
		o     Options
		files map[string]string
		asked string
		want  string // name driver place, why
		fails string
	}{
		{name: "nothing was ever chosen", want: "lab docker unix:///run/lab.sock, no other was chosen"},
		{
			name: "docker buildx use", files: map[string]string{"current": `{"Key":"lab","Name":"box","Global":false}`},
			want: "box docker-container container buildx_buildkit_box0, docker buildx use",
		},
		{
			name: "used for another engine", files: map[string]string{"current": `{"Key":"other","Name":"box","Global":false}`},
			want: "lab docker unix:///run/lab.sock, no other was chosen",
		},
		{
			name: "used for all engines", files: map[string]string{"current": `{"Key":"other","Name":"far","Global":true}`},
			want: "far remote tcp://build.example:1234, docker buildx use",
		},
		{
			name: "the default of this engine", files: map[string]string{"current": `{"Key":"other","Name":"box"}`, labs: "pods"},
			want: "pods kubernetes Deployment pods-0, docker buildx use",
		},
		{
			name: "what was chosen beats the default", files: map[string]string{"current": `{"Key":"lab","Name":"box"}`, labs: "pods"},
			want: "box docker-container container buildx_buildkit_box0, docker buildx use",
		},
		{
			name: "back to the engine's own", files: map[string]string{"current": `{"Key":"lab","Name":"lab"}`, labs: "pods"},
			want: "lab docker unix:///run/lab.sock, docker buildx use",
		},
		{
			name: "the builder in use was removed", files: map[string]string{"current": `{"Key":"lab","Name":"gone"}`},
			want: "lab docker unix:///run/lab.sock, no other was chosen",
		},
		{
			name: "the variable beats what is in use", o: Options{Environ: environ("BUILDX_BUILDER=far")},
			files: map[string]string{"current": `{"Key":"lab","Name":"box"}`},
			want:  "far remote tcp://build.example:1234, BUILDX_BUILDER",
		},
		{
			name: "the option beats the variable", o: Options{Builder: "Box", Environ: environ("BUILDX_BUILDER=far")},
			want: "Box docker-container container buildx_buildkit_box0, --builder",
		},
		{
			name: "the engine's own by name", o: Options{Builder: "lab"}, files: map[string]string{"current": `{"Key":"lab","Name":"box"}`},
			want: "lab docker unix:///run/lab.sock, --builder",
		},
		{
			name: "one asked for is told with what chose it", files: map[string]string{"current": `{"Key":"lab","Name":"box"}`}, asked: "box",
			want: "box docker-container container buildx_buildkit_box0, docker buildx use",
		},
		{
			name: "another one asked for", files: map[string]string{"current": `{"Key":"lab","Name":"box"}`}, asked: "far",
			want: "far remote tcp://build.example:1234, --builder",
		},
		{name: "an unknown name", o: Options{Builder: "gone"}, fails: `looking for the builder "gone" (--builder): buildx knows no builder of this name; there are: box, far, pods. Name another one`},
		{name: "an unknown name in the variable", o: Options{Environ: environ("BUILDX_BUILDER=gone")}, fails: "Unset BUILDX_BUILDER"},
		{name: "a name that leads out of the folder", o: Options{Builder: "../current"}, fails: "knows no builder"},
		{name: "another engine's own", o: Options{Builder: "other"}, fails: "--docker-context other"},
		{name: "a broken file", files: map[string]string{"current": `{"Key":`}, fails: "reading buildx's builders"},
		{name: "a builder without nodes", files: map[string]string{"instances/none": `{"Driver":"remote"}`}, asked: "none", fails: "has no nodes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{}
			for _, from := range []map[string]string{known, c.files} {
				for name, text := range from {
					files[name] = text
				}
			}
			b, err := lab(t, c.o, files).Builder(c.asked)
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) || !errors.Is(err, ErrBuilder) {
					t.Errorf("error %v\nwant %q", err, c.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := b.Name + " " + b.Driver + " " + b.Place + ", " + b.Why; got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if b.Own != (b.Driver == driverEngine) || b.Scope != "lab" {
				t.Errorf("own %v, scope %q of a builder %s", b.Own, b.Scope, b.Driver)
			}
		})
	}
}

// Of the default context buildx knows the engine's address.
func TestBuilderOfTheDefaultContext(t *testing.T) {
	f := newFake(t)
	buildx(t, filepath.Join(filepath.Dir(f.path), "buildx"), map[string]string{
		"instances/box": boxed, "current": `{"Key":"unix://` + f.path + `","Name":"box"}`,
	})
	b, err := Open(f.options()).Builder("")
	if err != nil || b.Name != "box" || b.elsewhere() != "use the engine's own builder: docker buildx use default" {
		t.Errorf("builder %+v, %v", b, err)
	}
}

func TestBuildxConfigMovesTheState(t *testing.T) {
	dir := t.TempDir()
	buildx(t, dir, map[string]string{"instances/far": far, "current": `{"Key":"lab","Name":"far"}`})
	b, err := lab(t, Options{Environ: environ("BUILDX_CONFIG=" + dir)}, nil).Builder("")
	if err != nil || b.Name != "far" || b.File != filepath.Join(dir, "current") {
		t.Errorf("builder %+v, %v", b, err)
	}
}

func TestNodeForAPlatform(t *testing.T) {
	const two = `{"Driver":"remote","Nodes":[
		{"Name":"a","Endpoint":"tcp://a:1","Platforms":[{"os":"linux","architecture":"amd64"}]},
		{"Name":"b","Endpoint":"tcp://b:1","Platforms":[{"os":"linux","architecture":"arm64"},{"os":"linux","architecture":"arm","variant":"v7"}]}]}`
	s := buildxState{dir: t.TempDir()}
	buildx(t, s.dir, map[string]string{"instances/two": two})
	in, known, err := s.instance("two")
	if !known || err != nil {
		t.Fatal(known, err)
	}
	for platform, want := range map[string]string{
		"": "a", "linux/amd64": "a", "linux/arm64": "b", "linux/arm64/v8": "b", "linux/arm/v7": "b", "linux/s390x": "a",
	} {
		if got := in.node(platform).Name; got != want {
			t.Errorf("%q is built on %s, want %s", platform, got, want)
		}
	}
}
