# Two commands to know: `make demo` and `make test`. Needed on the machine: make and Python 3.11 or newer.
# Another interpreter: `make PYTHON=python3.11 test` (it gets a virtual environment of its own).
# More for the command: `make demo ARGS=--exit`, `make test ARGS="-k gate"`.

ifeq ($(origin PYTHON), undefined)
# The first of these that is here and can make virtual environments; the image has 3.13.
PYTHON := $(shell for python in python3.13 python3.14 python3.12 python3.11 python3; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2> /dev/null \
	&& echo $$python && break; done)
VENV := .venv
else
VENV := .venv-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2> /dev/null)
endif

VERSION := $(if $(PYTHON),$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2> /dev/null))
RUN := $(VENV)/bin/python
INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes
# Stamps: what they stand for is done again only when what it was made from has changed.
BASE := $(VENV)/.python-$(VERSION)
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
STANDARDS := $(VENV)/.standards
FUZZ := $(VENV)/.fuzz

.DEFAULT_GOAL := help
.PHONY: help demo test check bench drill fuzz standards restore-drill lock messages examples rule stop clean

help:
	@echo "make demo   start everything on this machine with examples, and say where to look"
	@echo "make test   run the tests"
	@echo "make check  formatting, lint, types, imports, migrations, deployment settings"
	@echo "make bench  compare our speed with what the machine can do"
	@echo "make drill  send mutated bodies and odd GETs, kill servers at random, and report what broke (an hour)"
	@echo "make standards SITE=http://localhost:8000  check what a running site gives out by lib-cove-ocds, followthemoney and a generated client"
	@echo "make fuzz   send every operation of the API what its description allows and what it does not, and report what differs"
	@echo "make restore-drill  dump the database, restore it into a new one, and compare the two"
	@echo "make lock   write the locked requirements anew"
	@echo "make messages  bring the catalogs of translations up to date with the code, and compile them"
	@echo "make examples SITE=http://localhost:8000  send the API's example requests to a running demo (token: VEEDOR_TOKEN), and write the responses that describe it"
	@echo "make rule CODE=R098 NAME=short_enquiry_period  write the files of a new rule, to be filled in"
	@echo "make stop   stop what make demo or a command left running"
	@echo "make clean  remove what can be made again; the data in var/ stays"

demo: $(RUNTIME)
	@$(RUN) manage.py quickstart $(ARGS)

test: $(DEVELOPMENT)
	$(RUN) -m pytest $(or $(ARGS),-n logical --maxprocesses 4 --dist loadfile)

check: $(DEVELOPMENT)
	$(RUN) -m ruff format --check
	$(RUN) -m ruff check
	$(RUN) -m mypy config contracts audits
	$(VENV)/bin/lint-imports
	$(RUN) manage.py makemigrations --check --dry-run
	DJANGO_ENV=production ALLOWED_HOSTS=veedor.example DATABASE_URL=postgresql://db/veedor \
	CELERY_BROKER_URL=redis://broker VEEDOR_CONTACT=https://veedor.example/contact \
	SECRET_KEY=$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(50))') \
	$(RUN) manage.py check --deploy --fail-level WARNING

bench: $(DEVELOPMENT)
	$(RUN) -m tests.benchmarks $(ARGS)

drill: $(DEVELOPMENT)
	$(RUN) -m tests.drills $(ARGS)

standards: $(STANDARDS)
	@$(VENV)/standards/bin/python -m tests.standards $(or $(SITE),http://localhost:8000) $(ARGS)

fuzz: $(FUZZ)
	$(RUN) -m tests.drills operations $(ARGS)

restore-drill: $(RUNTIME)
	@$(RUN) manage.py restoredrill $(ARGS)

lock:
	for file in requirements requirements-embedded requirements-dev requirements-standards requirements-fuzz; do \
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	--output-file $$file.txt $$file.in || exit 1; done

messages: $(DEVELOPMENT)
	$(RUN) -m tests.support.messages

examples: $(DEVELOPMENT)
	$(RUN) -m tests.support.api_examples $(or $(SITE),http://localhost:8000)

rule: $(DEVELOPMENT)
	@$(RUN) -m tests.support.new_rule "$(CODE)" "$(NAME)"

stop:
	@test ! -e $(RUNTIME) || $(RUN) manage.py servers stop

clean: stop
	rm -rf .venv .venv-* static .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -not -path "./var/*" -prune -exec rm -rf {} +

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	@echo "Installing what the tests and checks need …"
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

# An environment of its own: what checks packages of the standards is AGPL.
$(STANDARDS): requirements-standards.txt $(BASE)
	@$(PYTHON) -m venv --clear $(VENV)/standards
	@$(VENV)/standards/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	-r requirements-standards.txt
	@touch $@

$(FUZZ): requirements-fuzz.txt $(DEVELOPMENT)
	@echo "Installing what asks the API by its description …"
	@$(INSTALL) -r requirements-fuzz.txt
	@touch $@

$(RUNTIME): requirements.txt requirements-embedded.txt $(BASE)
	@echo "Installing the locked requirements; the first time takes about a minute …"
	@$(INSTALL) -r requirements.txt -r requirements-embedded.txt
	@touch $@

$(VENV)/.python-%:
	@$(PYTHON) -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || { \
	echo "Veedor needs Python 3.11 or newer that can make virtual environments; $(PYTHON) $(VERSION) does not do." >&2; \
	echo "On Debian and Ubuntu: apt install python3-venv. Or name another one: make PYTHON=/path/to/python3 demo" >&2; \
	exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# Neither found nor named.
.venv/.python-:
	@echo "No Python 3.11 or newer that can make virtual environments is on the PATH." >&2
	@echo "On Debian and Ubuntu: apt install python3-venv. Or name one: make PYTHON=/path/to/python3 demo" >&2
	@exit 1
