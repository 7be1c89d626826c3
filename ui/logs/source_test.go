package logs

import (
	"slices"
	"testing"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

func TestShortNames(t *testing.T) {
	container := func(name, project, service string) source {
		return source{target: Container(&docker.Container{ID: name, Name: name, Project: project, Service: service})}
	}
	pod := func(name, owner, of string) source {
		return source{target: Pod(&kube.Pod{UID: name, Name: name, Owner: kube.Owner{Kind: "Deployment", Name: owner}}), container: of}
	}
	for _, c := range []struct {
		name string
		all  []source
		want []string
	}{
		{"one project", []source{container("shop-web-1", "shop", "web"), container("shop-db-1", "shop", "db")}, []string{"web", "db"}},
		{"two of a service", []source{container("shop-web-1", "shop", "web"), container("shop-web-2", "shop", "web")}, []string{"shop-web-1", "shop-web-2"}},
		{"two projects", []source{container("shop-web-1", "shop", "web"), container("blog-web-1", "blog", "web")}, []string{"shop-web-1", "blog-web-1"}},
		{"one workload", []source{pod("web-987c-7znrw", "web", ""), pod("web-987c-clfgs", "web", "")}, []string{"7znrw", "clfgs"}},
		{"two workloads", []source{pod("web-987c-7znrw", "web", ""), pod("api-123-abcde", "api", "")}, []string{"web-7znrw", "api-abcde"}},
		{"one pod", []source{pod("web-987c-7znrw", "web", "app"), pod("web-987c-7znrw", "web", "proxy")}, []string{"app", "proxy"}},
		{
			"both sides",
			[]source{container("shop-web-1", "shop", "web"), pod("web-987c-7znrw", "web", "app")},
			[]string{"web", "web-7znrw/app"},
		},
		{
			"long names that differ in the middle",
			[]source{container("a-very-long-name-one-of-a-container", "", ""), container("a-very-long-name-two-of-a-container", "", "")},
			nil, // whatever they are, they differ
		},
	} {
		got := shortNames(c.all)
		if c.want != nil && !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		seen := map[string]bool{}
		for _, n := range got {
			if seen[n] || n == "" {
				t.Errorf("%s: %q is there twice, or empty", c.name, n)
			}
			seen[n] = true
		}
	}
}

func TestCommands(t *testing.T) {
	web := Container(&docker.Container{ID: "1", Name: "shop-web-1", Project: "shop", Service: "web"})
	db := Container(&docker.Container{ID: "2", Name: "shop-db-1", Project: "shop", Service: "db"})
	owner := kube.Owner{Kind: "Deployment", Name: "api"}
	one := Pod(&kube.Pod{UID: "3", Name: "api-1", Namespace: "dev", Owner: owner})
	two := Pod(&kube.Pod{UID: "4", Name: "api-2", Namespace: "dev", Owner: owner})
	for _, c := range []struct {
		targets   []Target
		part      bool
		previous  bool
		container string
		since     string
		want      string
	}{
		{[]Target{web}, false, false, "", " --since 5m", "docker logs --follow --since 5m shop-web-1"},
		{[]Target{web, db}, false, false, "", "", "docker compose --project-name shop logs --follow"},
		{[]Target{one}, false, false, "", "", "kubectl logs --follow api-1 -n dev"},
		{[]Target{one}, false, true, "app", "", "kubectl logs api-1 -n dev -c app --previous"},
		{[]Target{one}, false, false, allContainers, "", "kubectl logs --follow api-1 -n dev --all-containers"},
		{[]Target{one, two}, false, false, "", " --since=1h", "kubectl logs --follow --all-pods --prefix --since=1h deployment/api -n dev"},
		{[]Target{one, two, one, two, one, two}, false, false, "", " --since=1h", "kubectl logs --follow --all-pods --prefix --max-log-requests=6 --since=1h deployment/api -n dev"},
		{[]Target{web, one}, false, false, "", "", "docker logs --follow shop-web-1 (and 1 more)"},
		{[]Target{web, db, web}, true, false, "", "", "docker compose --project-name shop logs --follow web db"},
		{[]Target{one, two}, true, false, "", "", "kubectl logs --follow api-1 -n dev (and 1 more)"},
		{nil, false, false, "", "", ""},
	} {
		if got := (Set{ID: "x", Targets: c.targets, Part: c.part}).command(c.previous, c.container, c.since); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
