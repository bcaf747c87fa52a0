# shellcheck shell=bash
# source env.bash: a shell with the environment, the overlay and the Fast DDS profile, from any directory.
# An installed ROS 2 must be sourced before it; without one, ROS 2 from PyPI wheels in .venv is the underlay.

_fer_root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
_fer_prefix=$_fer_root/.venv

_fer_prepend() {  # _fer_prepend VARIABLE DIRECTORY: put a directory in front, once
    case ":${!1:-}:" in
        *":$2:"*) ;;
        *) export "$1=$2${!1:+:${!1}}" ;;
    esac
}

if [ ! -x "$_fer_prefix/bin/python" ]; then
    echo "env.bash: no environment yet: run 'make setup' in $_fer_root" >&2
else
    _fer_prepend PATH "$_fer_prefix/bin"
    export VIRTUAL_ENV=$_fer_prefix
    if [ -z "${ROS_DISTRO:-}" ] || [ "${FER_ROS_ENVIRONMENT:-}" = wheels ]; then
        export FER_ROS_ENVIRONMENT=wheels RMW_IMPLEMENTATION=rmw_fastrtps_cpp ROS_DISTRO=jazzy ROS_VERSION=2 ROS_PYTHON_VERSION=3
        _fer_prepend AMENT_PREFIX_PATH "$_fer_prefix"
        _fer_prepend CMAKE_PREFIX_PATH "$_fer_prefix"
        _fer_prepend LD_LIBRARY_PATH "$_fer_prefix/lib"
        # The wheels' start-up hook would run every Python twice to set the library path that is set here.
        export _ROS_WHEELS_BOOTSTRAP_COMPLETE=1
    else
        # Python packages of the environment come before the ones that apt installed.
        _fer_prepend PYTHONPATH "$("$_fer_prefix/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')"
    fi
    export COLCON_DEFAULTS_FILE=$_fer_root/tools/colcon.yaml
    export FASTRTPS_DEFAULT_PROFILES_FILE=${FASTRTPS_DEFAULT_PROFILES_FILE:-$_fer_root/config/fastdds.xml}
    if [ -f "$_fer_root/install/local_setup.bash" ]; then
        # colcon's script reads variables that may be unset
        case $- in *u*) _fer_nounset=1; set +u ;; *) _fer_nounset= ;; esac
        # shellcheck disable=SC1091
        . "$_fer_root/install/local_setup.bash"
        [ -z "$_fer_nounset" ] || set -u
        unset _fer_nounset
    fi
fi
unset -f _fer_prepend
unset _fer_root _fer_prefix
