//go:build !windows

package transfer

// mayNotLink tells that the user has no right to make symbolic links; here
// everybody has.
func mayNotLink(error) bool { return false }
