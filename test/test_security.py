"""Nothing in the tree runs text as code, hands a command to a shell, or unpickles: every syntax tree is read."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("fer_ros", "fer_training", "benchmarks", "tools", "scripts", "launch", "fuzz", "wheel_interfaces")
# Each runs what it reads: as code, as a shell's command, or as a pickle's.
FORBIDDEN_CALLS = {
    *("eval", "exec", "compile", "__import__"),
    *("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"),
    *("yaml.load", "yaml.load_all", "yaml.full_load", "yaml.full_load_all", "yaml.unsafe_load", "yaml.unsafe_load_all"),
    *("keras.models.load_model", "keras.saving.load_model", "keras.config.enable_unsafe_deserialization"),
    *("torch.load", "tempfile.mktemp"),
}
FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib", "jsonpickle"}
# An argument that turns a guard off, wherever it stands.
FORBIDDEN_ARGUMENTS = {"allow_pickle": True, "shell": True, "safe_mode": False, "weights_only": False, "verify": False}


def sources():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and _is_python(path):
                yield path


def _is_python(path):
    return path.suffix == ".py" or (not path.suffix and path.read_bytes().startswith(b"#!/usr/bin/env python"))


def dotted(node):
    """The dotted name of an expression: `np.load` of the node that stands for it; '' where it is something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def offences(text):
    """What a source does that it must not do, one sentence each."""
    tree = ast.parse(text)
    names = {}  # what a local name stands for, through `import a as b` and `from a import b`
    found = []
    for node in ast.walk(tree):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
            names.update({alias.asname: alias.name for alias in node.names if alias.asname})
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            names.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
        found += [f"line {node.lineno}: imports {m}" for m in modules if m.split(".")[0] in FORBIDDEN_MODULES]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        first, _, rest = dotted(node.func).partition(".")
        name = f"{names.get(first, first)}.{rest}" if rest else names.get(first, first)
        if name in FORBIDDEN_CALLS:
            found.append(f"line {node.lineno}: calls {name}")
        for keyword in node.keywords:
            guard = FORBIDDEN_ARGUMENTS.get(keyword.arg)
            off = isinstance(keyword.value, ast.Constant) and keyword.value.value == guard
            # A guard that depends on a variable cannot be judged here: it has to be a constant.
            if guard is not None and (off or not isinstance(keyword.value, ast.Constant)):
                found.append(f"line {node.lineno}: {keyword.arg} is not {not guard}")
    return found


@pytest.mark.parametrize(
    "text",
    [
        "eval('1')",
        "import os as o\no.system('ls')",
        "from subprocess import getoutput as run\nrun('ls')",
        "import subprocess\nsubprocess.run('ls', shell=True)",
        "import subprocess\nsubprocess.run('ls', shell=wanted)",
        "import numpy as np\nnp.load('a.npy', allow_pickle=True)",
        "import pickle",
        "from pickle import loads",
        "import yaml\nyaml.load('a: 1', Loader=yaml.Loader)",
        "from yaml import unsafe_load\nunsafe_load('a: 1')",
    ],
)
def test_what_is_forbidden_is_seen(text):
    assert offences(text)


@pytest.mark.parametrize(
    "text", ["import re\nre.compile('a')", "import yaml\nyaml.safe_load('')", "model.eval()", "a.load('x')"]
)
def test_what_only_looks_like_it_is_let_through(text):
    assert offences(text) == []


def test_the_sources_are_found():
    names = {path.relative_to(ROOT).as_posix() for path in sources()}
    assert {
        "fer_ros/core/classification/bundle.py",
        "scripts/fer_node",
        "launch/fer.launch.py",
        "tools/make_clip.py",
    } <= names


def test_nothing_runs_text_as_code_or_unpickles():
    found = [f"{path.relative_to(ROOT)}, {offence}" for path in sources() for offence in offences(path.read_text())]
    assert found == []


def test_no_shell_script_runs_text_as_code():
    for path in [*sorted((ROOT / "tools").glob("*.sh")), ROOT / "env.bash"]:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            words = line.split("#")[0].replace(";", " ").split()
            assert "eval" not in words, f"{path.name}, line {number}: {line}"
            assert not ({"curl", "wget"} & set(words)), f"{path.name}, line {number} downloads: {line}"


def test_a_model_is_parsed_only_after_its_hash_was_checked():
    """The one place that reads model files compares the hash; the backends take their bytes from there alone."""
    for name in ("litert.py", "tensorflow.py"):
        text = (ROOT / "fer_ros" / "core" / "classification" / name).read_text()
        assert ".read_model(" in text and "read_bytes" not in text and "open(" not in text, name
        calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
        assert not [c for c in calls if any(k.arg == "model_path" for k in c.keywords)], f"{name} opens a model by path"
