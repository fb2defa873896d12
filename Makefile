# Four targets a person needs: env, run, test, bench. Everything else is a step of these.
PY ?= python3
UV := $(or $(shell command -v uv 2>/dev/null),.boot/bin/uv)
BIN := .venv/bin

.PHONY: env run test bench fix fast tools
env: .venv/.run-ok
run: .venv/.run-ok
	@$(BIN)/notoneless demo
test: .venv/.dev-ok
	@$(BIN)/python tools/check.py
fast: .venv/.dev-ok
	@$(BIN)/python -m pytest -m "not long" tests/core tests/policies
bench: .venv/.dev-ok
	@$(BIN)/python -m bench
fix: .venv/.dev-ok
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

# uv is fetched by pip (pip --target works where Debian forbids a plain install); plain pip with the same lock is the fall-back.
define install
	@test -x "$(UV)" || $(PY) -m pip install -q --disable-pip-version-check --root-user-action=ignore --target .boot uv==0.13.9 || true
	@if test -x "$(UV)"; then \
	  test -x $(BIN)/python || "$(UV)" venv -q --python $(PY) .venv; \
	  VIRTUAL_ENV=.venv "$(UV)" pip install -q --require-hashes -r $(1) && VIRTUAL_ENV=.venv "$(UV)" pip install -q --no-deps --no-build-isolation -e .; \
	else \
	  test -x $(BIN)/python || $(PY) -m venv .venv; \
	  $(BIN)/pip install -q --require-hashes -r $(1) && $(BIN)/pip install -q --no-deps --no-build-isolation -e .; \
	fi
	@touch $@
endef
.venv/.run-ok: requirements.lock pyproject.toml
	$(call install,requirements.lock)
.venv/.dev-ok: requirements-dev.lock pyproject.toml
	$(call install,requirements-dev.lock)
	@touch .venv/.run-ok
