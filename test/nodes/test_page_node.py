"""page_node: what browsers get, and who gets nothing; a real process, real DDS, real HTTP and WebSockets."""

import asyncio
import json
import re
import signal
import socket
import time
from pathlib import Path

import aiohttp
import cv2
import numpy as np
import pytest
import rclpy
from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from fer_ros.msg import FaceEmotion, FaceEmotionArray
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool

from fer_ros.client.quality_of_service import IMAGES
from fer_ros.nodes.conversions import to_image
from fer_ros.page.assets import assets
from nodes.ros import patience, ros, wait_for

LABELS = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
SHARES = [0.0, 0.0, 0.0, 0.875, 0.0, 0.0, 0.125]
TOKEN = "a-token-of-the-user"


def face(label="happy", track_id="abcde", x=32.0, y=24.0):
    one = FaceEmotion(track_id=track_id, raw_label=label, raw_confidence=0.875, raw_probabilities=SHARES, state=1)
    one.smoothed_label, one.smoothed_confidence, one.smoothed_probabilities = label, 0.875, SHARES
    one.bbox.center.position.x, one.bbox.center.position.y = x, y
    one.bbox.size_x = one.bbox.size_y = 20.0
    return one


class Scene:
    """A camera, and the answers to its pictures a moment later, thirty times a second."""

    def __init__(self, node, camera="/camera/image_raw", colour=(0, 200, 0), images=True, faces=True):
        self.camera, self.node, self.sent, self.people = camera, node, 0, [face()]
        self.picture = np.full((48, 64, 3), colour, np.uint8)
        self.kind = CompressedImage if camera.endswith("/compressed") else Image
        self.images = node.create_publisher(self.kind, camera, IMAGES) if images else None
        self.faces = node.create_publisher(FaceEmotionArray, "/faces/emotions", 10) if faces else None
        self.timer = node.create_timer(1 / 30, self.publish)

    def publish(self):
        now = self.node.get_clock().now().to_msg()
        header = Header(stamp=Time(sec=now.sec, nanosec=now.nanosec))
        if self.images and self.kind is CompressedImage:
            data = cv2.imencode(".png", self.picture)[1].tobytes()
            self.images.publish(CompressedImage(header=header, format="png", data=data))
        elif self.images:
            self.images.publish(to_image(self.picture, header, "bgr8"))
        if self.faces:
            height, width = self.picture.shape[:2]
            size = {"image_width": width, "image_height": height}
            said = {"camera": self.camera, "labels": LABELS, "model_bundle": "tiny-1234", "faces": self.people}
            self.faces.publish(FaceEmotionArray(header=header, **size, **said))
        self.sent += 1

    def stop(self):
        self.node.destroy_timer(self.timer)


class Client:
    """An aiohttp client in the test's thread."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._session = self.run(self._make())

    async def _make(self):
        return aiohttp.ClientSession()

    def run(self, awaitable):
        return self._loop.run_until_complete(asyncio.wait_for(awaitable, 60))

    def get(self, url, **headers):
        """Return a response and its text."""

        async def ask():
            async with self._session.get(url, headers=headers) as response:
                return response, await response.text()

        return self.run(ask())

    def look(self, url, **headers):
        return Looker(self, self.run(self._session.ws_connect(url, headers=headers)))

    def refused(self, url, **headers):
        """The HTTP status that a WebSocket is refused with."""
        with pytest.raises(aiohttp.WSServerHandshakeError) as error:
            self.look(url, **headers)
        return error.value.status

    def close(self):
        self.run(self._session.close())
        self._loop.close()


class Looker:
    """One open WebSocket, as the page has it."""

    def __init__(self, client, ws):
        self._client, self.ws, self.states = client, ws, []

    def say(self, wish):
        self._client.run(self.ws.send_str(json.dumps(wish)))

    def message(self):
        return self._client.run(self.ws.receive())

    def update(self):
        """Wait for the next update; returns it and its picture, (H, W, 3) BGR or None."""
        while (content := json.loads(self.message().data))["type"] == "state":
            self.states.append(content)
        picture = None
        if content["picture"]:
            message = self.message()
            assert message.type is aiohttp.WSMsgType.BINARY
            picture = cv2.imdecode(np.frombuffer(message.data, np.uint8), cv2.IMREAD_COLOR)
        return content, picture

    def until(self, condition):
        """Be ready for updates until one fulfils the condition; returns it and its picture."""
        for _ in range(200):
            content, picture = self.update()
            if condition(content):
                return content, picture
            self.say("ready")
        raise AssertionError(f"the last of 200 updates: {content}")

    def close(self):
        self._client.run(self.ws.close())


@pytest.fixture
def client():
    one = Client()
    yield one
    one.close()


@pytest.fixture(scope="module")
def node():
    """One page_node that most tests look at: it takes seconds to start."""
    one = ros("page_node", port=0, rate=30.0)
    yield one
    one.stop()


def address(node):
    """The address that a page_node printed."""
    assert node.says("page_node: open http://"), node.output
    line = next(line for line in node.lines if line.startswith("page_node: open "))
    return line.removeprefix("page_node: open ")


def paired(content):
    return bool(content["faces"] and content["picture"] and content["faces"]["stamp"] == content["picture"]["stamp"])


def test_a_picture_and_its_faces_arrive_and_nothing_is_subscribed_while_nobody_looks(node, peer, client):
    url = address(node)
    scene = Scene(peer.node)
    topics = ("/camera/image_raw", "/faces/emotions")
    counts = lambda: [peer.node.count_subscribers(topic) for topic in topics]  # noqa: E731
    assert wait_for(lambda: "page_node" in peer.node.get_node_names())
    assert counts() == [0, 0]

    looker = client.look(f"{url}live")
    content, picture = looker.until(paired)
    assert counts() == [1, 1]
    assert picture.shape == (48, 64, 3) and np.abs(picture.astype(int) - scene.picture).max() < 12
    faces = content["faces"]
    assert (faces["width"], faces["height"], faces["bundle"]) == (64, 48, "tiny-1234")
    (one,) = faces["faces"]
    assert (one["id"], one["label"], one["box"], one["state"]) == ("abcde", "happy", [32.0, 24.0, 20.0, 20.0], 1)
    assert dict(zip(faces["labels"], one["probabilities"], strict=True))["happy"] == 0.875
    looker.say("ready")
    content, _ = looker.until(lambda content: paired(content) and content["faces"]["rate"])
    assert content["faces"]["rate"] > 0 and 0 <= content["faces"]["latency"] < 10
    looker.say("ready")
    while not looker.states or not looker.states[-1]["faces"]["publishers"]:
        looker.update()
        looker.say("ready")
    assert looker.states[-1]["cameras"] == [{"name": "/camera/image_raw", "publishers": 1}]

    looker.close()
    assert wait_for(lambda: counts() == [0, 0]), counts()
    # The next one does not see what was seen long before.
    sent = scene.sent
    assert wait_for(lambda: scene.sent > sent + 3)
    before = peer.node.get_clock().now().nanoseconds * 1e-9
    content, _ = client.look(f"{url}live").until(paired)
    assert content["faces"]["time"] > before - 0.5


def test_what_is_served_is_never_stored_and_loads_nothing_from_elsewhere(node, client):
    url = address(node)
    for name in ("", *(path.lstrip("/") for path in assets() if path != "/")):
        response, text = client.get(url + name)
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in response.headers
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert not re.search(r"https?://(?!www.w3.org/2000/svg)", text)
        if not name.endswith((".css", ".js", ".svg")):
            assert "camera=()" in response.headers["Permissions-Policy"]
    for name in ("page.py", "../server.py", "%2e%2e/server.py", "static/page.js"):
        response, _ = client.get(url + name)
        assert response.status == 404 and response.headers["Cache-Control"] == "no-store"


def test_on_the_own_machine_other_sites_are_kept_out(node, client):
    url = address(node)
    port = url.rstrip("/").rpartition(":")[2]
    assert client.get(url, Host="evil.example")[0].status == 403
    assert client.refused(f"{url}live", Host=f"evil.example:{port}") == 403
    assert client.refused(f"{url}live", Origin="http://evil.example") == 403
    assert client.refused(f"{url}live", Origin="null") == 403
    looker = client.look(f"{url}live", Origin=f"http://127.0.0.1:{port}")
    # Whoever does not speak the page's language is sent away.
    looker.say({"camera": "/not/one/of/ours"})
    while (message := looker.message()).type is aiohttp.WSMsgType.TEXT:
        pass
    assert message.type is aiohttp.WSMsgType.CLOSE and message.data == 1008


def test_elsewhere_only_the_token_opens_the_page_and_its_pictures(start, peer, client):
    node = start("page_node", host="0.0.0.0", port=0)
    printed = address(node)
    token = printed.partition("?token=")[2]
    assert len(token) >= 16
    port = printed.partition("?")[0].rstrip("/").rpartition(":")[2]
    url = f"http://127.0.0.1:{port}/"
    for wrong in ("", "?token=", f"?token={token[:-1]}", f"?token={token}x", "?token=%ff"):
        assert client.get(url + wrong)[0].status == client.get(f"{url}settings.json{wrong}")[0].status == 401
        assert client.refused(f"{url}live{wrong}") == 401
    assert client.get(f"{url}?token={token}")[0].status == 200
    Scene(peer.node)
    _, picture = client.look(f"{url}live?token={token}").until(paired)
    assert picture is not None
    # Printed once, and never to the log, which is a file and a topic.
    assert node.output.count(token) == 1


def test_a_token_of_the_user_is_taken_and_a_short_one_refused(start, client):
    url = address(start("page_node", port=0, token=TOKEN))
    assert url.endswith(f"/?token={TOKEN}") and client.get(url)[0].status == 200
    assert client.get(url.partition("?")[0])[0].status == 401
    short = start("page_node", port=0, token="secret")
    assert short.process.wait(timeout=60) == 1
    assert wait_for(lambda: "16 characters or more, got 6" in short.output)


def test_each_browser_gets_the_camera_that_it_chose(start, peer, client):
    cameras = ["/left/image_raw", "/right/image_raw/compressed"]
    node = start("page_node", port=0, rate=30.0, image_topics="[left/image_raw, right/image_raw/compressed]")
    url = address(node)
    scenes = [Scene(peer.node, cameras[0], (200, 0, 0)), Scene(peer.node, cameras[1], (0, 0, 200))]
    lookers = [client.look(f"{url}live") for _ in range(3)]
    lookers[0].until(paired)
    assert peer.node.count_subscribers(cameras[1]) == 0
    for looker in lookers[1:]:
        looker.say({"camera": cameras[1]})
    for looker, camera, scene in zip(lookers, (cameras[0], cameras[1], cameras[1]), (scenes[0], scenes[1], scenes[1])):
        looker.say("ready")
        content, picture = looker.until(lambda content, camera=camera: content["camera"] == camera and paired(content))
        assert np.abs(picture.astype(int) - scene.picture).max() < 12
    assert [peer.node.count_subscribers(camera) for camera in cameras] == [1, 1]


class Robot:
    """What the page knows fer_node by: its diagnostics, and the service of the pause."""

    def __init__(self, node):
        self.node, self.asked, self.paused, self.values = node, [], False, {"recording": "off"}
        self.publisher = node.create_publisher(DiagnosticArray, "/diagnostics", 10)
        self.service = node.create_service(SetBool, "/fer_node/pause", self.on_pause)
        self.timer = node.create_timer(0.1, self.publish)

    def on_pause(self, request, response):
        self.asked.append(request.data)
        self.paused = request.data
        response.success = True
        return response

    def publish(self):
        values = [KeyValue(key=key, value=value) for key, value in self.values.items()]
        message = "paused" if self.paused else "running"
        other = DiagnosticStatus(name="other: /camera/image_raw", message="paused")
        mine = DiagnosticStatus(name="fer_node: /camera/image_raw", message=message, values=values)
        self.publisher.publish(DiagnosticArray(status=[other, mine]))


def test_a_page_pauses_fer_node_and_is_told_what_it_says_of_itself(node, peer, client):
    Scene(peer.node)
    robot = Robot(peer.node)
    looker = client.look(f"{address(node)}live")

    def state(condition):
        for _ in range(200):
            looker.update()
            looker.say("ready")
            if looker.states and condition(looker.states[-1]):
                return looker.states[-1]
        raise AssertionError(looker.states[-1:])

    assert state(lambda state: state["paused"] is False)["recorders"] == []
    looker.say({"pause": True})
    state(lambda state: state["paused"] is True)
    looker.say({"pause": False})
    state(lambda state: state["paused"] is False)
    assert robot.asked == [True, False]
    robot.values = {"recording": "/home/robot/sessions/1", "recording_dropped": "0"}
    state(lambda state: state["recorders"] == ["fer_node"])
    robot.values["recording"] = "stopped: the disk is full"
    state(lambda state: state["recorders"] == [])
    # Another node with a recorder's name receives the pictures.
    other = rclpy.create_node("rosbag2_recorder", context=peer.node.context)
    other.create_subscription(Image, "/camera/image_raw", lambda message: None, IMAGES)
    state(lambda state: state["recorders"] == ["rosbag2_recorder"])
    other.destroy_node()


def test_a_slow_browser_gets_the_newest_only_and_costs_no_memory(node, peer, client):
    url = address(node)
    scene = Scene(peer.node)
    scene.picture = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)  # a large JPEG
    slow, quick = client.look(f"{url}live"), client.look(f"{url}live")
    first, _ = slow.update()
    quick.until(paired)

    def resident():
        return int(Path(f"/proc/{node.process.pid}/statm").read_text().split()[1]) * 4096

    for _ in range(10):
        quick.say("ready")
        quick.update()
    before = resident()
    for _ in range(40):
        quick.say("ready")
        last, _ = quick.update()
    # Forty pictures of some 300 kB would be 12 MB, raw ones 36 MB.
    assert resident() - before < 6e6
    slow.say("ready")
    second, _ = slow.update()
    assert second["picture"]["stamp"] >= last["picture"]["stamp"] > first["picture"]["stamp"]


def test_pictures_without_results_and_results_without_pictures_are_shown_too(node, peer, client):
    url = address(node)
    looker = client.look(f"{url}live")
    scene = Scene(peer.node, faces=False)
    content, picture = looker.until(lambda content: content["picture"])
    assert content["faces"] is None and picture.shape == (48, 64, 3)
    scene.stop()
    looker.say("ready")
    Scene(peer.node, images=False)
    content, _ = looker.until(lambda content: content["faces"] and not content["picture"])
    assert content["faces"]["faces"][0]["label"] == "happy"


def test_it_ends_at_once_with_browsers_that_look_or_hang(start, peer, client):
    node = start("page_node", port=0)
    url = address(node)
    Scene(peer.node)
    looker = client.look(f"{url}live")
    looker.until(paired)
    port = int(url.rstrip("/").rpartition(":")[2])
    # One that never reads, and one that never asks.
    with socket.create_connection(("127.0.0.1", port)) as hanging, socket.create_connection(("127.0.0.1", port)):
        hanging.sendall(
            f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        assert hanging.recv(12) == b"HTTP/1.1 101"
        code, took = node.stop(signal.SIGINT)
    assert code == 0 and took < patience(node), (took, node.output)
    while (message := looker.message()).type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
        pass
    assert message.data == aiohttp.WSCloseCode.GOING_AWAY
    assert "Traceback" not in node.output and "never awaited" not in node.output and "destroyed" not in node.output


def test_a_port_in_use_is_said_in_one_line(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        began = time.monotonic()
        node = start("page_node", port=port)
        assert node.process.wait(timeout=60) == 1, time.monotonic() - began
        assert wait_for(lambda: node.lines)
        assert node.lines == [
            f"OSError: port {port} of 127.0.0.1 is in use: give another one, or 0 for any that is free"
        ]
