# `./run wheel`, and what the test run shares with it: a wheel that carries what it needs, tried in an
# environment with nothing else. Sourced by ./run.
# shellcheck shell=bash

dist=build/dist
wheel_limit=15000000  # bytes

run_wheel() {
  no_arguments wheel "$@"
  install_packages "${build_packages[@]}"
  install_python_packages
  step "source distribution, and the wheel that is compiled from it"
  rm -rf "$dist"
  CMAKE_BUILD_PARALLEL_LEVEL=$jobs .venv/bin/python -m build --outdir "$dist/built" . ||
    fail "the wheel could not be built; why is above. (scikit-build-core and nanobind come from PyPI.)"
  mv "$dist"/built/alsace-*.tar.gz "$dist"
  step "libraries into the wheel"
  repair_wheel "$dist"/built/alsace-*.whl "$dist"
  rm -r "$dist/built"
  step "the wheel in an empty environment"
  try_wheel "$dist"/alsace-*.whl
  say "$(du -b --apparent-size "$dist"/* | sed 's/\t/ bytes  /')"
}

# repair_wheel WHEEL FOLDER: puts it there with the libraries that not every system has, under the
# manylinux tag that its use of the C library allows. auditwheel fails when there is none.
repair_wheel() {
  local tagged
  PATH=$PWD/.venv/bin:$PATH .venv/bin/auditwheel repair --wheel-dir "$2" "$1"
  tagged=$(echo "$2"/alsace-*manylinux*.whl)
  [[ -f $tagged ]] || fail "auditwheel has made no manylinux wheel of $1"
  (($(stat -c %s "$tagged") < wheel_limit)) || fail "$tagged is larger than $wheel_limit bytes"
  say "$tagged"
}

# try_wheel WHEEL: with numpy alone beside it, and on the path nothing but the environment itself.
try_wheel() {
  local clean=build/wheel_check
  rm -rf "$clean"
  .venv/bin/python -m venv --without-pip "$clean"
  .venv/bin/python -m pip --python "$clean/bin/python" install --quiet --disable-pip-version-check \
    --only-binary :all: "$1" || fail "pip could not install $1. See its message above."
  env -i PATH="$PWD/$clean/bin" "$clean/bin/python" -I tests/python/wheel_check.py examples/plays.csv
}
