"""What all tests share: tiny bundles, pictures, and a DDS domain of their own."""

import os
import random
import socket
import sys
from pathlib import Path

import pytest
from tiny_bundle import make_tiny_bundle

# What is not installed (reliability, fuzz, benchmarks) comes from the root, behind the overlay, where `fer_ros.msg` is.
sys.path.append(str(Path(__file__).resolve().parents[1]))


def _claim_domain():
    """A DDS domain that no other run of tests on this machine has, and what keeps it for as long as this run lasts."""
    for domain in random.sample(range(1, 102), 101):
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            # Linux's abstract names leave no file, and end with the process.
            claim.bind(f"\0fer_ros_test_domain_{domain}")
        except OSError:
            claim.close()
            continue
        return domain, claim
    raise RuntimeError("expected a DDS domain that no other run of tests has, got none of 101")


# Set before any process of a test starts: nobody else's nodes are heard, and ours are heard by nobody else.
if "ROS_DOMAIN_ID" not in os.environ:
    _domain, _claim = _claim_domain()
    os.environ["ROS_DOMAIN_ID"] = str(_domain)
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory):
    """A folder with a bundle of an untrained network."""
    return make_tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny")
