# Needs Python 3.11 or newer and make; everything else lands in .venv.
# Another interpreter: make up PYTHON=python3.13. Options of `leadgate up`: make up ARGS="--port 8080".

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# Runs a command with LEADGATE_DATABASE_URL and LEADGATE_REDIS_URL of throwaway servers.
WITH_SERVERS := $(BIN)/python -m tests.servers
# Two halves at once, each on servers of its own. One test alone: make test ARGS="tests/gate/test_x.py -n 0".
PYTEST := $(BIN)/python -m pytest --quiet --numprocesses 2 --dist loadfile

.PHONY: setup setup-dev up migrate test test-processes stress chaos chaos-import fuzz check format openapi bench lock

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

# hatchling builds the project itself. It has a lock of its own, because a download at build time would be
# neither pinned nor hashed.
$(VENV)/.installed: pyproject.toml requirements.lock requirements-build.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Leadgate needs Python 3.11 or newer; say which: make PYTHON=python3.13")'
	@echo "Installing into $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock -r requirements-build.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	@echo "Installing the tools for tests and checks ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# exec: Ctrl-C and SIGTERM reach leadgate itself, which stops what it started; and it does not outlive make.
up: setup
	@exec $(BIN)/leadgate up --with-parent $(ARGS)

migrate: setup
	@$(BIN)/leadgate migrate

test: setup-dev
	@$(PYTEST) $(ARGS)

# The same against two API processes, each request to the next of them.
test-processes: setup-dev
	@$(PYTEST) --api-processes 2 $(ARGS)

# Looks for races with real processes: make stress ARGS="--minutes 10 --seed 7".
stress: setup-dev
	@$(WITH_SERVERS) $(BIN)/python -m tests.stress $(ARGS)

# Kills processes of `leadgate up` under load: make chaos ARGS="--kills 100 --seed 7".
chaos: setup-dev
	@$(BIN)/python -m tests.chaos $(ARGS)

# One file of a million rows meanwhile: make chaos-import ARGS="--rows 1000000 --kills 10 --seed 7".
chaos-import: setup-dev
	@$(BIN)/python -m tests.chaos.imports $(ARGS)

# Random requests by the OpenAPI document, good and bad: make fuzz ARGS="--max-time 1800 --seed 7".
fuzz: setup-dev
	@$(BIN)/python -m tests.contract.fuzz --max-time 300 $(ARGS)

check: setup-dev
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary
	@said=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$said"; exit 1; }
	@$(BIN)/leadgate openapi --check
	@$(WITH_SERVERS) $(BIN)/leadgate migrate --check
	@echo "All checks passed."

format: setup-dev
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format --quiet

openapi: setup-dev
	@$(BIN)/leadgate openapi

bench: setup-dev
	@$(BIN)/python -m tests.benchmarks $(ARGS)

# uv resolves for every platform and Python at once, which pip cannot. It lives in a folder that is thrown away.
# Extras stay in the lock: where only `sqlalchemy` is pinned, pip takes a newer `sqlalchemy[asyncio]`, and finds no hash.
COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --no-strip-extras

lock:
	@set -e; tool=$$(mktemp -d); trap 'rm -rf "$$tool"' EXIT; \
	$(PYTHON) -m venv "$$tool"; "$$tool/bin/pip" install --quiet --disable-pip-version-check uv; \
	export PATH="$$tool/bin:$$PATH"; echo hatchling > "$$tool/build.in"; \
	$(COMPILE) --upgrade --extra dev pyproject.toml "$$tool/build.in" --output-file requirements-dev.lock; \
	$(COMPILE) --upgrade --constraint requirements-dev.lock pyproject.toml --output-file requirements.lock; \
	$(COMPILE) --upgrade --constraint requirements-dev.lock "$$tool/build.in" --output-file requirements-build.lock; \
	$(COMPILE) --upgrade openapi/tools/requirements.in --output-file requirements-clients.lock; \
	! grep -n '://' requirements*.lock
