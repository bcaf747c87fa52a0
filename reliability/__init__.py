"""Injected faults, a long run, and a bad network: what the nodes do then. `make faults soak network` runs them."""

import os
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# `python -m` puts this folder first, and its fer_ros has no generated messages: the overlay's must come first.
if Path(sys.path[0] or ".").resolve() == ROOT:
    sys.path.append(sys.path.pop(0))
# Before rclpy is imported: a domain that neither robots nor the tests use, so that nobody else's nodes are heard.
os.environ.setdefault("ROS_DOMAIN_ID", str(random.randint(110, 210)))
os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
