"""`fer-make-bag`: a video or a folder of images, with labels, made into a bag that `fer-evaluate-bag` reads."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Make the bag; returns the exit code."""
    parser = argparse.ArgumentParser(prog="fer-make-bag", description=(__doc__ or "").split(": ", 1)[1])
    parser.add_argument("source", help="video file, or folder of images in the order of their names")
    parser.add_argument("--output", type=Path, required=True, help="folder of the new bag")
    parser.add_argument("--labels", type=Path, help="checked, and written beside the bag as OUTPUT.labels.csv")
    parser.add_argument("--storage", choices=("mcap", "sqlite3"), default="mcap")
    parser.add_argument("--rate", type=float, help="images a second; a video's own, or 30")
    parser.add_argument("--topic", default="/camera/image_raw")
    parser.add_argument("--compressed", action="store_true", help="JPEG, on the topic with /compressed behind it")
    options = parser.parse_args(arguments)
    try:
        return _run(options)
    except (ValueError, OSError) as error:
        print(f"fer-make-bag: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        print(f"fer-make-bag: needs the Python package {error.name}: pip install {error.name}", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from fer_ros.bags.labels import read_labels, write_labels
    from fer_ros.bags.writing import make_bag
    from fer_ros.core.sources import Source

    # A mistake in the labels is told before a long video is written.
    labels = read_labels(options.labels) if options.labels else None
    beside = options.output.with_name(f"{options.output.name}.labels.csv")
    if labels is not None and beside.exists():
        raise ValueError(
            f"expected no {beside}, where the labels are written, got a file: remove it, or name another bag"
        )
    source = Source(options.source)
    if source.live:
        raise ValueError(f"expected a video file or a folder of images, got {options.source}")
    rate = options.rate or source.rate or 30.0
    if not 0 < rate <= 1000:
        raise ValueError(f"expected a rate of above 0 and at most 1000 images a second, got {rate:g}")
    topic = f"{options.topic}/compressed" if options.compressed else options.topic
    images = make_bag(source, options.output, rate, topic, options.storage, options.compressed)
    count = sum(1 for _ in tqdm(images, unit="image", mininterval=1))
    print(f"{options.output}: {count} images on {topic}, {count / rate:.1f} s")
    if labels is not None:
        write_labels(labels, beside)
        print(f"{beside}: {len(labels)} labels")
    return 0


if __name__ == "__main__":
    sys.exit(main())
