# Everything here also runs by hand; `make test` is what has to pass before a change lands.

CARGO ?= cargo
SECONDS_EACH ?= 60
SHELL := /bin/bash

# Only mpi-runner wants an MPI to be built, and is built once for each; everything else does without.
FREE_OF_MPI := --workspace --exclude mpi-runner
OPENMPI := mpi-runner/with openmpi $(CARGO)
MPICH := mpi-runner/with mpich $(CARGO)

.PHONY: help test package deb setup format lint docs deny advisories fuzz-check unit digests consumers consumers-setup mpi mpi-setup lint-mpi docs-mpi unit-mpi bench bench-mpi fuzz bless

help: ## What there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

test: setup mpi-setup consumers-setup format deny lint lint-mpi docs docs-mpi fuzz-check unit digests package mpi unit-mpi consumers deb ## Set up what is missing, and pass every check and test

setup: ## Install what the checks need and this machine lacks
	@command -v $(CARGO) >/dev/null || { echo "make: no cargo: install Rust from https://rustup.rs" >&2; exit 1; }
	@$(CARGO) fmt --version >/dev/null 2>&1 || rustup component add rustfmt
	@$(CARGO) clippy --version >/dev/null 2>&1 || rustup component add clippy
	@$(CARGO) deny --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-deny

format: ## Is everything formatted?
	$(CARGO) fmt --all --check

lint: ## Clippy, warnings are errors
	$(CARGO) clippy $(FREE_OF_MPI) --all-targets --locked -- -D warnings

docs: ## Documentation without warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc $(FREE_OF_MPI) --no-deps --locked

deny: ## Licences, bans and sources of what we depend on
	$(CARGO) deny --locked check licenses bans sources

advisories: ## Known faults in what we depend on; asks the network for a database
	$(CARGO) deny --locked check advisories

fuzz-check: ## Do the fuzz targets still build? (make fuzz runs them)
	$(CARGO) check --locked --no-default-features --target-dir target/fuzz --manifest-path traces/fuzz/Cargo.toml
	$(CARGO) check --locked --no-default-features --target-dir target/fuzz --manifest-path sim/fuzz/Cargo.toml
	$(CARGO) check --locked --no-default-features --target-dir target/fuzz --manifest-path tui/fuzz/Cargo.toml

unit: ## Every test, with debug assertions
	$(CARGO) test $(FREE_OF_MPI) --exclude ringscope-recorder --locked

digests: ## The digests again in release: the same run, however it is compiled
	$(CARGO) test --release --locked -p ringscope-sim --test determinism --test golden

# In the profile of the tests, so that nothing is built twice that is not in a package.
package: ## The crates as they would be published, each built from what is in it
	CARGO_PROFILE_DEV_OPT_LEVEL=1 $(CARGO) package --locked --allow-dirty -p ringscope-traces -p ringscope-sim -p ringscope

deb: ## The Debian package, looked into
	tui/package/deb

consumers: consumers-setup ## Every export held against what it is made for: a browser, Mermaid, Perfetto, asciinema
	$(CARGO) build --release --locked -p ringscope
	tui/consumers/check

consumers-setup: ## Install what exports are held against, where it is missing
	@tui/consumers/setup

mpi: mpi-setup ## Build all that runs under MPI: mpi-runner for both MPIs, the recorder, ringscope
	$(CARGO) build --release --locked -p ringscope -p ringscope-recorder
	mkdir -p target/mpi/recorder/release && ln -f target/release/libringscope_recorder.so target/mpi/recorder/release
	$(OPENMPI) build --release --locked -p mpi-runner
	$(MPICH) build --release --locked -p mpi-runner

mpi-setup: ## Install Open MPI and MPICH where they are missing
	@mpi-runner/setup

# Once in the profile of the tests and once in that of the programs, so that less is built twice.
lint-mpi: mpi-setup ## Clippy on what is built with MPI: the types of the two are not the same
	$(OPENMPI) clippy -p mpi-runner --all-targets --locked -- -D warnings
	$(MPICH) clippy -p mpi-runner --all-targets --locked --release -- -D warnings

docs-mpi: mpi-setup ## Documentation of what is built with MPI
	RUSTDOCFLAGS="-D warnings" $(OPENMPI) doc -p mpi-runner --no-deps --locked

unit-mpi: mpi ## Every test that runs under MPI, both MPIs
	$(OPENMPI) test -p mpi-runner -p ringscope-recorder --locked

bench: ## The benchmarks that the README quotes
	$(CARGO) bench --locked -p ringscope-traces -p ringscope-sim -p ringscope --bench lines --bench messages --bench timeline --bench frame --bench diff --bench export

bench-mpi: mpi ## mpi-runner and the recorder beside bare MPI in C, as tables
	mpi-runner/with openmpi mpi-runner/benches/compare

# Each as CRATE/TARGET.
FUZZ_TARGETS := traces/read_trace traces/gather_parts sim/parse_scenario tui/parse_input tui/read_lesson tui/read_config tui/read_condition

fuzz: ## Fuzz every parser for a minute each
	@$(CARGO) fuzz --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-fuzz
	set -e; for each in $(FUZZ_TARGETS); do cd $(CURDIR)/$${each%/*}; name=$${each#*/}; \
	  mkdir -p fuzz/corpus/$$name; \
	  $(CARGO) fuzz run -s none $$name fuzz/corpus/$$name fuzz/seeds/$$name -- -max_total_time=$(SECONDS_EACH); done

bless: ## Write golden traces and snapshots anew: read the difference aloud before you commit it
	RINGSCOPE_BLESS=1 INSTA_UPDATE=always $(CARGO) test --locked
