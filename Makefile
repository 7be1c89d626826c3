# Two commands matter: `go run .` opens the app, `make test` runs every test.

GO ?= go
export GOTOOLCHAIN ?= local

.PHONY: help test lint build bench pictures fixture fixture-down fixture-env clean
.DEFAULT_GOAL := help

help: ## show these targets
	@awk -F ': .*## ' '/^[a-z-]+: .*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: ## run every test; builds and starts a real Docker and Kubernetes (Linux, root)
	@$(GO) run ./test/suite

lint: ## vet for every system, then run the linters, built once into the cache
	@for system in windows/amd64 windows/arm64 darwin/amd64 darwin/arm64; do \
	  GOOS=$${system%/*} GOARCH=$${system#*/} CGO_ENABLED=0 $(GO) vet ./... || { echo "go vet for $$system failed"; exit 1; }; \
	done
	@$$(test/tools/path golangci-lint) run ./...

build: ## build bin/twindeck as it would be released
	CGO_ENABLED=0 $(GO) build -trimpath -tags grpcnotrace -ldflags '-s -w' -o bin/ .

bench: ## print how fast it is next to docker and kubectl, on the fixture
	@$(GO) run ./test/bench

pictures: ## draw docs/pictures from the simulated environment
	@$(GO) run ./test/pictures

fixture: ## bring up a real Docker and Kubernetes for trying things by hand
	@$(GO) -C test/fixture run . up

fixture-down: ## take it down; nothing of it is left running
	@$(GO) -C test/fixture run . down

fixture-env: ## print its environment, for a shell to eval
	@$(GO) -C test/fixture run . env

clean: ## remove what was built here; the fixture's cache stays
	rm -rf bin dist
