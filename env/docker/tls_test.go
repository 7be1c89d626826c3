package docker

import (
	"encoding/pem"
	"errors"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opencontainers/go-digest"
)

// TestTLS connects over TLS with what DOCKER_CERT_PATH holds, and with what a
// context holds; and says so where the certificate is not trusted.
func TestTLS(t *testing.T) {
	f := newFake(t)
	server := httptest.NewTLSServer(f)
	t.Cleanup(server.Close)
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	host := "tcp://" + server.Listener.Addr().String()

	dir := dockerDir(t, "", map[string]string{"secure": host, "bare": host})
	write(t, filepath.Join(dir, "contexts", "tls", digest.FromString("secure").Encoded(), "docker", "ca.pem"), ca)
	certs := t.TempDir()
	write(t, filepath.Join(certs, "ca.pem"), ca)

	tests := []struct {
		name  string
		o     Options
		tls   bool
		fails string
	}{
		{"DOCKER_TLS_VERIFY", Options{Environ: environ("DOCKER_HOST="+host, "DOCKER_TLS_VERIFY=1", "DOCKER_CERT_PATH="+certs)}, true, ""},
		{"context", Options{Context: "secure", Environ: environ()}, true, ""},
		{"context without TLS", Options{Context: "bare", Environ: environ()}, false, "HTTP"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.ConfigDir = dir
			c := Open(tt.o)
			if e, err := c.Endpoint(); err != nil || e.TLS != tt.tls || !e.Local {
				t.Errorf("endpoint %+v, %v", e, err)
			}
			err := c.Ping(t.Context())
			if tt.fails == "" {
				if err != nil {
					t.Error(err)
				}
				run(t, c)
				until(t, c, "the engine", 5*time.Second, live(0))
			} else if err == nil || !strings.Contains(err.Error(), tt.fails) {
				t.Errorf("got %v", err)
			}
		})
	}

	o := Options{ConfigDir: t.TempDir(), Environ: environ("DOCKER_HOST="+host, "DOCKER_TLS_VERIFY=1", "DOCKER_CERT_PATH="+certs)}
	write(t, filepath.Join(certs, "ca.pem"), strings.Replace(ca, "M", "N", 1))
	if err := Open(o).Ping(t.Context()); err == nil || !errors.Is(err, ErrUnreachable) && !errors.Is(err, ErrConfig) {
		t.Errorf("a CA that is none: %v", err)
	} else {
		t.Log(err)
	}
}
