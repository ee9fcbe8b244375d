# make run: set up and start the page.   make test: set up and run the tests.   The rest is for who works on the code.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: run test soak lint cards clean

run: $(VENV)/.serve
	$(BIN)/python app.py

# Two processes: one alone keeps little more than one core busy. A file's tests stay together, as they share servers.
test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile

soak: $(VENV)/.dev
	$(BIN)/python -m pytest -m soak

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy

# The figures of the model cards; sections whose folder is not given stay as they are:
# make cards DATA=dir CUTOUTS=dir ROOMS=dir IN_USE=dir PICTURES=dir COMPARE="weights.safetensors ..." ONLY="section ..."
cards: $(VENV)/.dev
	$(BIN)/python -m imgsearch.train.cards $(if $(DATA),--data "$(DATA)") $(if $(CUTOUTS),--cutouts "$(CUTOUTS)") \
		$(if $(ROOMS),--rooms "$(ROOMS)") $(if $(IN_USE),--in-use "$(IN_USE)") \
		$(if $(PICTURES),--pictures "$(PICTURES)") $(foreach file,$(COMPARE),--compare "$(file)") $(if $(ONLY),--only $(ONLY))

$(VENV)/.serve: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.dev: requirements.txt requirements-train.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@ $(VENV)/.serve

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
