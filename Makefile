# Each target sets itself up: a virtual environment inside the checkout, from pinned and hashed requirements.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test test-host test-readings test-container coverage coverage-floors attack readings mutation matrix check spelling prose \
	typing bench integration content-hub playbooks docs reference pictures release-check clean

# The tests that run anywhere: neither minutes long, nor in need of the platform's SDK or of root.
# Four workers on two cores: many tests wait for servers and processes.
TESTS := -m pytest -n 4 --dist worksteal -m "not attack and not host and not container and not readings"
# The packages that have a floor of branch coverage; `fail_under` in pyproject.toml is the floor.
COVERED := actions api deliveries ingest stores

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

demo: $(VENV)/.app  ## Ingest and triage email of a simulated tenant
	@$(BIN)/python -m mimecast_secops.cli.main demo

test: $(VENV)/.test  ## Run the tests, except test-host, test-container and attack
	@$(BIN)/python $(TESTS) $(ARGS)

test-host: $(VENV)/.test  ## Run the tests on the real SDK of Google SecOps (skipped where it is missing)
	@$(BIN)/python -m pytest -n 2 -m "host and not attack" $(ARGS)

test-readings: $(VENV)/.test  ## Try the connector and the actions under each reading of the API (minutes)
	@$(BIN)/python -m pytest -n 4 --dist worksteal -m readings $(ARGS)

test-container: $(VENV)/.test  ## Execute the Containerfile without an engine (skipped without Linux and root)
	@$(BIN)/python -m pytest -m container $(ARGS)

coverage: $(VENV)/.test  ## Run the same tests as test, and check the branch coverage of each core package
	@$(BIN)/coverage erase
	@$(BIN)/python $(TESTS) --cov --cov-report= --no-cov-on-fail $(ARGS)
	@$(MAKE) --no-print-directory coverage-floors

# Each package has to reach the floor: a total hides a package that lags behind.
coverage-floors: $(VENV)/.test
	@failed=0; for package in $(COVERED); do \
	  echo "Branch coverage of $$package"; \
	  $(BIN)/coverage report --include="src/mimecast_secops/$$package/*" || failed=1; \
	done; exit $$failed

readings: $(VENV)/.test  ## Print what happens under each reading of the API that the sources leave open (minutes)
	@$(BIN)/python -m tests.readings $(ARGS)

attack: $(VENV)/.test  ## Run the attacks on real processes (minutes)
	@$(BIN)/python -m pytest -m attack tests/attack $(ARGS)

mutation: $(VENV)/.mutation  ## Change the core's code and check that a test fails each time (tens of minutes)
	@$(BIN)/python tools/stable_test_ids.py
	@$(BIN)/python -m mutmut run $(ARGS)
	@$(BIN)/python tools/mutation_score.py

matrix: $(VENV)/.test  ## Run the tests on Python 3.11 to 3.14 and on the lowest dependencies (skips missing interpreters)
	@$(BIN)/nox $(ARGS)

check: spelling prose typing $(VENV)/.test  ## Check types, lint, format, spelling, prose and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo

typing: $(VENV)/.test  ## Check types: mypy, and pyrefly on the typed calls of the client
	@$(BIN)/mypy
	@$(BIN)/pyrefly check --summary=none

spelling: $(VENV)/.test  ## Check the spelling of code and English documentation
	@$(BIN)/codespell

prose: $(VENV)/.test  ## Check words and names against tools/vocabulary.toml
	@$(BIN)/python tools/prose.py $(ARGS)

bench: $(VENV)/.test integration  ## Run the benchmarks (ratios within one run)
	@$(BIN)/python -m benchmarks $(ARGS)

integration: $(VENV)/.app  ## Build dist/Mimecast.zip to import into Google SecOps
	@$(BIN)/python -m mimecast_secops.packaging integration --output dist

content-hub: $(VENV)/.app  ## Build dist/content-hub/mimecast, the source layout of Google's repository
	@$(BIN)/python -m mimecast_secops.packaging content-hub --output dist/content-hub

playbooks: $(VENV)/.app  ## Build the example playbooks to import into Google SecOps, in dist/playbooks
	@$(BIN)/python -m mimecast_secops.packaging playbooks --output dist/playbooks

docs: $(VENV)/.docs  ## Build the documentation as HTML, in English and French
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs/fr docs/_build/html/fr
	@$(BIN)/python tools/html_check.py docs/_build/html

reference: $(VENV)/.test  ## Format the code, and generate the reference pages and pictures
	@$(BIN)/ruff format --quiet .
	@$(BIN)/python tools/reference.py
	@$(BIN)/python tools/playbook_pages.py
	@$(BIN)/python tools/imports_picture.py
	@$(BIN)/python tools/demo_picture.py
	@$(BIN)/python -m tools.pictures
	@$(BIN)/python -m tools.example_alert

pictures: $(VENV)/.test  ## Draw the widgets and the status page of the simulator again (needs Chromium)
	@$(BIN)/python -m tools.pictures widgets
	@$(BIN)/python tools/simulator_picture.py

release-check: $(VENV)/.test  ## Build wheel, sdist and zip, and try each in an empty environment
	@$(BIN)/python tools/release_check.py

clean:  ## Remove all generated files
	rm -rf $(VENV) dist build docs/_build .demo .nox mutants .coverage .coverage.*

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
	@echo 'Adding the test tools …' >&2
	@$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.mutation: requirements/mutation.txt $(VENV)/.test
	@$(PIP) install --require-hashes -r requirements/mutation.txt
	@touch $@

$(VENV)/.docs: requirements/docs.txt $(VENV)/.app
	@$(PIP) install --require-hashes -r requirements/docs.txt
	@touch $@
