"""`fer-train`: the commands of the trainer."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="fer-train", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    _add_stage1(commands)
    options = parser.parse_args(arguments)
    try:
        return options.run(options)
    except (ValueError, OSError, RuntimeError) as error:
        print(f"fer-train: {error}", file=sys.stderr)
        return 1


def _add_stage1(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("stage1", help="coarse fine-tuning on FER-2013, from ImageNet's weights")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--fer2013", type=Path, required=True, help="CSV file or folder of FER-2013")
    parser.add_argument("--ferplus", type=Path, help="FER+ votes, for a config with vote_weight")
    parser.add_argument("--imagenet-weights", type=Path, help="Keras' file; downloaded by Keras when left out")
    parser.add_argument("--output", type=Path, required=True, help="run folder; an unfinished run there is resumed")
    parser.set_defaults(run=_stage1)


def _stage1(options: argparse.Namespace) -> int:
    from fer_training.config import load_stage_config
    from fer_training.coarse import train_coarse

    config = load_stage_config(options.config)
    result = train_coarse(config, options.fer2013, options.output, options.ferplus, options.imagenet_weights)
    print(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
