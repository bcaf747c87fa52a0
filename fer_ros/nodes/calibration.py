"""A camera's calibration file, as camera_calibration writes it, to a CameraInfo message."""

from __future__ import annotations

from pathlib import Path

import yaml
from sensor_msgs.msg import CameraInfo


def read_calibration(path: Path) -> CameraInfo:
    """Read a calibration YAML file. Raises ValueError naming the file and what it lacks."""
    try:
        # Shared parts of a YAML file are one object, but as text they could fill the memory: numbers and words only.
        values = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        return CameraInfo(
            width=int(values["image_width"]),
            height=int(values["image_height"]),
            distortion_model=values["distortion_model"],
            d=[float(v) for v in values["distortion_coefficients"]["data"]],
            k=[float(v) for v in values["camera_matrix"]["data"]],
            r=[float(v) for v in values["rectification_matrix"]["data"]],
            p=[float(v) for v in values["projection_matrix"]["data"]],
        )
    except KeyError as error:
        raise ValueError(f"{path}: expected a calibration with {error}, got none") from None
    except (OSError, yaml.YAMLError, TypeError, ValueError, AssertionError, OverflowError, RecursionError) as error:
        raise ValueError(f"{path}: expected a calibration file, got {error}") from None
