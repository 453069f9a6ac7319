# The lines that people and CI type. CMakePresets.json holds the builds themselves.

JOBS ?= $(shell nproc)
PRESET ?= release
CTEST_ARGS ?=
# What clang-format looks at: every C++ file that git knows.
CPP_FILES = $(shell git ls-files '*.h' '*.cpp')

.PHONY: help build test demo asan tsan soak fuzz fuzz-keep tidy coverage format check-format check-headers install-deps package install clean
.DEFAULT_GOAL := help

help:
	@echo 'make build          build/release/bin/dynamo (PRESET=dev for a debug build in build/dev)'
	@echo 'make test           build everything and run all tests (CTEST_ARGS="-R Restart" for some)'
	@echo 'make demo           serve examples/llm, ask it something, stop it (KEEP=1 leaves it serving)'
	@echo 'make asan           all tests under AddressSanitizer and UndefinedBehaviorSanitizer'
	@echo 'make tsan           all tests under ThreadSanitizer'
	@echo 'make fuzz           look for texts that break the loader, TIME=600 seconds long; fuzz-keep keeps the best'
	@echo 'make soak           50 workers that are killed, hung and flooded for SECONDS=900; SEED=N repeats a run'
	@echo 'make tidy           clang-tidy over the sources'
	@echo 'make coverage       which lines the tests reach: build/coverage/report.html'
	@echo 'make format         lay every C++ file out as .clang-format says; check-format only looks'
	@echo 'make check-headers  compile each header alone'
	@echo 'make install-deps   the Debian packages that are missing (the targets above do this themselves)'
	@echo 'make install        into /usr/local (PREFIX=..., DESTDIR=...)'
	@echo 'make package        a .deb in build/release'
	@echo 'make clean          remove build/'

build:
	@scripts/install-deps.sh build
	@cmake --preset $(PRESET) --log-level=NOTICE
	cmake --build --preset $(PRESET) --parallel $(JOBS) --target dynamo

test:
	@scripts/install-deps.sh build test
	@python3 -B tests/real/packages.py build/real
	@cmake --preset $(PRESET) -DDYNAMO_BUILD_TESTS=ON --log-level=NOTICE
	cmake --build --preset $(PRESET) --parallel $(JOBS)
	ctest --preset $(PRESET) --parallel $(JOBS) $(CTEST_ARGS)

asan:
	@$(MAKE) --no-print-directory test PRESET=asan

tsan:
	@$(MAKE) --no-print-directory test PRESET=tsan

# New inputs are gathered in build/fuzz/inputs; what is found is written to build/fuzz/findings. Without -entropic=0 two
# thirds of the time go into weighing which input to vary: there are 100 000 features.
TIME ?= 600
FUZZ = build/fuzz/bin/dynamo_fuzz
FUZZ_INPUTS = build/fuzz/inputs tests/fuzz/corpus build/fuzz/seeds
export ASAN_OPTIONS ?= detect_stack_use_after_return=1:quarantine_size_mb=64
export UBSAN_OPTIONS ?= print_stacktrace=1

fuzz:
	@scripts/install-deps.sh build fuzz
	@cmake --preset fuzz --log-level=NOTICE
	cmake --build --preset fuzz --parallel $(JOBS)
	@mkdir -p build/fuzz/inputs build/fuzz/findings
	@python3 tests/fuzz/make_seeds.py build/fuzz/seeds
	@$(FUZZ) --dictionary >build/fuzz/words.dict
	$(FUZZ) -max_total_time=$(TIME) -entropic=0 -timeout=5 -rss_limit_mb=400 -max_len=4096 \
	  -dict=build/fuzz/words.dict -artifact_prefix=build/fuzz/findings/ -print_final_stats=1 $(FUZZ_INPUTS)

# Inputs with a name of their own stay: they are findings of former days.
fuzz-keep:
	rm -rf build/fuzz/kept && mkdir -p build/fuzz/kept
	$(FUZZ) -set_cover_merge=1 -use_counters=0 -timeout=5 -rss_limit_mb=400 -max_len=4096 build/fuzz/kept $(FUZZ_INPUTS)
	find tests/fuzz/corpus -type f -regextype posix-extended -regex '.*/[0-9a-f]{40}' -delete
	cp build/fuzz/kept/* tests/fuzz/corpus/

demo: build
	@scripts/install-deps.sh run
	@python3 scripts/demo.py build/$(PRESET)/bin/dynamo

# With UPGRADES=0 dynamo does not replace itself now and then.
SECONDS ?= 900
UPGRADES ?= 1
soak: build
	cmake --preset $(PRESET) -DDYNAMO_BUILD_TESTS=ON --log-level=NOTICE
	cmake --build --preset $(PRESET) --parallel $(JOBS) --target dynamo_test_workers
	DYNAMO=build/$(PRESET)/bin/dynamo WORKERS=build/$(PRESET)/bin/workers python3 -B tests/soak/soak.py \
	  --seconds $(SECONDS) $(if $(SEED),--seed $(SEED)) $(if $(filter 1,$(UPGRADES)),--upgrades)

tidy:
	@scripts/install-deps.sh build tidy
	cmake --preset tidy --log-level=NOTICE
	cmake --build --preset tidy --parallel $(JOBS)

coverage:
	@scripts/install-deps.sh build coverage
	@$(MAKE) --no-print-directory test PRESET=coverage
	gcovr --root . --filter 'proto/' --filter 'graph_loader/' --filter 'orchestrator/' --filter 'cli/' \
	  --exclude-unreachable-branches --print-summary --html-details build/coverage/report.html build/coverage

format:
	@scripts/install-deps.sh format
	clang-format -i $(CPP_FILES)

check-format:
	@scripts/install-deps.sh format
	clang-format --dry-run -Werror $(CPP_FILES)

check-headers:
	@scripts/install-deps.sh build
	@cmake --preset $(PRESET) --log-level=NOTICE
	cmake --build --preset $(PRESET) --parallel $(JOBS) --target all_verify_interface_header_sets

install-deps:
	scripts/install-deps.sh build run

PREFIX ?= /usr/local
install: build
	cmake --install build/$(PRESET) --prefix $(PREFIX)

package: build
	cd build/$(PRESET) && cpack -G DEB

clean:
	rm -rf build
