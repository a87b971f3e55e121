# Go does everything, but the stacks are synthesised in Node; each target does its own set-up. `make help` lists the targets.

# What concerns the account keeps what the caller's environment says of reaching it; what runs on this machine alone does without.
ON_AWS := env AWS_EC2_METADATA_DISABLED='$(AWS_EC2_METADATA_DISABLED)' $(if $(AWS_CA_BUNDLE),AWS_CA_BUNDLE='$(AWS_CA_BUNDLE)')

# One set of flags for every target, so that nothing compiles twice.
export CGO_ENABLED := 0
export GOFLAGS := -trimpath -tags=lambda.norpc -buildvcs=false
export AWS_EC2_METADATA_DISABLED := true
unexport AWS_CA_BUNDLE

LDFLAGS   := -s -w
STATES    := $(notdir $(patsubst %/bootstrap,%,$(wildcard lambdas/*/bootstrap)))
HOST      := $(shell go env GOOS)_$(shell go env GOARCH)
BLUEGREEN := bin/bluegreen

.DEFAULT_GOAL := help

## help: list the targets
help:
	@sed -n 's/^## \([a-z-]*\): /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

# What the demonstration's fleet does: web (requests behind a load balancer), workers (jobs of a queue), rich (web, with everything that a
# group can have) or scaling (web, under a load that doubles twice); what it launches from: template, configuration, weights or requirements;
# what it stands behind: an application or a classic load balancer; and how its traffic moves: attach or dns; empty is what fits.
FLEET    := web
SOURCE   := template
BALANCER := application
STRATEGY :=

## demo: build, then replace a working fleet on this machine (FLEET=web, workers, rich or scaling; SOURCE=template, configuration, weights or requirements; BALANCER=application or classic; STRATEGY=attach, dns or in-place)
demo: bin
	@$(BLUEGREEN) demo --fleet $(FLEET) --source $(SOURCE) --balancer $(BALANCER) --strategy '$(STRATEGY)' $(DEMO)

## local: build, then keep the demonstration's world up to try commands against (FLEET, SOURCE, BALANCER and STRATEGY too)
local: bin
	@$(BLUEGREEN) local --fleet $(FLEET) --source $(SOURCE) --balancer $(BALANCER) --strategy '$(STRATEGY)' $(LOCAL)

# A part of the tests, and the seconds that it took: $(call part,name,command).
part = @began=$$(date +%s); ($(2)); code=$$?; echo "$(1): $$(($$(date +%s) - began)) s"; exit $$code

# What takes minutes has parts of its own; quick leaves it out.
QUICK = go test -timeout 20m -skip '^(TestSweep|TestProcesses|TestWorkersAreReplaced)$$' $$(go list ./... | grep -v -e '/infra' -e '/rehearsal/search$$')
# In its own folder, where go test shows what a test prints that passes: the table of what the sweep covered.
SWEEP = cd internal/rehearsal/sweep && go test -timeout 5h -run '^TestSweep$$'

# Which tenth of the sweep's points is taken besides each place: the next commit takes the next one, ten in a row all.
TENTH ?= $(shell n=$$(git rev-list --count HEAD 2>/dev/null); echo $$(($${n:-0} % 10)))

## test: run every test, of the sweep each place and TENTH of the rest; prints each part's seconds
test: infra/node_modules
	$(call part,packages,$(QUICK))
	$(call part,sweep,$(SWEEP) -tenth=$(TENTH))
	$(call part,search,go test -timeout 20m ./internal/rehearsal/search)
	$(call part,processes,go test -timeout 20m -run '^(TestProcesses|TestWorkersAreReplaced)$$' ./internal/rehearsal/scenario ./cmd/bluegreen)
	$(call part,stacks,go test -timeout 20m ./infra/...)

## quick: run what takes less than a minute: every test but sweep, search, processes and stacks
quick:
	$(call part,packages,$(QUICK))

## sweep: disturb each course of the sweep at every point
sweep:
	$(call part,sweep,$(SWEEP) -whole)

## search: draw SEEDS deployments from FROM on (default 1000 from 1) with faults and mishaps, and shrink what fails
FROM  := 1
SEEDS := 1000
search: bin
	@$(BLUEGREEN) search --from $(FROM) --seeds $(SEEDS)

## race: run the tests of the model of AWS under the race detector (where there is a C compiler)
race:
	@set -- $$(go env CC); if command -v "$$1" >/dev/null; then CGO_ENABLED=1 go test -race -timeout 20m ./internal/localaws/...; \
	else echo "$$1, the C compiler of go env CC, is not on this machine: nothing was run under the race detector"; fi

## bench: build, then print the table of docs/performance.md
bench: build
	@go run ./internal/bench

## build: leave bin/bluegreen, and a static bootstrap per Lambda in build/<goos>_<goarch>/<state>/, for this machine and for linux/arm64
build: bin build-host build-arm64
	@$(BLUEGREEN) guardrails -f layers/guardrails/guardrails.json

## bin: leave bin/bluegreen, which is all that the local AWS and the command line need, wherever it is moved to
bin:
	@echo "building $(BLUEGREEN): the first build takes about two minutes and 1 GB of disk" >&2
	@(while sleep 60 </dev/null >/dev/null 2>&1; do echo "still building" >&2; done) & told=$$!; \
	go build -ldflags "$(LDFLAGS)" -o $(BLUEGREEN) ./cmd/bluegreen; code=$$?; kill $$told; exit $$code

build-host: $(HOST)-bootstraps

build-arm64: linux_arm64-bootstraps

# go build -o takes one folder for many commands only when their names differ; all of ours are called bootstrap.
%-bootstraps:
	@for state in $(STATES); do \
		GOOS=$(word 1,$(subst _, ,$*)) GOARCH=$(word 2,$(subst _, ,$*)) \
		go build -ldflags "$(LDFLAGS)" -o build/$*/$$state/bootstrap ./lambdas/$$state/bootstrap || exit 1; \
	done

# Parameters of the stacks; the others (docs/aws.md) go into CDK, e.g. CDK="-c recover=tell". What is not given here is not
# handed on, so that infra/cdk.json decides, and then the default: a default here would override that file.
STACKS         := --all
PROJECT        :=
ROLE           :=
ENVIRONMENT    :=
OPERATOR_EMAIL :=
CDK            :=
given           = $(if $($(1)),-c $(2)=$($(1)))
PARAMETERS      = $(call given,PROJECT,project) $(call given,ROLE,role) $(call given,ENVIRONMENT,environment) \
	$(call given,OPERATOR_EMAIL,operator_email) $(CDK)

## pictures: draw docs/pictures: the state machines from their definitions, the animations from rehearsals
pictures:
	@go run ./internal/pictures docs/pictures

## docs: run the commands of README and docs that are not marked as AWS's against a local AWS
docs:
	@.ci/docs

# Pinned: it is no tool of go.mod, whose 700 modules nobody needs who does not release.
GORELEASER := github.com/goreleaser/goreleaser/v2@v2.15.1

## release: leave archives of bluegreen for linux and darwin, amd64 and arm64, with checksums, in build/release/; of a tag its version, else a snapshot
release:
	@COMMIT=$$(git rev-parse --short HEAD) go run $(GORELEASER) release --clean --skip=publish,announce $(if $(shell git describe --exact-match --tags 2>/dev/null),,--snapshot)
	@cat build/release/checksums.txt

## tour: every command's output at 80 and 120 columns, every mail, and the pages' pictures, into build/tour/
tour: bin
	@.ci/tour $(BLUEGREEN) build/tour

## man: build, then write the manual pages into build/man
man: bin
	@$(BLUEGREEN) man build/man

## synth: build, then synthesise the CloudFormation templates into cdk.out/ (Node; needs no AWS account)
synth: build-arm64 infra/node_modules
	cd infra && node_modules/.bin/cdk synth --quiet $(PARAMETERS)

## bootstrap: prepare the account and Region of the AWS environment for CDK, once
bootstrap: build-arm64 infra/node_modules
	cd infra && $(ON_AWS) node_modules/.bin/cdk bootstrap $(PARAMETERS)

# Says which deployments are under way. Of stacks that are named after it, it fails for one whose parameters would be forgotten.
UNDERWAY = cd infra && $(ON_AWS) go run ./underway $(PARAMETERS)

## deploy: build, say which deployments are under way, then deploy STACKS (default all; Network, Fleet, Deployer, Pipeline)
deploy: build-arm64 infra/node_modules
	@$(UNDERWAY) $(STACKS)
	cd infra && $(ON_AWS) node_modules/.bin/cdk deploy $(PARAMETERS) $(STACKS)

## destroy: delete the STACKS that are named, e.g. STACKS="Pipeline Deployer"
destroy: build-arm64 infra/node_modules
	@test "$(STACKS)" != --all || { echo 'name the stacks to delete, e.g. make destroy STACKS="Pipeline Deployer"'; exit 1; }
	@$(UNDERWAY)
	cd infra && $(ON_AWS) node_modules/.bin/cdk destroy $(PARAMETERS) $(STACKS)

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
	rm -rf bin build cdk.out infra/node_modules

.PHONY: help demo local test quick sweep search race bench build bin build-host build-arm64 pictures docs release tour man synth bootstrap deploy destroy check released clean
