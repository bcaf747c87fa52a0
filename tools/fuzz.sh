#!/usr/bin/env bash
# Fuzz every target, or those that are named: tools/fuzz.sh [TARGET...]; RUNS inputs for each (100,000).
# Atheris lies in build/fuzz/packages, not in .venv; inputs that are findings are kept in build/fuzz/findings.
set -euo pipefail
cd "$(dirname "$0")/.."
source env.bash
packages=$PWD/build/fuzz/packages
stamp="$(python -c 'import sys; print(sys.version)') $(sha256sum < fuzz/requirements.txt)"
if [[ "$(cat "$packages/.stamp" 2>/dev/null)" != "$stamp" ]]; then
    python -c 'import sys; sys.exit(sys.version_info < (3, 11) and "fuzz: expected Python 3.11 or newer, which atheris needs")'
    rm -rf "$packages"
    python -m pip --disable-pip-version-check install --quiet --no-deps --target "$packages" -r fuzz/requirements.txt
    echo "$stamp" > "$packages/.stamp"
fi
# The package comes from the overlay and not from this folder, which is therefore last on the path.
export PYTHONPATH=$PYTHONPATH:$packages:$PWD PYTHONSAFEPATH=1
read -r -a targets <<< "${*:-$(python -c 'from fuzz.targets import TARGETS; print(*TARGETS)')}"
failed=0
for target in "${targets[@]}"; do
    log=build/fuzz/$target.log
    began=$SECONDS
    status=0
    nice python -m fuzz "$target" "-runs=${RUNS:-100000}" > "$log" 2>&1 || status=$?
    inputs=$(sed -n 's/^stat::number_of_executed_units: //p' "$log")
    memory=$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")
    coverage=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1)
    verdict="no finding"
    if [[ $status -ne 0 ]]; then
        verdict="FINDING, see $log"
        failed=1
    fi
    echo "fuzz: $target: ${inputs:-no} inputs in $((SECONDS - began)) s, ${coverage:-cov: ?}, peak ${memory:-?} MB: $verdict"
done
exit $failed
