# `make` lists what there is. Everything is set up from the locks the first time it is needed; the second run is quick.

PYTHON ?= python3
# One more than cores: many tests wait for a process of their own.
JOBS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
VENV := .venv
BIN := $(VENV)/bin
DEMO_HOME := .pincite/demo
EVAL_RUN := evals/results/runs/ci.jsonl

# Two states of .venv: what running needs, and on top of it the tools of development. The versions are the same, so a
# checkout that has the second never goes back to the first.
RUN_STAMP := $(VENV)/.stamp-run
DEV_STAMP := $(VENV)/.stamp-dev
READY := $(if $(wildcard $(DEV_STAMP)),$(DEV_STAMP),$(RUN_STAMP))
INSTALL := PYTHON="$(PYTHON)" packaging/install.sh $(VENV)

# Nothing started from here phones home (each is explained in .env.example). LANGSMITH_TRACING is not among them: off
# when unset, and a value here would win over the one in .env.
export LANGSMITH_USE_DAEMON ?= true
export LANGGRAPH_CLI_NO_ANALYTICS ?= 1
export LANGGRAPH_NO_VERSION_CHECK ?= true
export LANGGRAPH_STRICT_MSGPACK ?= true
export GUARDRAILS_RUN_SYNC ?= true
export LITELLM_LOCAL_MODEL_COST_MAP ?= True
export ANONYMIZED_TELEMETRY ?= False
export ORT_DISABLE_TELEMETRY ?= 1
export HF_HUB_OFFLINE ?= 1
export HF_HUB_DISABLE_TELEMETRY ?= 1
export DO_NOT_TRACK ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo serve dev studio test coverage lint format lock screens samples eval eval-baseline bench-retrieval build clean

help:
	@echo "Pincite: answers over your own documents, with every sentence pinned to the exact words."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY)  ## Install what running needs into .venv (the first time, or when the lock changed)

setup-dev: $(DEV_STAMP)  ## … and the tools of development: tests, checks, evaluation

demo: $(READY)  ## Index the sample documents and ask the demo questions: no key, no server
	@PINCITE_HOME=$(DEMO_HOME) $(BIN)/pincite add samples/documents --source samples
	@PINCITE_HOME=$(DEMO_HOME) packaging/demo.sh $(BIN)/pincite samples/demo-questions.txt

serve: $(READY)  ## Serve the pages (/) and the HTTP API, described at /docs
	$(BIN)/pincite serve

dev: $(DEV_STAMP)  ## Run the graph under `langgraph dev`, closed to web pages
	$(BIN)/langgraph dev --no-browser --n-jobs-per-worker 10

# Over what langgraph.json says: Studio is a page of this one host, which may then ask by your browser.
studio: export CORS_CONFIG := {"allow_origins": ["https://smith.langchain.com"], "allow_methods": ["*"], "allow_headers": ["*"]}
studio: dev  ## … open to the page of LangGraph Studio

test: export LANGSMITH_TRACING := false
test: export LANGSMITH_TEST_TRACKING := false
# Hundreds of processes are started, and each would compile the source again where this is set.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(DEV_STAMP)  ## Run the tests, JOBS at a time (one more than there are cores)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

coverage: export LANGSMITH_TRACING := false
coverage: export LANGSMITH_TEST_TRACKING := false
coverage: $(DEV_STAMP)  ## Run the tests and say which branches they reach; fails below the floor in pyproject.toml
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal --cov --cov-report=term:skip-covered

lint: $(DEV_STAMP)  ## Check style, types and the one-way stairs
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(DEV_STAMP)  ## Put the source into the house style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock:  ## Resolve the dependencies anew into the two lock files (UPGRADE=1: newest versions)
	PYTHON="$(PYTHON)" packaging/lock.sh $(if $(UPGRADE),--upgrade)

screens: $(DEV_STAMP)  ## Take a picture of every page into docs/screens
	$(BIN)/python packaging/screens.py $(BIN)

samples: $(DEV_STAMP)  ## Make the sample documents again
	$(BIN)/python samples/build.py

eval: $(DEV_STAMP)  ## Run our own questions, compare with the baseline, write the report: no key, offline
	@$(BIN)/pincite eval run --no-upload --out $(EVAL_RUN)
	@$(BIN)/pincite eval compare baseline $(EVAL_RUN); verdict=$$?; \
	$(BIN)/pincite eval report $(EVAL_RUN) && exit $$verdict
	@$(BIN)/python -m evals.benchmarks.citing.verdict_errors --gate

eval-baseline: $(DEV_STAMP)  ## Run our own questions and keep the run as the baseline
	@$(BIN)/pincite eval run --no-upload --out $(EVAL_RUN)
	@$(BIN)/pincite eval baseline $(EVAL_RUN)

bench-retrieval: $(DEV_STAMP)  ## Measure retrieval on the evaluation sets
	$(BIN)/python -m evals.benchmarks.finding.retrieval

build: $(DEV_STAMP)  ## Build the wheel and the source archive into dist/
	$(BIN)/python -m build --no-isolation
	$(BIN)/python -m build --no-isolation --wheel --outdir dist packaging/evals

clean:  ## Remove .venv, caches, build output and the demo's data
	rm -rf $(VENV) $(DEMO_HOME) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN_STAMP): requirements.lock pyproject.toml packaging/install.sh
	@$(INSTALL) requirements.lock
	@touch $@

$(DEV_STAMP): requirements-dev.lock pyproject.toml packaging/evals/pyproject.toml packaging/install.sh
	@$(INSTALL) requirements-dev.lock
	@touch $@
