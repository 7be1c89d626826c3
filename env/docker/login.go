package docker

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/distribution/reference"
)

// Login is what docker login has stored for a registry. Its secrets never
// reach a screen: String leaves them out.
type Login struct {
	Registry string // the host, "docker.io" for Docker Hub
	User     string // empty: not logged in
	password string
	token    string // identity token
	cloud    string // registry token
}

// Login finds what docker login has stored for the registry of an image or
// for a host. Not being logged in is no error: the Login is empty then.
func (c *Client) Login(ctx context.Context, image string) (Login, error) {
	host := image
	if named, err := reference.ParseNormalizedNamed(image); err == nil {
		host = reference.Domain(named)
	}
	cfg, err := c.credentialFile()
	if err != nil {
		return Login{}, err
	}
	auth, err := credentialsFor(ctx, cfg, host)
	if err != nil {
		return Login{}, err
	}
	return Login{host, auth.Username, auth.Password, auth.IdentityToken, auth.RegistryToken}, nil
}

// NewLogin is a login with a user and a password.
func NewLogin(registry, user, password string) Login {
	return Login{Registry: registry, User: user, password: password}
}

// Empty reports whether nothing is stored.
func (l Login) Empty() bool {
	return l.User == "" && l.password == "" && l.token == "" && l.cloud == ""
}

// String names the user and the registry, and no secret.
func (l Login) String() string {
	if l.Empty() {
		return "not logged in to " + l.Registry
	}
	user := l.User
	if user == "" {
		user = "a token"
	}
	return fmt.Sprintf("%s at %s", user, l.Registry)
}

// GoString is String: the secrets are not printed by accident.
func (l Login) GoString() string { return l.String() }

// Secret is the password or token, for who must look into it (when does it
// end?). It is never to be shown.
func (l Login) Secret() string {
	for _, s := range []string{l.password, l.token, l.cloud} {
		if s != "" {
			return s
		}
	}
	return ""
}

// PullSecret is the login as a config.json, which is what a cluster's pull
// secret holds. An empty login gives nil.
func (l Login) PullSecret() ([]byte, error) {
	if l.Empty() {
		return nil, nil
	}
	entry := map[string]string{}
	if l.User != "" {
		entry["auth"] = base64.StdEncoding.EncodeToString([]byte(l.User + ":" + l.password))
	}
	if l.token != "" {
		entry["identitytoken"] = l.token
	}
	if l.cloud != "" {
		entry["registrytoken"] = l.cloud
	}
	host := l.Registry
	if host == "docker.io" {
		host = "https://index.docker.io/v1/" // the name kubelets look for
	}
	out, err := json.Marshal(map[string]any{"auths": map[string]any{host: entry}})
	if err != nil {
		return nil, fmt.Errorf("writing the login for %s: %w", l.Registry, err)
	}
	return out, nil
}
