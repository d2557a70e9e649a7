# What a developer types. Everything here runs without a terminal and cleans up after itself; the work is in .ci/.

GO         ?= go
TESTFLAGS  ?=
TESTPROCS  ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 4 ] && n=4; echo $$n)
# Stories wait for the wire as often as they compute.
TESTPARALLEL ?= 4
FUZZTIME   ?= 10s
LINT       := .cache/golangci-lint
NLU        ?= ../shared/nlu
SERVICES   ?= .cache/services

.PHONY: help build test race fuzz bench bench-growth bench-import faults soak quarter lint fmt demo nlu services services-stop clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{gsub(/[$$][$$]/, "$$", $$2); printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## bin/salesflow, static
	CGO_ENABLED=0 $(GO) build -trimpath -pgo=cmd/salesflow/load.pgo -ldflags '-s -w' -o bin/salesflow ./cmd/salesflow

test: ## all tests, with a MariaDB, a Redis and a browser of their own
	.ci/test.sh -p $(TESTPROCS) -parallel $(TESTPARALLEL) -timeout 11m $(TESTFLAGS) ./...

race: ## the same under the race detector (needs a C compiler)
	CGO_ENABLED=1 .ci/test.sh -race -p $(TESTPROCS) -timeout 20m $(TESTFLAGS) ./...

fuzz: ## each fuzz target for FUZZTIME (10s)
	.ci/fuzz.sh $(FUZZTIME)

bench: ## filing visits beside a bare-Go yardstick, in turns on one MariaDB; ROUNDS="-rounds 1 -d 3s" shortens it
	.ci/bench.sh rounds $(ROUNDS)

bench-growth: ## what must not grow, with a million visits, invoices and payments, at a tenth and in full; GROWTH="-parts cards" runs one alone
	.ci/bench.sh growth $(GROWTH)

bench-import: ## 50,000 customers through the chat and the upload page, and killed in the middle; IMPORT="-rows 3000" shortens it
	.ci/bench.sh sheets $(IMPORT)

faults: ## kill, cut off, fill up and slow down the running program, and count; FAULTS="-run kill -rounds 5" for one
	.ci/faults.sh $(FAULTS)

soak: ## 24 hours of work at 60 times the speed (24 minutes), and the account; SOAK="-d 6h" for less
	.ci/soak.sh $(SOAK)

quarter: ## a quarter of 500 people and 20,000 contracts: whom the rules told, beside a model; QUARTER="-store servers -small"
	.ci/quarter.sh $(QUARTER)

lint: $(LINT) ## the linters of .golangci.yml
	$(LINT) run ./...

fmt: $(LINT) ## gofumpt and goimports over the tree
	$(LINT) fmt ./...

# The linter has a module of its own, so that its several hundred dependencies stay out of the program's go.sum.
$(LINT): .ci/lint/go.mod .ci/lint/go.sum
	@mkdir -p $(@D)
	cd .ci/lint && $(GO) build -o $(CURDIR)/$(LINT) github.com/golangci/golangci-lint/v2/cmd/golangci-lint || \
		{ echo "the linter could not be built (see above); nothing was linted" >&2; exit 1; }

demo: ## the bot, both platforms simulated, and the team's phones at http://127.0.0.1:8080
	$(GO) run ./cmd/salesflow demo

nlu: build ## score the understanding of Chinese against the examples in NLU
	.ci/nlu.sh $(NLU)

services: ## start MariaDB and Redis for a working day: eval "$$(make -s services)"
	@.ci/testenv.sh start $(SERVICES)

services-stop: ## stop them
	@.ci/testenv.sh stop $(SERVICES)

clean: services-stop ## remove what was built
	rm -rf bin $(LINT)
