# Two commands do everything: `make lab` opens the lessons, `make test` runs every check.
PYTHON ?= python3
BIN := .venv/bin
# A GPU takes one notebook at a time, two cores take two.
WORKERS := $(if $(shell command -v nvidia-smi 2>/dev/null),1,2)

# Each notebook computes on its share of the cores: with more threads than cores they wait for one another.
SHARE = $(shell $(PYTHON) -c 'import os; print(max(1, os.cpu_count() // $(WORKERS)))')
THREADS = TF_NUM_INTRAOP_THREADS=$(SHARE) OPENBLAS_NUM_THREADS=$(SHARE)

.PHONY: lab notebooks test executed bench compat pins clean

.venv/installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed, and $(PYTHON) is `$(PYTHON) --version 2>&1`. Name another: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up the environment in .venv (two minutes, once)"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/jupyter labextension disable --level=sys_prefix @jupyterlab/apputils-extension:announcements >/dev/null 2>&1
	@touch $@

lab: .venv/installed  ## open JupyterLab on the lessons
	$(BIN)/jupyter lab --ip=localhost $(if $(filter 0,$(shell id -u)),--allow-root) notebooks

notebooks: .venv/installed  ## execute the lessons that changed (ALL=1: every lesson)
	$(THREADS) $(BIN)/python -m tools.build build $(if $(ALL),--all)

test executed: export NNLIB_STRICT = 1
test executed: export TF_FORCE_GPU_ALLOW_GROWTH = true
test: .venv/installed  ## lint, unit tests, style of the notebooks, every notebook
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m pytest -n 2
	$(MAKE) --no-print-directory executed

executed: .venv/installed  ## every notebook, as the last part of `make test`
	rm -rf executed && mkdir executed && cp notebooks/*.ipynb executed
	# The odd lessons for one worker, the even ones for the other: the long ones are neighbours. Who is ready first helps.
	$(THREADS) $(BIN)/python -m pytest -p tools.replies -n $(WORKERS) --dist=worksteal \
	  --nbmake --nbmake-kernel=python3 --nbmake-timeout=120 --overwrite \
	  executed/?[13579]_*.ipynb executed/?[02468]_*.ipynb

bench: .venv/installed  ## timings side by side with plain Keras
	$(BIN)/python benchmarks/run.py

compat: .venv/installed  ## nnlib with older and the newest TensorFlow and Keras
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/python -m tools.compat

pins: .venv/installed  ## renew requirements.txt from the ranges in pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --no-header --no-annotate --upgrade --output-file requirements.txt
	echo "-e ." >> requirements.txt

clean:  ## remove the environment and what tools leave behind
	rm -rf .venv .pytest_cache .ruff_cache *.egg-info executed notebooks/.build.json
