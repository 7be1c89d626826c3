// Package e2e tests the real binary in a real terminal against a real Docker
// and a real Kubernetes. All of it is in tests; each reads as a person would
// tell it: open, press, see.
//
// `make test` runs it on the fixture; TWINDECK_E2E=local runs it against this
// machine's own Docker and Kubernetes, in a namespace that each test makes and
// removes. It waits for what should be seen, and never sleeps.
package e2e
