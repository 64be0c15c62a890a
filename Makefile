# The commands a user meets. Everything here needs Go; `make test` says at its
# end what else would let it test more.

GO ?= go
# The race detector needs a C compiler; without one the tests run without it.
RACE := $(shell $(GO) env CGO_ENABLED | grep -q 1 && command -v $$($(GO) env CC) >/dev/null 2>&1 && echo -race)
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.12.0
FUZZTIME ?= 30s

.PHONY: build demo test setup bench bench-zk lint generate fuzz soak clean help

help: ## what the targets do
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

build: ## build bin/gubbo
	$(GO) build -trimpath -o bin/gubbo ./cmd/gubbo

demo: build ## registry, monitor, two providers, two consumers; REGISTRY=zookeeper://… uses yours, ARGS=… adds flags
	bin/gubbo demo $(if $(REGISTRY),--registry $(REGISTRY)) $(ARGS)

setup:
	@internal/testrun/setup.sh

test: setup ## everything that this machine can run, with a closing list of what it could not
	@$(GO) run ./internal/testrun -suites zookeeper,chromium,jdk,tmpfs -- $(RACE) -timeout 15m ./...
	@cd interop && $(GO) run github.com/gubbo/gubbo/internal/testrun -suites curator,java,kazoo,netns,zookeeper -- $(RACE) -timeout 15m ./...

bench: ## the call and the codec beside their peers, each in one run, as ratios
	cd bench && $(GO) run . && $(GO) run ./codec

bench-zk: ## the embedded registry beside a real ZooKeeper 3.8.0 (Debian's), in memory and on disk, as ratios; fails when a goal is missed
	cd bench && $(GO) run ./zk

lint: ## vet and the pinned linters, of the root module
	$(GO) vet ./... && $(GO) run $(GOLANGCI) run ./...

generate: ## write all generated files anew
	$(GO) generate ./...

fuzz: ## every fuzz target for FUZZTIME (30s)
	@internal/testrun/fuzz.sh $(FUZZTIME)

soak: ## the long tests
	$(GO) test $(RACE) -tags soak -timeout 60m ./...
	@cd interop && $(GO) run github.com/gubbo/gubbo/internal/testrun -suites curator,java,kafka,kazoo,netns,zookeeper -- $(RACE) -tags soak -timeout 30m ./...

clean: ## remove what was built
	rm -rf bin
