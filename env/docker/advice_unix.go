//go:build !windows

package docker

const permissionAdvice = "add yourself to the group that owns the socket (sudo usermod -aG docker $USER) and log in again"

// maxSocketPath is the shortest limit of the systems we run on (macOS; Linux has 108).
const maxSocketPath = 103
