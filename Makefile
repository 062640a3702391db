# Every verb does its own set-up: a virtual environment inside the checkout, from pinned and hashed requirements.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test attack check bench integration content-hub docs reference release-check clean

help:  ## What the verbs do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

demo: $(VENV)/.app  ## Mail arrives in a simulated tenant, becomes alerts, and is triaged
	@$(BIN)/python -m mimecast_secops.cli.main demo

test: $(VENV)/.test  ## All tests but the attacks
	@$(BIN)/python -m pytest -n 2 $(ARGS)

attack: $(VENV)/.test  ## The attacks that take minutes
	@$(BIN)/python -m pytest -m attack tests/attack $(ARGS)

check: $(VENV)/.test  ## Types, lint, format and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: $(VENV)/.test integration  ## Figures, as ratios within one run
	@$(BIN)/python -m benchmarks $(ARGS)

integration: $(VENV)/.app  ## dist/Mimecast/ and dist/Mimecast.zip, what a user imports into Google SecOps
	@$(BIN)/python -m mimecast_secops.packaging integration --output dist

content-hub: $(VENV)/.app  ## dist/content-hub/mimecast/, the source layout of Google's repository
	@$(BIN)/python -m mimecast_secops.packaging content-hub --output dist/content-hub

docs: $(VENV)/.docs  ## The documentation as HTML
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

reference: $(VENV)/.test  ## Format the code, and write the generated pages and pictures of the documentation
	@$(BIN)/ruff format --quiet .
	@$(BIN)/python tools/reference.py
	@$(BIN)/python tools/imports_picture.py
	@$(BIN)/python tools/demo_picture.py

release-check: $(VENV)/.test  ## Build wheel, sdist and zip, install each in an empty environment, run the demo from it
	@$(BIN)/python tools/release_check.py

clean:  ## Remove what the verbs have made
	rm -rf $(VENV) dist build docs/_build .demo

$(VENV)/.made:
	@"$(PYTHON)" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'Python 3.11 or newer with venv is needed (Debian: apt install python3 python3-venv).' >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/.app: requirements/app.txt pyproject.toml $(VENV)/.made
	@echo 'Setting up $(VENV) …' >&2
	@$(PIP) install --require-hashes -r requirements/app.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.app
	@echo 'Adding what the tests need …' >&2
	@$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.docs: requirements/docs.txt $(VENV)/.app
	@$(PIP) install --require-hashes -r requirements/docs.txt
	@touch $@
