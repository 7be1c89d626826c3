package docker

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/distribution/reference"
	"github.com/docker/cli/cli/config/configfile"
	"github.com/docker/cli/cli/config/credentials"
	"github.com/docker/cli/cli/config/types"
	"github.com/moby/moby/api/pkg/authconfig"
	"github.com/moby/moby/api/types/registry"
)

// helperTime bounds a credential helper: some wait for a locked keychain.
const helperTime = 10 * time.Second

// credentialFile is config.json as docker login leaves it: without any
// credentials in it, the system's usual store is asked.
func (c *Client) credentialFile() (*configfile.ConfigFile, error) {
	cfg, _, err := readConfig(c.opts.configDir())
	if err != nil {
		return nil, err
	}
	if !cfg.ContainsAuth() {
		cfg.CredentialsStore = credentials.DetectDefaultStore(cfg.CredentialsStore)
	}
	return cfg, nil
}

// credentialsFor finds what docker login has stored for a registry (a host,
// "docker.io" for Docker Hub); no credentials are no error.
func credentialsFor(ctx context.Context, cfg *configfile.ConfigFile, host string) (types.AuthConfig, error) {
	if host == "docker.io" || host == "registry-1.docker.io" || host == "index.docker.io" {
		host = "https://index.docker.io/v1/"
	}
	auth, err := within(ctx, helperTime, func(context.Context) (types.AuthConfig, error) {
		return cfg.GetAuthConfig(host)
	}, func(types.AuthConfig) {})
	switch {
	case err == nil:
		return auth, nil
	case ctx.Err() != nil:
		return types.AuthConfig{}, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("no answer within %s", seconds(helperTime))
	}
	return types.AuthConfig{}, helperError(cfg, host, err)
}

func helperError(cfg *configfile.ConfigFile, host string, err error) error {
	name := cfg.CredentialsStore
	if h := cfg.CredentialHelpers[host]; h != "" {
		name = h
	}
	e := &Error{
		Kind: ErrConfig, Err: err,
		Tried:    fmt.Sprintf("getting the credentials for %s from docker-credential-%s (named in %s)", host, name, cfg.Filename),
		Happened: strings.TrimSpace(err.Error()),
		Do:       "see whether the helper works: echo " + host + " | docker-credential-" + name + " get",
	}
	if errors.Is(err, exec.ErrNotFound) || strings.Contains(err.Error(), "executable file not found") {
		e.Do = fmt.Sprintf("put docker-credential-%s on PATH, or take credsStore out of %s and log in again", name, cfg.Filename)
	}
	return e
}

// registryAuth is the credentials header for pulling or pushing ref.
func (c *Client) registryAuth(ctx context.Context, ref reference.Named) (string, error) {
	cfg, err := c.credentialFile()
	if err != nil {
		return "", err
	}
	auth, err := credentialsFor(ctx, cfg, reference.Domain(ref))
	if err != nil {
		return "", err
	}
	return authconfig.Encode(registry.AuthConfig{
		Username: auth.Username, Password: auth.Password, Auth: auth.Auth,
		ServerAddress: auth.ServerAddress, IdentityToken: auth.IdentityToken, RegistryToken: auth.RegistryToken,
	})
}
