#!/usr/bin/env bash
# Style, types and the one-way imports.
set -euo pipefail
cd "$(dirname "$0")/.."
source env.bash
ruff check .
ruff format --check --quiet . || { echo "lint: run 'ruff format'" >&2; exit 1; }
mypy
lint-imports --no-cache > build/imports.log || { cat build/imports.log >&2; exit 1; }
echo "lint: clean"
