#!/usr/bin/env bash
# A browser for the tests of pages: one that is there, or Debian's.
set -euo pipefail

for name in "${TIDEGATE_CHROMIUM:-chromium}" chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit 0
done

no() {
  echo "The tests of pages want Chromium, and $1." >&2
  echo "Install it, or name one by TIDEGATE_CHROMIUM=/path/to/chromium." >&2
  exit 1
}
command -v apt-get >/dev/null || no 'there is no apt-get here to install it'
[ "$(id -u)" -eq 0 ] || no 'only root may install it: apt-get install chromium'

export DEBIAN_FRONTEND=noninteractive
echo 'installing chromium'
apt-get update --quiet=2 || no 'the list of packages cannot be had'
apt-get install --quiet=2 --yes --no-install-recommends chromium fonts-liberation >/dev/null || no 'it cannot be installed'
