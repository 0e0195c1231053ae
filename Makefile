# The verbs of this repository. Hooks and CI call these and nothing else.
# Every verb installs what it needs, once; the only things to have are Python >= 3.11, make and git.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
# A folder of schema sources with an index; answers in place of the network.
MIRROR ?=
# More arguments for `test` and all `bench` verbs.
ARGS ?=

VENV := .venv
PYTHON_READY := $(VENV)/.ready
NODE_READY := node_modules/.ready

# Tools come from the lock files alone, Node from PyPI too; nothing has to be activated.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
# Where it is set, each process compiles the generated bindings again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(PYTHON_READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed")'
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@# uv in the lock's version, checked against the lock's digests, installs the rest
	awk '/^uv==/ { found = 1 } found { print } found && !/\\$$/ { exit }' requirements.lock > $(VENV)/uv.lock
	python -m pip install --quiet --disable-pip-version-check --no-deps \
		--require-hashes --requirement $(VENV)/uv.lock
	uv pip install --quiet --require-hashes -r requirements.lock
	uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(NODE_READY): package-lock.json package.json .npmrc | $(PYTHON_READY)
	npm ci --ignore-scripts --no-progress --loglevel=error
	touch $@

.PHONY: setup
setup: $(PYTHON_READY) $(NODE_READY) ## Install everything now

.PHONY: synth
synth: $(PYTHON_READY) ## Write dist/
	kubestrata synth

.PHONY: test
# node_modules is for one test: `cdk8s synth` writes the same bytes.
test: $(PYTHON_READY) $(NODE_READY) ## Run all tests; ARGS="-k route" for some
	@# for a few tests, starting other processes would cost more than it saves
	pytest $(if $(filter -k,$(ARGS)),-n 0,-n auto --dist worksteal) $(ARGS)

.PHONY: breadth
breadth: $(PYTHON_READY) ## Type-check the code of all available schema sources
	pytest -m breadth $(ARGS)

.PHONY: lint
lint: $(PYTHON_READY) imports-check ## Style, layers, and generated code untouched
	ruff check
	ruff format --check
	lint-imports --no-logo

.PHONY: types
types: $(PYTHON_READY) ## mypy and pyright, both strict
	mypy lib imports charts tests benchmarks main.py
	basedpyright

.PHONY: drift
drift: $(PYTHON_READY) ## Fail if dist/ is not what the code synthesizes
	kubestrata diff

.PHONY: check
check: drift lint ## All checks before a commit

.PHONY: fmt
fmt: $(PYTHON_READY) ## Format, and fix what can be fixed safely
	ruff check --fix-only
	ruff format

.PHONY: imports
imports: $(PYTHON_READY) ## Generate imports/kubeapis; MIRROR=folder reads that, not the network
	kubestrata import $(if $(MIRROR),--mirror $(MIRROR))

.PHONY: imports-check
imports-check: $(PYTHON_READY) ## Fail if imports/ was edited; MIRROR=folder generates and compares
	kubestrata import --check $(if $(MIRROR),--mirror $(MIRROR))

.PHONY: bench
bench: $(PYTHON_READY) $(NODE_READY) ## Measure side by side, and print the tables
	$(if $(MIRROR),KUBESTRATA_MIRROR=$(abspath $(MIRROR))) python benchmarks/run.py $(ARGS)

.PHONY: bench-alternatives
bench-alternatives: $(PYTHON_READY) $(NODE_READY) ## The same objects by KCL, Helm, kustomize, ...
	python benchmarks/run_alternatives.py $(ARGS)

.PHONY: bench-bindings
bench-bindings: $(PYTHON_READY) $(NODE_READY) ## The same for bindings; needs MIRROR=folder
	$(if $(MIRROR),KUBESTRATA_MIRROR=$(abspath $(MIRROR))) python benchmarks/run_bindings.py $(ARGS)

.PHONY: bench-check
bench-check: $(PYTHON_READY) ## Measure the speed of checks, side by side; ARGS="--alone"
	python benchmarks/check_speed.py $(ARGS)

.PHONY: bench-trees
bench-trees: $(PYTHON_READY) ## Measure checks of whole trees; ARGS="FOLDER..." for others
	python benchmarks/tree_speed.py $(ARGS)

.PHONY: bench-platforms
bench-platforms: $(PYTHON_READY) ## Measure the platforms of this repository, in lines and seconds
	python benchmarks/platforms.py $(ARGS)

.PHONY: knowledge
knowledge: $(PYTHON_READY) ## Write the JSON files that hold the facts of lib/kubestrata/knowledge
	python -m kubestrata.knowledge

.PHONY: docs
docs: $(PYTHON_READY) ## Write the generated pages of docs/reference
	python -m tests.docs.command_page
	python -m tests.docs.policy_page
	python -m tests.docs.example_file
	python -m tests.docs.contract_schema
	python -m tests.docs.component_table
	for group in graph references substitution secrets schema policy change configured check; do \
		kubestrata check --explain $$group > docs/reference/rules/$$group.md; done

.PHONY: lock
lock: $(PYTHON_READY) ## Pin again what pyproject.toml and package.json allow
	uv pip compile pyproject.toml --quiet --group dev --universal --python-version 3.11 --no-header \
		--no-emit-index-url --generate-hashes --output-file requirements.lock
	npm install --package-lock-only --ignore-scripts --no-progress --loglevel=error

.PHONY: clean
clean: ## Remove what is not committed: environments and caches
	rm -rf $(VENV) node_modules build benchmarks/.cache
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
