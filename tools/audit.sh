#!/usr/bin/env bash
# What the environment holds, under which licences, and which known weaknesses it has:
#   build/audit/sbom.json          bill of materials (CycloneDX 1.6)
#   build/audit/licences.md        licence of every package
#   build/audit/weaknesses.json    what the Python Packaging Advisory Database knows; needs its service
# The tools lie in build/audit/tools, not in .venv. Ends with 1 if a weakness is known, with 3 if nobody could be asked.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=build/audit/tools
stamp="$(.venv/bin/python -c 'import sys; print(sys.version)') $(sha256sum < tools/audit.txt)"
if [[ "$(cat $tools/.stamp 2>/dev/null)" != "$stamp" ]]; then
    .venv/bin/python -m venv --clear $tools
    $tools/bin/python -m pip --disable-pip-version-check install --quiet -r tools/audit.txt
    echo "$stamp" > $tools/.stamp
fi
# Not those of the overlay and of ROS: the tools have their own.
unset PYTHONPATH

$tools/bin/cyclonedx-py environment .venv/bin/python --output-reproducible --output-format JSON -o build/audit/sbom.json
$tools/bin/pip-licenses --python .venv/bin/python --from=mixed --order=license --format=markdown > build/audit/licences.md
# The wheels of ROS packages name theirs only in package.xml.
for manifest in .venv/share/*/package.xml; do
    licence=$(grep -o '<license[^>]*>[^<]*' "$manifest" | sed 's/.*>//' | paste -sd ';')
    echo "| $(basename "$(dirname "$manifest")") | package.xml | $licence |"
done >> build/audit/licences.md
packages=$(grep -c '^|' build/audit/licences.md)
echo "audit: $((packages - 2)) entries: build/audit/sbom.json, build/audit/licences.md"

# A service that does not know this old release's weaknesses (CVE-2021-33503) knows none, and its silence is no good news.
echo "urllib3==1.26.0" > build/audit/canary.txt
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
for service in osv pypi; do
    ask=("$tools/bin/pip-audit" --vulnerability-service "$service" --progress-spinner off --timeout 30)
    canary=$("${ask[@]}" -r build/audit/canary.txt --no-deps --disable-pip --format json 2> build/audit/pip-audit.log || true)
    if [[ "$canary" == *'"vulns": [{"id"'* ]]; then
        "${ask[@]}" --path "$site" --format json --output build/audit/weaknesses.json
        exit
    fi
done
echo "audit: known weaknesses: NOT LOOKED UP: neither OSV nor PyPI answered as they do" >&2
exit 3
