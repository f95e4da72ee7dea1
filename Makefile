# Bare `make` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench updates chaos parity-record parity-mutants compatibility protocol-cases fuzz server-chaos clean

help:  ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# One virtual environment for everything, made with uv when it is there, else with pip.
$(READY): pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
		{ [ -x $(BIN)/python ] || uv venv --quiet --python $(PYTHON) $(VENV); } && \
		uv pip install --quiet --python $(BIN)/python --compile-bytecode -e '.[dev]'; \
	else \
		{ [ -x $(BIN)/pip ] || $(PYTHON) -m venv $(VENV); } && \
		$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'; \
	fi
	@touch $(READY)

demo: $(READY)  ## Train, deploy and query a model on real house sales
	@$(BIN)/python examples/house_prices.py

test: $(READY)  ## Run the test suite
	@$(BIN)/python -m pytest -n auto --dist loadgroup -m 'not chaos' $(ARGS)

lint: $(READY)  ## Check format, style, types and who imports whom
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(READY)  ## Rewrite the code in the project's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(READY)  ## Measure, as ratios against what a user would pick instead
	@$(BIN)/python -m benchmarks $(ARGS)

updates: $(READY)  ## Update an endpoint under 10,000 requests, of which none may fail
	@UPDATE_REQUESTS=10000 $(BIN)/python -m pytest tests/e2e/test_updates.py -k under_load_lose $(ARGS)

chaos: $(READY)  ## Kill every process of the engine at random, 100 times
	@$(BIN)/python -m pytest -m chaos tests/e2e $(ARGS)

parity-record:  ## Record what genuine v2 does, with GENUINE_PYTHON=python that has sagemaker 2.257.7; TOPICS= some only
	@$(GENUINE_PYTHON) -m tests.parity.record $(TOPICS)

parity-mutants: $(READY)  ## Change 200 recorded requests a little, of which the comparison has to notice each
	@MUTANTS=$(or $(MUTANTS),200) $(BIN)/python -m pytest tests/parity/test_mutants.py $(ARGS)

compatibility: $(READY)  ## Write the compatibility tables of the docs afresh
	@$(BIN)/python -m tests.parity.pages

protocol-cases: $(READY)  ## Run botocore's protocol cases of a checkout, CASES=botocore/tests/unit/protocols, in reverse
	@PROTOCOL_CASES=$(CASES) $(BIN)/python -m pytest tests/protocol/test_cases.py $(ARGS)

fuzz: $(READY)  ## Send REQUESTS=100000 random requests to the gateway, of which none may find a defect
	@$(BIN)/python -m tests.property.wire.campaign --requests $(or $(REQUESTS),100000) $(ARGS)

server-chaos: $(READY)  ## Kill the shared engine's server while many write, 200 times
	@SERVER_CHAOS_ROUNDS=$${SERVER_CHAOS_ROUNDS:-200} $(BIN)/python -m pytest tests/e2e/test_server_chaos.py $(ARGS)

clean:  ## Remove what the targets made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build
