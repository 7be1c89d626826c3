package docker

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/distribution/reference"
	"github.com/moby/moby/client"
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

// TryLogin asks the registry, through the engine, whether it accepts a login.
// errors.Is(err, ErrDenied) when it does not; any other error leaves it open.
func (c *Client) TryLogin(ctx context.Context, l Login) error {
	server := l.Registry
	if server == "docker.io" {
		server = "https://index.docker.io/v1/"
	}
	return c.act(ctx, answerTime, "logging in to "+l.Registry, func(ctx context.Context, cn *conn) error {
		_, err := cn.api.RegistryLogin(ctx, client.RegistryLoginOptions{
			Username: l.User, Password: l.password, ServerAddress: server, IdentityToken: l.token, RegistryToken: l.cloud,
		})
		// Some engines pass the registry's 401 on as an error of their own.
		if err != nil && (cerrdefs.IsUnauthorized(err) || notAccepted.MatchString(err.Error())) {
			return &Error{
				Kind: ErrDenied, Tried: "logging in to " + l.Registry, Happened: "it does not accept the login of " + l.who(),
				Do: "run: " + LoginCommand(l.Registry), Err: err,
			}
		}
		return err
	})
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
	return fmt.Sprintf("%s at %s", l.who(), l.Registry)
}

func (l Login) who() string {
	if l.User == "" {
		return "a token"
	}
	return l.User
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
