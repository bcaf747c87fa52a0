"""Only what a bundle can hold is converted, and int8 is calibrated on faces."""

import numpy as np
import pytest

from fer_training.export.convert import convert
from fer_training.models.mobilenet import NetworkConfig, build_network

TINY = NetworkConfig(width=0.125, blocks=1)


@pytest.mark.parametrize(
    ("precision", "calibration", "message"),
    [
        ("float8", None, "precision must be one of float32, float16, int8, got 'float8'"),
        ("int8", None, "int8 needs calibration faces of the training split, got none"),
        ("int8", np.empty((0, 48, 48, 1), np.float32), "int8 needs calibration faces"),
    ],
)
def test_what_cannot_be_converted_is_refused(precision, calibration, message):
    with pytest.raises(ValueError, match=message):
        convert(build_network(TINY, 7), precision, calibration)


def test_half_the_precision_is_about_half_the_file():
    network = build_network(NetworkConfig(width=0.5, blocks=7), 7)
    sizes = [len(convert(network, precision)) for precision in ("float16", "float32")]
    assert 0.45 < sizes[0] / sizes[1] < 0.65
