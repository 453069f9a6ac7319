# What is used and why stands in docs/design.md. Third-party headers are SYSTEM: their warnings are not ours.
# Archives are preferred to shared libraries, so that the binary can be copied to another machine and starts fast;
# packagers turn that off.

option(DYNAMO_STATIC_DEPENDENCIES "Link Boost.JSON, nghttp2, RE2 and yaml-cpp into the binary where archives exist" ON)

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)

set(Boost_USE_STATIC_LIBS ${DYNAMO_STATIC_DEPENDENCIES})
find_package(Boost 1.81 QUIET COMPONENTS json)
if(NOT Boost_FOUND)
  set(Boost_USE_STATIC_LIBS OFF)
  find_package(Boost 1.81 REQUIRED COMPONENTS json)
endif()

# dynamo_archive(TARGET name): sets TARGET_FOUND in the caller and makes TARGET of libNAME.a, if that is wanted and there.
function(dynamo_archive target name)
  find_library(DYNAMO_ARCHIVE_${name} "lib${name}.a")
  mark_as_advanced(DYNAMO_ARCHIVE_${name})
  if(DYNAMO_STATIC_DEPENDENCIES AND DYNAMO_ARCHIVE_${name})
    add_library(${target} STATIC IMPORTED GLOBAL)
    set_target_properties(${target} PROPERTIES
      IMPORTED_LOCATION "${DYNAMO_ARCHIVE_${name}}"
      IMPORTED_LINK_INTERFACE_LIBRARIES Threads::Threads)
  endif()
endfunction()

dynamo_archive(yaml-cpp yaml-cpp)
if(NOT TARGET yaml-cpp)
  find_package(yaml-cpp REQUIRED)
endif()

dynamo_archive(PkgConfig::NGHTTP2 nghttp2)
if(NOT TARGET PkgConfig::NGHTTP2)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET libnghttp2)
endif()

dynamo_archive(PkgConfig::RE2 re2)
if(NOT TARGET PkgConfig::RE2)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
endif()
