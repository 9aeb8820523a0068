# FitAI: everything one does with a checkout. `make` alone lists it.
# Needed on the machine: Python 3.11 or newer, make, a C compiler.

PYTHON ?= python3
JOBS ?= 2
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --quiet --quiet --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help run demo test soak chaos bench bench-exercises bench-sets bench-people bench-form eval-search vision \
	weights check fmt lock openapi clean \
	lint types imports migrations deploy schema dockerfile secrets

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | sort | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-12s %s\n' "$$name" "$$text"; done

# ── The environment ──────────────────────────────────────────────────────────────────────────────
# A stamp says which requirements are installed; it is made anew when their file changes.

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "FitAI needs Python 3.11 or newer. Name it: make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 1; }
	@echo "Making the environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -c 'import pathlib, sys, sysconfig; \
		pathlib.Path(sysconfig.get_path("purelib"), "fitai.pth").write_text(sys.argv[1] + "\n")' "$(CURDIR)"

$(VENV)/installed-run: requirements/embedded.txt | $(PY)
	@echo "Installing what FitAI runs on"
	@$(PIP) install --require-hashes -r $<
	@touch $@

$(VENV)/installed-dev: requirements/dev.txt | $(PY)
	@echo "Installing what FitAI is built and tested with"
	@$(PIP) install --require-hashes -r $<
	@touch $(VENV)/installed-run $@

# Form analysis takes two gigabytes more, for torch. Where they cannot be had, all else runs; the stamp says which.
$(VENV)/tried-vision: requirements/vision.txt $(VENV)/installed-run
	@echo "Installing what form analysis runs on (torch; this takes a while)"
	@$(PIP) install -r $< && echo installed > $@ || { echo missing > $@; \
		echo "That failed: form analysis will answer model_unavailable, all else works. Try again: make vision"; }

vision:  ## install what form analysis runs on, if `make run` could not
	@grep -qs installed $(VENV)/tried-vision || rm -f $(VENV)/tried-vision
	@$(MAKE) --no-print-directory $(VENV)/tried-vision
	@grep -q installed $(VENV)/tried-vision

weights: vision  ## fetch the official pose model, check it and export it for this machine
	@$(PY) manage.py fetch_model

# ── Use ──────────────────────────────────────────────────────────────────────────────────────────

run: $(VENV)/installed-run $(VENV)/tried-vision  ## start FitAI with all it needs; ARGS="--layout split" as in production
	@$(PY) manage.py dev $(ARGS)

demo: $(VENV)/installed-run  ## a real workout on two devices, against a running `make run`
	@$(PY) -m fitai.demo $(ARGS)

# A file to a process, in the order of tests/conftest.py: the longest first.
BY_FILE = --dist loadfile --no-loadscope-reorder

test: $(VENV)/installed-dev $(VENV)/tried-vision  ## the test suite; ARGS="tests/workouts -k sets" for a part of it
	@$(PY) -m pytest -q -n $(JOBS) $(BY_FILE) $(ARGS)

soak: $(VENV)/installed-dev $(VENV)/tried-vision  ## the long runs: all clips, tours and benches, full numbers of properties, fuzzing and faults
	@FITAI_SOAK=1 $(PY) -m pytest -q -n $(JOBS) $(BY_FILE) --timeout 7200 $(ARGS)
	@$(if $(ARGS),true,$(MAKE) --no-print-directory chaos)

# One after the other: the seconds that are promised are measured.
chaos: $(VENV)/installed-dev  ## faults on purpose, in both layouts: kill -9, SIGSTOP, a flushed Valkey, a cut line
	@FITAI_CHAOS=1 $(PY) -m pytest -q tests/chaos --durations 0 --durations-min 1 $(ARGS)

bench: $(VENV)/installed-dev  ## figures of the routes, as ratios to a bare view, and of what grows: history, library
	@$(PY) -m bench $(ARGS)
	@$(PY) -m bench.sets
	@$(PY) -m bench.exercises

bench-exercises: $(VENV)/installed-dev  ## what a search in a large library costs; ARGS="--exercises 100000"
	@$(PY) -m bench.exercises $(ARGS)

bench-sets: $(VENV)/installed-dev  ## what training costs after years; ARGS="--sets 25000000"
	@$(PY) -m bench.sets $(ARGS)

eval-search: $(VENV)/installed-dev  ## how well exercises are found, and names of other apps recognised
	@$(PY) -m bench.search

bench-people: $(VENV)/installed-dev  ## what a search for people costs; ARGS="--people 1000000"
	@$(PY) -m bench.people $(ARGS)

bench-form: $(VENV)/installed-dev $(VENV)/tried-vision  ## how well form analysis counts and judges, and how fast
	@$(PY) -m bench.form $(ARGS)

# ── Checks ───────────────────────────────────────────────────────────────────────────────────────

check: lint types imports migrations deploy schema dockerfile secrets  ## all that CI checks beside the tests

lint: $(VENV)/installed-dev
	@echo "lint: style and formatting"
	@$(VENV)/bin/ruff check --quiet
	@$(VENV)/bin/ruff format --check --quiet

types: $(VENV)/installed-dev
	@echo "types: every annotation holds"
	@$(VENV)/bin/mypy --no-error-summary fitai accounts exercises templates_app workouts analysis community

imports: $(VENV)/installed-dev
	@echo "imports: they run one way"
	@$(VENV)/bin/lint-imports --no-cache > $(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }

migrations: $(VENV)/installed-dev
	@echo "migrations: every model has its own"
	@$(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run --settings fitai.settings.test \
		> $(VENV)/migrations.log 2>&1 || { cat $(VENV)/migrations.log; exit 1; }

# Values of the right shape; the key is made up on the spot.
PRODUCTION = DJANGO_SETTINGS_MODULE=fitai.settings.production ALLOWED_HOSTS=fitai.example \
	PUBLIC_URL=https://fitai.example DATABASE_URL=postgres://db.fitai.example/fitai \
	REDIS_URL=redis://cache.fitai.example/0 EMAIL_URL=smtp+tls://mail.fitai.example:587 \
	SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(48))')"

deploy: $(VENV)/installed-dev
	@echo "deploy: production settings are safe"
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING > $(VENV)/deploy.log 2>&1 \
		|| { cat $(VENV)/deploy.log; exit 1; }

SPECTACULAR = PORT=8000 $(PY) manage.py spectacular --settings fitai.settings.test --validate --fail-on-warn --file
ASYNCAPI = PORT=8000 $(PY) manage.py asyncapi --settings fitai.settings.test --file

schema: $(VENV)/installed-dev
	@echo "schema: docs/openapi.yaml and docs/asyncapi.yaml are what the code says"
	@$(SPECTACULAR) $(VENV)/openapi.yaml
	@diff -u docs/openapi.yaml $(VENV)/openapi.yaml || { echo "Run: make openapi"; exit 1; }
	@$(ASYNCAPI) $(VENV)/asyncapi.yaml
	@diff -u docs/asyncapi.yaml $(VENV)/asyncapi.yaml || { echo "Run: make openapi"; exit 1; }

dockerfile: $(VENV)/installed-dev
	@echo "dockerfile: hadolint has nothing to say"
	@$(VENV)/bin/hadolint Dockerfile

secrets:
	@echo "secrets: no key, personal path or private address"
	@! git grep --untracked -nIE -f deploy/secret-patterns.txt -- . ':!deploy/secret-patterns.txt'

# ── Upkeep ───────────────────────────────────────────────────────────────────────────────────────

fmt: $(VENV)/installed-dev  ## format, and mend what can be mended
	@$(VENV)/bin/ruff check --fix-only --quiet
	@$(VENV)/bin/ruff format --quiet

openapi: $(VENV)/installed-dev  ## write docs/openapi.yaml and docs/asyncapi.yaml anew
	@$(SPECTACULAR) docs/openapi.yaml
	@$(ASYNCAPI) docs/asyncapi.yaml

lock: $(VENV)/installed-dev  ## lock the newest allowed requirements
	@for name in base embedded dev; do $(VENV)/bin/uv pip compile --quiet --upgrade requirements/$$name.in \
		-o requirements/$$name.txt --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header; done

clean:  ## remove the environment and what tests left; data in var/ stays
	@rm -rf $(VENV) var-test .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
