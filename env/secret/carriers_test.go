package secret

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// carriers are what a secret comes in; %s is its place.
var carriers = map[string]string{
	"address":               "https://ada:%s@registry.example.com/v2/",
	"address without user":  "redis://:%s@cache:6379/0",
	"token as user":         "https://%s@github.com/ada/app.git",
	"env":                   "DB_PASSWORD=%s",
	"env in JSON":           `["PATH=/bin","API_KEY=%s"]`,
	"env, exported":         `export GITHUB_TOKEN="%s"`,
	"after a line break":    `a\nauth=%s\nb`,
	"JSON":                  `{"user":"ada","password":"%s","x":1}`,
	"JSON, indented":        "{\n  \"identitytoken\": \"%s\"\n}",
	"JSON in JSON":          `{"body":"{\"access_token\":\"%s\"}"}`,
	"JSON list":             `{"X-Auth-Token":["%s"]}`,
	"Python":                `{'password': '%s'}`,
	"YAML":                  "user: ada\npassword: %s\n",
	"YAML, quoted":          "- token: \"%s\"",
	"YAML block":            "stringData:\n  token: |-\n    %s\n  name: x",
	"pod env":               "- name: AWS_SESSION_TOKEN\n  value: %s",
	"pod env in JSON":       `{"name":"API_KEY","value":"%s"}`,
	"Go":                    "{Name:API_TOKEN Value:%s ValueFrom:nil}",
	"kubeconfig token":      "users:\n- name: a\n  user:\n    token: %s",
	"kubeconfig password":   "users:\n- name: a\n  user: {username: ada, password: %s}",
	"kubeconfig key":        "    client-key-data: %s",
	"docker config":         `{"auths":{"ghcr.io":{"auth":"%s"}}}`,
	"header":                "Authorization: Bearer %s",
	"header of a proxy":     "> Proxy-Authorization: Custom %s",
	"header without scheme": "authorization: %s",
	"header without blank":  "X-Auth-Token:%s",
	"bearer":                "sent bearer %s to the server",
	"cookie":                "Cookie: a=1; session=%s; b=2",
	"set-cookie":            "< Set-Cookie: sid=%s; HttpOnly",
	"header for curl":       `curl -H 'X-Auth-Token: %s' https://x`,
	"user for curl":         "curl -u ada:%s https://x",
	"headers in Go":         "map[Cookie:[%s] Host:[x]]",
	"key":                   "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----",
	"key in JSON":           `"-----BEGIN EC PRIVATE KEY-----\n%s\n-----END EC PRIVATE KEY-----\n"`,
	"key, cut":              "-----BEGIN OPENSSH PRIVATE KEY-----\n%s",
	"key of PGP":            "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n%s\n-----END PGP PRIVATE KEY BLOCK-----",
	"github":                "remote: ghp_%s",
	"gitlab":                "glpat-%s",
	"slack":                 "xoxb-%s",
	"npm":                   "npm_%s%[1]s",
	"docker token":          "dckr_pat_%s",
	"jwt":                   "eyJhbGciOiJIUzI1NiJ9.%s.%[1]s",
	"query":                 "GET https://x/y?a=1&token=%s&b=2",
	"query, signed":         "https://x.s3.amazonaws.com/y?X-Amz-Signature=%s",
	"query, sas":            "https://x.blob.core.windows.net/y?sv=1&sig=%s",
	"query in JSON":         `"https://x/y?a=1\u0026access_token=%s"`,
	"query in a query":      "https://x/?to=%%2Fy%%3Ftoken%%3D%s%%26a",
	"flag":                  "helm registry login --username ada --password %s ghcr.io",
	"flag with =":           "--token=%s",
	"flag, quoted":          `--password "%s"`,
	"flag in JSON":          `["run","--api-key","%s"]`,
	"docker login":          "docker login -u ada -p %s ghcr.io",
	"docker login in JSON":  `["docker","login","-p","%s"]`,
	"mysql":                 "mysql -u root -p%s shop",
	"literal":               "kubectl create secret generic x --from-literal=anything=%s",
	"aws":                   "aws_secret_access_key = %s",
	"azure":                 "AccountName=a;AccountKey=%s;EndpointSuffix=x",
	"connection":            "host=db user=ada password=%s dbname=x",
	"error":                 "Get \"https://ada:%s@x/v2/\": dial tcp: lookup x",
}

// random is a secret that no rule can know.
func random(r *rand.Rand) string {
	const letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	b := make([]byte, 24)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	b[r.IntN(len(b))] = '7' // a digit there always is
	return string(b)
}

// wraps are what text goes through on its way to a report.
var wraps = map[string]func(string) string{
	"plain":    func(s string) string { return s },
	"sentence": func(s string) string { return "running it failed with " + s },
	"field":    func(s string) string { return "    evidence      docker version: " + s },
	"JSON": func(s string) string {
		out, _ := json.Marshal(map[string]string{"got": s}) // a string always can be
		return string(out)
	},
	"markdown": func(s string) string { return "- `got`: " + s + "\n\n```\n" + s + "\n```\n| a | " + s + " |" },
}

func TestNoSecretSurvives(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test that repeats itself
	for kind, carrier := range carriers {
		for way, wrap := range wraps {
			for range 20 {
				word := random(r)
				got := Mask(wrap(fmt.Sprintf(carrier, word)))
				if strings.Contains(got, word) {
					t.Errorf("%s, %s: %s", kind, way, got)
					break
				}
				if again := Mask(got); again != got {
					t.Errorf("%s, %s: masked twice\n  %s\nbecame\n  %s", kind, way, got, again)
					break
				}
			}
		}
		t.Run("base64 of "+kind, func(t *testing.T) {
			word := random(r)
			code := base64.StdEncoding.EncodeToString([]byte(fmt.Sprintf(carrier, word)))
			if got := Mask("data: " + code + "\n"); strings.Contains(got, code) {
				t.Errorf("%s of %s", got, carrier)
			}
		})
	}
}

func TestAWS(t *testing.T) {
	const id, key = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	for _, text := range []string{id, id + ":" + key, id + " " + key, `["` + id + `", "` + key + `"]`} {
		if got := Mask(text); strings.Contains(got, id) || strings.Contains(got, key) {
			t.Errorf("%s became %s", text, got)
		}
	}
}

// FuzzMask: it always ends, and what is masked stays as it is.
func FuzzMask(f *testing.F) {
	for _, c := range carriers {
		f.Add(fmt.Sprintf(c, "hunter2hunter2"))
	}
	f.Add("\"'\\=:[{|\n--token token: password=")
	f.Fuzz(func(t *testing.T, text string) {
		once := Mask(text)
		if twice := Mask(once); twice != once {
			t.Errorf("%q\nbecame %q\nthen   %q", text, once, twice)
		}
	})
}

// hard are texts that would take a careless rule a time that grows faster
// than they do.
var hard = map[string]string{
	"letters":     "a",
	"names":       "token",
	"signs":       "=:",
	"assignments": "token=",
	"values":      "token: a b ",
	"lists":       "token:[",
	"blocks":      "token: |",
	"flow":        "{ token: a,",
	"placeholder": "token: <x ",
	"quotes":      `"token":"`,
	"escapes":     `\"token\":\"`,
	"backslashes": `\`,
	"addresses":   "a://b:c",
	"users":       "https://0123456789",
	"keys":        "-----BEGIN PRIVATE KEY-----",
	"logins":      "login -x ",
	"flags":       "login -p ",
	"base64":      "YWRhOnBhc3N3b3Jk",
	"bearer":      "bearer ",
	"log":         "2026-11-22T10:00:00Z level=info msg=\"GET /v2/token\" status=200 took=1.5ms trace=550e8400-e29b-41d4\n",
}

func TestTimeGrowsWithTheText(t *testing.T) {
	const small, large = 16 << 10, 256 << 10
	for kind, piece := range hard {
		for _, tail := range []string{"", ">]}\"@ password=x"} {
			measure := func(size int) time.Duration {
				text := strings.Repeat(piece, size/len(piece)) + tail
				start := time.Now()
				Mask(text)
				return time.Since(start)
			}
			// Sixteen times the text; a square would take 256 times as long.
			if few, many := measure(small), measure(large); many > time.Second && many > 64*few {
				t.Errorf("%s: %s for 16 kB, %s for 256 kB", kind, few, many)
			}
		}
	}
}

func BenchmarkMask(b *testing.B) {
	for _, kind := range []string{"log", "quotes", "base64"} {
		text := strings.Repeat(hard[kind], (1<<20)/len(hard[kind]))
		b.Run(kind, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Mask(text)
			}
		})
	}
}
