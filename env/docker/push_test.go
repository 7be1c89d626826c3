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
		{"not yours", `{"errorDetail":{"message":"denied: requested access to the resource is denied"}}`, ErrDenied, []string{"may not push there"}},
		{"plain HTTP", `{"errorDetail":{"message":"Get \"https://r.example:5000/v2/\": http: server gave HTTP response to HTTPS client"}}`, ErrUnreachable, []string{"insecure-registries"}},
		{"nobody there", `{"errorDetail":{"message":"dial tcp 1.2.3.4:5000: connect: connection refused"}}`, ErrUnreachable, []string{"cannot reach the registry r.example:5000"}},
		{"not built", `{"errorDetail":{"message":"An image does not exist locally with the tag: r.example:5000/app"}}`, ErrNotFound, []string{"Build it first"}},
		{"unknown", `{"errorDetail":{"message":"manifest blob unknown"}}`, nil, []string{"pushing r.example:5000/app:1 to r.example:5000: manifest blob unknown"}},
		{"cut off", ok, nil, []string{"without a digest"}},
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
				if err != nil || got != (PushResult{"r.example:5000/app:1", someDigest, 528}) {
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

func TestLoginCommand(t *testing.T) {
	for host, want := range map[string]string{
		"docker.io":        "run: docker login",
		"localhost:5051":   "run: docker login localhost:5051",
		"europe.pkg.dev":   "run: gcloud auth configure-docker europe.pkg.dev",
		"eu.gcr.io":        "run: gcloud auth configure-docker eu.gcr.io",
		"mine.azurecr.io":  "run: az acr login --name mine",
		"1.dkr.ecr.eu.aws": "run: aws ecr get-login-password | docker login --username AWS --password-stdin 1.dkr.ecr.eu.aws",
	} {
		if got := "run: " + LoginCommand(host); got != want {
			t.Errorf("%s: %s", host, got)
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
