# The two commands a newcomer needs: `make run` and `make test`. `make check` is what CI runs.
PYTHON ?= python3
VENV := .venv
AUDIT := .venv-audit
OTHERS ?= .venv-others
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
COMPILE := $(AUDIT)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

# Where this is set, each of the hundreds of processes of the tests compiles the whole program again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run demo setup doctor test test-quick test-system check format lint types bench schemathesis chaos chaos-generation chaos-faults soak demo-data bench-pages bench-others messages lock licences audit sbom clean

run: setup
	@$(BIN)/python main.py

demo: setup
	@DEMO=true $(BIN)/python main.py run /demo

setup: $(VENV)/installed

doctor: setup
	@./serenade doctor

$(VENV)/installed: requirements.lock
	@$(PYTHON) embedded/platforms.py
	@echo "Installing Serenade into $(VENV) (once, about half a minute)."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements.lock
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	@$(PIP) -r requirements-dev.lock
	@$(BIN)/python tools/install_browser.py
	@$(BIN)/python tools/install_servers.py
	@touch $@

# Three processes share the tests, each on stores of its own: on two cores, what one of them waits for fills the others' time
# (docs/decisions/0038, 0047). AT_ONCE=0: one process.
AT_ONCE ?= 3
# Tests that timed out are run again and listed (docs/decisions/0035); failed assertions never are.
PYTEST := $(BIN)/pytest -n $(AT_ONCE) --dist loadscope --no-loadscope-reorder \
	--reruns 2 --only-rerun TimeoutError --only-rerun "with timeout" --only-rerun "in vain for" -r fER

test: test-quick test-system

# Tests that need no stores, no browser and no running product.
test-quick: $(VENV)/installed-dev
	@TESTS_WITHOUT_STORES=1 TEST_DURATIONS=test-durations-quick.txt $(PYTEST) -m "not system"

# Tests that need them.
test-system: $(VENV)/installed-dev
	@$(PYTEST) -m system

check: export CHAOS_PAYMENTS ?= 30
check: format lint types test

format: $(VENV)/installed-dev
	@$(BIN)/ruff format --check .

lint: $(VENV)/installed-dev
	@$(BIN)/ruff check .

types: $(VENV)/installed-dev
	@$(BIN)/mypy

bench: $(VENV)/installed-dev
	@$(BIN)/python -m bench

schemathesis: $(VENV)/installed-dev
	@SCHEMATHESIS_EXAMPLES=300 $(BIN)/pytest tests/test_document.py -k every_answer_stands_in

chaos: $(VENV)/installed-dev
	@$(BIN)/python -m bench.chaos $(PAYMENTS) $(if $(SEED),--seed $(SEED))

chaos-generation: $(VENV)/installed-dev
	@$(BIN)/python -m bench.chaos_generation $(TIMES) $(if $(SEED),--seed $(SEED))

chaos-faults: $(VENV)/installed-dev
	@$(BIN)/python -m bench.chaos_faults $(if $(ORDERS),--orders $(ORDERS)) $(if $(FAULTS),--faults $(FAULTS)) $(if $(SEED),--seed $(SEED))

soak: $(VENV)/installed-dev
	@$(BIN)/python -m bench.soak $(MINUTES)

demo-data: setup
	@$(BIN)/python -m bench.demo_data

bench-pages: $(VENV)/installed-dev
	@$(BIN)/python -m bench.pages $(PAGES)

# The same grid in Streamlit and Gradio, which are installed apart (660 MB).
bench-others: $(VENV)/installed-dev $(OTHERS)/installed
	@OTHERS=$(OTHERS) $(BIN)/python -m bench others

$(OTHERS)/installed: bench/requirements-others.txt
	@$(PYTHON) -m venv $(OTHERS)
	@$(OTHERS)/bin/pip install --quiet --disable-pip-version-check -r bench/requirements-others.txt
	@touch $@

# Add new texts of the source to every catalogue in locale/, empty; remove those that are gone.
messages: $(VENV)/installed-dev
	@$(BIN)/python -m tools.messages

# Every package that is installed, in one version, with the hashes of its files (docs/production.md, "Supply chain").
lock: $(AUDIT)/installed
	@$(COMPILE) requirements.txt -o requirements.lock
	@$(COMPILE) requirements-dev.txt -c requirements.lock -o requirements-dev.lock
	@$(MAKE) --no-print-directory $(VENV)/installed-dev licences

licences: $(VENV)/installed-dev
	@$(BIN)/python -m tools.licence_list

# Known weaknesses of what is locked; asks PyPI.
audit: $(AUDIT)/installed
	@$(AUDIT)/bin/pip-audit --disable-pip --strict -r requirements.lock

sbom: $(AUDIT)/installed $(VENV)/installed
	@$(AUDIT)/bin/cyclonedx-py environment $(VENV) --output-reproducible --of JSON -o sbom.cdx.json

$(AUDIT)/installed: requirements-audit.txt
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/pip install --quiet --disable-pip-version-check -r requirements-audit.txt
	@touch $@

# What was installed, and nothing else: `data` holds orders, the database and its secrets.
clean:
	rm -rf $(VENV) $(AUDIT) .venv-others
