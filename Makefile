# Fengsui. `make demo` opens a running city; `make test` runs everything. Nothing needs root but `make system-deps`.

PYTHON ?= python3
DATA ?= fengsui-demo$(if $(OSM),-$(firstword $(subst ., ,$(notdir $(OSM)))))
ARGS ?=

UV = .tools/bin/uv
BIN = .venv/bin
INSTALL = $(UV) pip install --quiet --python .venv --require-hashes
OURSELVES = $(UV) pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
# Two processes; a file stays with one of them, and so do the cities that it shares. Browsers run alone: one fills two cores.
TWO_AT_A_TIME = $(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

.PHONY: demo test check test-long setup system-deps docs vendor lock translations clean

demo: .venv/.base
	@$(BIN)/fengsui demo --data $(DATA) $(if $(OSM),--osm $(OSM)) $(ARGS)

test: .venv/.test check docs
	$(TWO_AT_A_TIME) -m "not (long or browser or committed)"
	$(TWO_AT_A_TIME) -m "committed and not (long or browser)"
	$(BIN)/pytest -m "browser and not long"

test-long: .venv/.test check docs
	FENGSUI_TEST_PROFILE=long $(TWO_AT_A_TIME) -m "not (browser or committed)"
	FENGSUI_TEST_PROFILE=long $(TWO_AT_A_TIME) -m "committed and not browser"
	FENGSUI_TEST_PROFILE=long $(BIN)/pytest -m browser

check: .venv/.test
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	FENGSUI_DATA=.venv/no-data $(BIN)/python -m django makemigrations --check --dry-run --settings fengsui.settings
	$(BIN)/python scripts/translations.py --check
	$(BIN)/python scripts/vendor_map.py --check

docs: .venv/.test
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs docs/_build

setup: .venv/.peers

system-deps:
	@[ "$$(id -u)" = 0 ] || { echo "make system-deps installs Debian packages: run it as root."; exit 1; }
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	  python3-venv chromium postgresql mosquitto mosquitto-clients fonts-noto-cjk

# Renew what is fixed by locks: the map library's files, the hashed requirements, the translations.
vendor: .venv/.test
	$(BIN)/python scripts/vendor_map.py

lock: $(UV)
	@for set in base bench docs test peers; do \
	  $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --no-header $$([ $$set = base ] || echo --extra $$set) pyproject.toml requirements/build.in -o requirements/$$set.txt; \
	done
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header requirements/tools.in -o requirements/tools.txt

translations: .venv/.test
	$(BIN)/python scripts/translations.py

clean:
	rm -rf .venv .tools docs/_build

# The installer lives outside .venv, so that the product's own folder holds the product only.
$(UV): requirements/tools.txt
	@command -v $(PYTHON) >/dev/null || { echo "Fengsui needs Python 3.11 or newer: on Debian, apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Fengsui needs Python 3.11 or newer; this is $$($(PYTHON) -V). Name another: make PYTHON=python3.12 demo"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Fengsui needs Python's venv: on Debian, apt install python3-venv"; exit 1; }
	@echo "preparing the installer"
	@$(PYTHON) -m venv .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
	@touch $(UV)

.venv/.base: $(UV) requirements/base.txt pyproject.toml
	@echo "installing what Fengsui needs"
	@[ -x $(BIN)/python ] || $(UV) venv --quiet .venv --python $(PYTHON)
	@$(INSTALL) -r requirements/base.txt
	@$(OURSELVES)
	@touch $@

.venv/.test: .venv/.base requirements/test.txt
	@echo "installing what the tests need"
	@$(INSTALL) -r requirements/test.txt
	@touch $@

.venv/.peers: .venv/.test requirements/peers.txt
	@echo "installing the programs to compare with"
	@$(INSTALL) -r requirements/peers.txt
	@touch $@
