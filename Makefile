# Every command a person needs. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3.11
BIN := .venv/bin
CORES ?= 2
export PYTHONPATH := $(CURDIR)

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: ready ## the whole house on 127.0.0.1:8000, with a demo (FRESH=1 begins anew)
	@exec $(BIN)/python -m config.serve

check: ready ## format, lint, types, floors, house rules, docs: what a change must pass
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@XUESHI_ENV=test $(BIN)/python manage.py makemigrations --check --dry-run --verbosity 0
	@$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_docs.py tests/test_translations.py

test: ready browser spark ## everything: floors, pages, and the journeys in a browser
	@$(MAKE) --no-print-directory test-fast
	@$(MAKE) --no-print-directory journey

test-fast: ready ## everything without a browser
	@$(BIN)/python -m pytest -q -n $(CORES) -m "not journey"

spark: .venv/spark ## Spark and its Java (some 700 MB), for the tests of the law on a cluster

.venv/spark: .venv/ready requirements-spark.txt
	@echo "· Spark"
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-spark.txt
	@touch $@

journey: ready browser ## the whole ways in a browser (skipped, loudly, without chromium)
	@$(BIN)/python -m tools.browser --report
	@$(BIN)/python -m pytest -q -m journey tests/journeys

pictures: journey ## take the README's pictures anew, by the journeys
	@$(BIN)/python -m tools.pictures

bench: ready ## speed and memory, each beside its limit; writes var/bench.json
	@$(BIN)/python -m bench

browser: .venv/ready
	@$(BIN)/python -m tools.browser --install

ready: .venv/ready assets messages

.venv/ready: requirements.txt
	@echo "· environment"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/pip install -q --disable-pip-version-check uv==0.13.9
	@$(BIN)/uv pip sync -q --python $(BIN)/python requirements.txt
	@touch $@

assets: .venv/ready
	@$(BIN)/python -m tools.assets

messages: .venv/ready ## compile the translations
	@$(BIN)/python -m tools.messages

lock: ## resolve the dependencies anew into requirements.txt and requirements-spark.txt
	@$(BIN)/uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-header -q -o requirements.txt
	@$(BIN)/uv pip compile --group spark --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements-spark.txt

.PHONY: help run check test test-fast spark journey pictures bench browser ready assets messages lock
