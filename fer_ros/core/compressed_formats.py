"""What arrives as a compressed image and is none that can be read alone: video, and depth."""

from __future__ import annotations

import re

# What drivers and image_transport's plugins write into `format`, or name their message types after.
_VIDEO = {
    r"h[._]?264|x264|avc": "H.264 video",
    r"h[._]?265|x265|hevc": "H.265 (HEVC) video",
    r"theora": "Theora video",
    r"\bav1\b|av01": "AV1 video",
    r"\bvp[89]\b": "VP8 or VP9 video",
    r"ffmpeg": "video packets",
    r"compressedvideo": "video (Foxglove's CompressedVideo)",
}
_TRANSPORTS = {r"theora": "theora", r"compressedvideo": "foxglove"}
_START_CODES = (b"\0\0\0\1", b"\0\0\1")  # of H.264 and H.265 (Annex B)
_DEPTH = "compresseddepth"


def unreadable(name: str, data: bytes = b"") -> tuple[str, str]:
    """Tell what a compressed image is, if it is known and cannot be read.

    Args:
        name: the message's `format`, or the name of a message type.
        data: the first bytes of the image.

    Returns:
        What it is and what to do instead, both '' where it is unknown.

    """
    if _DEPTH in name.lower():
        return "a depth image (compressedDepth)", "expressions are read from the colour camera: name its topic"
    for pattern, words in _VIDEO.items():
        if re.search(pattern, name.lower()):
            return words, republish(_TRANSPORTS.get(pattern, "ffmpeg"))
    if data.startswith(_START_CODES):
        return "H.264 or H.265 video", republish("ffmpeg")
    return "", ""


def republish(transport: str) -> str:
    """Return the way from a transport of image_transport to raw images, as one command."""
    return (
        "decode it first: ros2 run image_transport republish --ros-args "
        f"-p in_transport:={transport} -p out_transport:=raw -r in/{transport}:=TOPIC -r out:=DECODED"
    )
