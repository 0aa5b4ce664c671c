# `./run web`, and what the test run shares with it: the page of `alsace report`, which is built from
# web/ and kept built in web/dist, so that neither users nor builders need Node. Sourced by ./run.
# shellcheck shell=bash

web_page=web/dist/report.html

run_web() {
  case "$*" in
    "" | picture) ;;
    *) usage "web takes nothing or the word picture, not: $*" ;;
  esac
  install_web_tools
  if [[ $* == picture ]]; then
    take_picture
    return
  fi
  check_web_types
  step "build the page"
  build_page dist
  say "$(stat -c '%n has %s bytes' "$web_page")"
}

# Node of .venv, and what web/package-lock.json pins. The stamp is that file's hash.
install_web_tools() {
  install_python_packages
  local wanted stamp=web/node_modules/lock.sha256
  wanted=$(sha256sum <web/package-lock.json)
  [[ -f $stamp && $(<"$stamp") == "$wanted" ]] && return
  step "install npm packages"
  in_web npm ci --ignore-scripts --no-audit --no-fund --loglevel=error ||
    fail "npm could not install web/package-lock.json; its words are above. It needs the npm registry: name another by npm_config_registry."
  printf '%s\n' "$wanted" >"$stamp"
}

# in_web COMMAND...: in the folder web, with .venv's node and npm.
in_web() { (PATH=$PWD/.venv/bin:$PATH && cd web && "$@"); }

check_web_types() { in_web npm run --silent types; }

# build_page FOLDER, which is below web: report.html there.
build_page() { in_web npm run --silent build -- --outDir "$1" --emptyOutDir; }

# What the page is tested in. Ubuntu's package is no browser, but fetches a snap.
install_browser() {
  if grep -qsx 'ID=debian' /etc/os-release; then
    install_packages chromium
  fi
  [[ -x ${ALSACE_CHROMIUM:-/usr/bin/chromium} ]] ||
    say "NO BROWSER: the page is not tried in one here. Name a Chromium by ALSACE_CHROMIUM."
}

test_web() {
  install_web_tools
  install_browser
  check_web_types
  build_page ../build/web
  cmp build/web/report.html "$web_page" || {
    say "$web_page is not what web/ builds. Build it by ./run web, and commit it."
    return 1
  }
  node_tests 'tests/*.test.ts'
  ALSACE_PROGRAM=$PWD/$program .venv/bin/python -m pytest -q tests/web
}

# node_tests FILES...: node's own runner, and its last words as the other runners say them.
node_tests() {
  local file=build/web/tests.txt
  in_web node --test --test-reporter=spec "$@" | tee "$file"
  awk '$2 == "pass" { passed = $3 } $2 == "skipped" { skipped = $3 }
    END { print passed " passed" (skipped > 0 ? ", " skipped " skipped for want of a browser" : "") }' "$file"
}

# docs/report.png: the map of MovieLens 1M.
take_picture() {
  install_browser
  build_program
  local data=${ALSACE_DATA:-../shared/data}/movielens-1m work=build/picture
  [[ -f $data/interactions.tsv ]] || fail "there is no $data/interactions.tsv. Set ALSACE_DATA."
  mkdir -p "$work"
  movies_table "$data/movies.dat" >"$work/movies.csv"
  step "train, evaluate, report"
  "$program" train "$data/interactions.tsv" --model "$work/movielens.alsace" --preset recommended
  "$program" evaluate "$data/interactions.tsv" --split random --preset recommended --json >"$work/evaluation.json"
  "$program" report "$work/movielens.alsace" --items "$work/movies.csv" --evaluation "$work/evaluation.json" \
    --title "MovieLens 1M" --out "$work/report.html"
  in_web node tests/screenshot.ts "../$work/report.html" ../docs/report.png "select=Toy Story (1995)" height=960
  say "$(stat -c '%n has %s bytes' docs/report.png)"
}

# movies_table FILE: movies.dat of MovieLens 1M as item,title,year,genres in UTF-8.
movies_table() {
  .venv/bin/python - "$1" <<'PYTHON'
import csv, re, sys

rows = csv.writer(sys.stdout, lineterminator="\n")
rows.writerow(["item", "title", "year", "genres"])
for line in open(sys.argv[1], encoding="latin-1"):
    item, title, genres = line.rstrip("\n").split("::")
    year = re.search(r"\((\d{4})\)$", title)
    rows.writerow([item, title, year.group(1) if year else "", genres])
PYTHON
}
