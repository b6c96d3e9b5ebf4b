#!/usr/bin/env bash
# system_packages.sh: installs the programs that tests start and that pip does not bring, where they are missing.
set -euo pipefail

wanted=()
if ! command -v redis-server >/dev/null; then wanted+=(redis-server); fi
if ! command -v chromium >/dev/null; then wanted+=(chromium); fi
if [ "${#wanted[@]}" != 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "Install redis-server, 6 or newer, and chromium: tests of several processes and of the pages start them." >&2
    exit 1
  fi
  root=()
  if [ "$(id -u)" != 0 ]; then root=(sudo); fi
  export DEBIAN_FRONTEND=noninteractive
  "${root[@]}" apt-get update -qq
  "${root[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}"
fi
