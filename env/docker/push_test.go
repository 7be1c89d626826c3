package docker

import (
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/moby/api/pkg/authconfig"
)

const someDigest = "sha256:0123456789012345678901234567890123456789012345678901234567890123"

func TestPush(t *testing.T) {
	ok := `{"status":"The push refers to repository [r.example:5000/app]"}
{"status":"Preparing","id":"aa"}
{"status":"Pushing","progressDetail":{"current":5,"total":10},"id":"aa"}
{"status":"Layer already exists","progressDetail":{},"id":"bb"}
`
	tests := []struct {
		name, report string
		kind         error
		says         []string
	}{
		{"digest in aux", ok + `{"aux":{"Tag":"1","Digest":"` + someDigest + `","Size":528}}`, nil, nil},
		{"digest in words", ok + `{"status":"1: digest: ` + someDigest + ` size: 528"}`, nil, nil},
		{"wrong password", `{"errorDetail":{"message":"unauthorized: authentication required"}}`, ErrDenied, []string{"r.example:5000 did not accept", "Run: docker login r.example:5000"}},
		{"none", `{"errorDetail":{"message":"no basic auth credentials"}}`, ErrDenied, []string{"asks for credentials", "docker login r.example:5000"}},
		{"not yours", `{"errorDetail":{"message":"denied: requested access to the resource is denied"}}`, ErrDenied, []string{"may not do that in r.example:5000/app"}},
		{"plain HTTP", `{"errorDetail":{"message":"Get \"https://r.example:5000/v2/\": http: server gave HTTP response to HTTPS client"}}`, ErrUnreachable, []string{"insecure-registries"}},
		{"nobody there", `{"errorDetail":{"message":"dial tcp 1.2.3.4:5000: connect: connection refused"}}`, ErrUnreachable, []string{"cannot reach the registry r.example:5000"}},
		{"not built", `{"errorDetail":{"message":"An image does not exist locally with the tag: r.example:5000/app"}}`, ErrNotFound, []string{"Build it first"}},
		{"repository not made", `{"errorDetail":{"message":"name unknown: The repository with name 'app' does not exist in the registry with id '123456789012'"}}`, ErrNotFound, []string{"has no repository r.example:5000/app", "Make it there"}},
		{"tag immutable", `{"errorDetail":{"message":"tag invalid: The image tag '1' already exists in the 'app' repository and cannot be overwritten because the tag is immutable."}}`, ErrRefused, []string{"does not let a tag of r.example:5000/app be overwritten"}},
		{"quota", `{"errorDetail":{"message":"denied: adding 12.0 MiB of storage resource, which when updated to current usage of 1023 MiB will exceed the configured upper limit of 1.0 GiB, quota exceeded"}}`, ErrRefused, []string{"no room left"}},
		{"too many", `{"errorDetail":{"message":"toomanyrequests: Rate exceeded"}}`, ErrBusy, []string{"wants fewer requests", "docker login r.example:5000"}},
		{"too many, in Google's words", `{"errorDetail":{"message":"Quota exceeded for quota metric 'Requests per project per region'"}}`, ErrBusy, []string{"wants fewer requests"}},
		{"forbidden", `{"errorDetail":{"message":"unexpected status from PUT request to https://r.example:5000/v2/app/blobs/uploads/x: 403 Forbidden"}}`, ErrDenied, []string{"may not do that in r.example:5000/app"}},
		{"its own fault", `{"errorDetail":{"message":"unexpected status from POST request to https://r.example:5000/v2/app/blobs/uploads/: 503 Service Unavailable"}}`, ErrBusy, []string{"fault of its own"}},
		{"broke off", `{"errorDetail":{"message":"failed to do request: Put \"https://r.example:5000/v2/app/blobs/uploads/x\": write tcp 10.0.0.2:4711->10.0.0.3:5000: write: broken pipe"}}`, ErrCutOff, []string{"broke off", "not sent again"}},
		{"no answer", `{"errorDetail":{"message":"dial tcp 1.2.3.4:5000: i/o timeout"}}`, errNobody, []string{"cannot reach"}},
		{"engine being stopped", `{"errorDetail":{"message":"context canceled"}}`, ErrUnreachable, []string{"the engine gave the push up"}},
		{"unknown", `{"errorDetail":{"message":"manifest blob unknown"}}`, nil, []string{"pushing r.example:5000/app:1 to r.example:5000: manifest blob unknown"}},
		{"cut off", ok, ErrUnreachable, []string{"the engine stopped in the middle", "without a digest"}},
		{"not JSON", "<html>", nil, []string{"reading the engine's report"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			write(t, filepath.Join(filepath.Dir(f.path), "config.json"), `{"auths":{"r.example:5000":{"auth":"YWRhOnB3"}}}`)
			f.handle["POST /images/r.example:5000/app/push"] = func(w http.ResponseWriter, r *http.Request) {
				auth, err := authconfig.Decode(r.Header.Get("X-Registry-Auth"))
				if err != nil || auth.Username != "ada" || auth.Password != "pw" || r.URL.Query().Get("tag") != "1" {
					t.Errorf("pushed with %+v, %v, %s", auth, err, r.URL.RawQuery)
				}
				_, _ = io.WriteString(w, tt.report)
			}
			var layers []LayerProgress
			got, err := Open(f.options()).Push(t.Context(), "r.example:5000/app:1", func(l LayerProgress) { layers = append(layers, l) })
			if len(tt.says) == 0 {
				if err != nil || got != (PushResult{Reference: "r.example:5000/app:1", Digest: someDigest, Size: 528}) {
					t.Errorf("got %+v, %v", got, err)
				}
				if len(layers) != 3 || layers[1] != (LayerProgress{ID: "aa", Status: "Pushing", Done: 5, Total: 10}) {
					t.Errorf("layers %+v", layers)
				}
				return
			}
			if err == nil || tt.kind != nil && !errors.Is(err, tt.kind) {
				t.Fatalf("got %v", err)
			}
			for _, s := range tt.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("the error does not say %q: %v", s, err)
				}
			}
		})
	}
}

// A login that is another one by the time it is refused is worth a try.
func TestPushWithALoginThatIsRenewed(t *testing.T) {
	for renewed, want := range map[bool]bool{true: true, false: false} {
		f := newFake(t)
		config := filepath.Join(filepath.Dir(f.path), "config.json")
		write(t, config, `{"auths":{"r.example:5000":{"auth":"YWRhOnB3"}}}`)
		f.handle["POST /images/r.example:5000/app/push"] = func(w http.ResponseWriter, _ *http.Request) {
			if renewed {
				write(t, config, `{"auths":{"r.example:5000":{"auth":"YWRhOnB4"}}}`)
			}
			_, _ = io.WriteString(w, `{"errorDetail":{"message":"unauthorized"}}`)
		}
		_, err := Open(f.options()).Push(t.Context(), "r.example:5000/app:1", nil)
		if _, again := new(Tries).Again(err); again != want || !errors.Is(err, ErrDenied) {
			t.Errorf("renewed %v: again %v after %v", renewed, again, err)
		}
	}
}

func TestMissingCredentialHelper(t *testing.T) {
	f := newFake(t)
	write(t, filepath.Join(filepath.Dir(f.path), "config.json"), `{"credsStore":"nowhere-to-be-found"}`)
	_, err := Open(f.options()).Push(t.Context(), "r.example/app:1", nil)
	if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), "Put docker-credential-nowhere-to-be-found on PATH") {
		t.Errorf("got %v", err)
	}
}
