#!/usr/bin/env bash
# system_packages.sh: installs the programs that tests start and that pip does not bring, where they are missing.
set -euo pipefail

if ! command -v redis-server >/dev/null; then
  if ! command -v apt-get >/dev/null; then
    echo "Install redis-server, 6 or newer: tests of what several processes share start it." >&2
    exit 1
  fi
  root=()
  if [ "$(id -u)" != 0 ]; then root=(sudo); fi
  export DEBIAN_FRONTEND=noninteractive
  "${root[@]}" apt-get update -qq
  "${root[@]}" apt-get install -y -qq --no-install-recommends redis-server
fi
