#!/usr/bin/env bash
# quietly.sh LOG COMMAND...: run a command into a log; print the log only if the command fails.
set -uo pipefail
log=$1
shift
mkdir -p "$(dirname "$log")"
if ! "$@" > "$log" 2>&1; then
    tail -n 60 "$log" >&2
    echo "failed: $* (log: $log)" >&2
    exit 1
fi
