# The lines that people and CI type. CMakePresets.json holds the builds themselves.

JOBS ?= $(shell nproc)
PRESET ?= release
CTEST_ARGS ?=
# What clang-format looks at: every C++ file that git knows.
CPP_FILES = $(shell git ls-files '*.h' '*.cpp')

.PHONY: help build test demo asan tidy coverage format check-format check-headers install-deps package install clean
.DEFAULT_GOAL := help

help:
	@echo 'make build          build/release/bin/dynamo (PRESET=dev for a debug build in build/dev)'
	@echo 'make test           build everything and run all tests (CTEST_ARGS="-R Restart" for some)'
	@echo 'make demo           serve examples/llm, ask it something, stop it (KEEP=1 leaves it serving)'
	@echo 'make asan           all tests under AddressSanitizer and UndefinedBehaviorSanitizer'
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

demo: build
	@scripts/install-deps.sh run
	@python3 scripts/demo.py build/$(PRESET)/bin/dynamo

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
