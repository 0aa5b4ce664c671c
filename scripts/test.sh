# `./run test`: every check, the cheap ones first. Stops at the first that fails. Sourced by ./run.
# shellcheck shell=bash

log=build/test_log
fuzz_seconds=${ALSACE_FUZZ_SECONDS:-30}
checks_done=()
summaries=()

run_tests() {
  case "$*" in
    "" | fast) ;;
    *) usage "test takes nothing or the word fast, not: $*" ;;
  esac
  install_packages "${build_packages[@]}" "${test_packages[@]}"
  install_python_packages
  rm -rf "$log"
  mkdir -p "$log"

  check "formatting" check_format
  check "include table" .venv/bin/python scripts/check_layers.py
  if [[ $* == fast ]]; then
    check "build release" build_release
    check "unit tests" run_ctest release -LE slow
  else
    check "shell scripts" shellcheck -x -a run .ci/run
    check "build release" build_release
    check "unit tests" run_ctest release
    check "command line, documents, scripts" run_pytest
    check "report page" test_web
    check "Python types" .venv/bin/mypy
    check "Python package" test_python_package
    check "installed copy" test_installed_copy
    check "build asan" build_preset asan
    check "unit tests under asan and ubsan" run_ctest asan "${not_slow[@]}"
    check "fuzzing" fuzz
    check "build tsan" build_tsan
    check "unit tests under tsan" run_ctest tsan "${not_slow[@]}" -L "^(${threaded// /|})\$"
  fi
  report
}

# Tests over whole data sets take minutes under a sanitizer and show it nothing new.
not_slow=(-LE slow -E RealData)

# The folders whose code starts threads: the others have nothing to show under tsan.
threaded="base read solve train recommend evaluate"

# check NAME COMMAND...: runs it, keeps its time, its output and its runner's summary lines.
check() {
  local name=$1 start=$SECONDS file
  file=$log/$(tr -cs "a-z\n" _ <<<"$1").txt
  shift
  step "$name"
  local status=0
  # Not in an `if`, which would switch `set -e` off inside the command.
  set +e
  (set -e && "$@") 2>&1 | tee "$file"
  status=${PIPESTATUS[0]}
  set -e
  ((status == 0)) || fail "'$name' failed after $((SECONDS - start)) s; its output is above and in $file"
  checks_done+=("$(printf '%5d s  %s' $((SECONDS - start)) "$name")")
  local line
  while IFS= read -r line; do
    summaries+=("$name: $line")
  done < <(summary_lines "$file")
}

# The last words of ctest and pytest.
summary_lines() {
  grep -aE '^([0-9]+% tests passed|=+ .*[0-9]+ (passed|failed|skipped).* =+$|[0-9]+ passed)' "$1" || true
}

report() {
  step "all checks passed in $SECONDS s"
  printf '%s\n' "${checks_done[@]}"
  printf '\n'
  printf '%s\n' "${summaries[@]}"
}

check_format() {
  cpp_files | xargs -0 .venv/bin/clang-format --dry-run --Werror || {
    say "Put the files into the project's format with ./run format"
    return 1
  }
  say "$(cpp_files | tr -dc '\0' | wc -c) files are in the project's format"
}

build_release() {
  cmake --preset release -DALSACE_BUILD_TESTS=ON -DALSACE_BUILD_PYTHON=ON \
    -DPython_EXECUTABLE="$PWD/.venv/bin/python" --log-level=NOTICE
  cmake --build build/release --parallel "$jobs" 2>&1 | tee "$log/release_build.txt"
  # A user's newer compiler may warn, ours may not.
  if grep -q 'warning:' "$log/release_build.txt"; then
    say "The release build has warnings."
    return 1
  fi
}

run_ctest() {
  local preset=$1
  shift
  without_aslr ctest --preset "$preset" --parallel "$jobs" "$@"
}

run_pytest() {
  ALSACE_PROGRAM=$PWD/$program .venv/bin/python -m pytest -q tests --ignore tests/python/package \
    --ignore tests/bench/quality --ignore tests/web
}

# Makes the wheel out of what the release build has compiled, tries it alone and tests it.
test_python_package() {
  local wheels=build/wheels
  rm -rf "$wheels"
  mkdir -p "$wheels/built"
  .venv/bin/python -m pip wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps \
    --wheel-dir "$wheels/built" --config-settings build-dir=build/release \
    --config-settings cmake.define.ALSACE_BUILD_TESTS=ON \
    --config-settings cmake.define.ALSACE_DEVELOPER=ON .
  repair_wheel "$wheels"/built/alsace-*.whl "$wheels"
  try_wheel "$wheels"/alsace-*.whl
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall \
    "$wheels"/alsace-*.whl
  ALSACE_PROGRAM=$PWD/.venv/bin/alsace .venv/bin/python -m pytest -q tests/python/package tests/bench/quality
}

# Installs to a fresh place, builds a program of a user's against it, and runs that.
test_installed_copy() {
  local prefix=$PWD/build/installed
  rm -rf "$prefix" build/consumer
  cmake --install build/release --prefix "$prefix" >/dev/null
  cmake -S tests/consumer -B build/consumer -G Ninja -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_PREFIX_PATH="$prefix" --log-level=NOTICE
  cmake --build build/consumer
  mkdir build/consumer/work
  cp -r examples build/consumer/work  # The program reads an example and writes a model here.
  (cd build/consumer/work && ../consumer)
  "$prefix/bin/alsace" --version
}

build_tsan() {
  local folder targets=()
  for folder in $threaded; do
    targets+=("${folder}_test")
  done
  cmake --preset tsan --log-level=NOTICE
  without_aslr cmake --build build/tsan --parallel "$jobs" --target "${targets[@]}"
}

# All fuzzers, as many at once as there are processors.
fuzz() {
  local source names=()
  for source in tests/fuzz/*_fuzz.cpp; do
    names+=("$(basename "$source" _fuzz.cpp)")
  done
  say "${names[*]}: $fuzz_seconds s each"
  export log fuzz_seconds
  export -f fuzz_one without_aslr
  printf '%s\0' "${names[@]}" | xargs -0 -I NAME -P "$jobs" bash -euo pipefail -c "fuzz_one NAME"
}

# fuzz_one NAME: its output comes as a whole, when it is done.
fuzz_one() {
  local name=$1 status=0 work
  work=$(mktemp -d)  # What the fuzzer finds new stays out of the kept corpus.
  without_aslr "build/asan/tests/fuzz/${name}_fuzz" -max_total_time="$fuzz_seconds" -verbosity=0 \
    -print_final_stats=1 -rss_limit_mb=2048 -artifact_prefix="$log/$name-" \
    "$work" "tests/fuzz/corpus/$name" >"$work.txt" 2>&1 || status=$?
  printf '\nfuzz %s\n%s\n' "$name" "$(cat "$work.txt")"
  rm -rf "$work" "$work.txt"
  ((status == 0)) || printf '%s\n' "The fuzzer of $name failed; the input is in $log/$name-*"
  return "$status"
}
