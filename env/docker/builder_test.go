package docker

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	controlapi "github.com/moby/buildkit/api/services/control"
	apitypes "github.com/moby/buildkit/api/types"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// daemonOf is a BuildKit that tells its version, and can do nothing else.
type daemonOf struct {
	controlapi.UnimplementedControlServer
}

func (daemonOf) Info(context.Context, *controlapi.InfoRequest) (*controlapi.InfoResponse, error) {
	return &controlapi.InfoResponse{BuildkitVersion: &apitypes.BuildkitVersion{Version: "v0.33.1"}}, nil
}

// buildkitd serves a BuildKit on an address and returns it as buildx names it.
func buildkitd(t *testing.T, network, address string, o ...grpc.ServerOption) string {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer(o...)
	controlapi.RegisterControlServer(s, daemonOf{})
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = s.Serve(l)
	}()
	t.Cleanup(func() { s.Stop(); <-served })
	return network + "://" + l.Addr().String()
}

// using makes one builder the current one of an engine.
func using(t *testing.T, f *fake, o Options, driver, endpoint, options string) *Client {
	t.Helper()
	buildx(t, filepath.Join(o.ConfigDir, "buildx"), map[string]string{
		"instances/box": fmt.Sprintf(`{"Name":"box","Driver":%q,"Nodes":[{"Name":"box0","Endpoint":%q,"DriverOpts":{%s}}]}`, driver, endpoint, options),
		"current":       fmt.Sprintf(`{"Key":"unix://%s","Name":"box"}`, f.path),
	})
	return Open(o)
}

func TestRemoteBuilder(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	web := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	t.Cleanup(web.Close)
	dir := t.TempDir()
	ca, wrong := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "wrong.pem")
	write(t, ca, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})))
	write(t, wrong, "no certificate")

	onSocket := buildkitd(t, "unix", filepath.Join(filepath.Dir(f.path), "b.sock"))
	open := buildkitd(t, "tcp", "127.0.0.1:0")
	secure := buildkitd(t, "tcp", "127.0.0.1:0", grpc.Creds(credentials.NewTLS(&tls.Config{Certificates: web.TLS.Certificates})))
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and never answers
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })

	for _, c := range []struct {
		name, endpoint, options string
		fails                   string
	}{
		{"on a socket", onSocket, "", ""},
		{"at an address", open, "", ""},
		{"encrypted", secure, fmt.Sprintf(`"cacert":%q`, ca), ""},
		{"encrypted, with the name of its certificate", secure, fmt.Sprintf(`"cacert":%q,"servername":"example.com"`, ca), ""},
		{"a certificate of another name", secure, fmt.Sprintf(`"cacert":%q,"servername":"build.invalid"`, ca), "the TLS handshake failed"},
		{"a CA that is none", secure, fmt.Sprintf(`"cacert":%q`, wrong), "wrong.pem holds none"},
		{"a key that is not there", secure, fmt.Sprintf(`"cacert":%q,"cert":"/no/cert.pem","key":"/no/key.pem"`, ca), "reading its client certificate"},
		{"nobody listens", "unix:///no/such.sock", "", "no such file or directory"},
		{"a server that never answers", "tcp://" + silent.Addr().String(), "", "did not answer within 5 s"},
		{"an address of another kind", "ssh://build.example", "", "tcp:// and unix:// only"},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			state, err := using(t, f, f.options(), driverRemote, c.endpoint, c.options).PingBuilder(t.Context(), "")
			if took := time.Since(began); took > answerTime*2 {
				t.Errorf("it took %s", took)
			}
			if c.fails == "" {
				if err != nil || state != (BuilderState{BuildKit: "v0.33.1"}) {
					t.Errorf("state %+v, %v", state, err)
				}
				return
			}
			wants := []string{c.fails, "using the builder box (remote: " + c.endpoint, "docker buildx use default"}
			for _, want := range wants {
				if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, ErrBuilder) {
					t.Errorf("error %v\nwant %q", err, want)
				}
			}
		})
	}
}

// boxes lets the fake run the container of a builder, whose exec leads to an
// address; an empty one answers with a text on standard error, and ends.
func (f *fake) boxes(state, address string) {
	const name = "buildx_buildkit_box0"
	f.inspects[name] = map[string]any{"Id": "b0", "Name": "/" + name, "State": map[string]any{"Status": state}}
	f.handle["POST /containers/"+name+"/start"] = func(w http.ResponseWriter, _ *http.Request) {
		f.mu.Lock()
		f.inspects[name]["State"] = map[string]any{"Status": "running"}
		f.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	}
	f.handle["POST /containers/"+name+"/exec"] = func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]string{"Id": "e0"})
	}
	f.handle["POST /exec/e0/start"] = func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		nc, came, err := http.NewResponseController(w).Hijack()
		if err != nil {
			f.t.Error(err)
			return
		}
		defer func() { _ = nc.Close() }()
		_, _ = io.WriteString(nc, "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
		if address == "" {
			_, _ = framed{nc, 2}.Write([]byte("exec: \"buildctl\": not found\n"))
			return
		}
		to, err := net.Dial("unix", strings.TrimPrefix(address, "unix://"))
		if err != nil {
			f.t.Error(err)
			return
		}
		go func() { _, _ = io.Copy(to, came); _ = to.Close() }()
		_, _ = io.Copy(framed{nc, 1}, to)
	}
}

// framed writes as the engine does for a container without a terminal.
type framed struct {
	to     io.Writer
	stream byte
}

func (f framed) Write(p []byte) (int, error) {
	head := binary.BigEndian.AppendUint32([]byte{f.stream, 0, 0, 0}, uint32(len(p)))
	_, err := f.to.Write(append(head, p...))
	return len(p), err
}

func TestContainerBuilder(t *testing.T) {
	for _, c := range []struct {
		name, state string
		mute        bool // no BuildKit in it
		want        BuilderState
		fails       string
	}{
		{name: "running", state: "running", want: BuilderState{BuildKit: "v0.33.1"}},
		{name: "stopped", state: "exited", want: BuilderState{Stopped: true}},
		{name: "paused", state: "paused", fails: "its container is paused. Let it go on: docker unpause buildx_buildkit_box0"},
		{name: "gone", fails: "there is no container buildx_buildkit_box0 any more. Let buildx create it anew: docker buildx inspect --bootstrap box, or use the engine's own builder: docker buildx use default"},
		{name: "without BuildKit", state: "running", mute: true, fails: `exec: "buildctl": not found`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			address := ""
			if !c.mute {
				address = buildkitd(t, "unix", filepath.Join(filepath.Dir(f.path), "b.sock"))
			}
			if c.state != "" {
				f.boxes(c.state, address)
			}
			state, err := using(t, f, f.options(), driverContainer, "unix://"+f.path, "").PingBuilder(t.Context(), "")
			if f.count("POST /v"+f.api+"/containers/buildx_buildkit_box0/start") > 0 {
				t.Error("a question started the container")
			}
			if c.fails == "" && (err != nil || state != c.want) {
				t.Errorf("state %+v, %v", state, err)
			}
			if c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails) || !errors.Is(err, ErrBuilder)) {
				t.Errorf("error %v\nwant %q", err, c.fails)
			}
		})
	}
}

// A build starts the container of its builder, and tells of it as a step.
func TestBuildStartsTheBuilder(t *testing.T) {
	f := newFake(t)
	f.handle["GET /info"] = func(w http.ResponseWriter, _ *http.Request) { answer(w, map[string]any{}) }
	f.boxes("exited", buildkitd(t, "unix", filepath.Join(filepath.Dir(f.path), "b.sock")))
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Dockerfile"), "FROM scratch\n")
	var steps []string
	_, err := using(t, f, f.options(), driverContainer, "unix://"+f.path, "").
		Build(t.Context(), BuildRequest{Context: dir, Tag: "a:1"}, func(e BuildEvent) {
			if e.Step != nil {
				steps = append(steps, fmt.Sprint(e.Step.Name, " ", !e.Step.Finished.IsZero()))
			}
		})
	// The BuildKit here cannot build; that far it must come.
	if err == nil || !strings.Contains(err.Error(), "Solve") && !strings.Contains(err.Error(), "nimplemented") {
		t.Errorf("error %v", err)
	}
	if n := f.count("POST /v" + f.api + "/containers/buildx_buildkit_box0/start"); n != 1 {
		t.Errorf("the container was started %d times", n)
	}
	const step = "[internal] starting the builder's container buildx_buildkit_box0"
	if len(steps) < 2 || steps[0] != step+" false" || steps[1] != step+" true" {
		t.Errorf("steps %q", steps)
	}
}

func TestClusterBuilder(t *testing.T) {
	f := newFake(t)
	at := strings.TrimPrefix(buildkitd(t, "unix", filepath.Join(filepath.Dir(f.path), "b.sock")), "unix://")
	var asked []string
	pod := func(_ context.Context, kubeconfig, namespace, workload string, command []string) (net.Conn, error) {
		asked = append([]string{kubeconfig, namespace, workload}, command...)
		return net.Dial("unix", at)
	}
	refuse := func(context.Context, string, string, string, []string) (net.Conn, error) {
		return nil, errors.New("looking for a pod of box0: there is none")
	}
	const endpoint = "kubernetes:///box?deployment=&kubeconfig=%2Fhome%2Fada%2Fkube.yaml"
	o := f.options()

	o.ExecInPod = pod
	state, err := using(t, f, o, driverCluster, endpoint, `"namespace":"ci"`).PingBuilder(t.Context(), "")
	if err != nil || state.BuildKit != "v0.33.1" {
		t.Errorf("state %+v, %v", state, err)
	}
	if got := strings.Join(asked, " "); got != "/home/ada/kube.yaml ci box0 buildctl dial-stdio" {
		t.Errorf("asked for %s", got)
	}
	o.ExecInPod = refuse
	_, err = using(t, f, o, driverCluster, endpoint, "").PingBuilder(t.Context(), "")
	for _, want := range []string{"there is none", "docker buildx inspect --bootstrap box", "docker buildx use default"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v\nwant %q", err, want)
		}
	}
}

func TestBuilderOfAnotherDriver(t *testing.T) {
	f := newFake(t)
	_, err := using(t, f, f.options(), "cloud", "cloud://acme/builder", "").PingBuilder(t.Context(), "")
	if err == nil || !strings.Contains(err.Error(), "does not speak to builders of the driver cloud") {
		t.Error(err)
	}
}

// loads lets the fake take images, with an answer; it returns what it got.
func (f *fake) loads(answers string) <-chan string {
	got := make(chan string, 1)
	f.handle["POST /images/load"] = func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		got <- string(data)
		if err == nil {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, answers)
		}
	}
	return got
}

func TestLoading(t *testing.T) {
	const loaded = `{"stream":"Loaded image: a:1\n"}`
	const refused = `{"errorDetail":{"message":"no space left on device"},"error":"no space left on device"}`
	failed := errors.New("the builder is gone")
	for _, c := range []struct {
		name    string
		answers string
		exports string // "": nothing
		built   error  // how the build ended
		cut     bool   // before all was sent
		says    string // of the error; "": none
	}{
		{name: "an image", answers: loaded, exports: "tar"},
		{name: "nothing", answers: loaded, says: "sent no image"},
		{name: "the engine refuses", answers: refused, exports: "tar", says: "loading a:1 into the engine: no space left on device"},
		{name: "the build fails before", answers: loaded, built: failed},
		{name: "the build fails in the middle", answers: loaded, exports: "tar", built: failed, cut: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			got := f.loads(c.answers)
			cn, err := Open(f.options()).conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			l := newArrival(t.Context(), cn, "a:1")
			if c.exports != "" {
				into, err := l.open(nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.WriteString(into, c.exports); err != nil {
					t.Fatal(err)
				}
				if !c.cut {
					_ = into.Close()
				}
			}
			if c.built != nil {
				err = l.stop(c.built)
			} else {
				err = l.wait()
			}
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("error %v, want %q", err, c.says)
			}
			if c.exports != "" {
				if data := <-got; data != c.exports {
					t.Errorf("the engine got %q", data)
				}
			}
			if _, err := l.open(nil); (err == nil) != (c.built == nil && c.exports == "") {
				t.Errorf("a second image: %v", err)
			}
		})
	}
}
