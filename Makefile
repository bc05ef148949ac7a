# The few commands of the project; `make` alone lists them.
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup develop run test check format texts bench clean

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.run  ## make .venv with everything the server needs, and `enlist` in it

develop: $(VENV)/.develop  ## setup, and what tests, checks and the benchmark need

run: setup  ## set up and serve the demo (Ctrl-C stops it)
	$(BIN)/enlist demo

test: develop  ## install what is missing, run all checks and all tests
	scripts/need chromium
	$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: develop  ## lint, types, architecture, texts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	scripts/texts --check

format: develop  ## put the code into the one layout
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

texts: develop  ## bring the catalogues of src/enlist/locale up to date with what code and templates say
	scripts/texts

bench: develop  ## measure a fresh server beside pgbench, reports, segments, orders and clicks over millions of rows; some 30 minutes
	scripts/need wrk
	$(BIN)/python -m bench
	$(BIN)/python -m bench.several
	$(BIN)/python -m bench.statistics
	$(BIN)/python -m bench.segments
	$(BIN)/python -m bench.shop
	$(BIN)/python -m bench.affiliates
	$(BIN)/python -m bench.events

clean:  ## remove what was built (not the data)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .bench build src/*.egg-info

$(VENV)/.run: requirements/run.txt pyproject.toml scripts/geo
	scripts/install $(VENV) requirements/run.txt
	scripts/geo $(VENV)
	touch $@

$(VENV)/.develop: $(VENV)/.run requirements/develop.txt
	scripts/install $(VENV) requirements/develop.txt
	touch $@
