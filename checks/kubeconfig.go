package checks

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/twindeck/twindeck/env/host"
)

// kubeconfig is the part of a kubeconfig file that no request needs to show:
// how its users prove who they are.
type kubeconfig struct {
	Kind     string `json:"kind"`
	Contexts []any  `json:"contexts"`
	Users    []struct {
		Name string   `json:"name"`
		User kubeUser `json:"user"`
	} `json:"users"`
}

type kubeUser struct {
	Certificate     string `json:"client-certificate"`      // a path
	CertificateData string `json:"client-certificate-data"` // base64 of PEM
	Token           string `json:"token"`
	Exec            *struct {
		Command string `json:"command"`
		Hint    string `json:"installHint"`
	} `json:"exec"`

	file string // the kubeconfig it was read from
}

// soundKubeconfig reports why data is no kubeconfig worth restoring.
func soundKubeconfig(data []byte) error {
	var c kubeconfig
	if err := yaml.Unmarshal(data, &c); err != nil {
		return err
	}
	if len(c.Contexts) == 0 {
		return errors.New("it names no context")
	}
	return nil
}

// kubeUser returns the user of the context in force, from the first file that
// names it, as kubectl merges them. A context without user gives the zero one.
func (m *Machine) kubeUser(ctx context.Context) (kubeUser, error) {
	return once(ctx, &m.facts, "kubeconfig user", func(context.Context) (kubeUser, error) {
		at, err := m.Kube.Context()
		if err != nil {
			return kubeUser{}, err
		}
		for _, file := range m.Kube.Config().Files {
			data, err := m.Host.ReadFile(file)
			if err != nil {
				return kubeUser{}, fmt.Errorf("reading the kubeconfig: %w", err)
			}
			var c kubeconfig
			if err := yaml.Unmarshal(data, &c); err != nil {
				return kubeUser{}, fmt.Errorf("reading the kubeconfig %s: %w", file, err)
			}
			for _, u := range c.Users {
				if u.Name == at.User {
					u.User.file = file
					return u.User, nil
				}
			}
		}
		return kubeUser{}, nil
	})
}

func probeAuthPlugin(ctx context.Context, m *Machine) Finding {
	u, err := m.kubeUser(ctx)
	if err != nil {
		return fail("The user cannot be read").saw("kubeconfig", "%v", err)
	}
	if u.Exec == nil {
		return notHere("The credentials are in the kubeconfig itself")
	}
	name := u.Exec.Command
	if strings.ContainsAny(name, `/\`) {
		if _, err := m.Host.Stat(name); err == nil {
			return ok("%s", name).saw(name, "there")
		}
	} else if all := m.Host.Which(name); len(all) > 0 {
		return ok("%s", all[0]).saw("PATH", "%s", all[0])
	}
	f := fail("The program %s is not on PATH", name).saw(u.file+": exec", "%s", name)
	if u.Exec.Hint != "" {
		return f.byHand(strings.Split(strings.TrimSpace(u.Exec.Hint), "\n")...)
	}
	return f.byHand("Install " + name + ", or log in to the cluster another way")
}

// soon is how long before a certificate ends one should hear of it. kubeadm's
// last a year, and only a reset of the cluster renews Docker Desktop's.
const soon = 30 * 24 * time.Hour

func probeClientCertificate(ctx context.Context, m *Machine) Finding {
	u, err := m.kubeUser(ctx)
	if err != nil {
		return fail("The user cannot be read").saw("kubeconfig", "%v", err)
	}
	if u.Certificate == "" && u.CertificateData == "" {
		return notHere("The user has no client certificate")
	}
	cert, where, err := u.certificate(m.Host)
	if err != nil {
		return fail("The client certificate cannot be read").saw(where, "%v", err).
			byHand("Get a new kubeconfig of the cluster")
	}
	left := cert.NotAfter.Sub(m.Host.Now())
	day := cert.NotAfter.Format("2 January 2006")
	f := ok("Valid until %s", day).saw(where, "%s, valid until %s", cert.Subject.CommonName, cert.NotAfter.UTC().Format(time.RFC3339))
	switch {
	case m.Host.Now().Before(cert.NotBefore):
		f.Status, f.Summary = Fail, "The client certificate is not valid yet: this machine's clock is behind, or the cluster's was ahead"
		return f.byHand("Look at the date of this machine", "Get a new kubeconfig of the cluster")
	case left <= 0:
		f.Status, f.Summary = Fail, "The client certificate expired on "+day
	case left < soon:
		f.Status, f.Summary = Warn, fmt.Sprintf("The client certificate expires in %d days", int(left.Hours()/24))
	default:
		return f
	}
	return f.byHand(
		saveCluster,
		"Docker Desktop → Settings → Kubernetes → Reset cluster: new certificates, and everything in the cluster is deleted",
		"With kubeadm elsewhere: kubeadm certs renew all, and copy the new kubeconfig",
	)
}

// certificate reads the client certificate; where says from which place.
func (u kubeUser) certificate(h host.Host) (cert *x509.Certificate, where string, err error) {
	where = u.file + ": client-certificate-data"
	data, err := base64.StdEncoding.DecodeString(u.CertificateData)
	if err != nil {
		return nil, where, err
	}
	if len(data) == 0 { // as kubectl: the data wins over the path
		where = u.Certificate
		if !isAbsolute(where) {
			cut := strings.LastIndexAny(u.file, `/\`)
			where = host.Join(h, u.file[:max(cut, 0)], u.Certificate)
		}
		if data, err = h.ReadFile(where); err != nil {
			return nil, where, err
		}
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, where, errors.New("it is not PEM")
	}
	cert, err = x509.ParseCertificate(block.Bytes)
	return cert, where, err
}

func isAbsolute(path string) bool {
	return strings.HasPrefix(path, "/") || strings.HasPrefix(path, `\`) || len(path) > 1 && path[1] == ':'
}
