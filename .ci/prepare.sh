#!/bin/sh
# Builds dist for who installs Tidegate from its repository (pre-commit, npm install git+…). A checkout that has been built
# is left as it is. `npm install --global` prepares a package without the packages that build it: they are fetched here.
set -e
[ ! -d dist ] && [ -d src ] || exit 0
[ -x node_modules/.bin/tsc ] || npm_config_global=false npm ci --ignore-scripts --loglevel=error
npm run --silent build
