# The whole workshop: `make demo` to look at it, `make test` and `make check` before a change is proposed.

PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000

RUNTIME := .venv/.runtime-installed
DEV := .venv/.dev-installed

.PHONY: demo test check bench lock chromium clean

# --- environment -------------------------------------------------------------------------------------------------

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Tallybook needs Python 3.11 or later." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

$(RUNTIME): config/requirements/runtime.txt | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(DEV): config/requirements/dev.txt | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@ $(RUNTIME)

# --- running -----------------------------------------------------------------------------------------------------

demo: $(RUNTIME)
	@exec env PORT=$(PORT) RESET=$(RESET) $(BIN)/python -m config.launcher
