#!/bin/sh
# Writes the pinned and hashed requirement files from pyproject.toml. Needs uv and a package index. The files name
# neither, so that they install from the index that each machine is configured for.
#
#   requirements/lock.sh              add what pyproject.toml needs and keep the other pins
#   requirements/lock.sh --upgrade    move every pin to its newest allowed release
set -eu
cd "$(dirname "$0")/.."
UPGRADE=${1:-}
compile() {
  out=$1; shift
  uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
    --no-emit-index-url --no-emit-find-links --quiet ${UPGRADE:+"$UPGRADE"} "$@" -o "requirements/$out"
}
compile platform.txt --group platform
compile app.txt pyproject.toml --extra all --group build
compile test.txt pyproject.toml --extra all --group build --group test -c requirements/app.txt
compile docs.txt pyproject.toml --extra all --group docs -c requirements/test.txt
compile mutation.txt pyproject.toml --extra all --group build --group test --group mutation -c requirements/test.txt
compile hardening.txt pyproject.toml --extra all --group build --group test --group hardening -c requirements/test.txt
# The oldest releases that pyproject.toml allows. Installed over test.txt, which holds the tools that run the tests.
compile lowest.txt pyproject.toml --extra all --resolution lowest-direct
