"""One's own pictures: the pipeline's own answer, for those who are let in, with a limit, and errors in one line."""

import json
import math
import struct

import aiohttp
import cv2
import numpy as np
import pictures
import pytest
from nodes.test_page_node import TOKEN, Client

from fer_ros.core import load_pipeline
from fer_ros.page.access import Access
from fer_ros.page.listener import bind
from fer_ros.page.server import Server
from fer_ros.page.uploads import MOST_SESSIONS, VIEWS, Uploads

STILL = math.nan


@pytest.fixture(scope="module")
def pipeline():
    return load_pipeline("default", backend="litert")


@pytest.fixture(scope="module")
def jpeg():
    return cv2.imencode(".jpg", pictures.two_faces())[1].tobytes()


@pytest.fixture
def client():
    one = Client()
    yield one
    one.close()


def serve(uploads, token=""):
    listener = bind("127.0.0.1", 0)
    server = Server(
        listener, Access("127.0.0.1", "127.0.0.1", token), ["/camera"], lambda: None, lambda paused: None, uploads
    )
    return server, f"http://127.0.0.1:{listener.getsockname()[1]}/"


@pytest.fixture
def url(pipeline):
    server, address = serve(Uploads(pipeline, 1))
    yield address
    server.close()


def send(looker, time, data):
    """Send a picture; returns the answer."""
    looker._client.run(looker.ws.send_bytes(struct.pack(">d", time) + data))
    message = looker.message()
    return json.loads(message.data) if message.type is aiohttp.WSMsgType.TEXT else message


def test_a_picture_gets_the_answer_that_fer_analyze_would_give(url, client, pipeline, jpeg):
    answer = send(client.look(f"{url}analyze"), STILL, jpeg)
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    expected = pipeline.look(picture, VIEWS)
    faces = answer["faces"]
    assert (faces["width"], faces["height"]) == (640, 480) and faces["bundle"] == pipeline.classifier.bundle_id
    assert [face["label"] for face in faces["faces"]] == [face.label for face in expected] and len(expected) == 2
    for one, other in zip(faces["faces"], expected, strict=True):
        # The pipeline reads gray at once, as it does from a camera; the decoder's gray differs by a level.
        assert one["probabilities"] == pytest.approx(other.probabilities.array, abs=0.03)
        assert one["id"] == "" and one["state"] == 0
        center, size = one["box"][:2], one["box"][2:]
        assert [center[0] - size[0] / 2, center[1] - size[1] / 2] == pytest.approx(other.box.as_tuple()[:2], abs=2)


def test_the_images_of_a_video_are_followed_over_time(url, client, jpeg):
    looker = client.look(f"{url}analyze")
    answers = [send(looker, number / 10, jpeg)["faces"] for number in range(6)]
    ids = [{face["id"] for face in answer["faces"]} for answer in answers]
    assert ids[-1] == ids[-2] and all(len(one) == 5 for one in ids[-1])
    assert answers[-1]["time"] == 0.5 and {face["state"] for face in answers[-1]["faces"]} == {1}
    # Another browser's faces are others.
    other = client.look(f"{url}analyze")
    last = [send(other, number / 10, jpeg)["faces"] for number in range(6)][-1]
    assert not {face["id"] for face in last["faces"]} & ids[-1]


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff\xe0 half a JPEG", b"\x89PNG\r\n\x1a\n"])
def test_what_cannot_be_read_is_said_in_one_line_and_the_next_picture_is_taken(url, client, jpeg, data):
    looker = client.look(f"{url}analyze")
    answer = send(looker, STILL, data)
    assert answer["type"] == "error" and answer["text"] and "\n" not in answer["text"]
    assert send(looker, STILL, jpeg)["type"] == "faces"


def test_a_picture_over_the_limit_is_not_taken(url, client):
    message = send(client.look(f"{url}analyze"), STILL, b"\xff\xd8" + bytes(1_000_000))
    assert message.type is aiohttp.WSMsgType.CLOSE and message.data == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


@pytest.mark.parametrize("wish", ["text", b"short"])
def test_whoever_does_not_speak_its_language_is_sent_away(url, client, wish):
    looker = client.look(f"{url}analyze")
    client.run(looker.ws.send_str(wish) if isinstance(wish, str) else looker.ws.send_bytes(wish))
    assert looker.message().data == 1008


def test_the_rules_of_the_page_hold_for_pictures_too(pipeline, client, jpeg):
    server, url = serve(Uploads(pipeline, 1), TOKEN)
    try:
        assert client.refused(f"{url}analyze") == client.refused(f"{url}analyze?token={TOKEN[:-1]}") == 401
        mine = f"{url}analyze?token={TOKEN}"
        assert client.refused(mine, Origin="http://evil.example") == 403
        assert client.refused(mine, Host="evil.example") == 403
        assert client.get(f"{url}settings.json")[0].status == 401
        assert json.loads(client.get(f"{url}settings.json?token={TOKEN}")[1]) == {"cameras": ["/camera"], "uploads": 1}
        assert send(client.look(mine), STILL, jpeg)["type"] == "faces"
        response, _ = client.get(f"{url}?token={TOKEN}")
        # The browser's camera is for the page alone, its own files too; a microphone for nobody.
        assert "camera=(self)" in response.headers["Permissions-Policy"]
        assert "microphone=()" in response.headers["Permissions-Policy"]
        assert "media-src blob:" in response.headers["Content-Security-Policy"]
    finally:
        server.close()


def test_a_crowd_is_told_to_wait(url, client):
    lookers = [client.look(f"{url}analyze") for _ in range(MOST_SESSIONS)]
    assert client.refused(f"{url}analyze") == 503
    lookers[0].close()
    for _ in range(100):
        try:
            client.look(f"{url}analyze")
            return
        except aiohttp.WSServerHandshakeError:
            continue
    raise AssertionError("a place that is free again was not given")


def test_without_being_asked_for_there_is_no_such_thing(client):
    server, url = serve(None)
    try:
        assert client.get(f"{url}analyze")[0].status == 404
        assert json.loads(client.get(f"{url}settings.json")[1])["uploads"] is None
        response, _ = client.get(url)
        assert (
            "camera=()" in response.headers["Permissions-Policy"]
            and "blob:" not in response.headers["Content-Security-Policy"]
        )
    finally:
        server.close()
