package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"os/exec"
)

// apiServer is the address of the current context's API server, and a client
// that is known to it. kubectl proxy would do too, and take a good part of
// what a small machine has for changing pods.
func apiServer(ctx context.Context) (string, *http.Client, error) {
	out, err := exec.CommandContext(ctx, "kubectl", "config", "view", "--raw", "--minify", "--output=json").Output()
	if err != nil {
		return "", nil, err
	}
	var config struct {
		Clusters []struct {
			Cluster struct {
				Server string `json:"server"`
				CA     []byte `json:"certificate-authority-data"`
			} `json:"cluster"`
		} `json:"clusters"`
		Users []struct {
			User struct {
				Certificate []byte `json:"client-certificate-data"`
				Key         []byte `json:"client-key-data"`
			} `json:"user"`
		} `json:"users"`
	}
	if err := json.Unmarshal(out, &config); err != nil {
		return "", nil, err
	}
	if len(config.Clusters) != 1 || len(config.Users) != 1 {
		return "", nil, errors.New("the kubeconfig's current context names no cluster or no user")
	}
	cluster, user := config.Clusters[0].Cluster, config.Users[0].User
	known, err := tls.X509KeyPair(user.Certificate, user.Key)
	if err != nil {
		return "", nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(cluster.CA) {
		return "", nil, errors.New("the kubeconfig holds no certificate of its cluster")
	}
	return cluster.Server, &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{known}, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
	}}, nil
}
