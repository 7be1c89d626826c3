package project

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzCompose: whatever a Compose file and its .env hold, reading them ends
// well: with images that can be built, or with problems.
func FuzzCompose(f *testing.F) {
	f.Add("services:\n  a: {build: web}\n  b: {build: {context: web, dockerfile: x, args: [A=1]}, platform: linux/arm64}\n", "A=1\n")
	f.Add("services:\n  a: {build: {context: web, additional_contexts: [\"b=service:a\"]}}\n", "")
	f.Add("x: &a [*a]\n", "")
	f.Add("services: {a: {build: ${A:-${B}}, links: [3]}}\ninclude: [b.yaml]\n", "B=${A}")
	f.Add("services:\n  a: {extends: {service: a}}\n", "\x00")
	f.Add("name: [1]\nservices:\n  a: !reset {build: web}\n", "COMPOSE_PROFILES=a,b")
	f.Fuzz(func(t *testing.T, compose, env string) {
		dir := filepath.Join(t.TempDir(), "shop")
		for name, text := range map[string]string{"compose.yaml": compose, ".env": env, "web/Dockerfile": "FROM scratch\n"} {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		images, problems := composeImages(t.Context(), Project{Dir: dir, Name: "shop", Compose: filepath.Join(dir, "compose.yaml")})
		for _, i := range images {
			if len(i.lacks()) > 0 {
				t.Errorf("image %+v cannot be built", i)
			}
		}
		for _, p := range problems {
			if p.Text == "" || p.File == "" || p.Line < 0 {
				t.Errorf("problem %+v", p)
			}
		}
	})
}
