package ship

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/host"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
)

// dockerCommand begins a docker command that goes to the plan's engine
// whatever context is in force when it is run.
func dockerCommand(p Plan) string {
	if p.Engine.Context == "" || p.Engine.Context == "default" {
		return "docker"
	}
	return "docker --context " + p.Engine.Context
}

// buildCommand is the docker build that does the same. Secrets and build
// arguments are named only: docker finds their values in files and in the
// environment, and a command that is shown and logged must not carry them.
func buildCommand(p Plan, b docker.BuildRequest) string {
	words := []string{"build"}
	if p.foreign() {
		words = []string{"buildx", "build", "--builder", p.Builder.Name, "--load"}
	}
	words = append(words, "-t", b.Tag)
	if rel := inProject(p.Project, b.Dockerfile); rel != "Dockerfile" {
		words = append(words, "-f", rel)
	}
	words = append(append(words, b.Words()...), inProject(p.Project, b.Context))
	for i, word := range words {
		words[i] = host.Quote(word)
	}
	return dockerCommand(p) + " " + strings.Join(words, " ")
}

func pushCommand(p Plan, ref string) string { return dockerCommand(p) + " push " + ref }

// applyCommand is the kubectl apply that does the same with manifests that
// name the image already.
func applyCommand(p Plan) string {
	flag := "-f"
	if p.Project.Manifests.Kind == project.Kustomize {
		flag = "-k"
	}
	apply := fmt.Sprintf("apply --server-side --field-manager=twindeck %s %s", flag, inProject(p.Project, p.Project.Manifests.Path))
	command := kubectl(p, p.Namespace, apply)
	var refs []string
	for _, i := range p.Ships() {
		if i.Used {
			refs = append(refs, i.Ref)
		}
	}
	if len(refs) == 0 {
		return command
	}
	return command + "  # with image: " + strings.Join(refs, ", ")
}

func rolloutCommand(p Plan, refs []kube.Ref) string {
	var commands []string
	for _, ref := range refs {
		switch ref.Kind {
		case "Job":
			commands = append(commands, kubectl(p, ref.Namespace, "wait --for=condition=complete "+target(ref)))
		case "Pod":
			commands = append(commands, kubectl(p, ref.Namespace, "wait --for=condition=ready "+target(ref)))
		default:
			commands = append(commands, kubectl(p, ref.Namespace, "rollout status "+target(ref)))
		}
	}
	return strings.Join(commands, " && ")
}

// kubectl is a kubectl command that goes to the plan's cluster whatever
// context is in force when it is run.
func kubectl(p Plan, namespace, rest string) string {
	words := []string{"kubectl"}
	if p.Context.Name != "" {
		words = append(words, "--context", p.Context.Name)
	}
	if namespace != "" {
		words = append(words, "-n", namespace)
	}
	return strings.Join(append(words, rest), " ")
}

// target is an object in kubectl's spelling: deployment/web.
func target(ref kube.Ref) string { return strings.ToLower(ref.Kind) + "/" + ref.Name }

// inProject is path as one types it standing in the project's folder.
func inProject(p project.Project, path string) string {
	rel, err := filepath.Rel(p.Dir, path)
	if err != nil || path == "" {
		return path
	}
	return filepath.ToSlash(rel)
}
