"""`fer-train`: trains the model, measures it, and turns it into a bundle for the robot."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

from fer_ros.core.command_parser import CommandParser
from fer_ros.core.library_output import has_gpu_device
from fer_ros.core.missing import needs
from fer_ros.core.suggestions import did_you_mean

COMMANDS = {
    "stage1": "first stage: fine-tuning on FER-2013, from ImageNet's weights",
    "stage2": "second stage: fine-tuning on CK+, JAFFE or class folders, from a first stage",
    "evaluate": "measure a bundle on a split of a data set",
    "export": "turn a run into a bundle",
    "verify": "compare each format of a bundle with the network that it was made from",
    "reproduce": "make the paper's tables and figures",
}
_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    # Its start-up messages say nothing that a user could act on; without a GPU, neither do its errors about one.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2" if has_gpu_device() else "3")
    words = sys.argv[1:] if arguments is None else arguments
    try:
        options = _parser(words).parse_args(words)
        return int(options.run(options))
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "fer_ros", "fer_training"):
            raise
        print(f"fer-train: {needs(package, 'train')}", file=sys.stderr)
        return 1
    except (ValueError, OSError, RuntimeError) as error:
        print(f"fer-train: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("fer-train: interrupted", file=sys.stderr)
        return _INTERRUPTED


def _parser(words: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fer-train", description=__doc__.split(": ", 1)[1])
    commands = parser.add_subparsers(dest="command", required=True, parser_class=CommandParser)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        # Only the command that runs is imported: `fer-train --help` should not wait for TensorFlow.
        if words[:1] == [name]:
            module = import_module(f"fer_training.commands.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    if words and not words[0].startswith("-") and words[0] not in COMMANDS:
        parser.error(f"expected one of {', '.join(COMMANDS)}, got {words[0]}{did_you_mean(words[0], COMMANDS)}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
