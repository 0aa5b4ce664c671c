# What each command needs from apt and pip, and how it gets there. Sourced by ./run.
# Does nothing, and quickly, when nothing is missing.
# shellcheck shell=bash disable=SC2034

build_packages=(g++ cmake ninja-build libhwy-dev libeigen3-dev libfmt-dev nlohmann-json3-dev
  zlib1g-dev libxxhash-dev libcli11-dev)
# CLANG_RUNTIME stands for the libFuzzer and sanitizer libraries of the release's own clang.
test_packages=(libgtest-dev libgmock-dev librapidcheck-dev clang CLANG_RUNTIME shellcheck
  ca-certificates)
bench_packages=(libbenchmark-dev)
lint_packages=(clang-tidy)
apt_updated=

installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# Installs those of the given packages that are missing.
install_packages() {
  if ! command -v dpkg-query apt-get >/dev/null; then
    say "This is neither Debian nor Ubuntu: install what these packages hold yourself: $*"
    return
  fi
  [[ -n $(missing_of "$@") ]] || return 0

  step "install packages"
  ((EUID == 0)) || command -v sudo >/dev/null ||
    fail "there is no sudo here. As root, run: apt-get install --no-install-recommends $(missing_of "$@" | xargs)"
  if [[ -z $apt_updated ]]; then
    run_apt update
    apt_updated=yes
  fi
  local missing
  mapfile -t missing < <(missing_of "$@")
  say "${missing[*]}"
  run_apt install -y --no-install-recommends "${missing[@]}"
}

missing_of() {
  local package
  for package in "$@"; do
    [[ $package != CLANG_RUNTIME ]] || package=$(clang_runtime)
    installed "$package" || say "$package"
  done
}

# Quiet, unless it fails.
run_apt() {
  local log=build/apt.txt
  mkdir -p build
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    fail "apt-get $1 failed; its last words are above, all of them in $log"
  }
}

# libclang-rt-14-dev where clang stands for clang-14, and so on.
clang_runtime() {
  local version
  version=$(apt-cache depends clang 2>/dev/null | sed -n 's/^ *Depends: clang-\([0-9]\+\)$/\1/p' | head -n 1)
  say "libclang-rt-${version:-14}-dev"
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  else
    sudo "$@"
  fi
}

# Makes .venv hold exactly what scripts/requirements.txt pins. The stamp is that file's hash.
install_python_packages() {
  local wanted stamp=.venv/requirements.sha256
  wanted=$(sha256sum <scripts/requirements.txt)
  [[ -f $stamp && $(<"$stamp") == "$wanted" ]] && .venv/bin/python -c '' 2>/dev/null && return

  local python
  python=$(find_python)
  if [[ -z $python ]]; then
    install_packages python3-venv ca-certificates
    python=$(find_python)
    [[ -n $python ]] || fail "Python 3.11 or newer with its venv module is needed."
  fi
  step "install Python packages"
  "$python" -m venv --clear .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: \
    --requirement scripts/requirements.txt ||
    fail "pip could not install scripts/requirements.txt; its words are above. It needs PyPI: without a network, name an index that this machine reaches by PIP_INDEX_URL."
  printf '%s\n' "$wanted" >"$stamp"
  has_python_headers || install_packages python3-dev
  say "$("$python" --version), packages of scripts/requirements.txt in .venv"
}

# What the Python module is compiled against: a Python not of Debian brings its own.
has_python_headers() {
  .venv/bin/python -c 'import os, sys, sysconfig
sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))'
}

# The first Python that can make a .venv: the user's own, else the system's.
find_python() {
  local python
  for python in python3 /usr/bin/python3; do
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      say "$python"
      return
    fi
  done
}
