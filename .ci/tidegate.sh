#!/bin/sh
# Runs Tidegate from its repository, for who has cloned that: pre-commit, a GitHub Action, a job of GitLab. The first run builds it.
set -e
root=$(cd "$(dirname "$0")/.." && pwd)
# What a build writes last: one that was interrupted begins anew.
if [ ! -f "$root/dist/builtin-policies.json" ]; then
  command -v npm >/dev/null || { echo 'tidegate: needs Node 22.19 or later, with npm' >&2; exit 2; }
  (cd "$root" && npm ci --ignore-scripts --loglevel=error && npm run --silent build) >&2 || exit 2
fi
exec node "$root/dist/main.js" "$@"
