# Two commands do everything on a fresh machine with Python 3.11 or newer:
#   make demo    sets itself up and runs the main job on the sample
#   make test    sets itself up and runs the tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint bench samples rules clean

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev,excel,locate]"
	touch $@

demo: $(VENV)/installed
	$(BIN)/xlbudget demo -o demo

test: $(VENV)/installed
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/installed
	$(BIN)/python -m tests.benchmarks

samples: $(VENV)/installed
	$(BIN)/python samples/build.py
	$(BIN)/python workbook/build.py

clean:
	rm -rf $(VENV) demo build dist *.egg-info
