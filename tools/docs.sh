#!/usr/bin/env bash
# The site in build/site: mkdocs with the Material theme, in an environment of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
source env.bash
site=build/docs-environment
if ! cmp -s docs/requirements.txt "$site/requirements.txt"; then
    echo "docs: making the site generator's environment"
    # The generator is no part of what the nodes run on.
    python -m venv --clear "$site"
    "$site/bin/pip" --disable-pip-version-check install --quiet -r docs/requirements.txt
    cp docs/requirements.txt "$site/"
fi
python tools/reference.py
python -m benchmarks.readme
# The theme is pinned: its notice about its successor is for whoever moves the pin.
NO_MKDOCS_2_WARNING=1 "$site/bin/mkdocs" build --quiet --clean
echo "docs: build/site/index.html"
