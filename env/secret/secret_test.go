package secret

import (
	"encoding/base64"
	"testing"
)

func TestIs(t *testing.T) {
	for name, want := range map[string]bool{
		"DB_PASSWORD": true, "password": true, "dbPassword": true, "GITHUB_TOKEN": true, "API_KEY": true,
		"apikey": true, "aws.secret.access.key": true, "PGPASS": false, "AUTH": true, "X-Auth-Token": true,
		"PATH": false, "AUTHOR": false, "KEYBOARD": false, "PUBLIC_KEY": false, "key": false, "TOKEN_FILE": false,
		"SSH_AUTH_SOCK": false, "secretName": false, "MONKEY": false, "": false, "_": false, "COMPASS": false,
		"PGPASSWORD": true, "AWSSecretKey": true, "clientsecret": true, "client-key-data": true, "X-Amz-Credential": true,
		"docker-credential-desktop": false, "credsStore": false, "credHelpers": false, "password-stdin": false, "tokenizer": false,
		"Set-Cookie": true, "AUTH_SERVER": false, "requirepass": true, "masterauth": true, "token-audiences": false,
	} {
		if got := isSecret(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestMaskEnv(t *testing.T) {
	for _, tt := range [][3]string{
		{"DB_PASSWORD", "hunter2", Hidden},
		{"DB_PASSWORD", "", ""},
		{"ENABLE_TOKEN_AUTH", "true", "true"},
		{"HOME", "/root", "/root"},
		{"DATABASE_URL", "postgres://u:hunter2@db:5432/x", "postgres://u:" + Hidden + "@db:5432/x"},
	} {
		if got := MaskEnv(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%s=%s: %s", tt[0], tt[1], got)
		}
	}
}

func TestMask(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"env in JSON", `["A=1", "DB_PASSWORD=a b, c", "B=2"]`, `["A=1", "DB_PASSWORD=********", "B=2"]`},
		{"escaped quotes in JSON", `["DB_PASSWORD=a \"b\" c", "B=2"]`, `["DB_PASSWORD=********", "B=2"]`},
		{"JSON key", `{"identitytoken": "abc", "auth":"eA==", "name": "web"}`, `{"identitytoken": "********", "auth":"********", "name": "web"}`},
		{"shell", `DB_PASSWORD=x docker run -e API_KEY=y -e A=1`, `DB_PASSWORD=******** docker run -e API_KEY=******** -e A=1`},
		{"quoted", `export TOKEN="a b" A="c d"`, `export TOKEN="********" A="c d"`},
		{"flag", `mysql --password hunter2 --host db`, `mysql --password ******** --host db`},
		{"flag with =", `mysql --password=hunter2 --host=db`, `mysql --password=******** --host=db`},
		{"describe", "      DB_PASSWORD:  hunter2\n      A: 1", "      DB_PASSWORD:  ********\n      A: 1"},
		{"YAML env", "- name: DB_PASSWORD\n  value: hunter2\n- name: A\n  value: b", "- name: DB_PASSWORD\n  value: ********\n- name: A\n  value: b"},
		{"YAML reference", "  secretKeyRef:\n    key: password\n    name: db", "  secretKeyRef:\n    key: password\n    name: db"},
		{"header", "Authorization: Bearer abcdef0123456789", "Authorization: ********"},
		{"header in JSON", `"X-Registry-Auth: Basic abcdef0123456789"`, `"X-Registry-Auth: ********"`},
		{"address", "https://u:p@host/x", "https://u:********@host/x"},
		{"no password in address", "https://u@host:80/x@y", "https://u@host:80/x@y"},
		{"key", "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----********-----END RSA PRIVATE KEY-----"},
		{"token by its look", "x ghp_0123456789abcdef y", "x ******** y"},
		{"image reference", "image: web:1\nimageID: sha256:abc", "image: web:1\nimageID: sha256:abc"},
		{"nothing", "Up 5 minutes", "Up 5 minutes"},
		{"YAML block", "password: |\n  one\n  two\nname: web", "password: ********\nname: web"},
		{"YAML flow", "env: {password: abc, name: web}", "env: {password: ********, name: web}"},
		{"name and value in a line", `{"name":"API_TOKEN","value":"abc"},{"name":"A","value":"b"}`, `{"name":"API_TOKEN","value":"********"},{"name":"A","value":"b"}`},
		{"JSON in JSON", `{"config":"{\"auth\":\"abc\",\"name\":\"web\"}"}`, `{"config":"{\"auth\":\"********\",\"name\":\"web\"}"}`},
		{"JSON that is no text", `{"token": null, "password": 12345, "x": 1}`, `{"token": null, "password": ********, "x": 1}`},
		{"configuration file", "aws_secret_access_key = abc def\nregion = eu", "aws_secret_access_key = ********\nregion = eu"},
		{"connection string", "Server=db;Password=abc;Database=x", "Server=db;Password=********;Database=x"},
		{"query", "GET /x?a=1&sig=abc&key=k#y", "GET /x?a=1&sig=********&key=********"},
		{"query in JSON", `"/x?a=1\u0026token=abc\u0026b=2"`, `"/x?a=1\u0026token=********\u0026b=2"`},
		{"query in a query", "?next=%2Fx%3Ftoken%3Dabc%26b%3D2", "?next=%2Fx%3Ftoken%3D********%26b%3D2"},
		{"lines in JSON", `"a\npassword=abc\nb=c"`, `"a\npassword=********\nb=c"`},
		{"Go's own notation", "map[Authorization:[abc def] Accept:[*/*]]", "map[Authorization:[********] Accept:[*/*]]"},
		{"arguments", `["docker","login","-u","ada","-p","abc"]`, `["docker","login","-u","ada","-p","********"]`},
		{"flag in a list", `["--password", "abc", "--host", "db"]`, `["--password", "********", "--host", "db"]`},
		{"literal", "kubectl create secret generic x --from-literal=k=abc --from-literal=l=d", "kubectl create secret generic x --from-literal=k=******** --from-literal=l=********"},
		{"address with a token", "https://0123456789abcdef0123@github.com/x", "https://********@github.com/x"},
		{"address with a slash in its password", "amqp://u:p/w@host/x", "amqp://u:********@host/x"},
		{"user and password in base64", "got " + base64.StdEncoding.EncodeToString([]byte("ada:a long password")), "got " + Hidden},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Mask(tt.in); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
			if again := Mask(Mask(tt.in)); again != Mask(tt.in) {
				t.Errorf("masking twice differs: %s", again)
			}
		})
	}
}

// TestOrdinaryTextStays: hiding too much makes a report worthless.
func TestOrdinaryTextStays(t *testing.T) {
	for _, text := range []string{
		"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		"registry.example.com/team/auth:1.2.3@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		"docker-pullable://nginx:latest@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		"oauth2-proxy/token:latest", "550e8400-e29b-41d4-a716-446655440000",
		"/Users/ada/Library/Group Containers/group.com.docker/settings-store.json",
		`C:\Users\ada\.docker\config.json`, "/var/run/secrets/kubernetes.io/serviceaccount/token",
		"the tokenizer reads a token and a password policy applies", "password policy", "secret \"regcred\" not found",
		"failed to fetch oauth token: unexpected status from GET request to https://auth.docker.io/token: 401 Unauthorized",
		`error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH`,
		"docker-credential-desktop list: exit code 1", `{"credsStore": "desktop", "credHelpers": {"ghcr.io": "osxkeychain"}}`,
		"no basic auth credentials; basic authentication is off; Basic Constraints", "docker login --password-stdin",
		"aws ecr get-login-password | docker login --username AWS --password-stdin 1234.dkr.ecr.eu-central-1.amazonaws.com",
		"https://kubernetes.docker.internal:6443/readyz?verbose", "ssh://ada@build.example.com:22/x@y", "https://ada@host/x",
		"      DB_PASSWORD:  <set to the key 'password' in secret 'db'>", "GET /v2/token/refresh 200 1.5ms", "KEYBOARD=de MONKEY=1",
		"Your authorization token has expired. Reauthenticate and try again.", "secrets \"db\" is forbidden: User \"ada\" cannot get resource",
		"MountVolume.SetUp failed for volume \"token\" : configmap \"x\" not found", "docker compose -p my-app up", "mkdir -p /data && cp -p a b",
		"a1b2c3d4e5f60718293a4b5c6d7e8f9012345678", "eyJhbGciOiJIUzI1NiJ9", "image: tokens:v1\nimagePullSecrets:\n- name: regcred",
		"kubectl create secret docker-registry regcred", "Ready=True,KubeletReady", "client_id=abc auth_type=basic TOKEN_TTL=300",
		"--enable-bootstrap-token-auth=true", "--use-service-account-credentials true", `["--cookie-secure","false"]`, "token: true\nauth: false",
		"--authorization-always-allow-paths=/healthz,/readyz", "--auth-token-audiences=https://kubernetes.default.svc",
	} {
		if got := Mask(text); got != text {
			t.Errorf("\n  %s\nbecame\n  %s", text, got)
		}
	}
}
