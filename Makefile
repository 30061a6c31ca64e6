# Everything here also runs by hand; `make test` is what has to pass before a change lands.

CARGO ?= cargo
SECONDS_EACH ?= 60
SHELL := /bin/bash
# What tools/setup has fetched.
export PATH := $(CURDIR)/target/tools/bin:$(PATH)

# Only mpi-runner wants an MPI to be built. It is built for Open MPI with everything else, in one folder, one profile, and with one
# choice of packages: with another choice Cargo unites other features, and builds most of what we depend on once more.
OPENMPI := mpi-runner/with openmpi $(CARGO)
# What it does under MPICH in a test takes less time than to optimise it a second time.
MPICH := CARGO_PROFILE_DEV_OPT_LEVEL=0 mpi-runner/with mpich $(CARGO)
# The tests that start processes under MPI.
UNDER_MPI := package(mpi-runner) + package(ringscope-recorder)
# The tests that need the page to be made.
OF_THE_PAGE := binary(same_cells)
# Fuzz targets can be checked with everything else, but not linked: that is for `make fuzz`.
LINKED := --workspace --exclude '*-fuzz' --locked
NEXTEST := $(OPENMPI) nextest run $(LINKED)
# Ranks wait for each other more than they compute: twice as many tests at a time as there are processors.
NEXTEST_UNDER_MPI := $(NEXTEST) -E '$(UNDER_MPI)' --test-threads $(shell expr 2 '*' $$(nproc))

.PHONY: help test release-check setup release-setup fetch web web-check format lint lint-mpich docs build mpich unit doc-tests unit-mpi headless consumers consumers-setup deny advisories digests package deb wheel release site mpi mpi-setup unit-mpi-release measure bench bench-web bench-mpi fuzz bless

help: ## What there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

# Setting up waits for the network and building does not, so they go on at the same time.
test: ## Set up what is missing, and pass every check and test
	@tools/steps test "mpi-setup setup | fetch" \
	  "format lint docs build | consumers-setup mpich headless web" \
	  "unit doc-tests | consumers web-check" "unit-mpi"

release-check: ## What only a release needs: licences, packages, and everything again as it is shipped
	@tools/steps release-check "release-setup mpi-setup deny lint-mpich digests package mpi unit-mpi-release deb wheel site"

setup: ## Install what the checks need and this machine lacks
	@tools/setup

release-setup: ## The same for `make release-check`
	@tools/setup release

fetch: ## Download what is to be built
	$(CARGO) fetch --locked

format: ## Is everything formatted?
	$(CARGO) fmt --all --check

lint: ## Clippy, warnings are errors
	$(OPENMPI) clippy --workspace --all-targets --locked -- -D warnings

lint-mpich: ## Clippy on what is built with MPICH: the types of the two MPIs are not the same
	$(MPICH) clippy -p mpi-runner --all-targets --locked -- -D warnings

docs: ## Documentation without warnings
	RUSTDOCFLAGS="-D warnings" $(OPENMPI) doc $(LINKED) --no-deps

build: ## Build every program and test, with Open MPI
	$(OPENMPI) build $(LINKED) --lib --bins --tests --examples

mpich: ## Build mpi-runner with MPICH
	$(MPICH) build -p mpi-runner --locked

unit: ## Every test that needs no MPI to run, with debug assertions
	$(NEXTEST) -E 'not ($(UNDER_MPI) + $(OF_THE_PAGE))'

doc-tests: ## Every example of the documentation
	$(OPENMPI) test $(LINKED) --doc

unit-mpi: build mpich ## Every test that runs under MPI, both MPIs
	RINGSCOPE_TEST_PROFILE=debug $(NEXTEST_UNDER_MPI)

headless: ## Does the screen build by itself, with no terminal and nobody else's features?
	$(OPENMPI) check -p ringscope-screen --locked

web: ## The program as a page of a browser, one file: target/web/ringscope-app.html
	@web/make

web-check: web consumers-setup build ## The page held against the terminal, cell by cell, and used in browsers
	$(NEXTEST) -E '$(OF_THE_PAGE)'
	RINGSCOPE=$(CURDIR)/target/mpi/openmpi/debug/ringscope web/check

consumers: consumers-setup build ## Every export held against what it is made for: a browser, Mermaid, Perfetto, asciinema
	RINGSCOPE=$(CURDIR)/target/mpi/openmpi/debug/ringscope tui/consumers/check

consumers-setup: ## Install what exports are held against, where it is missing
	@tui/consumers/setup

deny: ## Licences, bans and sources of what we depend on
	$(CARGO) deny --locked check licenses bans sources

advisories: ## Known faults in what we depend on; asks the network for a database
	$(CARGO) deny --locked check advisories

digests: ## The digests again in release: the same run, however it is compiled
	$(CARGO) test --release --locked -p ringscope-sim --test determinism --test golden

package: ## The crates as they would be published, each built from what is in it
	@tools/package

deb: web ## The Debian package, looked into and tried out
	tui/package/deb

wheel: web release-setup ## The Python wheels, looked into and tried out without Rust, that for aarch64 under QEMU
	tui/package/wheel

site: web consumers-setup ## The project's page on the web, in target/site, looked at in a browser
	site/build --look

release: ## All that a release publishes, with checksums, in target/dist; publishes nothing
	@tools/steps release "release-setup web package deb wheel site"
	@tools/release

mpi: mpi-setup ## Build all that runs under MPI, as it is shipped: mpi-runner for both MPIs, the recorder, ringscope
	$(CARGO) build --release --locked -p ringscope -p ringscope-recorder
	mkdir -p target/mpi/recorder/release && ln -f target/release/libringscope_recorder.so target/mpi/recorder/release
	$(OPENMPI) build --release --locked -p mpi-runner
	$(MPICH) build --release --locked -p mpi-runner

mpi-setup: ## Install Open MPI and MPICH where they are missing
	@mpi-runner/setup

unit-mpi-release: mpi ## The tests that run under MPI again and more of each, with the programs as they are shipped
	RINGSCOPE_TEST_PROFILE=release RINGSCOPE_THOROUGH=1 $(NEXTEST_UNDER_MPI)

measure: ## The figures of the code: sizes, habits, and what is over the limits
	@tools/measure

bench: ## The benchmarks that the README quotes
	$(CARGO) bench --locked -p ringscope-traces -p ringscope-sim -p ringscope-screen -p ringscope --bench lines --bench messages --bench timeline --bench frame --bench diff --bench export

bench-web: web consumers-setup ## The page in browsers beside the program as it is shipped, as a table
	$(CARGO) build --release --locked -p ringscope -p ringscope-web --bins --examples
	RINGSCOPE=$(CURDIR)/target/release/ringscope web/check figures

bench-mpi: mpi ## mpi-runner and the recorder beside bare MPI in C, and the memory of merging, as tables
	mpi-runner/with openmpi mpi-runner/benches/compare
	mpi-runner/benches/memory 250 10000

# Each as CRATE/TARGET.
FUZZ_TARGETS := traces/read_trace traces/gather_parts sim/parse_scenario screen/read_lesson screen/read_config screen/read_condition tui/parse_input

fuzz: ## Fuzz every parser for a minute each
	@$(CARGO) fuzz --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-fuzz
	set -e; for each in $(FUZZ_TARGETS); do cd $(CURDIR)/$${each%/*}; name=$${each#*/}; \
	  mkdir -p fuzz/corpus/$$name; \
	  $(CARGO) fuzz run -s none --features link $$name fuzz/corpus/$$name fuzz/seeds/$$name -- -max_total_time=$(SECONDS_EACH); done

bless: ## Write golden traces and snapshots anew: read the difference aloud before you commit it
	RINGSCOPE_BLESS=1 INSTA_UPDATE=always $(CARGO) test --locked
