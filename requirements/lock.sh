#!/bin/sh
# Writes the pinned and hashed requirement files from pyproject.toml. Needs uv and a package index;
# the files name neither, so that they install from whichever index the machine is set up for.
set -eu
cd "$(dirname "$0")/.."
compile() {
  out=$1; shift
  uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
    --no-emit-index-url --no-emit-find-links --quiet --upgrade "$@" -o "requirements/$out"
}
compile platform.txt
compile app.txt --extra all --group build
compile test.txt --extra all --group build --group test -c requirements/app.txt
compile docs.txt --extra all --group docs -c requirements/test.txt
compile hardening.txt --extra all --group build --group test --group hardening -c requirements/test.txt
