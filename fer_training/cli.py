"""`fer-train`: trains the model, measures it, and turns it into a bundle for the robot."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

COMMANDS = {
    "stage1": "first stage: fine-tuning on FER-2013, from ImageNet's weights",
    "stage2": "second stage: fine-tuning on CK+, JAFFE or class folders, from a first stage",
    "evaluate": "measure a bundle on a split of a data set",
    "export": "turn a run into a bundle",
    "verify": "compare each format of a bundle with the network that it was made from",
    "reproduce": "make the paper's tables and figures",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    # TensorFlow's start-up messages say nothing that a user could act on.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    parser = argparse.ArgumentParser(prog="fer-train", description=__doc__.split(": ", 1)[1])
    commands = parser.add_subparsers(dest="command", required=True)
    words = sys.argv[1:] if arguments is None else arguments
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        # Only the command that runs is imported: `fer-train --help` should not wait for TensorFlow.
        if words[:1] == [name]:
            module = import_module(f"fer_training.commands.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    options = parser.parse_args(words)
    try:
        return int(options.run(options))
    except ModuleNotFoundError as error:
        print(f"fer-train: needs the Python package {error.name}: pip install '.[train]'", file=sys.stderr)
        return 1
    except (ValueError, OSError, RuntimeError) as error:
        print(f"fer-train: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
