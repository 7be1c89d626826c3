package secret

import (
	"strings"
	"testing"
)

func TestIs(t *testing.T) {
	for name, want := range map[string]bool{
		"DB_PASSWORD": true, "password": true, "dbPassword": true, "GITHUB_TOKEN": true, "API_KEY": true,
		"apikey": true, "aws.secret.access.key": true, "PGPASS": false, "AUTH": true, "X-Auth-Token": true,
		"PATH": false, "AUTHOR": false, "KEYBOARD": false, "PUBLIC_KEY": false, "key": false, "TOKEN_FILE": false,
		"SSH_AUTH_SOCK": false, "secretName": false, "MONKEY": false, "": false, "_": false, "COMPASS": false,
	} {
		if got := Is(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestMaskEnv(t *testing.T) {
	for _, tt := range [][3]string{
		{"DB_PASSWORD", "hunter2", Hidden},
		{"DB_PASSWORD", "", ""},
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

func FuzzMask(f *testing.F) {
	f.Add("hunter2", "x")
	f.Add("a b", "\n")
	f.Add("p\\w", "\"")
	f.Fuzz(func(t *testing.T, word, around string) {
		if len(word) < 8 || strings.ContainsAny(word, "\"'\\\r\n*") || strings.TrimSpace(word) != word {
			return
		}
		quoted := `"DB_PASSWORD=` + word + `"`
		if got := Mask(quoted); strings.Contains(got, word) {
			t.Fatalf("%q became %q", quoted, got)
		}
		line := around + "\nDB_PASSWORD=" + word + "\n" + around
		Mask(line) // must end, whatever stands around
		if plain := "Up 5 minutes\n"; Mask(plain) != plain {
			t.Fatal("plain text changed")
		}
	})
}
