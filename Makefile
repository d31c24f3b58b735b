# nigoh's daily commands. The first use of any of them makes .venv from requirements-dev.lock.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Half of their time tests wait, for cameras that send in real time and for processes that start. A file stays together and in
# order, as its tests share what was made once; the quick files come last and fill the gaps.
WORKERS ?= 3
# Tests start nigoh hundreds of times: what was compiled once is kept.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

CLASSIC := .venv-classic
CLASSIC_READY := $(CLASSIC)/.ready
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock"

.PHONY: help setup demo demo-video screenshots messages test lint types bench bench-setup lock clean

help: ## Show these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

setup: $(READY) ## Make .venv from the lock (the others do it when it is missing or out of date)

demo: $(READY) ## The console over eight simulated cameras with real faces; Ctrl+C ends it
	@$(BIN)/nigoh demo

demo-video: $(READY) ## A video with real faces, held against the truth; results in out/demo
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash examples/demo.sh

screenshots: $(READY) ## Pictures of every view of the console, in out/screenshots; ARGS="--language ru"
	@$(BIN)/python scripts/screenshots.py $(ARGS)

messages: $(READY) ## Take what the console says into its catalogues, and tell what has no translation
	@$(BIN)/python scripts/messages.py prune

test: $(READY) ## Run the tests; ARGS=... goes to pytest, WORKERS=0 runs them in one process
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(READY) ## Style, format, and the direction of imports
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports

types: $(READY) ## Check the types, strictly
	@$(BIN)/mypy

bench: $(READY) $(CLASSIC_READY) ## Measure speed against the classic script, hundreds of cameras, faults; takes hours
	@$(BIN)/python benchmarks/classic_pipeline.py
	@$(BIN)/python benchmarks/startup.py
	@$(BIN)/python benchmarks/memory.py
	@$(BIN)/python benchmarks/farm.py
	@$(BIN)/python benchmarks/receive.py
	@$(BIN)/python benchmarks/stages.py
	@$(BIN)/python benchmarks/cameras.py --classic
	@$(BIN)/python benchmarks/resilience.py
	@$(BIN)/python benchmarks/database.py
	@$(BIN)/python benchmarks/audit.py
	@$(BIN)/python benchmarks/galleries.py --dimension 128
	@$(BIN)/python benchmarks/galleries.py --dimension 512
	@$(BIN)/python benchmarks/following.py
	@$(BIN)/python benchmarks/crashes.py

bench-setup: $(CLASSIC_READY) ## Make .venv-classic, what the classic script needs

lock: $(READY) ## Resolve the locks anew from pyproject.toml
	@$(PIP) install uv
	@$(UV_COMPILE) --upgrade pyproject.toml --output-file requirements.lock
	@$(UV_COMPILE) --upgrade pyproject.toml --extra onnx --extra window --extra postgresql --extra oidc --group dev \
		--constraint requirements.lock --output-file requirements-dev.lock
	@$(UV_COMPILE) --upgrade --no-deps benchmarks/requirements-classic.in \
		--output-file benchmarks/requirements-classic.lock

clean: ## Remove environments, caches and results
	rm -rf $(VENV) $(CLASSIC) out dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("nigoh needs Python 3.11 or later: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	@echo "Setting up $(VENV) (a few minutes the first time)"
	@$(call make-venv,$(VENV))
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(CLASSIC_READY): benchmarks/requirements-classic.lock
	@echo "Setting up $(CLASSIC)"
	@$(call make-venv,$(CLASSIC))
	@$(CLASSIC)/bin/python -m pip --disable-pip-version-check --quiet --quiet install --no-deps --require-hashes -r $<
	@touch $@

# Debian may have Python without ensurepip: then its own pip installs one into the environment.
define make-venv
$(PYTHON) -m venv $(1) >/dev/null || $(PYTHON) -m venv --without-pip $(1); \
$(1)/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m pip --python $(1)/bin/python --quiet --quiet install pip
endef
