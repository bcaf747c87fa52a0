"""Tiny networks and generated pictures: every test here runs the real code on a small scale."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import pytest
from look_alike import tiny_config, tiny_crops, write_fer2013


@pytest.fixture
def config():
    return tiny_config()


@pytest.fixture
def crops():
    return tiny_crops()


@pytest.fixture(scope="session")
def fer2013(tmp_path_factory):
    return write_fer2013(tmp_path_factory.mktemp("fer2013"))
