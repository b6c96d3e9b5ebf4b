#!/usr/bin/env bash
# install.sh VENV LOCK: makes the virtual environment, installs the lock into it, and this checkout, editable.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$1 lock=$2
python=${PYTHON:-python3}

if ! found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null); then
  echo "Pincite needs Python 3.11, 3.12 or 3.13, and '$python' does not run. Name one: make PYTHON=python3.12 …" >&2
  exit 1
fi
case $found in
  3.11 | 3.12 | 3.13) ;;
  *)
    echo "Pincite needs Python 3.11, 3.12 or 3.13; '$python' is $found. Name another: make PYTHON=python3.12 …" >&2
    exit 1
    ;;
esac
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11, 5))'; then
  echo "Pincite needs Python 3.11.5 or newer: '$python' matches some regular expressions wrongly, and reads no HTML." \
    "Name another: make PYTHON=python3.12 …" >&2
  exit 1
fi

# An environment made by another Python, or one whose Python has gone, is made anew.
if [ "$("$venv/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" != "$found" ]; then
  echo "Making $venv with Python $found …"
  "$python" -m venv --clear "$venv"
fi

echo "Installing $lock: a minute or two the first time …"
# The lock is whole, so nothing is resolved, and each file must have the hash it names.
if command -v uv >/dev/null; then
  install=(uv pip install --quiet --python "$venv/bin/python")
else
  install=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check)
fi
"${install[@]}" --no-deps --require-hashes -r "$lock"
# hatchling is in both locks, so this needs no network.
"${install[@]}" --no-deps --no-build-isolation -e .
# With the tools of development come the commands that measure.
if [ "$lock" = requirements-dev.lock ]; then
  "${install[@]}" --no-deps --no-build-isolation -e packaging/evals
fi
