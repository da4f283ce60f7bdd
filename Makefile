# Every target is one line of help: `make` alone lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
N ?= 200
S ?= 0
M ?= 10

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F':.*?## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(READY): requirements/dev.txt requirements/uv.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Tieout needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Say which one to use: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: setup
setup: $(READY) ## Make .venv with the locked dependencies

.PHONY: demo
demo: setup ## Watch a business system and QuickBooks Online being tied out, live, in a browser
	@$(BIN)/tieout demo

.PHONY: test
test: setup ## Run every test
	@$(BIN)/python -m pytest -n auto

.PHONY: format
format: setup ## Put the code in the house format
	@$(BIN)/ruff format src tests benchmarks
	@$(BIN)/ruff check --fix src tests benchmarks

.PHONY: fidelity
fidelity: setup ## Write docs/fidelity.md anew from the simulator's rules and their tests
	@$(BIN)/python -m qbosim.fidelity tests > docs/fidelity.md.new && mv docs/fidelity.md.new docs/fidelity.md

.PHONY: check
check: setup ## What CI runs: format, lint, types, import contracts, and every test
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

.PHONY: seeds
seeds: setup ## Play N random days from seed S with faults (N=200 S=0)
	@$(BIN)/python -m tests.simulation --start $(S) --count $(N)

.PHONY: soak
soak: setup ## Two workers on PostgreSQL, killed and paused at random for M minutes, and an audit (M=10)
	@$(BIN)/python -m tests.processes.soak --minutes $(M)

.PHONY: bench
bench: setup ## Measure how quickly the simulator serves and writes big companies (minutes)
	@$(BIN)/python -m benchmarks.generating
	@$(BIN)/python -m benchmarks.paging
	@$(BIN)/python -m benchmarks.reporting

.PHONY: conformance
conformance: setup ## Run public clients' own tests against the simulator (Linux, npm; minutes)
	@$(BIN)/python -m tests.conformance

.PHONY: lock
lock: ## Compile the locked requirements anew
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --group dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" pyproject.toml -o requirements/runtime.txt
	echo uv | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" - -o requirements/uv.txt
