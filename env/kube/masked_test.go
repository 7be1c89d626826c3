package kube

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

var (
	secretKind    = Kind{Version: "v1", Resource: "secrets", Name: "Secret", Namespaced: true}
	configMapKind = Kind{Version: "v1", Resource: "configmaps", Name: "ConfigMap", Namespaced: true}
)

// describedBy is kubectl's description of a server's only object, called one.
func describedBy(t *testing.T, k Kind, object map[string]any) string {
	t.Helper()
	object["kind"], object["apiVersion"] = k.Name, strings.TrimPrefix(k.Group+"/"+k.Version, "/")
	metadata, _ := object["metadata"].(map[string]any)
	if metadata == nil {
		metadata = map[string]any{}
	}
	metadata["name"], metadata["namespace"] = "one", "shop"
	object["metadata"] = metadata
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if accept := r.Header.Get("Accept"); strings.Contains(accept, "protobuf") {
			t.Errorf("the describer asks for %s, which nobody masks", accept)
		}
		w.Header().Set("Content-Type", "application/json")
		switch {
		case strings.HasSuffix(r.URL.Path, "/"+k.Resource+"/one"):
			_, _ = w.Write(text)
		case strings.HasSuffix(r.URL.Path, "/events"):
			_, _ = io.WriteString(w, `{"kind":"EventList","apiVersion":"v1","items":[]}`)
		case strings.HasSuffix(r.URL.Path, "/pods"):
			_, _ = io.WriteString(w, `{"kind":"PodList","apiVersion":"v1","items":[]}`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	c := openServer(t, srv.URL, "")
	ctx := deadline(t, 20*time.Second)
	cn, err := c.connected(ctx)
	if err != nil {
		t.Fatal(err)
	}
	cn.kinds = []Kind{k}
	described, err := c.Describe(ctx, k.Ref("shop", "one"))
	if err != nil {
		t.Fatal(err)
	}
	return described
}

// seesOnly checks that a text has some words, blanks between them as they may
// be, and others not.
func seesOnly(t *testing.T, text string, shows, hides []string) {
	t.Helper()
	squeezed := strings.Join(strings.Fields(text), " ")
	for _, word := range shows {
		if !strings.Contains(squeezed, word) {
			t.Errorf("it lacks %q:\n%s", word, text)
		}
	}
	for _, word := range hides {
		if strings.Contains(text, word) {
			t.Errorf("it shows %q:\n%s", word, text)
		}
	}
}

// kubectl prints the token of a service account; nothing of a Secret is shown
// but sizes, whatever its type.
func TestDescribeSecret(t *testing.T) {
	t.Parallel()
	data := map[string]any{
		"token":  base64.StdEncoding.EncodeToString([]byte("eyJhbGciOiJSUzI1NiJ9.hunter2")),
		"ca.crt": base64.StdEncoding.EncodeToString([]byte("hunter2")),
		"empty":  "",
	}
	for kind, shows := range map[string][]string{
		"kubernetes.io/service-account-token": {"token: 28 bytes", "ca.crt: 7 bytes", "empty: 0 bytes"},
		"Opaque":                              {"token: 28 bytes", "ca.crt: 7 bytes", "empty: 0 bytes"},
	} {
		text := describedBy(t, secretKind, map[string]any{"type": kind, "data": data, "metadata": map[string]any{"annotations": map[string]any{
			"kubernetes.io/service-account.name": "default",
			"acme.dev/admin-password":            "hunter2",
			"acme.dev/from":                      "postgres://ada:hunter2@db/x",
		}}})
		seesOnly(t, text, append(shows, "Type: "+kind, "service-account.name: default", "postgres://ada:********@db/x"), []string{"hunter2", "eyJ"})
	}
}

// A variable of several lines is hidden with all of them, and an argument
// behind its flag.
func TestDescribeVariables(t *testing.T) {
	t.Parallel()
	variable := func(name, value string) map[string]any { return map[string]any{"name": name, "value": value} }
	pod := map[string]any{"containers": []any{map[string]any{"name": "main", "image": "web:1", "args": []any{"--db-password", "hunter2", "--port=80"}, "env": []any{
		variable("DB_PASSWORD", "hunter2"),
		variable("TLS_KEY", "first\nhunter2\n\nhunter2: last"),
		variable("SETTINGS", "level: debug\npassword: hunter2\nhost: db"),
		variable("GREETING", "hello\nworld"),
		map[string]any{"name": "API_TOKEN", "valueFrom": map[string]any{"secretKeyRef": map[string]any{"name": "db", "key": "token"}}},
	}}}}
	template := map[string]any{"selector": map[string]any{"matchLabels": map[string]any{"a": "b"}}, "template": map[string]any{"spec": pod}}
	for _, tc := range []struct {
		kind Kind
		spec map[string]any
	}{
		{PodKind(), pod},
		{Kind{Group: "apps", Version: "v1", Resource: "daemonsets", Name: "DaemonSet", Namespaced: true}, template},
		{Kind{Group: "batch", Version: "v1", Resource: "cronjobs", Name: "CronJob", Namespaced: true}, map[string]any{"jobTemplate": map[string]any{"spec": template}}},
	} {
		text := describedBy(t, tc.kind, map[string]any{"spec": tc.spec})
		seesOnly(t, text, []string{
			"--db-password ******** --port=80", "DB_PASSWORD: ********", "TLS_KEY: ********", "level: debug password: ******** host: db", "hello world", "<set to the key 'token' in secret 'db'>",
		}, []string{"hunter2", "first"})
	}
}

// kubectl changes blanks, line ends and escape sequences of what it prints,
// and a value may look like the entries that follow it.
func TestDescribeConfigMap(t *testing.T) {
	t.Parallel()
	text := describedBy(t, configMapKind, map[string]any{
		"data": map[string]any{
			"API_KEY":     "first\thunter2",
			"CRLF_SECRET": "first\r\nhunter2\r\n",
			"DB_PASSWORD": "first\n\nLEVEL:\n----\nhunter2\n",
			"ESC_TOKEN":   "\x1b[1mhunter2",
			"LEVEL":       "debug\ttwo",
			"app.ini":     "user =\tada\r\npassword =\thunter2\r\nhost =\tdb\r\n",
			"empty":       "",
			"trap":        "plain\n\nDB_PASSWORD:\n----\nnothing\n",
		},
		"binaryData": map[string]any{"tls.key": base64.StdEncoding.EncodeToString([]byte("\xffhunter2")), "logo.png": "/wA="},
	})
	seesOnly(t, text, []string{
		"API_KEY: ---- ********", "CRLF_SECRET: ---- ********", "DB_PASSWORD: ---- ******** ESC_TOKEN:", "ESC_TOKEN: ---- ********",
		"debug two", "ada", "db", "plain DB_PASSWORD: ---- nothing", "tls.key: 8 bytes", "logo.png: 2 bytes",
	}, []string{"hunter2", "first"})
}

// kubectl cuts the names of a custom resource's fields into words.
func TestDescribeCustomResource(t *testing.T) {
	t.Parallel()
	text := describedBy(t, Kind{Group: "acme.dev", Version: "v1", Resource: "databases", Name: "Database", Namespaced: true}, map[string]any{
		"spec": map[string]any{
			"apiKey": "hunter2", "accessKey": "hunter2\nhunter2", "adminPassword": "hunter2", "tls": map[string]any{"privateKey": "hunter2"},
			"users":      []any{map[string]any{"name": "ada", "clientKey": "hunter2"}, "password=hunter2"},
			"secretName": "db", "publicKey": "seen", "replicas": 3, "ratio": 0.5, "enabled": true,
		},
	})
	seesOnly(t, text, []string{
		"API Key: ********", "Access Key: ********", "Private Key: ********", "Client Key: ********", "password=********",
		"Secret Name: db", "Public Key: seen", "Replicas: 3", "Ratio: 0.5", "Enabled: true", "Name: ada",
	}, []string{"hunter2"})
}

// A list's objects do not tell what they are.
func TestMaskAnswer(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"apiVersion":"v1","kind":"SecretList","items":[{"data":{"token":"aHVudGVyMg=="}}]}`:                                   `{"apiVersion":"v1","items":[{"apiVersion":"v1","data":{"token":"AAAAAAAAAA=="},"kind":"Secret"}],"kind":"SecretList"}`,
		`{"apiVersion":"v1","kind":"PodList","items":[{"spec":{"containers":[{"env":[{"name":"TOKEN","value":"hunter2"}]}]}}]}`: `{"apiVersion":"v1","items":[{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"env":[{"name":"TOKEN","value":"********"}]}]}}],"kind":"PodList"}`,
		`{"apiVersion":"acme.dev/v1","kind":"Guest","items":[{"token":"hunter2"}],"size":12345678901234567890}`:                 `{"apiVersion":"acme.dev/v1","items":[{"token":"********"}],"kind":"Guest","size":12345678901234567890}`,
		`{"apiVersion":"acme.dev/v1","kind":"WishList","spec":{"token":"hunter2"}}`:                                             `{"apiVersion":"acme.dev/v1","kind":"WishList","spec":{"token":"********"}}`,
	} {
		d := json.NewDecoder(strings.NewReader(answer))
		d.UseNumber()
		var o map[string]any
		if err := d.Decode(&o); err != nil {
			t.Fatal(err)
		}
		maskAnswer(o)
		if got, err := json.Marshal(o); err != nil || string(got) != want {
			t.Errorf("%s\nbecame %s, %v\nwant   %s", answer, got, err, want)
		}
	}
}
