#!/bin/sh
# Builds dist for who installs Tidegate from its repository: pre-commit, npm install git+…, or a clone. A checkout that has been
# built is left as it is.
set -e
[ ! -d dist ] && [ -d src ] || exit 0
# Never with a compiler that happens to be on the PATH. For `npm install --global git+…`, as pre-commit has it since 4.6.1, npm
# before 12 comes here without ours: it is fetched. That npm also writes into one folder twice at once, and fails by chance now
# and then (https://github.com/npm/cli/issues/6984); nothing of ours can mend it.
[ -x node_modules/.bin/tsc ] || npm_config_global=false npm ci --ignore-scripts --loglevel=error
npm run --silent build
