# What each target does is promised in README.md; `make` alone lists them.
PYTHON ?= python3
WORKERS ?= 2
BIN := .venv/bin
PORT ?= 8000
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --no-emit-options --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help venv demo up test test-full bench screenshots check format lock messages openapi permissions

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.venv/.installed: requirements.lock pyproject.toml
	PYTHON="$(PYTHON)" tools/venv.sh requirements.lock $@

.venv/.installed-dev: requirements-dev.lock requirements.lock pyproject.toml
	PYTHON="$(PYTHON)" tools/venv.sh requirements-dev.lock $@

venv: .venv/.installed-dev ## make .venv with everything for working on Houqin

demo: .venv/.installed ## the demo compound on http://127.0.0.1:8000
	$(BIN)/houqin demo --port $(PORT)

up: .venv/.installed ## this installation on http://127.0.0.1:8000
	$(BIN)/houqin up --port $(PORT)

test: .venv/.installed-dev ## the suite, at most ten minutes on two cores
	tools/browser.sh
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -q

test-full: .venv/.installed-dev ## the suite and what takes longer
	tools/browser.sh
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -q -m ""

bench: .venv/.installed-dev ## benchmarks, one JSON line each
	$(BIN)/python -m bench

screenshots: .venv/.installed-dev ## the pictures in docs/images, taken of the demo compound
	tools/browser.sh
	$(BIN)/python tools/screenshots.py

check: .venv/.installed-dev ## lint, types, imports, migrations, catalogues, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tools/check_templates.py
	$(BIN)/python tools/check_services.py
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint houqin --lint --quiet
	$(BIN)/mypy
	$(BIN)/python tools/check_migrations.py
	$(BIN)/python tools/catalogues.py check

format: .venv/.installed-dev ## put the code into shape
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock: ## pin the dependencies anew (UPGRADE=1 takes newer ones)
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra build -o requirements.lock pyproject.toml
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra build --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

messages: .venv/.installed-dev ## bring the catalogues in step with the code and compile them
	$(BIN)/python tools/catalogues.py extract
	$(BIN)/python tools/catalogues.py compile

openapi: .venv/.installed-dev ## write the API's description anew
	$(BIN)/python tools/openapi.py

permissions: .venv/.installed-dev ## write the permission matrix anew, to be reviewed (ONLY=prefix: some addresses)
	PERMISSIONS_ONLY=$(ONLY) WRITE_PERMISSIONS=1 $(BIN)/pytest tests/permissions -n 0 -q
