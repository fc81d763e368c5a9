# `make help` lists what there is. Everything runs in .venv/ in this checkout; nothing else on the machine is touched.

VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
SEED ?= 1
EVENTS ?= 20000
FAULTS ?= 20
WORKERS ?= 3
SEEDS ?= 20

.PHONY: help run test check bench bench-feeds faults province services services-stop services-status

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r target what; do printf '%-24s %s\n' "$$target" "$$what"; done

run: $(VENV)/.run ## the demo: an embedded broker, a bundled scenario and the page; needs Python 3.11 or newer only
	@exec $(BIN)/nhip demo

# Most tests wait for a broker most of the time: more processes than cores.
test: $(VENV)/.dev ## all tests; those of real services run when `make services` has started them (ARGS="-k name" chooses)
	@$(BIN)/pytest -n 4 --dist loadfile $(ARGS)

check: $(VENV)/.dev ## style, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(VENV)/.dev ## compiled suites beside Great Expectations; events a second beside stock Faust and raw aiokafka, on one broker
	@$(BIN)/python -m bench.engine
	@$(BIN)/python -m bench $(ARGS)

faults: $(VENV)/.dev ## the whole pipeline on real services under a seeded schedule of faults (SEED EVENTS FAULTS WORKERS)
	@$(BIN)/python -m tests.faults --seed $(SEED) --events $(EVENTS) --faults $(FAULTS) --workers $(WORKERS) $(ARGS)

province: $(VENV)/.dev ## is the verdict true? Nhịp and the rules of others over 20 made-up histories (SEEDS=2 for a look); docs/comparison.md
	@$(BIN)/python -m bench.comparison --seeds $(SEEDS) $(ARGS)

bench-feeds: $(VENV)/.dev ## what a feed weighs, and what a tick costs at which nothing is due; a million feeds, no broker
	@$(BIN)/python -m bench.feeds $(ARGS)

services: $(VENV)/.dev ## real Kafka, PostgreSQL with Debezium, InfluxDB and a mail server on free loopback ports
	@$(BIN)/python -m tests.services start

services-stop: $(VENV)/.dev ## stop them and remove their data
	@$(BIN)/python -m tests.services stop

services-status: $(VENV)/.dev ## which of them run, and where
	@$(BIN)/python -m tests.services status

# A set-up is done once for a state of pyproject.toml and constraints.txt; the stamp remembers it.
$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/.made
	@$(call install,.,what Nhịp needs to run)

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/.made
	@$(call install,.[dev],what Nhịp and its tests need)
	@touch $(VENV)/.run

$(VENV)/.made:
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Making $(VENV)/ with $$($$python --version)"; \
			$$python -m venv $(VENV) && touch $@; exit $$?; \
		fi; \
	done; \
	echo "Nhịp needs Python 3.11 or newer; found: $$(python3 --version 2>/dev/null || echo none). Install one so that python3 or python3.11 … python3.14 runs it." >&2; exit 1

# $(1) what to install, $(2) in words. The count goes on while pip works; its whole output is in $(VENV)/pip.log.
define install
echo "Installing $(2) into $(VENV)/: one or two minutes, this once"; \
rm -f $@; \
{ $(BIN)/python -m pip install --progress-bar off -c constraints.txt -e '$(1)' 2>&1 && touch $@; } | tee $(VENV)/pip.log | { \
	count=0; test -t 1 && step='\r  %s packages found' || step=; while IFS= read -r line; do case $$line in \
	Collecting*) count=$$((count + 1)); printf "$$step" $$count;; \
	Installing\ collected*) printf '\r  installing %s packages   ' $$count;; \
	esac; done; echo; }; \
test -e $@ || { tail -n 15 $(VENV)/pip.log >&2; echo "pip could not install; its whole output is $(VENV)/pip.log" >&2; exit 1; }; \
echo "Installed."
endef
