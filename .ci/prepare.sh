#!/bin/sh
# Builds dist for who installs Tidegate from its repository: pre-commit, or a clone. A checkout that has been built is left as it is.
set -e
[ ! -d dist ] && [ -d src ] || exit 0
# Never with a compiler that happens to be on the PATH. npm comes here without ours for `npm install --global git+…`, where two
# of it write into one folder at once and fail by chance: https://github.com/npm/cli/issues/6984.
[ -x node_modules/.bin/tsc ] || {
  echo 'tidegate: to build it, clone the repository, run "npm install" and "npm pack" there, and install the package that is made' >&2
  exit 1
}
npm run --silent build
