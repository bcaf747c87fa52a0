"""The messages' types: those of vision_msgs and hri_msgs are upstream's own, and ours are final."""

import json
import os
from pathlib import Path

import pytest
from hri_msgs.msg import Expression

# Computed by rosidl 4.6 from the upstream definitions of vision_msgs 4.1.1.
VISION_MSGS = {
    "BoundingBox2D": "008eacbb0cf8f26e83795547bed013eec3675485ef386ec056d80eaaf1c1ce2f",
    "Detection2D": "0d12b69df5c593b3455b7346fac8205437a7d4bcb09b9e0e0b2dde787ded38ea",
    "Detection2DArray": "214274120007f4a683866481336b70310268cfa107aebe9d594a6acf75bda968",
    "ObjectHypothesis": "51da43cec11c01957a64d1e05a24acd18aae7745ec30b74348ad5f6d634f7f90",
    "ObjectHypothesisWithPose": "41c12344c0396c48b81df12467c192d99b2a0eb1463c5c37194e4223251c80bc",
    "Point2D": "eab0e83f44ab4de92ceaf76dd7d0e7638f2bdd1d16ffbe16c7a136c48e407247",
    "Pose2D": "b0b5d1d7b4c20dd4fcde3ed1d4b289a919290572007d67a97043814db25d3648",
}

# The same for hri_msgs 2.3.2.
HRI_MSGS = {
    "Expression": "411b88e0604397d44775d8ec6a4bc69398fb0dfbfe864c33a40fa99ee85f1b00",
    "IdsList": "7e0812d1ac945c98fd3e393568d581ad0ab567f37b24eff633eab778c1bfe62d",
    "NormalizedRegionOfInterest2D": "2e50c93f1ca166ee77af9a5424dc951ae4e452b740162a7f83c082d917dcaff5",
}

# Its constants, which are no part of the hash: each is its own name in lower case.
EXPRESSIONS = """NEUTRAL ANGRY SAD HAPPY SURPRISED DISGUSTED SCARED PLEADING VULNERABLE DESPAIRED GUILTY DISAPPOINTED
    EMBARRASSED HORRIFIED SKEPTICAL ANNOYED FURIOUS SUSPICIOUS REJECTED BORED TIRED ASLEEP CONFUSED AMAZED EXCITED"""


def type_hash(package, message):
    for prefix in os.environ["AMENT_PREFIX_PATH"].split(":"):
        path = Path(prefix) / "share" / package / "msg" / f"{message}.json"
        if path.is_file():
            hashes = json.loads(path.read_text())["type_hashes"]
            return {h["type_name"]: h["hash_string"] for h in hashes}[f"{package}/msg/{message}"]
    raise AssertionError(f"no {package}/msg/{message} in AMENT_PREFIX_PATH")


@pytest.mark.parametrize("message", VISION_MSGS)
def test_vision_msgs_has_the_type_hashes_of_upstream(message):
    assert type_hash("vision_msgs", message) == f"RIHS01_{VISION_MSGS[message]}"


@pytest.mark.parametrize("message", HRI_MSGS)
def test_hri_msgs_has_the_type_hashes_of_upstream(message):
    assert type_hash("hri_msgs", message) == f"RIHS01_{HRI_MSGS[message]}"


@pytest.mark.parametrize("name", EXPRESSIONS.split())
def test_hri_msgs_has_the_constants_of_upstream(name):
    assert getattr(Expression, name) == name.lower()


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("FaceEmotion", "2199ac3dc1af3e14368e91c283259d8b2a1e844c3ba9ffc42d30c6df2e8e12c9"),
        ("FaceEmotionArray", "dac1d21cd6c356d844cc2d025aade4c1f9dd8050423bda2a0c9a5cabc68ac9f4"),
    ],
)
def test_our_messages_keep_the_type_that_users_have_built_against(message, expected):
    assert type_hash("fer_ros", message) == f"RIHS01_{expected}"
