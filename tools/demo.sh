#!/usr/bin/env bash
# The demo, as `make demo` runs it: sets up what is missing and shows what SOURCE has. Variables: tools/demo.sh --help.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-$(command -v python3 || true)}
[[ $python ]] || { echo "demo: python3 is missing: sudo apt-get install python3 python3-venv python3-dev" >&2; exit 1; }
[[ -z ${1:-} ]] || exec "$python" tools/demo_options.py --help
# Now and not after the set-up: a mistake is told at once. 3: help was asked for, and shown.
status=0
"$python" tools/demo_options.py --check || status=$?
[[ $status != 3 ]] || exit 0
[[ $status == 0 ]] || exit $status
level=demo
[[ ${BACKEND:-} != tensorflow ]] || level=train
tools/setup.sh $level
source env.bash
exec python tools/demo.py
