package kube

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	sigsyaml "sigs.k8s.io/yaml"
)

// Options choose a cluster. The zero value is what kubectl without flags uses.
type Options struct {
	Context    string // instead of the current context
	Namespace  string // instead of the context's
	Kubeconfig string // one file, instead of KUBECONFIG and ~/.kube/config

	Home   string                                     // empty: the user's
	Getenv func(name string) (value string, set bool) // nil: os.LookupEnv
}

// loaded is the kubeconfig as read at one moment.
type loaded struct {
	config Config
	raw    *clientcmdapi.Config // merged, paths made absolute; nil if config.Err
	stamp  string               // changes when a file does
}

// paths are the kubeconfig files in order of precedence, existing or not.
func (o Options) paths() (files []string, source string) {
	if o.Kubeconfig != "" {
		return []string{o.Kubeconfig}, "--kubeconfig"
	}
	getenv := o.Getenv
	if getenv == nil {
		getenv = os.LookupEnv
	}
	if list, _ := getenv(clientcmd.RecommendedConfigPathEnvVar); list != "" {
		for _, f := range filepath.SplitList(list) {
			if f != "" && !slices.Contains(files, f) {
				files = append(files, f)
			}
		}
		return files, clientcmd.RecommendedConfigPathEnvVar
	}
	home := o.Home
	if home == "" {
		home, _ = os.UserHomeDir() // without a home the path is relative, and missing
	}
	return []string{filepath.Join(home, ".kube", "config")}, "~/.kube/config"
}

// stamp is a text that differs when any of files was written, made or removed.
func stamp(files []string) string {
	var b strings.Builder
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			fmt.Fprintf(&b, "%s %d %d\n", f, info.Size(), info.ModTime().UnixNano())
		} else {
			fmt.Fprintf(&b, "%s -\n", f)
		}
	}
	return b.String()
}

// load reads the kubeconfig as kubectl would.
func (o Options) load() loaded {
	paths, source := o.paths()
	// Taken before reading: a write in between is noticed by the next look.
	l := loaded{stamp: stamp(paths), config: Config{Source: source}}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		l.config.Files = append(l.config.Files, path)
		if err == nil {
			err = checkConfig(path, data)
		} else {
			err = fmt.Errorf("%w: reading %s: %w; make it readable for this user", ErrBadConfig, path, err)
		}
		if err != nil {
			l.config.Err = err
			return l
		}
	}
	if len(l.config.Files) == 0 {
		why := ""
		if source == clientcmd.RecommendedConfigPathEnvVar {
			why = ", which " + source + " names"
		}
		l.config.Err = fmt.Errorf("%w: looked for %s%s, found none; turn Kubernetes on in Docker Desktop, or point KUBECONFIG at a file",
			ErrNoConfig, strings.Join(paths, ", "), why)
		return l
	}
	raw, err := (&clientcmd.ClientConfigLoadingRules{Precedence: l.config.Files}).Load()
	if err != nil {
		l.config.Err = fmt.Errorf("%w: reading %s: %w", ErrBadConfig, strings.Join(l.config.Files, ", "), err)
		return l
	}
	l.raw = raw
	l.config.Current = raw.CurrentContext
	for name := range raw.Contexts {
		l.config.Contexts = append(l.config.Contexts, contextOf(raw, name))
	}
	sort.Slice(l.config.Contexts, func(i, j int) bool { return l.config.Contexts[i].Name < l.config.Contexts[j].Name })
	if len(raw.Contexts) == 0 {
		l.config.Err = fmt.Errorf("%w: %s holds no context; turn Kubernetes on in Docker Desktop, or restore the file",
			ErrNoConfig, strings.Join(l.config.Files, ", "))
	}
	return l
}

// yamlLine is how the YAML parser words a place.
var yamlLine = regexp.MustCompile(`^yaml: (?:unmarshal errors:\s+)?line (\d+): `)

// brokenLine is how kubectl's parser words the place of a broken structure.
var brokenLine = regexp.MustCompile(`yaml: line (\d+): did not find expected`)

// checkConfig says what is wrong with a kubeconfig file, with its line.
func checkConfig(path string, data []byte) error {
	var node yaml.Node
	if err := yaml.Unmarshal(data, &node); err != nil {
		line, what := splitYAMLError(err, data)
		return fmt.Errorf("%w: %s: not YAML: %s; mend the line or restore a backup of the file", ErrBadConfig, place(path, line), what)
	}
	if len(node.Content) > 0 && node.Content[0].Kind != yaml.MappingNode && node.Content[0].Tag != "!!null" {
		return fmt.Errorf("%w: %s: not a kubeconfig: expected \"apiVersion: v1\" and \"kind: Config\"; restore a backup of the file",
			ErrBadConfig, place(path, node.Content[0].Line))
	}
	if _, err := clientcmd.Load(data); err != nil {
		return fmt.Errorf("%w: %s: %w; mend it or restore a backup of the file", ErrBadConfig, path, err)
	}
	return nil
}

// splitYAMLError takes the line (1-based) out of what a parser said of data.
// Of a structure that is broken, the parser names where the enclosing block
// begins; the place itself is known to the older parser that kubectl reads
// with, which counts lines from 0.
func splitYAMLError(err error, data []byte) (line int, what string) {
	text := err.Error()
	line, what = 1, strings.TrimPrefix(text, "yaml: ") // the first line goes unsaid
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits by the pattern
		what = text[len(m[0]):]
	}
	if strings.HasPrefix(what, "did not find expected") {
		var ignored any
		if err := sigsyaml.Unmarshal(data, &ignored); err != nil {
			if m := brokenLine.FindStringSubmatch(err.Error()); m != nil {
				line, _ = strconv.Atoi(m[1])
				line++
			}
		}
	}
	return min(line, 1+bytes.Count(bytes.TrimRight(data, "\n"), []byte("\n"))), what
}

func place(file string, line int) string {
	if line == 0 {
		return file
	}
	return file + ":" + strconv.Itoa(line)
}

func contextOf(raw *clientcmdapi.Config, name string) Context {
	c := raw.Contexts[name]
	out := Context{Name: name, Cluster: c.Cluster, User: c.AuthInfo, Namespace: c.Namespace}
	if out.Namespace == "" {
		out.Namespace = "default"
	}
	if cluster := raw.Clusters[c.Cluster]; cluster != nil {
		out.Server = cluster.Server
	}
	out.Local = isLocal(name, out.Server)
	return out
}

// inForce is the context that requests go to, or why there is none.
func (o Options) inForce(l loaded) (Context, error) {
	if l.config.Err != nil {
		return Context{}, l.config.Err
	}
	files := strings.Join(l.config.Files, ", ")
	name := o.Context
	if name == "" {
		name = l.config.Current
	}
	names := make([]string, 0, len(l.config.Contexts))
	for _, c := range l.config.Contexts {
		names = append(names, c.Name)
	}
	choose := "choose one of " + strings.Join(names, ", ") + " with kubectl config use-context"
	if name == "" {
		return Context{}, fmt.Errorf("%w: %s sets no current-context; %s", ErrNoContext, files, choose)
	}
	if l.raw.Contexts[name] == nil {
		return Context{Name: name}, fmt.Errorf("%w: %q is not in %s; %s", ErrNoContext, name, files, choose)
	}
	c := contextOf(l.raw, name)
	if o.Namespace != "" {
		c.Namespace = o.Namespace
	}
	if cluster := l.raw.Clusters[c.Cluster]; cluster == nil {
		return c, fmt.Errorf("%w: context %q names cluster %q, which is not in %s; add the cluster, or %s", ErrNoContext, name, c.Cluster, files, choose)
	} else if cluster.Server == "" {
		return c, fmt.Errorf("%w: cluster %q of context %q has no server in %s; add its address", ErrNoContext, c.Cluster, name, files)
	}
	if c.User != "" && l.raw.AuthInfos[c.User] == nil {
		return c, fmt.Errorf("%w: context %q names user %q, which is not in %s; add the user, or %s", ErrNoContext, name, c.User, files, choose)
	}
	return c, nil
}

// localNames are contexts that only tools for local clusters make.
var localNames = []string{"docker-desktop", "docker-for-desktop", "minikube", "rancher-desktop", "orbstack", "colima"}

// isLocal says whether a context is known to lead to this machine. No name is
// looked up: a wrong answer from DNS must not unlock a cluster.
func isLocal(name, server string) bool {
	if slices.Contains(localNames, name) || strings.HasPrefix(name, "kind-") ||
		strings.HasPrefix(name, "k3d-") || strings.HasPrefix(name, "colima-") {
		return true
	}
	u, err := url.Parse(server)
	if err != nil {
		return false
	}
	return isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	switch host {
	case "localhost", "kubernetes.docker.internal", "host.docker.internal":
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// clientConfig turns the context in force into what a connection is made of.
func (l loaded) clientConfig(name string) clientcmd.ClientConfig {
	return clientcmd.NewNonInteractiveClientConfig(*l.raw, name, &clientcmd.ConfigOverrides{}, nil)
}

// lookEvery is how often a running client looks whether the kubeconfig changed.
const lookEvery = time.Second
