# The whole workshop. `make demo` to look at Tallybook; `make check` and `make test` before a change is proposed.

PYTHON ?= python3
PORT ?= 8000
SANDBOX_PORT ?= 12111
BIN := .venv/bin
RUNTIME := .venv/.runtime-installed
DEV := .venv/.dev-installed
CODE := accounts billing config metering portal clients/python/tallybook tests manage.py
LINTED := $(CODE) examples
TEMPLATES = $(shell find templates */templates examples/*/*/templates -name '*.html' 2>/dev/null)
TEST_SETTINGS := DJANGO_SETTINGS_MODULE=config.settings.test
# What a production environment must give; made-up values, to check the settings with.
PRODUCTION := DJANGO_SETTINGS_MODULE=config.settings.production SECRET_KEY=$$(head -c 64 /dev/urandom | base64 -w0) \
	DATABASE_URL=postgres://127.0.0.1/tallybook PUBLIC_URL=https://billing.example ALLOWED_HOSTS=billing.example \
	EMAIL_URL=smtp+tls://user:password@mail.example:587

.DEFAULT_GOAL := help
.PHONY: help demo test screenshots verify sandbox-cli check format bench chromium openapi lock clean \
	clients client-core client-ts client-ts-types example

help:
	@echo "make demo    start everything with demo data (PORT=8000, RESET=1 to start afresh)"
	@echo "make test    run all tests"
	@echo "make verify  run the long proof of the ledger: storms, kills, billing runs (SEED=n replays one)"
	@echo "make sandbox-cli  run the scripts of Stripe's own command line against the sandbox"
	@echo "make verify-stripe  run the journeys of customers against Stripe (needs STRIPE_SECRET_KEY=sk_test_...)"
	@echo "make check   run the linters, the type checker and the architecture tests"
	@echo "make format  put code and templates into the form that make check wants"
	@echo "make messages bring the translations in locale/ level with the code (docs/languages.md)"
	@echo "make bench   measure intake, holds, reads, pages, closing, webhooks and replay (ONLY=holds for one figure)"
	@echo "make openapi write docs/openapi.yaml from the code"
	@echo "make clients generate the clients' cores from docs/openapi.yaml"
	@echo "make client-ts  build and test the TypeScript client (needs Node 20)"
	@echo "make example run the example app beside the demo (PORT=9099)"
	@echo "make lock    resolve the dependencies again (needs uv; LOCK_OPTIONS are passed on)"
	@echo "make screenshots  take a picture of every page into docs/screenshots (ONLY=visitor, customer, states or staff)"
	@echo "make clean   delete the environment and all caches; the demo's data stays"

# --- environment --------------------------------------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Tallybook needs Python 3.11 or later." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv

$(RUNTIME): config/requirements/runtime.txt | $(BIN)/python
	@echo "Installing what Tallybook runs on"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# Stripe's description of its API is in a package of which nothing else is wanted: neither its code nor what it needs.
$(DEV): config/requirements/dev.txt config/requirements/spec.txt | $(BIN)/python
	@echo "Installing what Tallybook runs on and is tested with"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r config/requirements/spec.txt
	@touch $@ $(RUNTIME)

LOCK = uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate --no-emit-index-url --no-emit-find-links $(LOCK_OPTIONS)
lock:
	$(LOCK) --output-file config/requirements/runtime.txt
	$(LOCK) --group dev --constraints config/requirements/runtime.txt --output-file config/requirements/dev.txt

# --- running ------------------------------------------------------------------------------------------------------

demo: $(RUNTIME)
	@exec env PORT=$(PORT) SANDBOX_PORT=$(SANDBOX_PORT) RESET=$(RESET) $(BIN)/python -m config.launcher

bench: $(DEV)
	@$(BIN)/python -m tests.bench $(addprefix --only ,$(ONLY))

# A demo of its own, on ports of its own, walked through by a browser that follows every link.
screenshots: $(DEV) chromium
	@$(BIN)/python -m tests.screenshots $(addprefix --only ,$(ONLY))

# --- proving ------------------------------------------------------------------------------------------------------

test: $(DEV) chromium
	$(BIN)/pytest -n 2 --dist worksteal

verify: $(DEV)
	@$(BIN)/python -m tests.verify $(addprefix --seed ,$(SEED)) $(addprefix --only ,$(ONLY))

# The scripts of Stripe's own command line, which has to be there: see tests/sandbox/cli.
sandbox-cli: $(DEV)
	@$(BIN)/python -m tests.sandbox.cli

verify-stripe: $(DEV)
	@$(BIN)/python -m tests.verify_stripe

# Debian's browser for the browser tests: installed when it is missing and we may, otherwise asked for.
chromium:
	@if command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			chromium fonts-dejavu-core >/dev/null; \
	else \
		echo "The browser tests need Chromium. Run: sudo apt-get install --no-install-recommends chromium" >&2; \
		exit 1; \
	fi

check: $(DEV)
	$(BIN)/ruff format --check $(LINTED)
	$(BIN)/ruff check $(LINTED)
	$(BIN)/djade --check --target-version 5.2 $(TEMPLATES)
	$(BIN)/lint-imports
	$(BIN)/mypy $(CODE)
	cd examples/django_app && "$(CURDIR)/$(BIN)/mypy" gist
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@mkdir -p .tallybook
	$(TEST_SETTINGS) $(BIN)/python manage.py spectacular --validate --fail-on-warn --file .tallybook/openapi.yaml
	diff -u docs/openapi.yaml .tallybook/openapi.yaml
	$(BIN)/pytest -q tests/architecture tests/clients/test_core.py

format: $(DEV)
	$(BIN)/ruff format $(LINTED)
	$(BIN)/ruff check --fix $(LINTED)
	-$(BIN)/djade --target-version 5.2 $(TEMPLATES)

messages: $(DEV)
	@$(TEST_SETTINGS) $(BIN)/python manage.py messages

openapi: $(DEV)
	$(TEST_SETTINGS) $(BIN)/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

# --- clients and example ------------------------------------------------------------------------------------------

CORE ?= clients/python/tallybook/_core
NODE_MODULES := clients/typescript/node_modules/.installed

# What is generated of the clients, from docs/openapi.yaml.
clients: client-core
	@if command -v npm >/dev/null; then $(MAKE) --silent client-ts-types; \
	else echo "The types of the TypeScript client stay as they are: they need Node 20 and npm." >&2; fi

client-ts-types: $(NODE_MODULES)
	@cd clients/typescript && npm run --silent types

# The client for TypeScript and JavaScript: built, and tested by Node itself.
client-ts: $(NODE_MODULES)
	@cd clients/typescript && npm test --silent

$(NODE_MODULES): clients/typescript/package.json
	@command -v npm >/dev/null || { echo "The TypeScript client needs Node 20 or later, with npm." >&2; exit 1; }
	@cd clients/typescript && npm install --no-package-lock --no-audit --no-fund --loglevel=error
	@touch $@

client-core: $(DEV)
	@PATH="$(CURDIR)/$(BIN):$$PATH" openapi-python-client generate --path docs/openapi.yaml --meta none --fail-on-warning \
		--config clients/python/generator/config.yaml --custom-template-path clients/python/generator/templates \
		--output-path "$(CORE)" --overwrite

# An app that meters an AI action and gates a page, beside a demo that runs: PORT=9099 unless given.
example: PORT := $(if $(filter file default,$(origin PORT)),9099,$(PORT))
example: $(DEV)
	@test -f .tallybook/demo.env || { echo "Start the demo first: make demo" >&2; exit 1; }
	@set -a; . .tallybook/demo.env; set +a; cd examples/django_app; \
		"$(CURDIR)/$(BIN)/python" manage.py migrate --verbosity 0 && \
		exec "$(CURDIR)/$(BIN)/python" manage.py runserver "127.0.0.1:$(PORT)"

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
