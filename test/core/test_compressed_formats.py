"""What arrives as a compressed image and is none is named, with the way out."""

from types import SimpleNamespace

import pytest

from fer_ros.core.compressed_formats import unreadable
from fer_ros.core.images import ImageError, compressed_to_frame


@pytest.mark.parametrize(
    ("name", "data", "what", "way"),
    [
        ("h264", b"\0\0\0\1\x67", "H.264 video", "in_transport:=ffmpeg"),
        ("bgr8; x264 compressed", b"", "H.264 video", "republish"),
        ("HEVC", b"", "H.265 (HEVC) video", "republish"),
        ("theora_image_transport/msg/Packet", b"", "Theora video", "in_transport:=theora"),
        ("ffmpeg_image_transport_msgs/msg/FFMPEGPacket", b"", "video packets", "in_transport:=ffmpeg"),
        ("foxglove_msgs/msg/CompressedVideo", b"", "video (Foxglove's CompressedVideo)", "in_transport:=foxglove"),
        ("16UC1; compressedDepth png", b"\0" * 12, "a depth image (compressedDepth)", "colour camera"),
        ("", b"\0\0\0\1\x67", "H.264 or H.265 video", "republish"),
    ],
)
def test_video_and_depth_are_named_with_the_way_out(name, data, what, way):
    found, instead = unreadable(name, data)
    assert found == what and way in instead
    with pytest.raises(ImageError) as error:
        compressed_to_frame(SimpleNamespace(format=name, data=data), 0.0)
    assert what in str(error.value) and way in str(error.value) and what in error.value.kind


@pytest.mark.parametrize("name", ["", "jpeg", "rgb8; jpeg compressed bgr8", "bgr8; png compressed", "unheard of"])
def test_other_names_say_nothing(name):
    assert unreadable(name, b"\xff\xd8\xff") == ("", "")
