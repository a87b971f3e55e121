# Go does everything, but the stacks are synthesised in Node; each target does its own set-up. `make help` lists the targets.

# One set of flags for every target, so that nothing compiles twice.
export CGO_ENABLED := 0
export GOFLAGS := -trimpath -tags=lambda.norpc -buildvcs=false
export AWS_EC2_METADATA_DISABLED := true
unexport AWS_CA_BUNDLE

LDFLAGS   := -s -w
STATES    := $(notdir $(patsubst %/bootstrap,%,$(wildcard lambdas/*/bootstrap)))
HOST      := $(shell go env GOOS)_$(shell go env GOARCH)
BLUEGREEN := build/$(HOST)/bluegreen

.DEFAULT_GOAL := help

## help: list the targets
help:
	@sed -n 's/^## \([a-z-]*\): /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

# What the demonstration's fleet does: web (requests behind a load balancer) or workers (jobs of a queue).
FLEET := web

## demo: build, then replace a working fleet on this machine (FLEET=workers: a queue's workers instead of a web fleet)
demo: build-host
	@$(BLUEGREEN) demo --fleet $(FLEET) $(DEMO)

## local: build, then keep the demonstration's world up to try commands against (FLEET=workers too)
local: build-host
	@$(BLUEGREEN) local --fleet $(FLEET) $(LOCAL)

## test: run every test
test:
	go test -timeout 45m $$(go list ./... | grep -v '/internal/rehearsal$$')
	@# In its own folder, where go test shows what a test prints that passes: the table of what the sweep covered.
	cd internal/rehearsal && go test -timeout 45m

## rehearse: draw SEEDS deployments with faults and mishaps (default 1000), and shrink what fails
SEEDS := 1000
rehearse: build-host
	@$(BLUEGREEN) search --seeds $(SEEDS)

## bench: build, then print the table of docs/performance.md
bench: build
	@go run ./internal/bench

## build: leave a static bootstrap per Lambda in build/<goos>_<goarch>/<state>/, for this machine and for linux/arm64
build: build-host build-arm64
	@$(BLUEGREEN) guardrails

build-host: $(HOST)-bootstraps
	@go build -ldflags "$(LDFLAGS)" -o $(BLUEGREEN) ./cmd/bluegreen

build-arm64: linux_arm64-bootstraps

# go build -o takes one folder for many commands only when their names differ; all of ours are called bootstrap.
%-bootstraps:
	@for state in $(STATES); do \
		GOOS=$(word 1,$(subst _, ,$*)) GOARCH=$(word 2,$(subst _, ,$*)) \
		go build -ldflags "$(LDFLAGS)" -o build/$*/$$state/bootstrap ./lambdas/$$state/bootstrap || exit 1; \
	done

# Parameters of the stacks; the others (docs/aws.md) go into CDK, e.g. CDK="-c recover=tell".
STACKS         := --all
PROJECT        := ec
ROLE           := mqagt
ENVIRONMENT    := dev
OPERATOR_EMAIL :=
CDK            :=
PARAMETERS     := -c project=$(PROJECT) -c role=$(ROLE) -c environment=$(ENVIRONMENT) -c operator_email=$(OPERATOR_EMAIL) $(CDK)

## synth: build, then synthesise the CloudFormation templates into cdk.out/ (Node; needs no AWS account)
synth: build-arm64 infra/node_modules
	cd infra && node_modules/.bin/cdk synth --quiet $(PARAMETERS)

## deploy: build, then deploy STACKS (default all; Network, Fleet, Deployer, Pipeline) to the account of the AWS environment
deploy: build-arm64 infra/node_modules
	cd infra && node_modules/.bin/cdk deploy $(PARAMETERS) $(STACKS)

infra/node_modules: infra/package-lock.json
	cd infra && npm ci --no-audit --no-fund
	@touch $@

## check: format, vet, staticcheck, module files and (where cfn-lint is) the stacks' templates, as CI does
check:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "not gofmt'ed: $$unformatted"; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff
	go mod verify
	@# .cfnlintrc says which templates and what is let pass.
	@if command -v cfn-lint >/dev/null; then echo cfn-lint; cfn-lint; else echo "cfn-lint is not on this machine (pip install cfn-lint): the templates were not linted"; fi

## released: right after a release, note what its functions need: the next release's roles keep that
released: infra/node_modules
	cd internal/actions && go run ./generate -released
	go generate ./internal/actions
	go test ./infra -update

## clean: remove what was built
clean:
	rm -rf build cdk.out infra/node_modules

.PHONY: help demo local test rehearse bench build build-host build-arm64 synth deploy check released clean
