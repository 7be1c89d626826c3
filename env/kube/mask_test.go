package kube

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

// Of what a secret holds nothing but its size is left, wherever it stands.
func TestMaskObject(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ object, want string }{
		"secret": {
			`{"apiVersion":"v1","kind":"Secret","data":{"password":"aHVudGVyMg==","empty":""},"stringData":{"token":"hunter2"},"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"kind\":\"Secret\",\"data\":{\"password\":\"aHVudGVyMg==\"}}"}}}`,
			`{"apiVersion":"v1","data":{"empty":"******** (0 bytes)","password":"******** (7 bytes)"},"kind":"Secret","metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"password\":\"********\"},\"kind\":\"Secret\"}"}},"stringData":{"token":"******** (7 bytes)"}}`,
		},
		"config map": {
			`{"apiVersion":"v1","kind":"ConfigMap","data":{"DB_PASSWORD":"hunter2","LEVEL":"debug","app.ini":"password = hunter2"},"binaryData":{"logo":"/wA=","tls.key":"/2h1bnRlcjI="}}`,
			`{"apiVersion":"v1","binaryData":{"logo":"/wA=","tls.key":"******** (8 bytes)"},"data":{"DB_PASSWORD":"********","LEVEL":"debug","app.ini":"password = ********"},"kind":"ConfigMap"}`,
		},
		"custom resource": {
			`{"apiVersion":"acme.dev/v1","kind":"Database","spec":{"adminPassword":"hunter2","secretName":"db","users":[{"token":"hunter2"},"plain"],"passwordSecretRef":{"name":"db","key":"password"}}}`,
			`{"apiVersion":"acme.dev/v1","kind":"Database","spec":{"adminPassword":"********","passwordSecretRef":{"key":"password","name":"db"},"secretName":"db","users":[{"token":"********"},"plain"]}}`,
		},
		"workload": {
			`{"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{"containers":[{"env":[{"name":"API_TOKEN","value":"hunter2"},{"name":"PORT","value":"80"}]}]}}}}`,
			`{"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{"containers":[{"env":[{"name":"API_TOKEN","value":"********"},{"name":"PORT","value":"80"}]}]}}}}`,
		},
		"a copy in an annotation": {
			`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"spec\":{\"containers\":[{\"args\":[\"--db-password=hunter2\"],\"env\":[{\"name\":\"TOKEN\",\"value\":\"hunter2\"}]}]}}"}}}`,
			`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"spec\":{\"containers\":[{\"args\":[\"--db-password=********\"],\"env\":[{\"name\":\"TOKEN\",\"value\":\"********\"}]}]}}"}}}`,
		},
		"a copy that cannot be read": {
			`{"apiVersion":"v1","kind":"Pod","metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"hunter2"}}}`,
			`{"apiVersion":"v1","kind":"Pod","metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"********"}}}`,
		},
		"annotations": {
			`{"apiVersion":"v1","kind":"Secret","metadata":{"annotations":{"acme.dev/admin-password":"hunter2","acme.dev/auth-token":"hunter2","acme.dev/client-secret":"hunter2","acme.dev/db":"postgres://ada:hunter2@db/x","acme.dev/conf":"{\"apiKey\":\"hunter2\",\"a\":1}"}}}`,
			`{"apiVersion":"v1","kind":"Secret","metadata":{"annotations":{"acme.dev/admin-password":"********","acme.dev/auth-token":"********","acme.dev/client-secret":"********","acme.dev/conf":"{\"apiKey\":\"********\",\"a\":1}","acme.dev/db":"postgres://ada:********@db/x"}}}`,
		},
		"probes": {
			`{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"livenessProbe":{"httpGet":{"path":"/up?token=hunter2","httpHeaders":[{"name":"Authorization","value":"hunter2"},{"name":"Accept","value":"text/plain"}]}},"readinessProbe":{"exec":{"command":["curl","-u","ada:hunter2","http://localhost"]}}}]}}`,
			`{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"livenessProbe":{"httpGet":{"httpHeaders":[{"name":"Authorization","value":"********"},{"name":"Accept","value":"text/plain"}],"path":"/up?token=********"}},"readinessProbe":{"exec":{"command":["curl","-u","ada:********","http://localhost"]}}}]}}`,
		},
	} {
		var object map[string]any
		if err := json.Unmarshal([]byte(tc.object), &object); err != nil {
			t.Fatal(err)
		}
		maskObject(object)
		got, err := json.Marshal(object)
		if err != nil || string(got) != tc.want {
			t.Errorf("%s: %s, %v\nwant %s", name, got, err, tc.want)
		}
	}
}

// The secrets of a command line are hidden, in one argument or two.
func TestMaskCommand(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ command, args, wantCommand, wantArgs []any }{
		"with =":        {nil, []any{"--db-password=hunter2", "--port=80"}, nil, []any{"--db-password=********", "--port=80"}},
		"two":           {nil, []any{"--db-password", "hunter2", "--port", "80"}, nil, []any{"--db-password", "********", "--port", "80"}},
		"with blanks":   {nil, []any{"--db-password", "a 'long' hunter2", "--note", "two words"}, nil, []any{"--db-password", "********", "--note", "two words"}},
		"across":        {[]any{"redis-server", "--requirepass"}, []any{"hunter2", "--save", ""}, []any{"redis-server", "--requirepass"}, []any{"********", "--save", ""}},
		"a flag alone":  {[]any{"app", "--with-token", "--verbose"}, nil, []any{"app", "--with-token", "--verbose"}, nil},
		"a script":      {[]any{"sh", "-c"}, []any{"export DB_PASSWORD=hunter2\nexec app"}, []any{"sh", "-c"}, []any{"export DB_PASSWORD=********\nexec app"}},
		"a login":       {[]any{"docker", "login", "-u", "ada", "-p", "hunter2"}, nil, []any{"docker", "login", "-u", "ada", "-p", "********"}, nil},
		"a short flag":  {[]any{"mysql", "-uada", "-phunter2"}, nil, []any{"mysql", "-uada", "-p********"}, nil},
		"a header":      {[]any{"curl", "-H", "Authorization: hunter2", "http://db"}, nil, []any{"curl", "-H", "Authorization: ********", "http://db"}, nil},
		"an address":    {nil, []any{"postgres://ada:hunter2@db/x"}, nil, []any{"postgres://ada:********@db/x"}},
		"no assignment": {[]any{"echo", "password:", "of", "token=", "them"}, nil, []any{"echo", "password:", "of", "token=", "them"}, nil},
		"no text":       {[]any{"--token", 7, "--port", 80}, nil, []any{"--token", "********", "--port", 80}, nil},
		"none":          {nil, nil, nil, nil},
	} {
		maskCommand(map[string]any{"command": tc.command, "args": tc.args})
		if !slices.Equal(tc.command, tc.wantCommand) || !slices.Equal(tc.args, tc.wantArgs) {
			t.Errorf("%s: %q %q", name, tc.command, tc.args)
		}
	}
}

// What only speaks of secrets, or sounds like it, stays as it is.
func TestOrdinaryObjectsStay(t *testing.T) {
	t.Parallel()
	for name, object := range map[string]string{
		"an API server": `{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"command":["kube-apiserver","--advertise-address=10.0.0.1","--authorization-mode=Node,RBAC",
			"--enable-bootstrap-token-auth=true","--service-account-key-file=/pki/sa.pub","--service-account-issuer=https://kubernetes.default.svc","--anonymous-auth=false",
			"--tls-private-key-file=/pki/apiserver.key","--token-auth-file","/etc/tokens.csv","--etcd-keyfile=/pki/client.key","--encryption-provider-config=/etc/enc.yaml"]}]}}`,
		"a controller manager": `{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"command":["kube-controller-manager"],"args":["--use-service-account-credentials=true",
			"--authorization-always-allow-paths=/healthz,/readyz","--cluster-signing-key-file=/pki/ca.key","--concurrent-serviceaccount-token-syncs=5","--bind-address","0.0.0.0"]}]}}`,
		"programs": `{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"command":["sh","-c","set -e; echo ready; exec sleep 1000"]},{"command":["/coredns"],"args":["-conf","/etc/coredns/Corefile"]},
			{"args":["mkdir","-p","/data"]},{"args":["--secret-name","db","--image=registry/token:latest","--password-stdin","-v=4"]},{"args":[]},{"command":null}]}}`,
		"annotations": `{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"annotations":{"nginx.ingress.kubernetes.io/auth-secret":"shop/basic-auth","nginx.ingress.kubernetes.io/auth-type":"basic",
			"nginx.ingress.kubernetes.io/auth-realm":"Authentication Required","nginx.ingress.kubernetes.io/auth-signin":"https://sso.dev/start?rd=$escaped_request_uri",
			"nginx.ingress.kubernetes.io/auth-tls-secret":"shop/ca","nginx.ingress.kubernetes.io/proxy-ssl-secret":"shop/ca","cert-manager.io/private-key-algorithm":"RSA",
			"nginx.ingress.kubernetes.io/auth-response-headers":"X-User","kubernetes.io/service-account.name":"default","kubernetes.io/service-account.uid":"550e8400-e29b-41d4-a716-446655440000",
			"kubernetes.io/enforce-mountable-secrets":"true","checksum/secret":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","secret.reloader.stakater.com/reload":"db",
			"vault.hashicorp.com/agent-inject-secret-db-creds":"database/creds/shop","vault.hashicorp.com/agent-inject-token":"true","vault.hashicorp.com/auth-path":"auth/kubernetes",
			"eks.amazonaws.com/role-arn":"arn:aws:iam::123456789012:role/shop","eks.amazonaws.com/token-expiration":"86400","prometheus.io/path":"/metrics",
			"deployment.kubernetes.io/revision":"3","kubectl.kubernetes.io/restartedAt":"2026-01-02T03:04:05Z"}}}`,
		"probes and variables": `{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"env":[{"name":"TOKEN_FILE","value":"/run/token"},{"name":"API_TOKEN","valueFrom":{"secretKeyRef":{"name":"db","key":"token"}}}],
			"livenessProbe":{"httpGet":{"path":"/auth/token/healthz?verbose","httpHeaders":[{"name":"Host","value":"shop.dev"}]}}}],"volumes":[{"secret":{"secretName":"db"}}],"imagePullSecrets":[{"name":"regcred"}]}}`,
		"a definition": `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","spec":{"versions":[{"schema":{"properties":{"metadata":{"type":"object"},"args":{"description":"args: token, password: of the program","type":"array"},"env":{"type":"array"}}}}]}}`,
	} {
		var before, after map[string]any
		if err := errors.Join(json.Unmarshal([]byte(object), &before), json.Unmarshal([]byte(object), &after)); err != nil {
			t.Fatal(err)
		}
		maskObject(after)
		was, err := json.MarshalIndent(before, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if is, err := json.MarshalIndent(after, "", " "); err != nil || string(is) != string(was) {
			t.Errorf("%s: %v\n%s", name, err, udiff.Unified("before", "after", string(was), string(is)))
		}
	}
}
