"""What the browser is sent."""

import json
import math

import cv2
import numpy as np
import pytest
from builtin_interfaces.msg import Time
from fer_ros.msg import FaceEmotion, FaceEmotionArray
from std_msgs.msg import Header

from fer_ros.core.types import Frame
from fer_ros.page.updates import Meter, encode, faces_of, to_json


def test_numbers_that_json_cannot_say_become_null():
    face = FaceEmotion(raw_label="happy", raw_confidence=math.nan, raw_probabilities=[math.inf, 0.5])
    face.bbox.size_x = math.nan
    message = FaceEmotionArray(header=Header(stamp=Time(sec=7, nanosec=50)), faces=[face])
    sent = json.loads(to_json(faces_of(message)))
    assert sent["stamp"] == "7.000000050"
    (one,) = sent["faces"]
    assert one["confidence"] is None and one["probabilities"] == [None, 0.5] and one["box"][2] is None


def test_a_smoothed_answer_is_shown_before_the_raw_one():
    face = FaceEmotion(raw_label="sad", smoothed_label="happy", smoothed_confidence=0.75)
    face.smoothed_probabilities = [0.25, 0.75]
    (one,) = faces_of(FaceEmotionArray(faces=[face]))["faces"]
    assert (one["label"], one["confidence"], one["probabilities"]) == ("happy", 0.75, [0.25, 0.75])


def test_a_crowd_is_cut_where_nobody_could_read_on():
    assert len(faces_of(FaceEmotionArray(faces=[FaceEmotion()] * 1000))["faces"]) == 32


@pytest.mark.parametrize(("size", "width", "expected"), [((48, 64), 32, (24, 32)), ((48, 64), 640, (48, 64))])
def test_pictures_are_made_smaller_and_never_larger(size, width, expected):
    picture = np.zeros((*size, 3), np.uint8)
    picture[..., 0] = 200
    data = cv2.imdecode(np.frombuffer(encode(Frame.from_rgb(picture), width), np.uint8), cv2.IMREAD_COLOR)
    assert data.shape[:2] == expected
    assert np.abs(data[..., 2].astype(int) - 200).max() < 8 and data[..., 0].max() < 8


def test_rate_and_latency_are_those_of_the_last_seconds():
    meter = Meter()
    assert meter.figures() == {"rate": None, "latency": None}
    for number in range(100):
        meter.add(number / 20, 9.0 if number < 50 else 0.015)
    assert meter.figures() == {"rate": pytest.approx(20.0), "latency": 0.015}
