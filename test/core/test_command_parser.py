"""What was mistyped on a command line is named with what may have been meant."""

import pytest

from fer_ros.bags import evaluate_bag, make_bag
from fer_ros.core.command_parser import CommandParser


@pytest.fixture
def parser():
    made = CommandParser(prog="measure")
    made.add_argument("--dataset", choices=("jaffe", "folders"), required=True)
    made.add_argument("--threads", type=int, choices=(1, 2), default=2)
    made.add_argument("--storage", choices=("mcap", "sqlite3"), default="")
    made.add_argument("words", nargs="*")
    return made


@pytest.mark.parametrize(
    "words, said",
    [
        (["--datset", "jaffe"], "unknown option --datset: did you mean --dataset?; see measure --help"),
        (["--dataset", "folder"], "argument --dataset: expected jaffe, folders, got folder: did you mean folders?"),
        (["--dataset", "x"], "argument --dataset: expected jaffe, folders, got x\n"),
        (["--dataset", "jaffe", "--threads", "3"], "argument --threads: invalid choice: 3"),
    ],
)
def test_a_mistake_is_named(parser, words, said, capsys):
    with pytest.raises(SystemExit) as stop:
        parser.parse_args(words)
    assert stop.value.code == 2 and said in capsys.readouterr().err


def test_what_is_right_is_taken(parser):
    options = parser.parse_args(["--data", "folders", "a", "--", "--datset"])
    assert (options.dataset, options.threads, options.words) == ("folders", 2, ["a", "--datset"])
    # A default need not be among the choices.
    assert options.storage == ""


@pytest.mark.parametrize(
    "main, words, said",
    [
        (make_bag.main, ["clip.avi", "--ouput", "b"], "unknown option --ouput: did you mean --output?"),
        (make_bag.main, ["clip.avi", "--storage", "mcp"], "expected mcap, sqlite3, got mcp: did you mean mcap?"),
        (evaluate_bag.main, ["bag", "--label", "a.csv", "--profil=robot", "--worker", "2", "--outputs", "x"],
         "unknown option --outputs: did you mean --output?"),
    ],
)  # fmt: skip
def test_the_commands_for_bags_do_so_too(main, words, said, capsys):
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2 and said in capsys.readouterr().err
