# Everything a developer types. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SOURCES := Package.swift Sources Tests Examples
DISCRETE := .build/release/discrete
PREFIX ?= /usr/local
# An installed command needs no Swift: its libraries are linked in where that can be.
STATIC := $(if $(filter Linux,$(shell uname)),--static-swift-stdlib)

# The command for mpirun and srun has a folder of its own, since the trait changes every module.
MPI_BUILD := .build-mpi

# The test build keeps a folder per precision: the trait changes every module.
# MPI=1 tests with the trait MPI, so that Scripts/mpi-test can have the command of that build.
TEST := -c release -Xswiftc -enable-testing
SINGLE := $(TEST) $(if $(MPI),$$(Scripts/mpi))
DOUBLE := --traits DoublePrecision --scratch-path .build-double
# One body of every kernel, without vectors.
SCALAR := -Xcc -DDK_SCALAR -Xcc -fno-vectorize -Xcc -fno-slp-vectorize --scratch-path .build-scalar
# In double precision run the suites of estimators, and those with Gradient or Exactness in their names.
ESTIMATORS := $(basename $(notdir $(wildcard Tests/StochasticsTests/Estimators/*Tests.swift)))
DOUBLE_TESTS := Gradient|Exactness$(subst $() ,,$(ESTIMATORS:%=|\.%/))

# `swift test` reads until nobody can write any more. A process that a test has started and that
# outlives a crash of the tests keeps it waiting; the shell waits for the tests alone.
ifeq ($(shell uname),Darwin)
run_tests = swift test $(1) $(2)
else
run_tests = swift build --build-tests $(1) && \
	"$$(swift build --show-bin-path $(1))"/swift-discretePackageTests.xctest --testing-library swift-testing $(2)
endif

DEMO := train belief-network --data glyphs --layers 200 --estimator nvil --minutes 1

.PHONY: help
help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup:
	@Scripts/setup

.PHONY: build
build: setup ## Build the library and the command in release mode.
	swift build -c release --product discrete

.PHONY: install
install: setup ## Install the command and its manual under PREFIX, /usr/local by default.
	swift build -c release --product discrete $(STATIC)
	mkdir -p '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(PREFIX)/share/man/man1'
	install -m 755 $(DISCRETE) '$(DESTDIR)$(PREFIX)/bin/discrete'
	Scripts/manual $(DISCRETE) > .build/discrete.1
	install -m 644 .build/discrete.1 '$(DESTDIR)$(PREFIX)/share/man/man1/discrete.1'

.PHONY: mpi
mpi: setup ## Build the command for mpirun and srun into .build-mpi; installs MPI where it is missing.
	flags=$$(Scripts/mpi) && swift build -c release --product discrete --scratch-path $(MPI_BUILD) $$flags

.PHONY: mpi-test
mpi-test: mpi ## Compare runs on one process with runs on 2 and 4 ranks.
	Scripts/mpi-test $(MPI_BUILD)/release/discrete

.PHONY: portable-test
portable-test: build ## Read portable files of a release build in debug, in double precision and by scalar kernels.
	swift build --product discrete
	swift build --product discrete $(DOUBLE)
	swift build --product discrete $(SCALAR)
	Scripts/portable-test $(DISCRETE) .build/debug/discrete .build-double/debug/discrete .build-scalar/debug/discrete

.PHONY: demo
demo: build ## Train a belief network on the built-in digits for a minute and draw what it dreams.
	$(DISCRETE) $(DEMO)

.PHONY: test
test: setup ## Run the suite in single precision, then gradients, exactness and estimators in double.
	@failed=(); \
	echo "== single precision: the whole suite"; \
	{ $(call run_tests,$(SINGLE)); } || failed+=("single precision, exit code $$?"); \
	echo "== double precision: gradients, exactness and estimators"; \
	{ $(call run_tests,$(TEST) $(DOUBLE),--filter '$(DOUBLE_TESTS)'); } || \
	  failed+=("double precision, exit code $$?"); \
	if (($${#failed[@]})); then \
	  printf '== failed: %s\n' "$${failed[@]}"; exit 1; \
	fi; \
	echo "== passed: the whole suite in single precision; gradients, exactness and estimators in double"

.PHONY: format
format: ## Format every Swift file in place.
	swift format --in-place --recursive --parallel $(SOURCES)

.PHONY: lint
lint: setup ## Check style, and build with warnings as errors.
	swift format lint --strict --recursive --parallel $(SOURCES)
	swift build --build-tests --scratch-path .build-lint -Xswiftc -warnings-as-errors

.PHONY: bench
bench: build ## Time the command against its peers; CASES="gumbel start" selects, DATA=FOLDER trains on it.
	Benchmarks/run $(if $(DATA),--data '$(DATA)') $(CASES)

.PHONY: docs
docs: setup ## Build each library's documentation into .build/documentation.
	Scripts/docs

.PHONY: clean
clean: ## Remove what the builds made.
	rm -rf .build .build-double .build-lint .build-scalar $(MPI_BUILD)
