#!/usr/bin/env bash
# Make .venv and install what a lock file names, hashes checked. Usage: tools/venv.sh LOCKFILE STAMP
set -euo pipefail
cd "$(dirname "$0")/.."
lock=$1 stamp=$2 python=${PYTHON:-python3}

fail() { echo "✗ $*" >&2; exit 1; }

command -v "$python" >/dev/null || fail "Python is missing. Install Python 3.11 or later (Debian: apt install python3 python3-venv)."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "$("$python" --version) is too old. Say which Python to use: make PYTHON=python3.11 …"

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends python3-venv >/dev/null
  else
    fail "Python's venv module is missing. Install it (Debian: apt install python3-venv)."
  fi
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
echo "Installing $lock into .venv …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
touch "$stamp"
