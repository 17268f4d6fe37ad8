# A bare `make` lists what there is. Everything runs in .venv, which make itself sets up with
# pip and the lock; nothing is written outside this folder but pip's own download cache.

PYTHON ?= python3
TEXTS ?=
DATA ?=
EDITION ?=
SET ?=
N ?=
A ?=
B ?=
TEXT ?=
DATE ?=
GRID ?=
ARGS ?=
export TEXTS DATA EDITION SET N A B TEXT DATE GRID

python = .venv/bin/python
briefing = $(python) -m briefing

# What a notebook loses on its way into a commit: outputs and counts, and what JupyterLab changes by
# itself when it runs a cell or hides what it shows. Kernelspec, tags, cell ids and folded code stay.
strip = $(python) -m nbstripout --keep-id --extra-keys "metadata.language_info metadata.papermill \
  metadata.toc-autonumbering metadata.toc-showcode metadata.toc-showmarkdowntxt metadata.toc-showtags \
  cell.metadata.editable cell.metadata.jp-MarkdownHeadingCollapsed cell.metadata.jupyter.outputs_hidden \
  cell.metadata.papermill cell.metadata.slideshow"

# The same result on every machine, whatever its user has set for Jupyter, IPython or matplotlib.
export PYTHONPATH := $(CURDIR)/notebooks
export PYTHONHASHSEED := 0
export PYTHONUTF8 := 1
export TZ := UTC
export LC_ALL := C.UTF-8
cache := $(CURDIR)/build/.cache
export IPYTHONDIR := $(cache)/ipython
export JUPYTER_CONFIG_DIR := $(cache)/jupyter/config
export JUPYTER_DATA_DIR := $(cache)/jupyter/data
export JUPYTER_RUNTIME_DIR := $(cache)/jupyter/runtime
export MPLCONFIGDIR := $(cache)/matplotlib
export HYPOTHESIS_STORAGE_DIRECTORY := $(cache)/hypothesis
export RUFF_CACHE_DIR := $(cache)/ruff
export UV_CACHE_DIR := $(cache)/uv
unexport MPLBACKEND MATPLOTLIBRC JUPYTER_PATH JUPYTER_CONFIG_PATH

# Shell that gathers what was asked for into "$$@"; a variable that is not given adds nothing.
sources = $${TEXTS:+--texts "$$TEXTS"} $${DATA:+--data "$$DATA"}
options = set -f; for each in $$SET; do set -- "$$@" --set "$$each"; done; \
  set -- $${EDITION:+--edition "$$EDITION"} $(sources) "$$@"

.DEFAULT_GOAL := help
.PHONY: help briefing chapter sweep compare check article accept parameters bench lab figures site test fuzz audit lint format lock filter clean

help: ## list what make can do
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile
	@echo
	@printf '%s\n' \
	  'TEXTS=DIR     where the texts of the articles lie        make briefing TEXTS=../articles' \
	  'DATA=DIR      another dossier than data/                 make check DATA=tests/dossier' \
	  'EDITION=NAME  a parameter set of notebooks/editions/     make briefing EDITION=without-opinion' \
	  'SET="A=B C=D" single parameters; see make parameters     make briefing SET="year=2023 scale=log"' \
	  'TEXT=FILE     the text of the next article               make article TEXT=data/texts/next.txt' \
	  'GRID=FILE     lists of values by parameter               make sweep GRID=notebooks/grids/what-counts.yaml' \
	  'A=, B=        editions, or folders of builds             make compare A=default B=build/before' \
	  'ARGS=OPTIONS  more for pytest, JupyterLab or the lock    make test ARGS="-k value"' \
	  'PYTHON=NAME   the Python to make .venv with, >= 3.11     make briefing PYTHON=python3.12'

briefing: .venv/.installed ## build the briefing, HTML and PDF (TEXTS= DATA= EDITION= SET=)
	@$(options); $(briefing) build "$$@"

chapter: .venv/.installed ## build one chapter: N=1-trade (TEXTS= DATA= EDITION= SET=)
	@test -n "$$N" || { echo 'Which chapter? For example: make chapter N=1-trade' >&2; exit 2; }
	@$(options); $(briefing) chapter "$$N" "$$@"

sweep: .venv/.installed ## build many editions, side by side: GRID=FILE (TEXTS= DATA= ARGS="--dask ADDRESS")
	@test -n "$$GRID" || { \
	  echo 'Which grid? For example: make sweep GRID=notebooks/grids/what-counts.yaml' >&2; exit 2; }
	@$(briefing) sweep "$$GRID" $(sources) $(ARGS)

compare: .venv/.installed ## compare two editions, or folders of builds: A= B= (TEXTS= DATA=)
	@test -n "$$A" && test -n "$$B" || { \
	  echo 'Which two? For example: make compare A=default B=without-opinion' >&2; exit 2; }
	@$(briefing) compare "$$A" "$$B" $(sources)

check: .venv/.installed ## check the dossier, with TEXTS= against the articles (DATA=)
	@$(briefing) check $(sources)

article: .venv/.installed ## suggest rows for the next article: TEXT=FILE (DATA= DATE=)
	@test -n "$$TEXT" || { echo 'Which text? For example: make article TEXT=data/texts/next.txt' >&2; exit 2; }
	@$(briefing) suggest "$$TEXT" $${DATE:+--date "$$DATE"} $${DATA:+--data "$$DATA"}

accept: .venv/.installed ## move completed suggestions into the tables (TEXTS= DATA=)
	@$(briefing) accept $(sources)

parameters: .venv/.installed ## list what can be set: type, default, allowed values, meaning
	@$(briefing) parameters

bench: .venv/.installed ## measure time and memory (ARGS="--rounds 5 --against DIR --first")
	@$(briefing) bench $(ARGS)

lab: .venv/.installed filter ## open the chapters in JupyterLab
	@mkdir -p "$(JUPYTER_CONFIG_DIR)/labconfig"
	@printf '%s\n' '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}' \
	  > "$(JUPYTER_CONFIG_DIR)/labconfig/page_config.json"
	@exec $(python) -m jupyterlab --ServerApp.root_dir="$(CURDIR)" $(ARGS) notebooks/0-summary.ipynb

# Published without the texts, even where data/texts/ holds them: no sentence of an article leaves here.
figures: .venv/.installed ## rebuild what the repository publishes, figures/
	@$(briefing) build --texts '' --front --out build/figures --publish figures

site: .venv/.installed ## make build/site, for any static host, without the texts (DATA= ARGS="--address URL --since DIR")
	@$(briefing) site $${DATA:+--data "$$DATA"} $(ARGS)

# A test that calls make or the verbs must not inherit what this make was told.
test: .venv/.installed ## run the tests, with TEXTS= against the articles too
	@unset BRIEFING_TEXTS CDPATH MAKEFLAGS MFLAGS MAKELEVEL; \
	if test -n "$$TEXTS"; then \
	  BRIEFING_TEXTS=$$(cd -- "$$TEXTS" && pwd) || exit 2; export BRIEFING_TEXTS; \
	fi; \
	unset TEXTS DATA EDITION SET N A B TEXT DATE GRID; \
	exec $(python) -m pytest $(ARGS)

FUZZ ?= 250
fuzz: .venv/.installed ## spoil inputs, add rows, kill verbs, fill the disk, and count what becomes of it (FUZZ= inputs of each kind)
	@FUZZ="$(FUZZ)" $(python) -m pytest -q tests/test_fuzz.py tests/test_kills.py tests/test_next_article.py $(ARGS)

audit: .venv/.installed ## list what is installed with its licences, and weaknesses that are known of it
	@$(python) tests/licences.py
	@$(python) -c 'import socket; socket.create_connection(("api.osv.dev", 443), 5)' 2>/dev/null || { \
	  echo 'Not looked for: known weaknesses. Their database, api.osv.dev, cannot be reached from here.' >&2; exit 0; }; \
	$(python) -m venv "$(cache)/audit" && \
	"$(cache)/audit/bin/python" -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1 && \
	"$(cache)/audit/bin/pip-audit" --vulnerability-service osv --disable-pip --require-hashes \
	  -r requirements.txt -r requirements-dask.txt

lint: .venv/.installed ## ruff over modules, tests and notebook cells; types; notebooks stripped
	@$(python) -m ruff check notebooks tests
	@$(python) -m ruff format --check notebooks tests
	@$(python) -m mypy --no-error-summary
	@set -- notebooks/*.ipynb; test ! -e "$$1" || $(strip) --verify "$$@" || \
	  { echo 'Saved outputs (a commit would strip them). Strip them with: make format' >&2; exit 1; }

# Notebooks are written as JupyterLab writes them, so that saving one there leaves no diff.
format: .venv/.installed ## strip the notebooks, sort imports, lay out the code
	@set -- notebooks/*.ipynb; test ! -e "$$1" || { $(strip) "$$@" && $(python) -c \
	  'import nbformat, sys; [nbformat.write(nbformat.read(f, 4), f) for f in sys.argv[1:]]' "$$@"; }
	@$(python) -m ruff check --fix-only --quiet notebooks tests
	@$(python) -m ruff format notebooks tests

lock: .venv/bin/pip ## compile requirements.txt from pyproject.toml (ARGS=--upgrade)
	@$(python) -m pip install --quiet --disable-pip-version-check uv
	@$(python) -m uv pip compile --quiet --group dev $(ARGS) pyproject.toml -o requirements.txt
	@$(python) -m uv pip compile --quiet --group pyproject.toml:dask -c requirements.txt $(ARGS) \
	  -o requirements-dask.txt

# Only where this folder is itself a checkout: a repository around it keeps its own settings.
filter: .venv/.installed ## set the git filter that strips outputs from commits
	@if test "$$(git rev-parse --is-inside-work-tree 2>/dev/null)" = true && \
	    test -z "$$(git rev-parse --show-prefix)"; then \
	  git config filter.nbstripout.clean '$(strip)' && \
	  git config filter.nbstripout.smudge cat && git config filter.nbstripout.required true && \
	  git config diff.ipynb.textconv '$(strip) -t'; \
	fi

clean: ## remove what was built; keeps .venv
	@"$(PYTHON)" notebooks/briefing/render/folders.py
	@find notebooks tests \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

# One at a time: a make that sets up while another does waits, and then finds it done. The lock goes
# with whoever holds it. What was cut short has no pip yet, which comes last.
alone = -c 'import fcntl, os, sys; lock = os.open("Makefile", os.O_RDONLY); os.set_inheritable(lock, True); \
  fcntl.flock(lock, fcntl.LOCK_EX); os.execvp("sh", ["sh", "-c", sys.argv[1]])'

.venv/bin/pip:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
	  'This needs Python 3.11 or later, which "$(PYTHON)" is not. Name one: make PYTHON=python3.12' >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo \
	  '"$(PYTHON)" cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	@"$(PYTHON)" $(alone) 'test -e $@ || "$(PYTHON)" -m venv --clear .venv || { rm -rf .venv; exit 1; }'

.venv/.installed: requirements.txt | .venv/bin/pip
	@echo 'Installing the packages of requirements.txt into .venv: once, a minute or so' >&2
	@"$(PYTHON)" $(alone) 'test $@ -nt requirements.txt || { $(python) -m pip install --quiet \
	  --disable-pip-version-check --require-hashes -r requirements.txt && touch $@; }' || \
	  { echo 'The packages were not installed; the reason stands above. The same command tries again.' >&2; exit 1; }
