# Words and places that the parts of ./run share. Sourced, with the repository as current folder.
# shellcheck shell=bash

# shellcheck disable=SC2034  # Used by who sources this.
program=build/release/alsace
jobs=${ALSACE_JOBS:-$(nproc)}

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }

fail() {
  printf '\n./run: %s\n' "$*" >&2
  exit 1
}

usage() {
  printf './run: %s\n\n' "$*" >&2
  help >&2
  exit 2
}

no_arguments() {
  local command=$1
  shift
  (($# == 0)) || usage "$command takes no arguments, not: $*"
}

# Our C++ files, each followed by a zero byte.
cpp_files() {
  find include src cli python tests bench -type f \( -name '*.h' -o -name '*.cpp' \) -print0 | sort -z
}

build_preset() {
  local preset=$1
  shift
  step "build $preset"
  cmake --preset "$preset" --log-level=NOTICE "$@"
  without_aslr cmake --build "build/$preset" --parallel "$jobs"
}

# The sanitizers of these compilers cannot place their shadow memory where the kernel spreads
# addresses as widely as Ubuntu 24.04's does; without spreading they can.
without_aslr() {
  if setarch -R true 2>/dev/null; then
    setarch -R "$@"
  else
    "$@"
  fi
}
