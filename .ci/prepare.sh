#!/bin/sh
# Builds dist for who installs Tidegate from its repository by npm. A checkout that has been built is left as it is.
set -e
[ ! -d dist ] && [ -d src ] || exit 0
# For `npm install --global git+…`, npm before 12 brings none of the packages that build it, and itself writes into one folder twice at
# once: it fails by chance (https://github.com/npm/cli/issues/6984). Never with a compiler that happens to be on the PATH.
[ -x node_modules/.bin/tsc ] || {
  echo 'tidegate: npm before 12 cannot install it globally from git; clone it, run "npm ci" and "npm pack", and install what that makes' >&2
  exit 1
}
npm run --silent build
