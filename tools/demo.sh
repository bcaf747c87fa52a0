#!/usr/bin/env bash
# camera_node -> fer_node -> viewer_node, three processes over DDS; ends when the source does, or on Ctrl-C.
# SOURCE: a device, file, folder or URL; by default a clip made of pictures in the public domain.
# OUT: a folder for one annotated picture; by default nothing is written.
# PAGE: with 1, also a live page in the browser; a file or folder then starts again at its end, until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/.."
source env.bash

# Now and not after the clip: a folder that cannot be made is told at once.
[[ -z ${OUT:-} ]] || mkdir -p "$OUT"

source_=${SOURCE:-}
if [[ -z "$source_" ]]; then
    source_=build/demo.avi
    if [[ ! -f "$source_" || tools/make_clip.py -nt "$source_" ]]; then
        echo "demo: making a clip of pictures in the public domain"
        python tools/make_clip.py "$source_"
    fi
fi
# Nobody else's nodes, and nobody else's screen.
export ROS_DOMAIN_ID=${ROS_DOMAIN_ID:-$((RANDOM % 100 + 1))}
export ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST

camera_settings=(-p wait_for_subscriber:=10.0)
nodes=(fer_node viewer_node)
if [[ ${PAGE:-} == 1 ]]; then
    camera_settings+=(-p loop:=true)
    nodes+=(page_node)
fi
# The camera comes last: its silence until then is no news.
fer_settings=(-p diagnostics.no_image_after:=15.0)
if [[ -d "$source_" ]]; then
    # A folder holds single pictures: slow enough to be seen, each searched in full and judged by itself.
    camera_settings+=(-p rate:=2.0)
    fer_settings+=(-p search.full_scan_period:=0.0 -p tracker.enabled:=false -p smoothing.enabled:=false)
fi

ros_run() {
    local node=$1
    shift
    exec python "scripts/$node" --ros-args "$@"
}

(ros_run fer_node --log-level warn "${fer_settings[@]}") 2> >(grep -v XNNPACK >&2) &
fer=$!
(ros_run viewer_node -p title:=demo ${OUT:+-p "save_to:='$OUT'"}) &
viewer=$!
page= camera=
trap 'kill -INT $fer $viewer $page $camera 2>/dev/null || true; wait' EXIT
trap : INT TERM

if [[ ${PAGE:-} == 1 ]]; then
    # Any free port: the demo never finds its port taken, and the address is printed.
    (ros_run page_node -p port:=0) &
    page=$!
fi

# A file would be over before the others are up.
python tools/wait_for_node.py "${nodes[@]}"
(ros_run camera_node --log-level warn -p "source:=$source_" "${camera_settings[@]}") &
camera=$!
code=0
wait $camera || code=$?
kill -INT $viewer 2>/dev/null || true
wait $viewer || true
kill -INT $fer $page 2>/dev/null || true
wait $fer $page || true
trap - EXIT
# 130: Ctrl-C, which is how a device's demo ends.
[[ $code == 130 ]] || exit $code
