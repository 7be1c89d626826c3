package ship

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
)

// PullSecret is a login that pods are to be given, so that they may pull.
type PullSecret struct {
	Namespace string `json:"namespace"`
	Account   string `json:"account"` // service account of the pods
	Name      string `json:"name"`    // of the secret
	Registry  string `json:"registry"`
	User      string `json:"user"` // whose login it is; no more of it is ever shown
	image     string // whose registry asks for it
}

var notInNames = regexp.MustCompile(`[^a-z0-9-]+`)

// PullSecretName is the name of the secret for a registry, the same each time.
func PullSecretName(registry string) string {
	return "twindeck-" + strings.Trim(notInNames.ReplaceAllString(strings.ToLower(registry), "-"), "-")
}

// puller is a pod's way to log in to registries, and where that is written.
type puller struct {
	namespace, account string
	secrets            []string
	at                 kube.Manifest
}

// pullers are the pods of manifests that run image.
func pullers(manifests []kube.Manifest, image, namespace string) []puller {
	var all []puller
	for _, m := range manifests {
		var object any
		if !slices.Contains(m.Images, image) || yaml.Unmarshal(m.YAML, &object) != nil {
			continue
		}
		at := m.Ref.Namespace
		if at == "" {
			at = namespace
		}
		for _, spec := range podSpecs(object) {
			p := puller{namespace: at, account: "default", at: m}
			if name, ok := spec["serviceAccountName"].(string); ok && name != "" {
				p.account = name
			}
			list, _ := spec["imagePullSecrets"].([]any)
			for _, each := range list {
				if entry, ok := each.(map[string]any); ok {
					name, _ := entry["name"].(string)
					p.secrets = append(p.secrets, name)
				}
			}
			all = append(all, p)
		}
	}
	return all
}

// podSpecs are the pod specs anywhere in an object.
func podSpecs(node any) []map[string]any {
	var found []map[string]any
	switch v := node.(type) {
	case map[string]any:
		if _, ok := v["containers"].([]any); ok {
			return []map[string]any{v}
		}
		for _, child := range v {
			found = append(found, podSpecs(child)...)
		}
	case []any:
		for _, child := range v {
			found = append(found, podSpecs(child)...)
		}
	}
	return found
}

// checkPulls looks whether pods will be let in where the image is pulled from:
// a registry that asks for a login, and pods that have none, are told of before
// a pod fails for it. The registry and the cluster may keep it to themselves;
// then there is nothing to tell.
func (w *planner) checkPulls(ctx context.Context, s *sight) {
	p := &w.plan
	if p.Route != Registry || !p.does(Deploy) || !s.reachable() || s.infoErr != nil || len(p.Fatal()) > 0 {
		return
	}
	for _, image := range p.Ships() {
		if image.Used {
			w.checkPull(ctx, image.Ref)
		}
	}
}

func (w *planner) checkPull(ctx context.Context, image string) {
	p := &w.plan
	if needs, err := w.engine.NeedsLogin(ctx, image); err != nil || !needs {
		return
	}
	host := hostOf(image)
	for _, each := range pullers(p.Manifests, image, p.Namespace) {
		if slices.ContainsFunc(each.secrets, func(name string) bool { return brings(p.Manifests, name) }) || p.adds(each) {
			continue
		}
		hosts, err := w.cluster.PullHosts(ctx, each.namespace, each.account, each.secrets)
		if err != nil || slices.ContainsFunc(hosts, func(h string) bool { return sameRegistry(h, host) }) {
			continue
		}
		w.offer(ctx, image, each)
	}
}

// offer tells of pods that cannot log in, or plans to give them docker's login.
func (w *planner) offer(ctx context.Context, image string, p puller) {
	host := hostOf(image)
	login, err := w.engine.Login(ctx, image)
	have := err == nil && !login.Empty()
	secret := PullSecret{Namespace: p.namespace, Account: p.account, Name: PullSecretName(host), Registry: host, User: login.User, image: image}
	if w.options.PullSecret && have {
		w.plan.PullSecrets = append(w.plan.PullSecrets, secret)
		return
	}
	q := Problem{
		Fatal: w.options.PullSecret, Stage: Deploy, File: p.at.File, Line: imageLine(p.at.File, p.at.Line, project.LastPart(image)),
		Text: fmt.Sprintf("%s: the registry %s asks for a login, and the service account %s of namespace %s has none for it", p.at.Ref, host, p.account, p.namespace),
		Do:   fmt.Sprintf("name a secret in imagePullSecrets, or give the pods docker's login (%s): --pull-secret", login),
	}
	if !have {
		q.Do = "log in first (docker login " + host + "), and give the pods that login: --pull-secret"
	} else {
		w.plan.Offers = append(w.plan.Offers, secret)
	}
	w.problem(q)
}

// adds reports whether the plan gives or offers these pods a login already.
func (p Plan) adds(to puller) bool {
	planned := append(slices.Clone(p.PullSecrets), p.Offers...)
	return slices.ContainsFunc(planned, func(s PullSecret) bool { return s.Namespace == to.namespace && s.Account == to.account })
}

// brings reports whether manifests have a secret of that name with them.
func brings(manifests []kube.Manifest, name string) bool {
	return slices.ContainsFunc(manifests, func(m kube.Manifest) bool { return m.Ref.Kind == "Secret" && m.Ref.Name == name })
}

// sameRegistry compares a secret's entry, which may have a scheme and a path,
// with a registry's host.
func sameRegistry(entry, host string) bool {
	if _, rest, ok := strings.Cut(entry, "://"); ok {
		entry = rest
	}
	entry, _, _ = strings.Cut(entry, "/")
	if entry == "index.docker.io" || entry == "registry-1.docker.io" {
		entry = "docker.io"
	}
	return entry == host
}

// addPullSecrets gives pods docker's login before they are made: those that
// are there already do not get it.
func (r *run) addPullSecrets(ctx context.Context) error {
	for _, s := range r.plan.PullSecrets {
		login, err := r.engine.Login(ctx, s.image)
		if err != nil {
			return err
		}
		config, err := login.PullSecret()
		if err != nil {
			return err
		}
		if config == nil {
			return fmt.Errorf("docker is not logged in to %s any more: docker login %[1]s", s.Registry)
		}
		r.tell(Event{Kind: Command, Text: kubectl(r.plan, s.Namespace, "create secret docker-registry "+s.Name+" --docker-server="+s.Registry)})
		if err := r.cluster.AddPullSecret(ctx, s.Namespace, s.Name, s.Account, config); err != nil {
			return err
		}
	}
	return nil
}
