# Two commands on a fresh machine: `make demo` and `make test`. Needs Python >= 3.11 only.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
BENCH := $(VENV)/.installed-bench
SPARK := $(VENV)/.installed-spark
QUERIES := src/brand_metagen/publish/sql
SETS ?=

.PHONY: help setup demo test test-slow test-browser test-spark sql lint format reference training screenshots bench bench-reviewer bench-load bench-console clean

help:            ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

setup: $(STAMP)  ## make .venv with a working brand-metagen

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; say which with: make PYTHON=python3.12 …" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(STAMP): requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# The last one brings a script; the driver it would also bring is not used.
$(DEV): requirements/dev.txt requirements/agents.txt requirements/axe.txt $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/agents.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/axe.txt
	@touch $@

$(BENCH): requirements/bench.txt $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

$(SPARK): requirements/spark.txt $(DEV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/spark.txt
	@touch $@

demo: setup      ## sample market, run, results and report in ./demo
	@$(BIN)/brand-metagen demo --out demo

test: $(DEV)     ## the quick suite
	@$(BIN)/python -m pytest -q -m "not browser and not spark and not slow" -n 3 --dist worksteal

test-slow: $(DEV) ## what takes seconds each: kills, crowds, misbehaving servers, fuzzed engines
	@$(BIN)/python -m pytest -q -m slow -n 2

test-browser: $(DEV) ## the report and the console in a real Chromium
	@command -v chromium >/dev/null || { \
	  echo "No chromium here. Install it (Debian: apt-get install chromium) and try again." >&2; exit 2; }
	@$(BIN)/python -m pytest -q -m browser

test-spark: $(SPARK) ## a release on a local Spark, its patterns in Java's engine
	@command -v javac >/dev/null || { \
	  echo "No Java here. Install a JDK (Debian: apt-get install openjdk-17-jdk-headless) and try again." >&2; exit 2; }
	@$(BIN)/python -m pytest -q -m spark

lint: $(DEV)     ## ruff and strict typing
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

sql: $(DEV)      ## the query of each engine, from Athena's
	@for to in duckdb spark; do \
	  $(BIN)/python -m sqlglot - --read athena --write $$to < $(QUERIES)/athena.sql > $(QUERIES)/$$to.sql; done

reference: $(DEV) ## docs/commands.md and docs/settings.md from the code, version and date of every document
	@$(BIN)/python docs/make_reference.py
	@$(BIN)/python docs/make_headers.py

training: $(DEV) ## docs/training/*.pdf from their sources
	@$(BIN)/python docs/make_training.py

screenshots: $(DEV) ## docs/console/*.png from the sample, in a real Chromium
	@$(BIN)/python docs/make_screenshots.py

format: $(DEV)   ## rewrite to the house style
	@$(BIN)/ruff check --fix-only --quiet . ; $(BIN)/ruff format --quiet .

bench: $(BENCH)  ## quality and speed, side by side: make bench SETS="folder …"
	@$(BIN)/python -m benchmarks $(SETS)

bench-reviewer: $(DEV) ## a truthful reviewer through the queue: make bench-reviewer SETS="folder …"
	@$(BIN)/python -m benchmarks.reviewer $(SETS)

bench-load: $(DEV) ## fifty reviewers at once for a minute, on SQLite and PostgreSQL
	@$(BIN)/python -m benchmarks.load

bench-console: $(DEV) ## every page of the console, many times, over 3,000 brands
	@$(BIN)/python -m benchmarks.console

clean:           ## remove what make made
	rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache
