#!/usr/bin/env bash
# The ROS wheels' CMake files name the Python of the machine that built them: point them at this environment.
set -euo pipefail
cd "$(dirname "$0")/.."
prefix=$PWD/.venv
include=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["include"])')
{ grep -rlZ --include='*.cmake' '/opt/python/cp' "$prefix/share" || true; } | xargs -0 -r sed -i -E \
    -e "s#/opt/python/cp[0-9]+-cp[0-9]+/include/python3\.[0-9]+#$include#g" \
    -e "s#/opt/python/cp[0-9]+-cp[0-9]+#$prefix#g"

# Each wheel carries its private libraries in a folder of its own; their names hold a hash, so one folder serves them all
# and the library path stays the same from start to start.
ln -sf "$prefix"/lib/python3.*/site-packages/ros_*.libs/*.so* "$prefix/lib/"
