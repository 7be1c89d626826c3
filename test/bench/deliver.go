package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// From a changed file to an image, and to running pods.

// project puts a project of four build steps into the bench's folder.
func (b *bench) project(name string) (string, error) {
	dir := filepath.Join(b.dir, name)
	files := map[string]string{
		"Dockerfile": "FROM twindeck.local/base:1\nWORKDIR /app\nRUN echo made > made\nCOPY page.txt ./\n" +
			`CMD ["sh", "-c", "touch /tmp/ready; while true; do sleep 1; done"]` + "\n",
		"page.txt":            "0\n",
		"k8s/deployment.yaml": strings.ReplaceAll(deployment, "NAME", name),
	}
	for file, text := range files {
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return "", err
		}
	}
	return dir, nil
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: NAME
spec:
  replicas: 3
  selector:
    matchLabels: {app: NAME}
  template:
    metadata:
      labels: {app: NAME}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: main
          image: NAME
          readinessProbe:
            exec: {command: ["sh", "-c", "test -e /tmp/ready"]}
            periodSeconds: 1
`

// change makes the project's file one that was never built.
func change(dir string) error {
	return os.WriteFile(filepath.Join(dir, "page.txt"), []byte(time.Now().String()), 0o644)
}

// rounds is how often each way is taken, by turns.
const rounds = 5

// byTurns changes the project and takes one way, then changes it again and
// takes the other, so that both meet the same minute. It returns the medians.
func byTurns(dir string, ours, other func() (time.Duration, error)) (a, b time.Duration, err error) {
	var mine, theirs []time.Duration
	for i := range rounds + 1 {
		for _, way := range []struct {
			do   func() (time.Duration, error)
			took *[]time.Duration
		}{{ours, &mine}, {other, &theirs}} {
			if err := change(dir); err != nil {
				return 0, 0, err
			}
			d, err := way.do()
			if err != nil {
				return 0, 0, err
			}
			if i > 0 { // the first warms the cache
				*way.took = append(*way.took, d)
			}
		}
	}
	return middle(mine), middle(theirs), nil
}

func warmBuild(b *bench) error {
	dir, err := b.project("bench-build")
	if err != nil {
		return err
	}
	ours, other, err := byTurns(dir,
		func() (time.Duration, error) { return b.timed(dir, b.app, "build") },
		func() (time.Duration, error) {
			return b.timed(dir, "docker", "buildx", "build", "--load", "-t", "bench-build:buildx", ".")
		})
	if err != nil {
		return err
	}
	row("twindeck build", round(ours), "1.1x", next("docker buildx build", ours, other))
	return nil
}

func changeToRunning(b *bench) error {
	const namespace = "bench"
	dir, err := b.project("bench-ship")
	if err != nil {
		return err
	}
	b.later(func() {
		if _, err := b.timed(dir, "kubectl", "delete", "namespace", namespace); err != nil {
			fmt.Println(" ", err)
		}
	})
	if _, err := b.timed(dir, "kubectl", "create", "namespace", namespace); err != nil {
		return err
	}
	ours, other, err := byTurns(dir,
		func() (time.Duration, error) { return b.timed(dir, b.app, "ship", "-n", namespace) },
		func() (time.Duration, error) {
			return b.timed(dir, "sh", "-ec", `
				image=bench-ship:plain-$(date +%s%N)
				docker buildx build --quiet --load -t "$image" .
				sed "s|image: bench-ship|image: $image|" k8s/deployment.yaml | kubectl -n bench apply --server-side --force-conflicts -f -
				kubectl -n bench rollout status deployment/bench-ship`)
		})
	if err != nil {
		return err
	}
	row("twindeck ship, digests verified", round(ours), "1x", next("buildx, kubectl apply, rollout status", ours, other))
	return nil
}
