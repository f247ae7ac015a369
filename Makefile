# Two commands do everything: `make lab` opens the lessons, `make test` runs every check.
PYTHON ?= python3
BIN := .venv/bin

# Each of two workers computes on its half of the cores: with more threads than cores they wait for one another.
SHARE = $(shell $(PYTHON) -c 'import os; print(max(1, os.cpu_count() // 2))')
THREADS = TF_NUM_INTRAOP_THREADS=$(SHARE) OPENBLAS_NUM_THREADS=1

# Empty, but where the checkout was moved or copied: its environment still imports nnlib from the old folder.
MOVED := $(shell [ ! -f .venv/installed ] || [ "$$(cat .venv/installed)" = "$$PWD" ] || echo moved)
READY := .venv/installed $(MOVED)

# Without compiled files each start of Python compiles all of Keras anew, some seconds long.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: lab notebooks book test lint executed bench compat pins clean moved

.venv/installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed, and $(PYTHON) is `$(PYTHON) --version 2>&1`. Name another: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up the environment in .venv (a minute or two, once)"
	$(PYTHON) -m venv .venv
	# uv takes a fifth of pip's time. Where it is not to be had, or does not reach the packages, pip does the work.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check `grep '^uv==' requirements.txt` \
	  && $(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.txt \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m jupyterlab.labextensions disable --level=sys_prefix @jupyterlab/apputils-extension:announcements >/dev/null 2>&1
	@pwd > $@

moved:
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	@pwd > .venv/installed

# The matrices of the lessons are small: the threads of NumPy and scikit-learn wait for one another longer than they
# compute (logistic regression in lesson 08: 25 s with two, 4 s with one).
lab: export OPENBLAS_NUM_THREADS = 1
lab: $(READY)  ## open JupyterLab on the lessons
	$(BIN)/python -m jupyterlab --ip=localhost $(if $(filter 0,$(shell id -u)),--allow-root) notebooks

notebooks: $(READY)  ## execute the lessons and exercises that changed (ALL=1: every one)
	$(THREADS) $(BIN)/python -m tools.build build $(if $(ALL),--all)
	$(THREADS) $(BIN)/python -m tools.exercises build $(if $(ALL),--all)

book: $(READY)  ## the web book, in book/_build/html
	$(BIN)/python -m tools.book

test executed: export NNLIB_STRICT = 1
test executed: export TF_FORCE_GPU_ALLOW_GROWTH = true
test: lint  ## lint, style of the notebooks, unit tests, every notebook
	$(THREADS) $(BIN)/python -m pytest -n 2 --durations=10
	$(MAKE) --no-print-directory executed

lint: $(READY)  ## form, types, and dependencies: declared = used; pre-commit runs it too
	$(BIN)/python -m ruff check
	$(BIN)/python -m ruff format --check
	$(BIN)/python -m mypy
	$(BIN)/python -m deptry nnlib
	$(BIN)/python -m deptry nnlib tools tests/*/ tests benchmarks notebooks/src --non-dev-dependency-groups lessons,checks,book

executed: $(READY)  ## every notebook, as the last part of `make test`
	rm -rf executed && mkdir -p executed/solutions && cp notebooks/*.ipynb executed
	cp notebooks/solutions/*.ipynb executed/solutions
	# The long lessons first and one at a time, so that both workers are ready together.
	$(THREADS) $(BIN)/python -m pytest -p tools.replies -n 2 --dist=load --maxschedchunk=1 \
	  --nbmake --nbmake-kernel=python3 --nbmake-timeout=120 --overwrite \
	  executed/1[0-3]_*.ipynb executed/0[89]_*.ipynb executed/0[47]_*.ipynb executed/*.ipynb executed/solutions/*.ipynb

bench: $(READY)  ## timings side by side with plain Keras
	$(BIN)/python benchmarks/run.py

compat: $(READY)  ## nnlib with older and the newest TensorFlow and Keras
	$(BIN)/python -m tools.compat

pins: $(READY)  ## renew requirements.txt from the ranges in pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --group lessons --group checks --group book --group commands --universal \
	  --python-version 3.11 --no-header --no-annotate --upgrade --output-file requirements.txt
	echo "-e ." >> requirements.txt

clean:  ## remove the environment and what tools leave behind
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache *.egg-info executed book/_build
