#!/usr/bin/env bash
# Installs the Debian packages that are missing for one of the jobs below, and nothing when none is.
#
#   scripts/install-deps.sh [JOB...]      JOB: build (default), run, test, format, tidy, coverage, fuzz
set -euo pipefail

packages_of() {
  case $1 in
    build)
      echo "g++ cmake ninja-build ccache pkg-config dpkg-dev libboost1.81-dev libboost-json1.81-dev" \
           "libcli11-dev libyaml-cpp-dev libfmt-dev libnghttp2-dev libre2-dev libgtest-dev libgmock-dev python3" ;;
    run) echo "python3" ;;
    test) echo "python3 python3-venv python3-jsonschema python3-yaml zsh fish groff mandoc" ;;
    format) echo "clang-format" ;;
    tidy) echo "clang-tidy" ;;
    coverage) echo "gcovr" ;;
    fuzz) echo "clang libclang-rt-14-dev" ;;
    *) echo "install-deps: unknown job \`$1\`: build, run, test, format, tidy, coverage or fuzz" >&2; exit 2 ;;
  esac
}

missing=()
for job in "${@:-build}"; do
  packages=$(packages_of "$job")
  for package in $packages; do
    if ! command -v dpkg-query >/dev/null; then
      echo "install-deps: this is not Debian; what \`$job\` needs is called there: $packages" >&2
      break
    fi
    status=$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
  done
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install-deps: missing packages, and neither root nor sudo to install them. As root, run:" >&2
    echo "  apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "Installing ${missing[*]}" >&2
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
install=("${apt[@]}" install --yes --no-install-recommends "${missing[@]}")
# The package lists of a fresh system are empty and those of an old one may be stale: only then are they fetched.
if ! "${install[@]}" >/dev/null 2>&1 </dev/null; then
  "${apt[@]}" update </dev/null
  "${install[@]}" >/dev/null </dev/null
fi
