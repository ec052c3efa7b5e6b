# Two commands do everything on a fresh machine with Python 3.11 or newer:
#   make demo    sets itself up and does the main job on the sample; results in ./demo
#   make test    sets itself up and runs the tests
# With another interpreter: make test PYTHON=python3.12
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint bench samples bundle clean

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(PIP) -e ".[dev]"
	@touch $@ $(VENV)/.installed

demo: $(VENV)/.installed
	$(BIN)/xlbudget demo -o demo

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev
	$(BIN)/python -m tests.benchmarks

# All that is built from data and committed: the template, the samples, the catalogue's pages.
samples: $(VENV)/.installed-dev
	$(BIN)/python -m xlbudget.model.packaged
	$(BIN)/python workbook/build.py
	$(BIN)/python samples/build.py
	$(BIN)/python -m xlbudget.validate.pages > xlbudget/validate/RULES.md

# The offline installation for Windows offices without internet, in dist/.
bundle: $(VENV)/.installed-dev
	$(BIN)/python workbook/bundle/build.py

clean:
	rm -rf $(VENV) demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
