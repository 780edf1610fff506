# ClinicDesk: every target does its own set-up on a fresh Debian 12 or Ubuntu with python3, make and a network.

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SYSTEM_PACKAGES := python3-venv libgl1 libegl1 libxkbcommon0 libfontconfig1 libfreetype6 libglib2.0-0 libdbus-1-3 \
	libx11-6 libzstd1 fonts-inter fonts-noto-core fonts-dejavu-core
ONLY ?=
BREAK ?=
SEEDS ?= 300
MINUTES ?= 5
SEED ?=

export PYTHONPATH := $(CURDIR)/src:$(CURDIR)

.PHONY: demo tour test prove soak mutation lint bench bench-full package clean setup system lock compiled
.DEFAULT_GOAL := demo

setup: $(READY)

system:
	@bash packaging/system-packages.sh $(SYSTEM_PACKAGES)

$(READY): requirements/dev.txt requirements/tools.txt pyproject.toml | system
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

# Programs start from compiled modules also where Python is told to write none.
compiled: $(READY)
	@$(BIN)/python -m compileall -q src bench tour

demo: compiled
	$(BIN)/python -m clinicdesk.bootstrap.demo

tour: compiled
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tour $(if $(BREAK),--break $(BREAK))

test: compiled
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m clinicdesk.storage.prove_schema

# The long proofs, and the sync suite once more with every request doubled and with every answer lost.
prove: compiled
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 2 --dist worksteal -m "prove or delivered" \
		--delivery twice --delivery each-answer-lost

soak: compiled
	$(BIN)/python -m tests.simulation.soak --seeds $(SEEDS) --minutes $(MINUTES) $(if $(SEED),--seed $(SEED),--all)

# Changes one operator, word or number of the merge at a time; the tests have to notice all but the listed ones.
mutation: compiled
	$(BIN)/python -m tests.mutation.mutation

bench: compiled
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m bench $(if $(ONLY),--only $(ONLY))

bench-full: compiled
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m bench --full

package: $(READY)
	bash packaging/build.sh

lock: $(READY)
	bash requirements/lock.sh

clean:
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
