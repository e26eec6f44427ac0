# make book    set everything up, build the book, say where it is
# make test    everything that CI runs
# make lab     JupyterLab in which the chapters open as notebooks
# make check   prove every exercise: solution, blank, recorded wrong answers
# make serve   show the built book on 127.0.0.1 (PORT=8000)
# make format  let ruff put the code in order
# make picture photograph the map anew, for the README and the landing page
# make bench   measure what the README says
# make lock    resolve requirements.in into requirements.txt, environments/*.in likewise
# make clean   remove what was built; clean-all also removes what was installed

PYTHON ?= $(shell command -v python3.11 >/dev/null 2>&1 && python3.11 -c '' 2>/dev/null && echo python3.11 || echo python3)
PORT ?= 8000
BIN := .venv/bin
# Kernels and servers start three times slower without byte code.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: book test lab check serve format picture bench lock clean clean-all setup setup-tests

book: setup
	@$(BIN)/mlops-landscape build --offer --port $(PORT)

test: setup-tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mlops-landscape build
	@$(BIN)/python -m pytest -n 2 --dist loadscope

lab: setup
	@$(BIN)/jupyter lab --ServerApp.ip=127.0.0.1

check: setup
	@$(BIN)/mlops-landscape exercises check

serve: setup
	@$(BIN)/mlops-landscape serve --port $(PORT)

format: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

picture: setup-tests
	@$(BIN)/mlops-landscape picture

bench: setup-tests
	@$(BIN)/python benchmarks/pages.py
	@$(BIN)/python benchmarks/map.py
	@$(BIN)/python benchmarks/chapters.py
	@$(BIN)/python benchmarks/build.py

# Universal: one list for Python 3.11 and 3.12. overrides.txt says what is overridden and why.
lock: setup
	@$(BIN)/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
	  --override overrides.txt --custom-compile-command "make lock" requirements.in -o requirements.txt
	@for list in environments/*.in; do name=$${list%.in}; \
	  test -f $$name.overrides.txt && with="--override $$name.overrides.txt" || with=; \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 $$with \
	    --custom-compile-command "make lock" $$list -o $$name.txt || exit 1; done
	@echo "requirements.txt and environments/*.txt are resolved; the next make installs them"

clean:
	@rm -rf _build

clean-all: clean
	@rm -rf .venv node_modules

setup:
	@$(PYTHON) -I src/mlops_landscape/bootstrap.py

setup-tests:
	@$(PYTHON) -I src/mlops_landscape/bootstrap.py --with-browser
