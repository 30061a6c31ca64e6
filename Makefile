# Everything here also runs by hand; `make test` is what has to pass before a change lands.

CARGO ?= cargo
SECONDS_EACH ?= 60
SHELL := /bin/bash

.PHONY: help test setup format lint docs deny fuzz-check unit digests bench fuzz bless

help: ## What there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

test: setup format lint docs deny fuzz-check unit digests ## Set up what is missing, and pass every check and test

setup: ## Install what the checks need and this machine lacks
	@command -v $(CARGO) >/dev/null || { echo "make: no cargo: install Rust from https://rustup.rs" >&2; exit 1; }
	@$(CARGO) fmt --version >/dev/null 2>&1 || rustup component add rustfmt
	@$(CARGO) clippy --version >/dev/null 2>&1 || rustup component add clippy
	@$(CARGO) deny --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-deny

format: ## Is everything formatted?
	$(CARGO) fmt --all --check

lint: ## Clippy, warnings are errors
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings

docs: ## Documentation without warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked

deny: ## Licences, bans and sources of what we depend on
	$(CARGO) deny --locked check licenses bans sources

fuzz-check: ## Do the fuzz targets still build? (make fuzz runs them)
	$(CARGO) check --locked --no-default-features --target-dir target/fuzz --manifest-path traces/fuzz/Cargo.toml
	$(CARGO) check --locked --no-default-features --target-dir target/fuzz --manifest-path sim/fuzz/Cargo.toml

unit: ## Every test, with debug assertions
	$(CARGO) test --workspace --locked

digests: ## The digests again in release: the same run, however it is compiled
	$(CARGO) test --release --locked -p ringscope-sim --test determinism --test golden

bench: ## The benchmarks that the README quotes
	$(CARGO) bench --locked -p ringscope-traces -p ringscope-sim

fuzz: ## Fuzz both parsers for a minute each
	@$(CARGO) fuzz --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-fuzz
	mkdir -p traces/fuzz/corpus/read_trace sim/fuzz/corpus/parse_scenario
	cd traces && $(CARGO) fuzz run -s none read_trace fuzz/corpus/read_trace fuzz/seeds/read_trace -- -max_total_time=$(SECONDS_EACH)
	cd sim && $(CARGO) fuzz run -s none parse_scenario fuzz/corpus/parse_scenario fuzz/seeds/parse_scenario -- -max_total_time=$(SECONDS_EACH)

bless: ## Write golden traces and snapshots anew: read the difference aloud before you commit it
	RINGSCOPE_BLESS=1 INSTA_UPDATE=always $(CARGO) test --workspace --locked
