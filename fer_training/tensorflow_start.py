"""TensorFlow, loaded without what it prints while it starts, which nobody could act on."""

from __future__ import annotations

from fer_ros.core.library_output import quiet_tensorflow


def import_tensorflow() -> None:
    """Import TensorFlow and let it look for GPUs; what it prints meanwhile is left out, errors of a GPU are not.

    Raises ModuleNotFoundError where it is not installed.
    """
    with quiet_tensorflow():
        import tensorflow as tf

        tf.config.list_physical_devices()
