package docker

import (
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/containerd/platforms"
	units "github.com/docker/go-units"
)

// BuildOption is an option of docker buildx build that takes a value.
type BuildOption struct {
	Name  string // without the dashes
	Usage string
	Image bool // it changes what is in the image, or what is kept of it
	// Set adds one value to a request. Its error says what is wrong with the
	// value, without the option's name.
	Set func(r *BuildRequest, value string) error
	// values are what r has of the option, as the docker command would take it;
	// without what is secret.
	values func(r BuildRequest) []string
}

// BuildOptions are the options that take values, in the order that a command
// shows them.
var BuildOptions = []BuildOption{
	{"platform", "platform to build for, such as linux/arm64; several with commas", true, setPlatform, func(r BuildRequest) []string { return given(r.Platform) }},
	{"build-arg", "build argument name=value; without a value, the environment's", true, setArg, func(r BuildRequest) []string { return slices.Sorted(maps.Keys(r.Args)) }},
	{"build-context", "further build context name=directory, name=docker-image://image or name=URL", true, setContext, func(r BuildRequest) []string { return pairs(r.Contexts) }},
	{"label", "label of the image, name=value", true, setLabel, func(r BuildRequest) []string { return pairs(r.Labels) }},
	{"annotation", "OCI annotation name=value; index:name=value for the index", true, setAnnotation, annotationValues},
	{"provenance", "provenance attestation: true, false, or mode=max", true, setAttestOf("provenance"), func(BuildRequest) []string { return nil }},
	{"sbom", "SBOM attestation: true, false, or generator=image", true, setAttestOf("sbom"), func(BuildRequest) []string { return nil }},
	{"attest", "attestation, such as type=provenance,mode=max", true, setAttest, attestValues},
	{"add-host", "address for a host name in RUN, host=address", true, setHost, func(r BuildRequest) []string { return r.AddHosts }},
	{"network", "network of RUN: default, none or host", true, setNetwork, func(r BuildRequest) []string { return given(r.Network) }},
	{"secret", "secret for RUN --mount=type=secret: id=name,src=file or id=name,env=variable", false, setSecret, secretValues},
	{"ssh", "ssh agent or keys for RUN --mount=type=ssh: default, or id=socket or id=key", false, setSSH, sshValues},
	{"cache-from", "where to take build cache from: an image, or type=local,src=directory", false, setCache(fromCache), func(r BuildRequest) []string { return cacheValues(r.CacheFrom) }},
	{"cache-to", "where to put build cache: an image, type=local,dest=directory, or type=inline", false, setCache(toCache), func(r BuildRequest) []string { return cacheValues(r.CacheTo) }},
	{"no-cache-filter", "stage to build anew; several with commas", false, setFilter, func(r BuildRequest) []string { return given(strings.Join(r.NoCacheFilter, ",")) }},
	{"shm-size", "size of /dev/shm in RUN, such as 128m", false, setShm, func(r BuildRequest) []string { return given(sizeWord(r.ShmSize)) }},
	{"ulimit", "limit in RUN, such as nofile=1024:2048", false, setUlimit, func(r BuildRequest) []string { return r.Ulimits }},
}

// SetBuildOption adds a value of the option of that name to a request.
func SetBuildOption(r *BuildRequest, name, value string) error {
	for _, o := range BuildOptions {
		if o.Name == name {
			return o.Set(r, value)
		}
	}
	return fmt.Errorf("there is no option %s", name)
}

// Words are the request's options as words of docker buildx build: secrets by
// their ID alone, and build arguments by their name, whose values docker
// takes from the environment.
func (r BuildRequest) Words() []string {
	var words []string
	if r.Target != "" {
		words = append(words, "--target", r.Target)
	}
	for _, is := range []struct {
		set  bool
		word string
	}{{r.NoCache, "--no-cache"}, {r.Pull, "--pull"}} {
		if is.set {
			words = append(words, is.word)
		}
	}
	for _, o := range BuildOptions {
		for _, value := range o.values(r) {
			words = append(words, "--"+o.Name, value)
		}
	}
	return words
}

// Traits are what the request adds to the files of its context: lines that
// differ when the image may differ. They hold values of build arguments.
func (r BuildRequest) Traits() []string {
	var traits []string
	if r.Target != "" {
		traits = append(traits, "target "+r.Target)
	}
	for _, o := range BuildOptions {
		if !o.Image {
			continue
		}
		for _, value := range o.values(r) {
			if o.Name == "build-arg" {
				value += "=" + r.Args[value]
			}
			traits = append(traits, o.Name+" "+value)
		}
	}
	return traits
}

// Renewed reports whether the build looks for news that no tag can foretell.
func (r BuildRequest) Renewed() bool { return r.NoCache || r.Pull || len(r.NoCacheFilter) > 0 }

func given(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

func pairs(m map[string]string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, name+"="+m[name])
	}
	return out
}

func put(m *map[string]string, name, value string) {
	if *m == nil {
		*m = map[string]string{}
	}
	(*m)[name] = value
}

// fields reads a value of the form key=value,key=value, in which quotes keep
// commas as in CSV. A field without "=" has an empty key.
func fields(value string) ([][2]string, error) {
	row, err := csv.NewReader(strings.NewReader(value)).Read()
	if err != nil {
		return nil, errors.New("it is not a list such as key=value,key=value")
	}
	var out [][2]string
	for _, field := range row {
		key, text, ok := strings.Cut(field, "=")
		if !ok {
			key, text = "", field
		}
		out = append(out, [2]string{strings.ToLower(strings.TrimSpace(key)), text})
	}
	return out, nil
}

// joined writes fields back, with quotes where they are needed.
func joined(row []string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.Write(row); err != nil {
		return strings.Join(row, ",")
	}
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

func setPlatform(r *BuildRequest, value string) error {
	all := strings.FieldsFunc(r.Platform, func(c rune) bool { return c == ',' })
	for one := range strings.SplitSeq(value, ",") {
		p, err := platforms.Parse(strings.TrimSpace(one))
		if err != nil {
			return fmt.Errorf("%q is not a platform such as linux/amd64 or linux/arm64", one)
		}
		if name := platforms.FormatAll(platforms.Normalize(p)); !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	r.Platform = strings.Join(all, ",")
	return nil
}

// Platforms are the platforms asked for.
func (r BuildRequest) Platforms() []string {
	return strings.FieldsFunc(r.Platform, func(c rune) bool { return c == ',' })
}

var argName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func setArg(r *BuildRequest, value string) error {
	name, value, ok := strings.Cut(value, "=")
	if !argName.MatchString(name) {
		return fmt.Errorf("%q is not a name: use name=value", name)
	}
	if !ok {
		if value, ok = os.LookupEnv(name); !ok {
			return nil // as docker does: the Dockerfile's default holds
		}
	}
	put(&r.Args, name, value)
	return nil
}

func setLabel(r *BuildRequest, value string) error {
	name, value, _ := strings.Cut(value, "=")
	if name == "" {
		return errors.New("use name=value")
	}
	put(&r.Labels, name, value)
	return nil
}

func setContext(r *BuildRequest, value string) error {
	name, at, ok := strings.Cut(value, "=")
	if !ok || at == "" {
		return fmt.Errorf("%q: use name=directory, name=docker-image://image or name=URL", value)
	}
	looked, err := ContextName(name)
	if err != nil {
		return fmt.Errorf("%q is not a name that FROM or COPY --from could use: %w", name, err)
	}
	if scheme, _, ok := strings.Cut(at, "://"); ok && scheme != "docker-image" && !isRemote(at) {
		return fmt.Errorf("%s:// cannot be a build context: use a directory, docker-image://image or a URL", scheme)
	}
	put(&r.Contexts, looked, at)
	return nil
}

var annotationPlace = regexp.MustCompile(`^([a-z-]+)(?:\[([A-Za-z0-9_/-]+)\])?$`)

func setAnnotation(r *BuildRequest, value string) error {
	key, text, ok := strings.Cut(value, "=")
	if !ok {
		return fmt.Errorf("%q: use name=value", value)
	}
	places := ""
	if before, after, ok := strings.Cut(key, ":"); ok {
		places, key = before, after
	}
	if key == "" {
		return fmt.Errorf("%q: use name=value", value)
	}
	for place := range strings.SplitSeq(places, ",") {
		a := BuildAnnotation{Key: key, Value: text}
		if place != "" {
			m := annotationPlace.FindStringSubmatch(place)
			if m == nil || !slices.Contains([]string{"manifest", "index", "manifest-descriptor", "index-descriptor"}, m[1]) {
				return fmt.Errorf("%q cannot be annotated: use manifest, index, manifest-descriptor or index-descriptor before the colon", place)
			}
			a.On, a.Platform = m[1], m[2]
			if _, err := platforms.Parse(a.Platform); a.Platform != "" && err != nil {
				return fmt.Errorf("%q is not a platform such as linux/amd64", a.Platform)
			}
		}
		r.Annotations = append(r.Annotations, a)
	}
	return nil
}

func annotationValues(r BuildRequest) []string {
	var out []string
	for _, a := range r.Annotations {
		place := a.On
		if a.Platform != "" {
			place += "[" + a.Platform + "]"
		}
		if place != "" {
			place += ":"
		}
		out = append(out, place+a.Key+"="+a.Value)
	}
	return out
}

// setAttestOf is the short form of --attest for one kind.
func setAttestOf(kind string) func(*BuildRequest, string) error {
	return func(r *BuildRequest, value string) error {
		if on, err := strconv.ParseBool(value); err == nil {
			return setAttest(r, fmt.Sprintf("type=%s,disabled=%t", kind, !on))
		}
		return setAttest(r, "type="+kind+","+value)
	}
}

func setAttest(r *BuildRequest, value string) error {
	list, err := fields(value)
	if err != nil {
		return err
	}
	kind, disabled := "", false
	var rest []string
	for _, f := range list {
		switch f[0] {
		case "":
			return fmt.Errorf("%q: use key=value", f[1])
		case "type":
			kind = strings.ToLower(f[1])
		case "disabled":
			if disabled, err = strconv.ParseBool(f[1]); err != nil {
				return fmt.Errorf("disabled=%s: use true or false", f[1])
			}
		default:
			rest = append(rest, f[0]+"="+f[1])
		}
	}
	if kind != "provenance" && kind != "sbom" {
		return fmt.Errorf("type %q: use type=provenance or type=sbom", kind)
	}
	delete(r.Attests, kind)
	if !disabled {
		text := ""
		if len(rest) > 0 {
			text = joined(rest)
		}
		put(&r.Attests, kind, text)
	}
	return nil
}

func attestValues(r BuildRequest) []string {
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(r.Attests)) {
		value := "type=" + kind
		if text := r.Attests[kind]; text != "" {
			value += "," + text
		}
		out = append(out, value)
	}
	return out
}

// gatewayHost stands for the engine's own machine in AddHosts.
const gatewayHost = "host-gateway"

func setHost(r *BuildRequest, value string) error {
	host, address, ok := strings.Cut(value, "=")
	if !ok {
		host, address, ok = strings.Cut(value, ":")
	}
	if !ok || host == "" || address == "" {
		return fmt.Errorf("%q: use host=address", value)
	}
	for one := range strings.SplitSeq(address, ",") {
		one = strings.TrimSuffix(strings.TrimPrefix(one, "["), "]")
		if one != gatewayHost && net.ParseIP(one) == nil {
			return fmt.Errorf("%q is not an IP address, nor %s", one, gatewayHost)
		}
		r.AddHosts = append(r.AddHosts, host+"="+one)
	}
	return nil
}

func setNetwork(r *BuildRequest, value string) error {
	switch value {
	case "default", "none", "host":
		r.Network = value
		return nil
	}
	return fmt.Errorf("%q: BuildKit has default, none and host", value)
}

func setFilter(r *BuildRequest, value string) error {
	for stage := range strings.SplitSeq(value, ",") {
		if stage == "" {
			return errors.New("use the names of stages, with commas between them")
		}
		r.NoCacheFilter = append(r.NoCacheFilter, stage)
	}
	return nil
}

func setShm(r *BuildRequest, value string) error {
	size, err := units.RAMInBytes(value)
	if err != nil || size <= 0 {
		return fmt.Errorf("%q is not a size such as 128m", value)
	}
	r.ShmSize = size
	return nil
}

func sizeWord(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return strconv.FormatInt(bytes, 10)
}

func setUlimit(r *BuildRequest, value string) error {
	limit, err := units.ParseUlimit(value)
	if err != nil {
		return fmt.Errorf("%q is not a limit such as nofile=1024:2048: %w", value, err)
	}
	r.Ulimits = append(r.Ulimits, limit.String())
	return nil
}
