"""The decoders' words are caught; everybody else's reach the terminal."""

import os
from pathlib import Path

import pytest

from fer_ros.core.decoder_warnings import damage, decoder_warnings


def test_only_the_decoders_lines_are_taken(capfd):
    with decoder_warnings() as lines:
        os.write(
            2, b"Corrupt JPEG data: premature end of data segment\n[INFO] [node]: somebody else\n[mjpeg @ 0x5] no\n"
        )
    os.write(2, b"after\n")
    assert lines == ["Corrupt JPEG data: premature end of data segment", "[mjpeg @ 0x5] no"]
    assert capfd.readouterr().err == "[INFO] [node]: somebody else\nafter\n"


def test_the_terminal_comes_back_after_an_error(capfd):
    with pytest.raises(RuntimeError), decoder_warnings():
        os.write(2, b"before the error\n")
        raise RuntimeError
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "before the error\nafter\n"


def test_no_file_stays_open():
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(50):
        with decoder_warnings():
            pass
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_closed_error_output_is_no_error():
    kept = os.dup(2)
    os.close(2)
    try:
        with decoder_warnings() as lines:
            pass
    finally:
        os.dup2(kept, 2)
        os.close(kept)
    assert lines == []


@pytest.mark.parametrize(
    ("line", "lost"),
    [
        ("Corrupt JPEG data: premature end of data segment", True),
        ("Corrupt JPEG data: 12 extraneous bytes before marker 0xd4", True),
        ("Corrupt JPEG data: 16 extraneous bytes before marker 0xd9", False),
        ("Corrupt JPEG data: 17 extraneous bytes before marker 0xd9", True),
        ("Corrupt JPEG data: bad Huffman code", True),
        ("libpng error: IDAT: CRC error", True),
        ("libpng warning: iCCP: known incorrect sRGB profile", False),
        ("[mjpeg @ 0x556cc30a7840] com: invalid len 16", False),
        ("Invalid SOS parameters for sequential JPEG", False),
    ],
)
def test_padding_and_remarks_are_no_damage(line, lost):
    assert damage(["libpng warning: anything", line]) == (line if lost else "")
