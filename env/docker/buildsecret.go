package docker

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/secrets/secretsprovider"
	"github.com/moby/buildkit/session/sshforward/sshprovider"
)

// errSecretForm does not repeat what was given: it may be the secret itself.
var errSecretForm = errors.New("use id=name,src=file or id=name,env=variable")

// BuildSecret is a secret that steps can mount. Its value is read when a step
// asks for it, and is in nothing else.
type BuildSecret struct {
	ID   string
	File string // exactly one of File and Env is set
	Env  string // name of an environment variable
}

// BuildSSH is an ssh agent, or keys, that steps can use.
type BuildSSH struct {
	ID    string
	Paths []string // one socket, or keys; empty: $SSH_AUTH_SOCK
}

func setSecret(r *BuildRequest, value string) error {
	list, err := fields(value)
	if err != nil {
		return errSecretForm
	}
	s, kind := BuildSecret{}, ""
	for _, f := range list {
		switch f[0] {
		case "id":
			s.ID = f[1]
		case "src", "source":
			s.File = f[1]
		case "env":
			s.Env = f[1]
		case "type":
			kind = f[1]
		default:
			return errSecretForm
		}
	}
	if kind != "" && kind != "file" && kind != "env" {
		return fmt.Errorf("type %q: use type=file or type=env", kind)
	}
	if kind == "env" && s.Env == "" {
		s.Env, s.File = s.File, ""
	}
	switch {
	case s.ID == "":
		return errSecretForm
	case s.Env != "" && s.File != "":
		return fmt.Errorf("id=%s has both src and env: use one of them", s.ID)
	case s.Env == "" && s.File == "":
		// As docker does: the variable of that name, or else the file.
		if _, ok := os.LookupEnv(s.ID); ok && kind != "file" {
			s.Env = s.ID
		} else {
			s.File = s.ID
		}
	}
	for i, other := range r.Secrets {
		if other.ID == s.ID {
			r.Secrets[i] = s
			return nil
		}
	}
	r.Secrets = append(r.Secrets, s)
	return nil
}

func secretValues(r BuildRequest) []string {
	var out []string
	for _, s := range r.Secrets {
		out = append(out, joined([]string{"id=" + s.ID}))
	}
	return out
}

// fault says why the secret cannot be read.
func (s BuildSecret) fault() error {
	if s.Env != "" {
		if _, ok := os.LookupEnv(s.Env); !ok {
			return fmt.Errorf("--secret id=%s: the environment has no %s", s.ID, s.Env)
		}
		return nil
	}
	info, err := os.Stat(s.File)
	switch {
	case err != nil:
		return fmt.Errorf("--secret id=%s: %w", s.ID, pathError(s.File, err))
	case info.IsDir():
		return fmt.Errorf("--secret id=%s: %s is a directory, not a file", s.ID, s.File)
	case info.Size() > secretsprovider.MaxSecretSize:
		return fmt.Errorf("--secret id=%s: %s is larger than a secret may be: %d bytes of at most %d", s.ID, s.File, info.Size(), secretsprovider.MaxSecretSize)
	}
	return nil
}

func setSSH(r *BuildRequest, value string) error {
	id, paths, ok := strings.Cut(value, "=")
	if id == "" || ok && paths == "" {
		return fmt.Errorf("%q: use default, id=socket or id=key", value)
	}
	s := BuildSSH{ID: id}
	if ok {
		s.Paths = strings.Split(paths, ",")
	}
	for _, other := range r.SSH {
		if other.ID == id {
			return fmt.Errorf("%q was given before", id)
		}
	}
	r.SSH = append(r.SSH, s)
	return nil
}

func sshValues(r BuildRequest) []string {
	var out []string
	for _, s := range r.SSH {
		value := s.ID
		if len(s.Paths) > 0 {
			value += "=" + strings.Join(s.Paths, ",")
		}
		out = append(out, value)
	}
	return out
}

// provider opens the agent, or reads the keys.
func (s BuildSSH) provider() (session.Attachable, error) { return sshProvider([]BuildSSH{s}) }

// fault says why the agent or the keys cannot be used.
func (s BuildSSH) fault() error {
	for _, path := range s.Paths {
		if _, err := os.Stat(path); err != nil && !strings.HasPrefix(path, `\\.\pipe\`) {
			return fmt.Errorf("--ssh %s: %w", s.ID, pathError(path, err))
		}
	}
	if _, err := s.provider(); err != nil {
		if len(s.Paths) == 0 {
			return fmt.Errorf("--ssh %s: no ssh agent: SSH_AUTH_SOCK is not set, or leads nowhere. Start one, or name a key: --ssh %s=FILE", s.ID, s.ID)
		}
		return fmt.Errorf("--ssh %s: neither the socket of an agent nor a key without a passphrase: %w", s.ID, err)
	}
	return nil
}

func sshProvider(all []BuildSSH) (session.Attachable, error) {
	var agents []sshprovider.AgentConfig
	for _, s := range all {
		agents = append(agents, sshprovider.AgentConfig{ID: s.ID, Paths: s.Paths})
	}
	return sshprovider.NewSSHAgentProvider(agents)
}

// attachables are what steps may ask this machine for.
func (r BuildRequest) attachables() ([]session.Attachable, error) {
	var out []session.Attachable
	if len(r.Secrets) > 0 {
		var sources []secretsprovider.Source
		for _, s := range r.Secrets {
			sources = append(sources, secretsprovider.Source{ID: s.ID, FilePath: s.File, Env: s.Env})
		}
		store, err := secretsprovider.NewStore(sources)
		if err != nil {
			return nil, fmt.Errorf("reading the secrets: %w", err)
		}
		out = append(out, secretsprovider.NewSecretProvider(store))
	}
	agents := r.SSH
	if len(agents) == 0 && isGitSSH(r.Context) && os.Getenv("SSH_AUTH_SOCK") != "" {
		agents = []BuildSSH{{ID: "default"}} // git over ssh needs one
	}
	if len(agents) > 0 {
		provider, err := sshProvider(agents)
		if err != nil {
			return nil, fmt.Errorf("reaching the ssh agent: %w", err)
		}
		out = append(out, provider)
	}
	return out, nil
}
