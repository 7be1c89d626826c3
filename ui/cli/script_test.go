package cli

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run twindeck, which is this test binary then.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"twindeck": func() {
			os.Exit(Main(context.Background(), Build{Version: "v1.2.3", Commit: "abc"}, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
		},
	})
}

// TestScripts runs testdata/*.txt: sessions on a machine that has neither
// Docker nor a cluster.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			for _, name := range []string{"DOCKER_CONFIG", "KUBECONFIG", "DOCKER_HOST", "DOCKER_CONTEXT", "TWINDECK_REGISTRY"} {
				e.Setenv(name, "")
			}
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("USERPROFILE", e.WorkDir)
			e.Setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
			return nil
		},
	})
}
