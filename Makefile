# Two commands do everything on a machine with Python 3.11, git, make and gcc:
#   make demo    set up, then the whole road on a few real seeds, base and tuned answers side by side
#   make test    set up, then lint, types and every test

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
TORCH  := $(shell sed -n 's/^torch==//p' constraints.txt)

# Sized for two cores without a GPU; more is one flag away: make demo DEMO="--limit 15"
DEMO ?= --limit 2

.PHONY: setup demo test lint types browser check-python clean

setup: $(VENV)/.ready

check-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' \
	  || { echo "Python's venv module is missing; on Debian: sudo apt-get install python3-venv"; exit 1; }

$(VENV)/.ready: pyproject.toml constraints.txt | check-python
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet "pip>=24"
	$(BIN)/python -m pip --version
	./.ci/install-torch "$(BIN)/python" "$(TORCH)"
	$(PIP) install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@

demo: setup
	$(BIN)/phi4 run $(DEMO)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

browser: setup
	@./.ci/install-browser

# The page's tests have a process of their own: behind others, one in a hundred waited for an answer in vain.
test: lint types browser
	$(BIN)/python -m pytest --ignore tests/server/page
	$(BIN)/python -m pytest tests/server/page

clean:
	rm -rf $(VENV) node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis
