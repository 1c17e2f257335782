# make help lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PACKAGES := libcurl4-openssl-dev libdnnl-dev libjpeg-dev libpng-dev libssl-dev zlib1g-dev curl file openssl
BINARY := .build/release/clipseg
OUTPUT := demo-output
SCENE := Tests/Scenes/scene-2023.jpg
PROMPT := a picture of the balloon
# What make fuzz runs, and for how long; make attacks takes SECONDS too.
TARGET ?= RequestParser
SECONDS ?= 60
# How many images make test-batch has segmented.
IMAGES ?= 10000
# How long make soak lasts.
MINUTES ?= 30
# How many requests of each operation make schemathesis draws.
EXAMPLES ?= 200
# What it draws them from; chance if empty.
SEED ?=
# C is optimised in debug builds too: the vector loops would take most of the time.
TEST := swift test -Xcc -O2
# A crash ends the run; Swift's interactive backtrace would wait for somebody instead.
export SWIFT_BACKTRACE := enable=no

.PHONY: help
help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

.PHONY: setup
setup: ## install the system packages that are missing (Debian)
	@missing=$$(for p in $(PACKAGES) $(EXTRA_PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get update -q && $$sudo apt-get install -y -q --no-install-recommends $$missing; \
	fi
	@command -v swift >/dev/null || { echo 'Swift 6.3 is missing: see https://www.swift.org/install/linux/'; exit 69; }

.PHONY: build
build: setup ## build the program, optimised, at .build/release/clipseg
	swift build -c release --product clipseg --static-swift-stdlib

.PHONY: demo
demo: build ## segment a picture, once by the program and once over HTTP
	@Tests/demo.sh $(BINARY) "$(SCENE)" "$(PROMPT)" $(OUTPUT)

.PHONY: run
run: build ## serve the demo model on port 8080
	$(BINARY) serve

.PHONY: test
test: export SWIFT_BACKTRACE := enable=yes,interactive=no,color=no,threads=crashed
test: setup ## run the tests
	$(TEST)

.PHONY: test-portable
test-portable: setup ## run the tests without oneDNN, on the portable backend
	swift test -c release -Xswiftc -enable-testing --disable-default-traits --scratch-path .build-portable

.PHONY: lint
lint: ## check the formatting
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Fuzz

.PHONY: format
format: ## format the code
	swift format --in-place --recursive --parallel Package.swift Sources Tests Fuzz

.PHONY: parity
parity: build ## compare with transformers at full size (makes a virtual environment, takes minutes)
	Tests/Parity/run.sh --binary $(BINARY)

.PHONY: allocations
allocations: build ## count what an inference allocates once the program is warm
	Tests/Allocations/run.py --binary $(BINARY)

.PHONY: convert-parity
convert-parity: build ## compare what clipseg convert writes with where it came from, at full size (takes minutes)
	SCRIPT=convert.py Tests/Parity/run.sh --binary $(BINARY)

.PHONY: tokenizer-parity
tokenizer-parity: setup ## compare the tokenizer with transformers on CLIP's own vocabulary (downloads it)
	python3 Tests/CLIPSegTests/Fixtures/tokenizer/make_real_golden.py .build-tokenizer
	CLIPSEG_REAL_TOKENIZER=$(CURDIR)/.build-tokenizer $(TEST) --filter Tokenizer

.PHONY: hub-parity
hub-parity: build ## compare the cache with huggingface_hub's (makes a virtual environment)
	@[ -x .venv-hub/bin/pip ] || { python3 -m venv .venv-hub && .venv-hub/bin/pip install --quiet huggingface_hub; }
	.venv-hub/bin/python Tests/Hub/shared_cache.py --binary $(BINARY)

.PHONY: openapi
openapi: ## check that openapi.yaml is a valid OpenAPI description
	@[ -x .venv-openapi/bin/openapi-spec-validator ] || { python3 -m venv .venv-openapi && \
	  .venv-openapi/bin/pip install --quiet openapi-spec-validator; }
	.venv-openapi/bin/python -m openapi_spec_validator openapi.yaml

.venv-schemathesis/done: Tests/Schemathesis/requirements.txt
	python3 -m venv .venv-schemathesis
	.venv-schemathesis/bin/pip install --quiet -r Tests/Schemathesis/requirements.txt
	touch $@

.PHONY: schemathesis
schemathesis: build .venv-schemathesis/done ## ask the service EXAMPLES=200 times whatever each operation of openapi.yaml allows and forbids
	.venv-schemathesis/bin/python Tests/Schemathesis/run.py --binary $(BINARY) --examples $(EXAMPLES) $(if $(SEED),--seed $(SEED))

.PHONY: documentation
documentation: setup ## write what the table of parameters says into openapi.yaml and Documentation/api.md
	CLIPSEG_WRITE_DOCUMENTATION=1 $(TEST) --filter ParameterDocumentationTests

# The plugin is fetched only here: Package.swift.
DOCUMENTED := CLIPSeg Compute Imaging HTTPServer Segmentation
.PHONY: docs
docs: setup ## make the library's reference; warnings are errors
	CLIPSEG_DOCC=1 swift package --scratch-path .build-docs generate-documentation \
	  $(addprefix --target ,$(DOCUMENTED)) --warnings-as-errors

.PHONY: promtool
promtool: .build-promtool/usr/bin/promtool ## fetch Prometheus' checker of metrics, which the tests then use

# The program alone: the package would also start a server.
.build-promtool/usr/bin/promtool:
	mkdir -p .build-promtool
	cd .build-promtool && apt-get download -q prometheus && dpkg-deb -x prometheus_*.deb .

# What the checks of Deploy run, unpacked and not installed: the packages would start servers.
SERVERS := $(CURDIR)/.build-servers
SERVER_PACKAGES := prometheus nginx haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1

$(SERVERS)/done:
	mkdir -p $(SERVERS)
	cd $(SERVERS) && { apt-get download -q $(SERVER_PACKAGES) || { apt-get update -q && apt-get download -q $(SERVER_PACKAGES); }; }
	cd $(SERVERS) && for package in *.deb; do dpkg-deb -x $$package .; done
	touch $@

.venv-deploy/done: Deploy/checks/requirements.txt
	python3 -m venv .venv-deploy
	.venv-deploy/bin/pip install --quiet -r $<
	touch $@

.PHONY: deploy-check
deploy-check: $(SERVERS)/done .venv-deploy/done ## check Dockerfile, manifests, rules, units and scripts, without running them
	@$(MAKE) --no-print-directory setup EXTRA_PACKAGES='shellcheck systemd'
	Deploy/checks/static .venv-deploy/bin $(SERVERS)

.PHONY: prometheus-rule
prometheus-rule: ## write the rules of Deploy/prometheus into the Kubernetes overlay monitoring
	@{ printf '%s\n' '# The rules of Deploy/prometheus: `make prometheus-rule` writes them here.' \
	  'apiVersion: monitoring.coreos.com/v1' 'kind: PrometheusRule' 'metadata:' '  name: clipseg' '  labels:' \
	  '    app.kubernetes.io/name: clipseg' 'spec:' '  groups:'; \
	  sed -e '/^#/d' -e '/^groups:/d' -e 's/^./  &/' Deploy/prometheus/recording.yaml Deploy/prometheus/alerts.yaml; \
	} > Deploy/kubernetes/overlays/monitoring/prometheus-rule.yaml

.PHONY: failover
failover: build $(SERVERS)/done ## kill, stop and replace replicas under load, behind HAProxy, nginx and a socket of systemd's kind
	LD_LIBRARY_PATH=$(SERVERS)/usr/lib/$$(uname -m)-linux-gnu Deploy/checks/failover.py --binary $(BINARY) \
	  --haproxy $(SERVERS)/usr/sbin/haproxy --nginx $(SERVERS)/usr/sbin/nginx

.PHONY: monitoring
monitoring: build $(SERVERS)/done ## have Prometheus watch an overload: do alerts fire and clear, has the dashboard data
	Deploy/checks/monitoring.py --binary $(BINARY) --prometheus $(SERVERS)/usr/bin/prometheus

# Docker, or podman where there is no Docker.
CONTAINERS ?= $(or $(shell command -v docker), $(shell command -v podman), docker)

.PHONY: image
image: ## build the image clipseg, by Docker or podman (whose own format has no HEALTHCHECK)
	$(CONTAINERS) build $(if $(findstring podman,$(CONTAINERS)),--format docker) --build-arg REVISION=$$(git rev-parse HEAD) -t clipseg .

.PHONY: image-check
image-check: image ## run the image with nothing but memory to write to, ask it for a mask, and stop it
	CONTAINERS=$(CONTAINERS) Deploy/checks/image clipseg

.PHONY: clients
clients: build ## ask the service by clients of Hugging Face and Triton (makes a virtual environment)
	@[ -x .venv-clients/bin/pip ] || python3 -m venv .venv-clients
	.venv-clients/bin/pip install --quiet -r Tests/Clients/requirements.txt
	.venv-clients/bin/python Tests/Clients/clients.py --binary $(BINARY)

.PHONY: bench
bench: build ## measure, PARTS='model masks' or all: the model, its peers, the service, cost against work (20 minutes)
	Benchmarks/run.sh $(PARTS)

.PHONY: soak
soak: build ## mixed load at twice the capacity, for MINUTES=30
	SCRIPT=soak.py Benchmarks/run.sh --minutes $(MINUTES)

.PHONY: release
release: build ## make a tarball of the program, with SBOM and checksums, in release/
	Deploy/release.py --binary $(BINARY) --output release

.PHONY: release-check
release-check: build .venv-deploy/done ## make a release twice: is it the same, whole, and its SBOM valid
	Deploy/checks/release .venv-deploy/bin $(BINARY)

.PHONY: ci
ci: ## what is run for every commit
	.ci/run

.PHONY: build-fuzz
build-fuzz: setup
	Fuzz/build

.PHONY: attacks
attacks: build ## attack the server for SECONDS=60 in each of nine ways, plain and over TLS
	Tests/Attacks/attack.py --binary $(BINARY) --seconds $(SECONDS)
	Tests/Attacks/attack.py --binary $(BINARY) --seconds $(SECONDS) --tls

# What scripts that test the program need of Python.
.venv-checks/done: Makefile
	python3 -m venv .venv-checks
	.venv-checks/bin/pip install --quiet numpy pillow pyyaml requests selenium
	touch $@

.PHONY: test-browser
test-browser: build .venv-checks/done ## use the pages in headless Chromium; SCREENSHOTS=Documentation/images takes pictures
	@$(MAKE) --no-print-directory setup EXTRA_PACKAGES='chromium chromium-driver'
	.venv-checks/bin/python Tests/Browser/test_pages.py --binary $(BINARY) $(if $(SCREENSHOTS),--screenshots $(SCREENSHOTS))

.PHONY: pictures
pictures: build .venv-checks/done ## make the pictures of Documentation/api.md anew
	.venv-checks/bin/python Documentation/make_pictures.py --binary $(BINARY)

.PHONY: test-snippets
test-snippets: build .venv-checks/done ## run the commands and clients that Documentation/api.md shows, and the README's clients
	.venv-checks/bin/python Tests/Documentation/run_snippets.py --binary $(BINARY)

.PHONY: test-batch
test-batch: build .venv-checks/done ## kill and resume clipseg batch with IMAGES=10000 images
	.venv-checks/bin/python Tests/Batch/kill_and_resume.py --binary $(BINARY) --images $(IMAGES)

.PHONY: test-refinement
test-refinement: .venv-checks/done ## draw 60 scenes of 768 pixels, and see whether refine=guided betters their edges
	@$(MAKE) --no-print-directory setup EXTRA_PACKAGES=fonts-noto-color-emoji
	mkdir -p .build-refinement
	.venv-checks/bin/python Tests/Refinement/draw.py .build-refinement
	CLIPSEG_REFINEMENT_SCENES=$(CURDIR)/.build-refinement $(TEST) --filter RefinementTests

.PHONY: fuzz
fuzz: build-fuzz ## fuzz TARGET=RequestParser for SECONDS=60; Fuzz/README.md lists the targets
	Fuzz/run $(TARGET) $(SECONDS)

.PHONY: fuzz-smoke
fuzz-smoke: build-fuzz ## fuzz each target for a few seconds
	Fuzz/smoke 3

# The sanitizer is told what Swift's locks do, and that is checked first.
.PHONY: test-thread
test-thread: setup ## run the tests under the thread sanitizer
	mkdir -p .build-tsan
	clang -Wall -Werror -O2 -c Tests/Sanitizers/SwiftMutex.c -o .build-tsan/SwiftMutex.o
	Tests/Sanitizers/check .build-tsan
	$(TEST) --sanitize=thread --no-parallel --scratch-path .build-tsan -Xlinker $(CURDIR)/.build-tsan/SwiftMutex.o

# Foundation, curl and oneDNN leave too much behind at exit; leaks of our own are looked for while fuzzing.
.PHONY: test-address
test-address: setup ## run the tests under the address sanitizer
	ASAN_OPTIONS=detect_leaks=0 $(TEST) --sanitize=address --no-parallel --scratch-path .build-asan

.PHONY: nightly
nightly: schemathesis hub-parity convert-parity release-check test-thread test-address failover monitoring test-batch test-refinement build-fuzz ## what takes long, ten minutes of each fuzz target too (hours)
	Fuzz/smoke 600

.PHONY: clean
clean: ## remove what was built
	rm -rf .build .build-* $(OUTPUT) release
