#!/usr/bin/env bash
# A Chromium and Chinese fonts for the browser tests: Debian's own where root and apt are there (the one without windows,
# which starts and draws faster), otherwise Playwright's download. Ends with a failure, never silently without a browser.
set -euo pipefail
cd "$(dirname "$0")/.."

has_fonts() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn 2>/dev/null | head -n 1)" ]; }
has_browser() {
  [ -n "${HOUQIN_BROWSER:-}" ] && [ -x "$HOUQIN_BROWSER" ] && return 0
  command -v chromium-headless-shell chromium >/dev/null && return 0
  .venv/bin/python - <<'PYTHON' 2>/dev/null
import os, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    sys.exit(not os.path.exists(p.chromium.executable_path))
PYTHON
}
root_with_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

if ! has_browser || ! has_fonts; then
  if root_with_apt; then
    echo "Installing chromium and Chinese fonts …"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q >/dev/null || true
    for browser in chromium-headless-shell chromium; do
      apt-get install -qy --no-install-recommends "$browser" fontconfig fonts-noto-cjk >/dev/null && break
    done || true
  elif ! has_browser; then
    echo "Downloading Playwright's Chromium …"
    .venv/bin/playwright install chromium || true
  fi
fi

has_browser || {
  echo "✗ The browser tests need Chromium, and it could not be installed here." >&2
  echo "  Install it (Debian: apt install chromium), or set HOUQIN_BROWSER to one, and run again." >&2
  exit 1
}
has_fonts || {
  echo "✗ The browser tests need Chinese fonts (Debian: apt install fontconfig fonts-noto-cjk)." >&2
  exit 1
}
