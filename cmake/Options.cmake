# How everything is compiled: the INTERFACE targets dynamo_options and dynamo_warnings.

include(CTest)
option(DYNAMO_BUILD_TESTS "Build the tests" ${BUILD_TESTING})
option(DYNAMO_WARNINGS_AS_ERRORS "Stop at a compiler warning; packagers leave it off" OFF)
set(DYNAMO_SANITIZE "" CACHE STRING "Sanitizers of this build, as for -fsanitize=")
option(DYNAMO_COVERAGE "Measure coverage with gcov" OFF)
option(DYNAMO_FUZZ "Build tests/fuzz with libFuzzer; needs clang" OFF)
option(DYNAMO_CLANG_TIDY "Run clang-tidy on every source" OFF)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

find_program(DYNAMO_CCACHE ccache)
if(DYNAMO_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths below the base count relative to it, so that a second checkout finds what the first one compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND};-E;env;CCACHE_BASEDIR=${PROJECT_SOURCE_DIR};CCACHE_NOHASHDIR=1;${DYNAMO_CCACHE}")
endif()

if(DYNAMO_CLANG_TIDY)
  find_program(DYNAMO_CLANG_TIDY_PROGRAM clang-tidy REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY "${DYNAMO_CLANG_TIDY_PROGRAM}")
endif()

add_library(dynamo_warnings INTERFACE)
target_compile_options(dynamo_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Wimplicit-fallthrough -Woverloaded-virtual
  # Optimising, g++ 12 sees overlaps in std::string + const char* (its bug 105651), unset values in std::optional
  # (80635) and mismatched allocations of inlined coroutine frames that are not there.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-maybe-uninitialized -Wno-mismatched-new-delete>
  $<$<BOOL:${DYNAMO_WARNINGS_AS_ERRORS}>:-Werror>)

add_library(dynamo_options INTERFACE)
target_include_directories(dynamo_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_definitions(dynamo_options INTERFACE _GNU_SOURCE)
if(DYNAMO_SANITIZE)
  target_compile_options(dynamo_options INTERFACE -fsanitize=${DYNAMO_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(dynamo_options INTERFACE -fsanitize=${DYNAMO_SANITIZE})
endif()
if(DYNAMO_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # ThreadSanitizer does not see Asio's fences. The queues of handlers have a mutex besides, which it does see.
  target_compile_options(dynamo_options INTERFACE -Wno-tsan)
endif()
if(DYNAMO_FUZZ)
  target_compile_options(dynamo_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(DYNAMO_COVERAGE)
  target_compile_options(dynamo_options INTERFACE --coverage)
  target_link_options(dynamo_options INTERFACE --coverage)
endif()

# One static library per folder. Sources and headers are listed by hand.
function(dynamo_library name)
  cmake_parse_arguments(PARSE_ARGV 1 LIB "" "" "SOURCES;HEADERS;LINK")
  add_library(${name} STATIC ${LIB_SOURCES})
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${LIB_HEADERS})
  target_link_libraries(${name} PUBLIC dynamo_options ${LIB_LINK} PRIVATE dynamo_warnings)
  set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()
