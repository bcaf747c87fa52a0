"""`fer-make-bag`: a video or a folder of images, with labels, made into a bag that `fer-evaluate-bag` reads."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from fer_ros.bags.missing import remedy
from fer_ros.core.command_parser import CommandParser
from fer_ros.core.paths import user_path, without_password
from fer_ros.core.wording import counted

if TYPE_CHECKING:
    from fer_ros.core.sources import Recorded


def main(arguments: list[str] | None = None) -> int:
    """Make the bag; returns 0 if every image of the source is in it."""
    parser = CommandParser(prog="fer-make-bag", description=(__doc__ or "").split(": ", 1)[1])
    parser.add_argument(
        "source", help="video file, or folder of images in the order of their names (img2 before img10)"
    )
    parser.add_argument("--output", type=user_path, required=True, help="folder of the new bag")
    parser.add_argument("--labels", type=user_path, help="checked, and written beside the bag as OUTPUT.labels.csv")
    parser.add_argument("--storage", choices=("mcap", "sqlite3"), default="mcap")
    parser.add_argument("--rate", type=float, help="images a second of a folder or raw stream; 30 when left out")
    parser.add_argument("--topic", default="/camera/image_raw")
    parser.add_argument("--compressed", action="store_true", help="JPEG, on the topic with /compressed behind it")
    options = parser.parse_args(arguments)
    try:
        return _run(options)
    except (ValueError, OSError) as error:
        print(f"fer-make-bag: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        print(f"fer-make-bag: {remedy(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"fer-make-bag: interrupted: {options.output} is not whole", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from fer_ros.bags.labels import outside_clip, read_labels, write_labels
    from fer_ros.bags.writing import make_bag

    # A mistake in the labels is told before a long video is written.
    labels = read_labels(options.labels) if options.labels else None
    beside = options.output.with_name(f"{options.output.name}.labels.csv")
    if labels is not None and beside.exists():
        raise ValueError(
            f"expected no {beside}, where the labels are written, got a file: remove it, or name another bag"
        )
    source = _opened(options.source, options.rate)
    topic = f"{options.topic}/compressed" if options.compressed else options.topic
    images = make_bag(source, options.output, topic, options.storage, options.compressed)
    times = list(tqdm(images, total=source.count or None, unit="image", mininterval=1, disable=None))
    print(f"{options.output}: {counted(len(times), 'image')} on {topic}, from {times[0]:.2f} to {times[-1]:.2f} s")
    for line in source.notes():
        print(line)
    problems = source.problems()
    for line in problems:
        print(f"fer-make-bag: {line}", file=sys.stderr)
    if labels is not None:
        write_labels(labels, beside)
        print(f"{beside}: {counted(len(labels), 'label')}")
        outside, late = outside_clip(labels, times[0], times[-1])
        if late:
            print(f"{options.labels}: {late}")
        if outside:
            print(f"fer-make-bag: {options.labels}: {outside}", file=sys.stderr)
            problems = [*problems, outside]
    return 1 if problems else 0


def _opened(name: str, rate: float | None) -> Recorded:
    """Open the source. Raises ValueError for a camera, and for a rate where it has no meaning."""
    from fer_ros.core.sources import is_live, open_recorded

    if is_live(name):
        raise ValueError(f"expected a video file or a folder of images, got {without_password(name)}")
    if rate is not None and not 0 < rate <= 1000:
        raise ValueError(f"expected a rate of above 0 and at most 1000 images a second, got {rate:g}")
    source = open_recorded(name, rate)
    if rate is not None and source.timed:
        raise ValueError(
            f"{source.name}: expected no --rate for a file whose images have times of their own, got {rate:g}: leave "
            "it out; it is for folders and raw streams"
        )
    return source


if __name__ == "__main__":
    sys.exit(main())
