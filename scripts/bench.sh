# `./run bench`: microbenchmarks, and the comparison with other engines. Sourced by ./run.
# shellcheck shell=bash

bench_parts="kernels read train python tune compare quality sweeps"
peers=build/bench/peers

# bench [PART [--] [OPTIONS...]]: one part, or all of them.
run_bench() {
  local part=${1:-}
  [[ -z $part || " $bench_parts " == *" $part "* ]] ||
    usage "bench takes one of $bench_parts before any options, not: $part"
  (($# == 0)) || shift
  [[ ${1:-} != -- ]] || shift
  install_packages "${build_packages[@]}" "${bench_packages[@]}"
  if [[ -n $part ]]; then
    "bench_$part" "$@"
    return
  fi
  for part in $bench_parts; do
    "bench_$part"
  done
}

bench_kernels() { bench_program kernels_bench "$@"; }
bench_read() { bench_program read_bench "$@"; }
bench_train() { bench_program train_bench "$@"; }

bench_program() {
  build_bench "$1"
  step "$1"
  "build/bench/bench/$1" "${@:2}"
}

build_bench() {
  step "build $*"
  cmake --preset bench --log-level=NOTICE
  cmake --build build/bench --parallel "$jobs" --target "$@"
}

# The package of the release build, beside the program of the same build.
bench_python() {
  install_python_packages
  build_bench power_law recommend_time
  build_package
  step "python"
  PYTHONPATH=bench:build/release/python .venv/bin/python bench/python_bench.py "$@"
}

# Alsace on published benchmarks: the tables of docs/results.md.
bench_quality() {
  install_python_packages
  build_package
  step "quality"
  PYTHONPATH=bench:build/release/python .venv/bin/python -m quality "$@"
}

build_package() {
  step "build release with the Python module"
  cmake --preset release -DALSACE_BUILD_PYTHON=ON -DPython_EXECUTABLE="$PWD/.venv/bin/python" \
    --log-level=NOTICE
  cmake --build build/release --parallel "$jobs" --target alsace_cli _engine
}

# A search beside separate trainings of its candidates.
bench_tune() {
  install_python_packages
  build_program
  step "tune"
  .venv/bin/python bench/tune_bench.py "$@"
}

# What each option does to the numbers: the plots of docs/tuning.md.
bench_sweeps() {
  install_python_packages
  build_program
  step "sweeps"
  PYTHONPATH=bench .venv/bin/python -m quality.sweeps "$@"
}

bench_compare() {
  build_bench power_law kernels_bench
  build_program
  install_peers
  step "compare"
  PYTHONPATH=bench "$peers/bin/python" -m compare "$@"
}

# Makes build/bench/peers hold what bench/requirements.txt pins. What carries the data must be had;
# an engine that cannot be installed is said to be missing, here and on the page. The stamp is that
# file's hash, and is there only when everything was installed.
install_peers() {
  local wanted stamp=$peers/requirements.sha256
  wanted=$(sha256sum <bench/requirements.txt)
  [[ -f $stamp && $(<"$stamp") == "$wanted" ]] && "$peers/bin/python" -c '' 2>/dev/null && return

  local python
  python=$(find_python)
  if [[ -z $python ]]; then
    install_packages python3-venv ca-certificates
    python=$(find_python)
    [[ -n $python ]] || fail "Python 3.11 or newer with its venv module is needed."
  fi
  step "install peers"
  "$python" -m venv "$peers"
  peer_pip numpy scipy polars || fail "pip could not install numpy, scipy and polars. See its message above."
  local peer absent=()
  for peer in implicit irspack cmfrec pyspark; do
    say "$peer"
    peer_pip "$peer" >"$peers/$peer.txt" 2>&1 || absent+=("$peer")
  done
  if ((${#absent[@]})); then
    say "!! pip could not install ${absent[*]}: the comparison goes without. Why is in $peers/*.txt"
  else
    printf '%s\n' "$wanted" >"$stamp"
  fi
}

# Installs packages in the versions of bench/requirements.txt. cmfrec is compiled, for this machine.
peer_pip() {
  "$peers/bin/python" -m pip install --quiet --disable-pip-version-check \
    --constraint bench/requirements.txt "$@"
}
