# benchpost: `make site` builds the site from the posts, `make test` passes the tests.
# Both set up what they need in .venv first. `make help` lists the targets.

PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# mkdocs-material prints a notice about MkDocs 2 on each build; we pin mkdocs<2
export NO_MKDOCS_2_WARNING := 1

.PHONY: help setup site test lint serve fill check lock bench clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/ready ## create .venv with the locked versions and .venv/bin/benchpost

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "benchpost needs Python 3.11 or newer: make PYTHON=python3.12 …"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

site: setup ## build the site from the posts into site/
	$(BIN)/benchpost build

serve: setup ## show the site while writing, at http://127.0.0.1:8000
	$(BIN)/mkdocs serve

fill: setup ## fill every slot and value of the posts
	$(BIN)/benchpost fill

check: setup ## everything that could be wrong with the posts
	$(BIN)/benchpost check

lint: setup ## format, style and types
	$(BIN)/ruff format --check src scripts tests
	$(BIN)/ruff check src scripts tests
	$(BIN)/mypy

# the real MDX compiler, for the tests that ask it; without npm those tests skip and say so
tests/node/node_modules/.package-lock.json: tests/node/package-lock.json
	@if command -v npm >/dev/null; then npm ci --prefix tests/node --no-audit --no-fund --silent; \
	  else echo "npm is not here: the tests that ask the real MDX compiler will be skipped"; fi

test: setup lint tests/node/node_modules/.package-lock.json ## run everything that CI runs
	$(BIN)/benchpost check
	$(BIN)/pytest -n 2 --dist loadfile

bench: setup ## timings against peers, as ratios
	$(BIN)/python scripts/bench.py

lock: ## resolve requirements.in anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --upgrade requirements.in -o requirements.lock

clean: ## remove what is built, keep .venv
	rm -rf site docs/posts docs/catalogue docs/assets/generated .pytest_cache .mypy_cache .ruff_cache
