# Every command a person needs. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3.11
BIN := .venv/bin
export PYTHONPATH := $(CURDIR)

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/ready: requirements.txt
	@echo "· environment"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/pip install -q --disable-pip-version-check uv==0.13.9
	@$(BIN)/uv pip sync -q --python $(BIN)/python requirements.txt || $(BIN)/pip install -q --no-deps -r requirements.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python uv==0.13.9 2>/dev/null || true
	@touch $@

lock: ## resolve the dependencies anew into requirements.txt
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-header -q -o requirements.txt

messages: .venv/ready ## compile the translations
	@$(BIN)/python -m tools.messages

.PHONY: help lock messages
