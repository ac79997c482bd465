SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

BIN := .venv/bin
INSTALLED := .venv/.installed
AXE := build/axe/axe_playwright_python/axe.min.js
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
SYSTEM_PROGRAMS := chromium pdftoppm pdftotext pdffonts pdfinfo

.PHONY: help
help: ## Print these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: report
report: $(INSTALLED) ## Install, then report two quarters of the sample CRM, the second beside the archived first
	@$(BIN)/kpi run sales --period 2026-Q2 --as-of 2026-07-06
	@$(BIN)/kpi run sales --period 2026-Q3
	@echo "Explore the notebooks in JupyterLab: make lab"

.PHONY: lab
lab: $(INSTALLED) ## Open JupyterLab at the first notebook
	@$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) notebooks/start_here.ipynb

.PHONY: test
test: $(INSTALLED) ## Run the tests that need no system package
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not system"

.PHONY: lint
lint: $(INSTALLED) ## Check style and formatting
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

.PHONY: types
types: $(INSTALLED) ## Check types
	@$(BIN)/mypy

.PHONY: check
check: lint types test ## Lint, types and tests

.PHONY: format
format: $(INSTALLED) ## Format code and imports, strip notebook outputs
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format
	@git ls-files -z -- '*.ipynb' | xargs -0 --no-run-if-empty $(BIN)/nbstripout

.PHONY: test-system
test-system: $(INSTALLED) $(AXE) ## Run the tests that need Chromium and poppler
	@for program in $(SYSTEM_PROGRAMS); do command -v $$program >/dev/null || \
		{ echo "make test-system needs $$program: apt-get install chromium poppler-utils"; exit 1; }; done
	@$(BIN)/python -m pytest -q -m system

.PHONY: mutants
mutants: $(INSTALLED) ## Put a slip into every part of every KPI's definition: its oracle notices each
	@$(BIN)/python -m tests.mutants

.PHONY: pages
pages: $(INSTALLED) $(AXE) ## Render every report in both languages to pictures in build/pages, and check them
	@KPI_PAGES=build/pages $(BIN)/python -m pytest -q -m system tests/system/test_pages.py
	@echo "Pictures of every page: build/pages"

.PHONY: gallery
gallery: $(INSTALLED) ## Draw the gallery of charts anew: docs/gallery.md from docs/gallery.ipynb
	@KPI_GALLERY=1 $(BIN)/python -m pytest -q tests/test_gallery.py

.PHONY: bench
bench: $(INSTALLED) ## Measure speed and false alarms
	@$(BIN)/python -m benchmarks

# The rules of axe-core, from a package of which nothing else is needed.
$(AXE): $(INSTALLED)
	@$(PIP) install --quiet --no-deps --upgrade --target build/axe axe-playwright-python==0.1.8

# Resolved for Debian 12's Python, the oldest one supported: some releases need a later 3.11.
.PHONY: lock
lock: ## Make constraints.txt anew from pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "The lock is made with Python 3.11: make lock PYTHON=python3.11"; exit 1; }
	@rm -rf build/lock && $(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip --disable-pip-version-check install --quiet --dry-run --ignore-installed \
		--target build/lock/none --python-version 3.11.2 --only-binary :all: --report build/lock/report.json '.[dev]'
	@build/lock/bin/python -c 'import json, sys; \
		found = [item["metadata"] for item in json.load(sys.stdin)["install"]]; \
		pins = ["{name}=={version}".format_map(m) for m in found if m["name"] != "kpi-toolkit"]; \
		print(*sorted(pins, key=str.lower), sep="\n")' < build/lock/report.json > constraints.txt
	@rm -rf build/lock

.PHONY: clean
clean: ## Remove what was installed and built; reports/ stays
	@rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .kpi

# A python without ensurepip (Debian's, before python3-venv) cannot make an environment.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && { echo $$python; break; }; done)

define check-python
if [ -z "$(PYTHON)" ]; then \
	if python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo "python3 cannot make virtual environments: install python3-venv (apt-get install python3-venv)."; \
	else echo "Python 3.11 or newer is needed: install python3 and python3-venv."; fi >&2; \
	exit 1; \
fi
endef

$(INSTALLED): pyproject.toml constraints.txt
	@$(check-python)
	@echo "Installing the pinned dependencies into .venv (about a minute)"
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@$(PIP) install --quiet --constraint constraints.txt hatchling
	@$(PIP) install --quiet --constraint constraints.txt --no-build-isolation --editable '.[dev]'
	@touch $@
