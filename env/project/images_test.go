package project_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/twindeck/twindeck/env/project"
)

const (
	from     = "FROM scratch\nCOPY . /\n"
	manifest = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
)

// described is a project's images in a line each: name, context, Dockerfile,
// and what else is said of it.
func described(p project.Project) []string {
	var out []string
	rel := func(path string) string {
		r, err := filepath.Rel(p.Dir, path)
		if err != nil {
			return path
		}
		return filepath.ToSlash(r)
	}
	for _, i := range p.Images {
		line := fmt.Sprintf("%s %s %s", i.Name, rel(i.Context), rel(i.Dockerfile))
		if i.Target != "" {
			line += " target=" + i.Target
		}
		for _, name := range slices.Sorted(maps.Keys(i.Args)) {
			line += " " + name + "=" + i.Args[name]
		}
		for _, name := range slices.Sorted(maps.Keys(i.Contexts)) {
			line += " " + name + "->" + rel(i.Contexts[name])
		}
		for _, platform := range i.Platforms {
			line += " " + platform
		}
		for _, o := range i.Options {
			line += " --" + o.Name + " " + strings.ReplaceAll(o.Value, p.Dir+string(filepath.Separator), "")
		}
		if len(i.Needs) > 0 {
			line += " needs=" + strings.Join(i.Needs, ",")
		}
		out = append(out, line)
	}
	return out
}

// TestImagesFound is where the images of a project come from.
func TestImagesFound(t *testing.T) {
	tests := []struct {
		name    string
		files   map[string]string
		env     map[string]string
		want    []string
		problem string // "file:line: text", the text in part; none wanted: none found
	}{
		{name: "one Dockerfile", files: map[string]string{"Dockerfile": from}, want: []string{"shop . Dockerfile"}},
		{
			name:  "one Dockerfile, others below: one image, as ever",
			files: map[string]string{"Dockerfile": from, "examples/a/Dockerfile": from, "web/Dockerfile": from, "Dockerfile.api": from},
			want:  []string{"shop . Dockerfile"},
		},
		{
			name:  "a Compose file, short and long form",
			files: map[string]string{"web/Dockerfile": from, "api/build/Dockerfile.prod": from, "compose.yaml": composeForms, "k8s/a.yaml": manifest},
			want: []string{
				"backend api api/build/Dockerfile.prod target=run GO=1.26 linux/amd64 linux/arm64",
				"shop-web web web/Dockerfile",
			},
		},
		{
			name: "variables, .env and defaults",
			files: map[string]string{
				"web/Dockerfile": from, ".env": "WHERE=web\nNAME=front\n",
				"compose.yaml": "services:\n  web:\n    image: ${REGISTRY:-ghcr.io/acme}/${NAME}:${TAG}\n    build:\n      context: ${WHERE}\n      args: {MODE: \"${MODE-dev}\", HOST_ONLY: null}\n",
			},
			env:  map[string]string{"HOST_ONLY": "yes"},
			want: []string{"front web web/Dockerfile HOST_ONLY=yes MODE=dev"},
		},
		{
			name: "a profile that is not asked for",
			files: map[string]string{
				"web/Dockerfile": from, "tools/Dockerfile": from,
				"compose.yaml": "services:\n  web: {build: web}\n  tools: {build: tools, profiles: [debug]}\n",
			},
			want: []string{"shop-web web web/Dockerfile"},
		},
		{
			name: "a profile that is asked for",
			files: map[string]string{
				"web/Dockerfile": from, "tools/Dockerfile": from, ".env": "COMPOSE_PROFILES=debug\n",
				"compose.yaml": "services:\n  web: {build: web}\n  tools: {build: tools, profiles: [debug]}\n",
			},
			want: []string{"shop-tools tools tools/Dockerfile", "shop-web web web/Dockerfile"},
		},
		{
			name: "named contexts: a folder, an image, and another service",
			files: map[string]string{
				"base/Dockerfile": from, "web/Dockerfile": "FROM base\n", "lib/a": "1",
				"compose.yaml": "services:\n  aweb:\n    build:\n      context: web\n      additional_contexts: {base: \"service:thebase\", lib: ./lib, os: \"docker-image://alpine\"}\n  thebase: {build: base}\n",
			},
			want: []string{"shop-thebase base base/Dockerfile", "shop-aweb web web/Dockerfile lib->lib os->docker-image://alpine needs=shop-thebase"},
		},
		{
			name: "options of docker buildx build",
			files: map[string]string{
				"Dockerfile": from, "token": "x",
				"compose.yaml": `services:
  web:
    image: web
    build:
      context: .
      cache_from: [acme/web:cache]
      cache_to: ["type=inline"]
      secrets: [{source: npm}, {source: key, target: deploy}]
      ssh: [default]
      extra_hosts: ["db=10.0.0.2"]
      network: host
      shm_size: 128m
      ulimits: {nofile: 1024, nproc: {soft: 10, hard: 20}}
      provenance: "false"
secrets:
  npm: {file: ./token}
  key: {environment: DEPLOY_KEY}
`,
			},
			want: []string{"shop . Dockerfile --cache-from acme/web:cache --cache-to type=inline --provenance false --secret id=npm,src=token --secret id=deploy,env=DEPLOY_KEY --ssh default --add-host db=10.0.0.2 --network host --shm-size 134217728b --ulimit nofile=1024 --ulimit nproc=10:20"},
		},
		{
			name: "services built from the same are one image",
			files: map[string]string{
				"app/Dockerfile": from, "db/Dockerfile": from,
				"compose.yaml": "services:\n  web: {build: app}\n  worker: {build: ./app, command: work}\n  db: {build: db}\n  cache: {image: redis}\n",
			},
			want: []string{"shop-db db db/Dockerfile", "shop-web app app/Dockerfile"},
		},
		{
			name:  "a Compose file that builds the Dockerfile at the top is one image, as without it",
			files: map[string]string{"Dockerfile": from, "compose.yaml": "services:\n  web: {build: .}\n  db: {image: postgres}\n"},
			want:  []string{"shop . Dockerfile"},
		},
		{
			name:  "a Compose file that builds others leaves the Dockerfile at the top its name",
			files: map[string]string{"Dockerfile": from, "mock/Dockerfile": from, "compose.yaml": "services:\n  mock: {build: mock}\n"},
			want:  []string{"shop . Dockerfile", "shop-mock mock mock/Dockerfile"},
		},
		{
			name:  "a Compose file that builds the Dockerfile at the top and others",
			files: map[string]string{"Dockerfile": from, "mock/Dockerfile": from, "compose.yaml": "name: x\nservices:\n  web: {build: .}\n  mock: {build: mock}\n"},
			want:  []string{"x-mock mock mock/Dockerfile", "shop . Dockerfile"},
		},
		{
			name:  "an old Compose file with its override",
			files: map[string]string{"a/Dockerfile": from, "b/Dockerfile": from, "docker-compose.yml": "version: '3'\nservices:\n  a: {build: a}\n  b: {build: b}\n", "docker-compose.override.yml": "services:\n  a: {build: {target: dev}}\n"},
			want:  []string{"shop-a a a/Dockerfile target=dev", "shop-b b b/Dockerfile"},
		},
		{
			name:    "a Compose file that is no YAML",
			files:   map[string]string{"a/Dockerfile": from, "compose.yaml": "services:\n  a:\n    build: a\n   b: 1\n"},
			problem: "compose.yaml:4: the Compose file cannot be used",
		},
		{
			name:    "a build that is none",
			files:   map[string]string{"a/Dockerfile": from, "compose.yaml": "services:\n  b: {image: x}\n  a:\n    build: {kontext: a}\n"},
			problem: "compose.yaml:4: the Compose file cannot be used",
		},
		{
			name:    "a variable that must be set",
			files:   map[string]string{"a/Dockerfile": from, "compose.yaml": "services:\n  a:\n    build: \"${WHERE:?say where}\"\n"},
			problem: "compose.yaml:3: the Compose file cannot be used",
		},
		{
			name:    "a context that is not there",
			files:   map[string]string{"compose.yaml": "services:\n  a:\n    image: x\n    build: gone\n"},
			problem: "compose.yaml:4: the build context of x is no folder",
		},
		{
			name:    "a Dockerfile that is not there",
			files:   map[string]string{"a/x": "", "compose.yaml": "services:\n  a:\n    build: a\n"},
			problem: "compose.yaml:3: shop-a has no Dockerfile",
		},
		{
			name:    "a named context of a service that builds nothing",
			files:   map[string]string{"a/Dockerfile": from, "compose.yaml": "services:\n  db: {image: x}\n  a:\n    build: {context: a, additional_contexts: {b: \"service:db\"}}\n"},
			problem: "compose.yaml:4: the named context b of service a is service:db, which builds no image",
		},
		{
			name:    "what is not built here is said",
			files:   map[string]string{"a/Dockerfile": from, "compose.yaml": "services:\n  a: {build: a}\n  b:\n    build: https://github.com/acme/b.git\n"},
			want:    []string{"shop-a a a/Dockerfile"},
			problem: "compose.yaml:4: service b is built from https://github.com/acme/b.git",
		},
		{
			name:    "two services that give their images one name",
			files:   map[string]string{"a/Dockerfile": from, "b/Dockerfile": from, "compose.yaml": "services:\n  a: {image: \"x/app:1\", build: a}\n  b:\n    image: y/app\n    build: b\n"},
			problem: "compose.yaml:5: two images are named app; the other is at",
		},
		{
			name: "a monorepo",
			files: map[string]string{
				"web/Dockerfile": from, "services/api/Dockerfile": from, "services/mail/Containerfile": from, "k8s/a.yaml": manifest,
				"deep/er/and/Dockerfile": from, "node_modules/x/Dockerfile": from, ".cache/Dockerfile": from, "other/Dockerfile": from, "other/.git/HEAD": "x",
			},
			want: []string{"api services/api services/api/Dockerfile", "mail services/mail services/mail/Containerfile", "web web web/Dockerfile"},
		},
		{
			name:  "Dockerfiles side by side, but for variants of one",
			files: map[string]string{"Dockerfile.api": from, "web.Dockerfile": from, "Dockerfile.dev": from, "web.Dockerfile.dockerignore": "x", "k8s/a.yaml": manifest},
			want:  []string{"api . Dockerfile.api", "web . web.Dockerfile"},
		},
		{name: "projects that lie side by side are none", files: map[string]string{"one/Dockerfile": from, "two/Dockerfile": from}},
		{name: "one Dockerfile in a folder below", files: map[string]string{"app/Dockerfile": from, "k8s/a.yaml": manifest}, want: []string{"app app app/Dockerfile"}},
		{
			name: ".twindeck.yaml comes before all others",
			files: map[string]string{
				"Dockerfile": from, "compose.yaml": "services:\n  a: {build: .}\n", "web/Dockerfile": from, "api/prod.Dockerfile": from,
				".twindeck.yaml": "version: 1\nimages:\n  - name: web\n    context: web\n    needs: [api]\n  - {name: api, context: api, dockerfile: prod.Dockerfile, target: run, args: {GO: 1.26}, platforms: [linux/arm64]}\n",
			},
			want: []string{"api api api/prod.Dockerfile target=run GO=1.26 linux/arm64", "web web web/Dockerfile needs=api"},
		},
		{
			name: "one image built from another: FROM, an argument, COPY --from, a mount",
			files: map[string]string{
				"base/Dockerfile": from, "tools/Dockerfile": from, "data/Dockerfile": from, "k8s/a.yaml": manifest,
				"a/Dockerfile":     "ARG BASE=ghcr.io/acme/base\nFROM golang AS build\nFROM ${BASE}:1\nCOPY --from=build /a /a\n",
				"b/Dockerfile":     "FROM --platform=$BUILDPLATFORM tools AS t\nFROM scratch\nCOPY --from=data /x /x\nRUN --mount=type=bind,from=tools,target=/t true\n",
				"nginx/Dockerfile": "FROM nginx:1.29\n",
			},
			want: []string{"base base base/Dockerfile", "a a a/Dockerfile needs=base", "data data data/Dockerfile", "tools tools tools/Dockerfile", "b b b/Dockerfile needs=data,tools", "nginx nginx nginx/Dockerfile"},
		},
		{
			name:    "images that need each other",
			files:   map[string]string{"a/Dockerfile": "FROM b\n", "b/Dockerfile": "FROM c\n", "c/Dockerfile": "FROM a\n", "k8s/a.yaml": manifest},
			problem: "a/Dockerfile: images need each other in a circle: a → b → c → a",
		},
		{
			name:    "a mistake in .twindeck.yaml",
			files:   map[string]string{"Dockerfile": from, ".twindeck.yaml": "version: 1\nimages:\n  - name: web\n    contxt: web\n"},
			problem: ".twindeck.yaml:4: unknown field \"contxt\"; write \"context\"",
		},
		{
			name:    "a context of .twindeck.yaml that is not there",
			files:   map[string]string{"Dockerfile": from, ".twindeck.yaml": "version: 1\nimages:\n  - name: web\n    context: web\n"},
			problem: ".twindeck.yaml:3: the build context of web is no folder",
		},
		{
			name:  "a mistake in the checks of .twindeck.yaml is none of the images",
			files: map[string]string{"Dockerfile": from, ".twindeck.yaml": "version: 1\nchecks: 3\n"},
			want:  []string{"shop . Dockerfile"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for name, value := range tt.env {
				t.Setenv(name, value)
			}
			dir := filepath.Join(t.TempDir(), "shop")
			write(t, dir, tt.files)
			p := project.Read(t.Context(), dir)
			if got := described(p); !slices.Equal(got, tt.want) {
				t.Errorf("images\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(tt.want, "\n  "))
			}
			said := ""
			for _, q := range p.Problems {
				at := strings.TrimPrefix(filepath.ToSlash(q.File), filepath.ToSlash(dir)+"/")
				if q.Line > 0 {
					at += fmt.Sprintf(":%d", q.Line)
				}
				said += at + ": " + q.Text + "\n"
			}
			if tt.problem == "" && said != "" || !strings.Contains(said, tt.problem) {
				t.Errorf("problems %q, want %q", said, tt.problem)
			}
		})
	}
}

const composeForms = `name: shop
services:
  web:
    build: ./web
    ports: ["80:80"]
    env_file: gone.env
  api:
    image: ghcr.io/acme/backend:dev
    build:
      context: api
      dockerfile: build/Dockerfile.prod
      target: run
      args:
        - GO=1.26
      platforms: [linux/amd64, linux/arm64]
      labels: {team: shop}
      cache_from: [type=gha]
  db:
    image: postgres
`

func TestTooManyImages(t *testing.T) {
	files := map[string]string{"k8s/a.yaml": manifest}
	for i := range 40 {
		files[fmt.Sprintf("s%d/Dockerfile", i)] = from
	}
	dir := t.TempDir()
	write(t, dir, files)
	p := project.Read(t.Context(), dir)
	if len(p.Images) > 0 || len(p.Problems) != 1 || !strings.Contains(p.Problems[0].Text, "more than 30 Dockerfiles") {
		t.Errorf("%d images, problems %v", len(p.Images), p.Problems)
	}
}

// tags are those of a project's images, by name.
func tags(t *testing.T, dir string) map[string]string {
	t.Helper()
	p := project.Read(t.Context(), dir)
	if len(p.Problems) > 0 {
		t.Fatalf("problems: %+v", p.Problems)
	}
	all := map[string]string{}
	for _, i := range p.Images {
		if !validTag.MatchString(i.Tag) || i.Tag == "latest" {
			t.Fatalf("tag %q of %s is not valid", i.Tag, i.Name)
		}
		all[i.Name] = i.Tag
	}
	return all
}

var family = map[string]string{
	"base/Dockerfile": from, "base/lib.sh": "1",
	"web/Dockerfile": "FROM base\nCOPY . /\n", "web/index.html": "hi", "web/.dockerignore": "*.md\n", "web/README.md": "x",
	"api/Dockerfile": from, "api/main.go": "package main\n",
	"k8s/a.yaml": manifest, ".gitignore": "*.log\n",
}

// needers are the images whose content a folder's files are part of.
var needers = map[string][]string{"base": {"base", "web"}, "web": {"web"}, "api": {"api"}, "k8s": nil}

// TestTagsFollowOneContext makes random changes in one folder at a time: just
// the images that are made of it get tags never seen before, and a content
// seen before gets back the tag it had.
func TestTagsFollowOneContext(t *testing.T) {
	for _, kind := range []string{"git", "no git"} {
		t.Run(kind, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "shop")
			if kind == "git" {
				dir = committed(t, family)
			} else {
				write(t, dir, family)
			}
			rnd := rand.New(rand.NewPCG(3, 3))
			folders := slices.Sorted(maps.Keys(needers))
			before := tags(t, dir)
			first := maps.Clone(before)
			seen := map[string]bool{}
			for _, tag := range before {
				seen[tag] = true
			}
			for n := range 40 {
				folder := folders[rnd.IntN(len(folders))]
				name := fmt.Sprintf("%s/new-%d", folder, n)
				write(t, dir, map[string]string{name: fmt.Sprint(n)})
				after := tags(t, dir)
				for image, tag := range after {
					changed := slices.Contains(needers[folder], image)
					if changed && seen[tag] || !changed && tag != before[image] {
						t.Fatalf("%s changed: %s was %s and is %s", name, image, before[image], tag)
					}
					seen[tag] = true
				}
				if kind == "git" && rnd.IntN(3) == 0 {
					git(t, dir, "add", ".")
					git(t, dir, "commit", "-qm", name)
					if committed := tags(t, dir); !maps.Equal(committed, after) {
						t.Fatalf("the commit of %s changed tags: %v, were %v", name, committed, after)
					}
				}
				before = after
			}
			for _, folder := range folders {
				made, _ := filepath.Glob(filepath.Join(dir, folder, "new-*"))
				for _, path := range made {
					os.Remove(path)
				}
			}
			if back := tags(t, dir); !maps.Equal(back, first) {
				t.Errorf("the first content again has the tags %v, had %v", back, first)
			}
		})
	}
}

// TestTagsOfSeveralImages is what a tag is made of, and what not.
func TestTagsOfSeveralImages(t *testing.T) {
	dir := committed(t, family)
	before := tags(t, dir)
	step := func(what string, changed []string, files map[string]string) {
		t.Helper()
		write(t, dir, files)
		after := tags(t, dir)
		for image := range after {
			if (after[image] != before[image]) != slices.Contains(changed, image) {
				t.Errorf("%s: %s was %s and is %s", what, image, before[image], after[image])
			}
		}
		before = after
	}
	step("a file the builder does not see", nil, map[string]string{"web/README.md": "y"})
	step("a manifest", nil, map[string]string{"k8s/a.yaml": manifest + "# x\n"})
	step("a Dockerfile", []string{"api"}, map[string]string{"api/Dockerfile": from + "USER 1\n"})
	step("a file git ignores and the builder sees", []string{"api"}, map[string]string{"api/build.log": "x"})
	step("the base of another", []string{"base", "web"}, map[string]string{"base/lib.sh": "2"})
	git(t, dir, "add", ".")
	git(t, dir, "commit", "-qm", "second")
	step("a commit", nil, nil)
	if v := project.Read(t.Context(), dir).Version; v.Dirty || !strings.HasPrefix(v.Describe, "v1.4.2-1-g") || v.Tag != "" {
		t.Errorf("version %+v", v)
	}
	write(t, dir, map[string]string{".twindeck.yaml": "version: 1\nimages:\n  - {name: base, context: base}\n  - {name: web, context: web, args: {A: 1}}\n  - {name: api, context: api}\n"})
	step("a build argument", []string{"web"}, nil)
}
