#!/usr/bin/env bash
# Makes requirements-dev.lock (everything) and requirements.lock (what running needs, at the same versions).
# Versions already in the locks are kept where they still fit; `packaging/lock.sh --upgrade` takes newer ones.
set -euo pipefail
cd "$(dirname "$0")/.."

if command -v uv >/dev/null; then
  uv=uv
else  # pip's own resolver gives up on this set, so bring uv for the occasion
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  "${PYTHON:-python3}" -m venv "$scratch/venv"
  "$scratch/venv/bin/pip" install --quiet uv
  uv="$scratch/venv/bin/uv"
fi

compile() {  # OUTPUT WHAT ARGUMENTS...
  local output=$1 what=$2
  shift 2
  "$uv" pip compile pyproject.toml --quiet --universal --python-version 3.11.5 --generate-hashes \
    --no-annotate --no-header --no-emit-index-url --no-emit-find-links --output-file "$output" "$@"
  {
    echo "# $what"
    echo "# Versions and hashes for Python 3.11 to 3.13 on every platform. Made by 'make lock'; do not edit."
    echo "# Install: pip install --no-deps --require-hashes -r $output"
    grep -v '^#' "$output"
  } >"$output.new"
  mv "$output.new" "$output"
}

# Not the extra `local`: its weights are 1.2 GB that no test reads; nor `evals`, which is this checkout's own.
compile requirements-dev.lock "Everything: what running needs, extras but local, and the tools of development." \
  --extra ag-ui --extra mcp --extra redis --extra studio --group dev "$@"

# The constraint is the dev lock without its hashes: uv would want them to match file by file.
constraint=$(mktemp)
grep -E '^[A-Za-z0-9]' requirements-dev.lock | sed 's/ *\\$//' >"$constraint"
compile requirements.lock "What running Pincite needs, at the versions of requirements-dev.lock." \
  --group build --constraint "$constraint"
rm -f "$constraint"
