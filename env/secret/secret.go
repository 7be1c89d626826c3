// Package secret hides passwords, tokens and keys in what is shown or
// reported: environment variables, JSON, YAML, logs and command lines.
package secret

// Hidden stands in the place of a secret.
const Hidden = "********"

// passes bounds how often text is gone over: what one rule hides may bare a
// name to another, and masked text must stay as it is when masked again.
const passes = 6

// MaskEnv returns the value of the environment variable name, hidden if the
// name or the look of the value says that it is a secret.
func MaskEnv(name, value string) string {
	if value != "" && isSecret(name) && !isSwitch(value) {
		return Hidden
	}
	return Mask(value)
}

// isSwitch accepts what turns something on or off: --enable-token-auth=true.
func isSwitch(value string) bool { return value == "true" || value == "false" }

// Mask hides the secrets it recognises in text of any kind: by the name in
// front of a value (NAME=value, "name": "value", name: value, --name value),
// by the command it is given to (docker login -p value), and by the look of
// the value (private keys, bearer tokens, passwords in addresses, any of these
// in base64). Everything else stays as it was. It takes time in proportion to
// the text.
func Mask(text string) string { return mask(text, true) }

func mask(text string, inside bool) string {
	for range passes {
		masked := maskShapes(text)
		if inside {
			masked = maskEncoded(masked)
		}
		masked = maskNamed(masked)
		if masked == text {
			break
		}
		text = masked
	}
	return text
}
