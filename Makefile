# Every target does all it needs, .venv included; a second call does not install again.
# Each is a thin twin of a command, so nobody needs make: README.md says which.

PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2
# two workers of two threads each only wait for one another
export OPENBLAS_NUM_THREADS = 1
export OMP_NUM_THREADS = 1
SAMPLE ?= glow-skincare
OUT ?= $(SAMPLE)-report

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev report guide shots workshop test test-all test-hard test-browser bench lab lint format answers samples lock clean

help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install into .venv (the other targets do this by themselves)
	@$(PYTHON) scripts/bootstrap.py

setup-dev: ## the same with what testing and measuring take
	@$(PYTHON) scripts/bootstrap.py dev

report: setup ## the report of the first sample: glow-skincare-report/index.html
	@$(BIN)/playbook report $(SAMPLE) --out $(OUT)

workshop: setup ## a workshop for 24 learners: workshop/
	@$(BIN)/playbook workshop workshop

guide: setup ## the playbook as a book to read: playbook-guide/index.html
	@$(BIN)/playbook guide playbook-guide

lab: setup ## the guide in JupyterLab
	@$(BIN)/playbook lab

test: setup-dev lint ## style, unit tests, every notebook on every sample (about 10 minutes)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not slow"

test-all: setup-dev lint ## everything, long simulations too
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

test-hard: setup-dev ## bad input of every kind, and 200 kills of a batch
	@PLAYBOOK_KILLS=$${PLAYBOOK_KILLS:-200} $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests/hard

test-browser: setup-dev ## JupyterLab, report and book in a real browser; installs Chromium where it can, or names it
	@$(PYTHON) scripts/chromium.py
	@$(BIN)/python -m pytest tests/browser

shots: setup-dev ## pictures of report, book and panels to look at: shots/ and docs/
	@$(PYTHON) scripts/chromium.py
	@$(BIN)/python scripts/shots.py

bench: setup-dev ## how fast and how lean: side by side, medians; numbers in bench.json
	@$(BIN)/python -m tests.bench $(ROOMS)

lint: setup-dev ## ruff over code and notebooks; notebooks stripped
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/nbstripout --verify --keep-count --keep-id --extra-keys "metadata.papermill cell.metadata.papermill" notebooks/*.ipynb

format: setup-dev ## mend what ruff can mend, strip notebooks
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format --quiet .
	@$(BIN)/nbstripout --keep-count --keep-id --extra-keys "metadata.papermill cell.metadata.papermill" notebooks/*.ipynb

answers: setup-dev ## fill the kept answers of the notebooks anew, after a change that is meant to change them
	@$(BIN)/python scripts/answers.py

samples: setup ## make data/samples anew from their seeds
	@$(BIN)/python -m playbook.world data/samples

LOCK = uv pip compile --quiet --universal --generate-hashes --no-emit-index-url
lock: ## resolve both lock files anew (needs uv)
	@$(LOCK) --output-file requirements.lock pyproject.toml
	@$(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

clean: ## remove .venv and reports
	@rm -rf .venv *-report playbook-guide shots
