package secret

import (
	"strings"
	"unicode"
)

// words are the parts of a name that make its value a secret; a name is cut
// at underscores, dashes, dots and changes of case.
var words = map[string]bool{
	"password": true, "passwd": true, "passphrase": true, "pass": true, "pwd": true, "pw": true,
	"secret": true, "token": true, "apikey": true, "auth": true, "authorization": true, "bearer": true, "jwt": true,
	"cookie": true, "identitytoken": true, "registrytoken": true, "accesskey": true, "secretkey": true, "privatekey": true,
	"requirepass": true, "masterauth": true, // redis-server's
}

// lastWords make a secret of a name that ends with them: X-Amz-Credential, but
// not docker-credential-desktop, which is a program.
var lastWords = map[string]bool{"credential": true, "credentials": true, "creds": true}

// endings make a secret of a word that ends with them: PGPASSWORD, authtoken.
var endings = []string{"password", "passwd", "passphrase", "secret", "token", "apikey", "secretkey", "accesskey", "privatekey"}

// keyWords make a secret of a following "key": API_KEY, but not PUBLIC_KEY.
var keyWords = map[string]bool{
	"api": true, "private": true, "access": true, "secret": true, "encryption": true, "client": true, "tls": true, "ssl": true,
	"signing": true, "master": true, "ssh": true, "service": true, "account": true, "license": true, "shared": true, "storage": true,
}

// plainEnds are last parts of names that speak of a secret without holding
// it: TOKEN_FILE, secretName, credsStore, --password-stdin.
var plainEnds = map[string]bool{
	"file": true, "path": true, "paths": true, "dir": true, "name": true, "ref": true, "sock": true, "type": true,
	"seconds": true, "ttl": true, "expiry": true, "expires": true, "expired": true, "expiration": true, "timeout": true,
	"enabled": true, "required": true, "method": true, "mode": true, "policy": true, "status": true, "scope": true,
	"url": true, "uri": true, "endpoint": true, "host": true, "port": true, "server": true, "provider": true, "realm": true,
	"length": true, "version": true, "id": true, "count": true, "store": true, "helper": true, "helpers": true, "plugin": true,
	"command": true, "stdin": true, "issuer": true, "audience": true, "audiences": true, "syncs": true,
}

// queryWords are secrets as parameters of an address, and only there.
var queryWords = map[string]bool{"sig": true, "signature": true, "key": true, "code": true}

// isSecret reports whether a variable or key of that name usually holds a secret.
func isSecret(name string) bool {
	parts := split(name)
	if len(parts) == 0 {
		return false
	}
	last := parts[len(parts)-1]
	if plainEnds[last] && len(parts) > 1 {
		return false
	}
	for i, p := range parts {
		if words[p] || endsSecret(p) || p == "key" && i > 0 && keyWords[parts[i-1]] {
			return true
		}
	}
	return lastWords[last]
}

func endsSecret(part string) bool {
	for _, e := range endings {
		if strings.HasSuffix(part, e) {
			return true
		}
	}
	return false
}

// isParameter is Is for a parameter of an address.
func isParameter(name string) bool {
	parts := split(name)
	return isSecret(name) || len(parts) > 0 && queryWords[parts[len(parts)-1]]
}

// split cuts a name into its words, lower-cased: AWSSecretKey is aws, secret, key.
func split(name string) []string {
	var parts []string
	runes := []rune(name)
	start := -1 // of the word under way
	flush := func(end int) {
		if start >= 0 {
			parts = append(parts, strings.ToLower(string(runes[start:end])))
		}
		start = -1
	}
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush(i)
			continue
		}
		if start >= 0 && unicode.IsUpper(r) &&
			(!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			flush(i)
		}
		if start < 0 {
			start = i
		}
	}
	flush(len(runes))
	return parts
}
