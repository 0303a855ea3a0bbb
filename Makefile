SHELL := /bin/bash
PYTHON ?= python3.11
BIN := .venv/bin
DAYS ?= 15
SCALE ?= 1
RUNS ?= 100

# Whatever the caller has active or set is not ours: the two commands work the same everywhere.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

.PHONY: help run up setup unit test test-all lint screenshot lock bench clean
help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup  ## set up, pull the sandbox day by day, build, publish, print a benchmark table
	$(BIN)/beatbook run --days $(DAYS)

up: setup  ## the Dagster UI on the same data
	$(BIN)/beatbook up

setup: .venv/ready  ## install into .venv, once, and let dbt read the project

.venv/ready: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null && P=$(PYTHON) || P=python3; \
	  $$P -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "Beatbook needs Python 3.11; set PYTHON=/path/to/python3.11" >&2; exit 1; }; \
	  echo "Setting up .venv (about a minute, once)"; $$P -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pipelines.warehouse.manifest
	@touch $@

unit: setup  ## the fast tests only
	$(BIN)/pytest -n 2 --dist worksteal -m "not e2e and not dbt"

test: setup  ## all tests that need nothing but Python: some six minutes on two idle cores
	$(BIN)/pytest -n 2 --dist worksteal -m "not long"

test-all: setup  ## also those that take minutes or need Debian packages (chromium, LibreOffice)
	$(BIN)/pytest -n 2 --dist worksteal

lint: setup  ## ruff, mypy, sqlfluff, secret scan
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt
	git ls-files -z | xargs -0 $(BIN)/detect-secrets-hook --exclude-files 'requirements\.lock'

# The UI ends with what it started.
screenshot: setup  ## docs/dagster.png and portal.png anew, from the last run's data (needs Debian's chromium)
	@BEATBOOK_PUBLIC_PAGES=national $(BIN)/beatbook up --port 3999 --portal-port 3998 >/dev/null 2>&1 & ui=$$!; trap "kill $$ui; wait" EXIT; \
	  until (exec 3<>/dev/tcp/127.0.0.1/3999) 2>/dev/null; do kill -0 $$ui || exit 1; sleep 1; done; \
	  shoot() { chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
	    --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars \
	    --user-data-dir="$$(mktemp -d)" --window-size=$$3 --virtual-time-budget=60000 --screenshot=docs/$$1 $$2; }; \
	  shoot dagster.png http://127.0.0.1:3999/asset-groups 1800,620; \
	  shoot portal.png http://127.0.0.1:3998/national 1280,900

lock:  ## resolve the dependencies again (needs uv)
	uv pip compile pyproject.toml --group dev --generate-hashes --no-strip-extras --no-emit-index-url \
	  --no-header --python-version 3.11 --upgrade -o requirements.lock

bench: setup  ## what the warehouse costs: takes hours; SCALE=0.05 RUNS=5 is a quick look
	$(BIN)/python -m tests.benchmarks.bench --scale $(SCALE) --runs $(RUNS)

clean:  ## what tools left behind; never data, which cannot be made again
	rm -rf dbt/target dbt/logs .pytest_cache .mypy_cache .ruff_cache .hypothesis
