"""What all tests share: tiny bundles, pictures, and a DDS domain of their own."""

import os
import random
import sys
from pathlib import Path

import pytest
from tiny_bundle import make_tiny_bundle

# What is not installed (reliability, fuzz, benchmarks) comes from the root, behind the overlay, where `fer_ros.msg` is.
sys.path.append(str(Path(__file__).resolve().parents[1]))

# Set before any process of a test starts: nobody else's nodes are heard, and ours are heard by nobody else.
os.environ.setdefault("ROS_DOMAIN_ID", str(random.randint(1, 100)))
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory):
    """A folder with a bundle of an untrained network."""
    return make_tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny")
