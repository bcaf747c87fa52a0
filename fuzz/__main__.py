"""`python -m fuzz TARGET [options of libFuzzer]`: run one target, guided by the coverage of our own Python code."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["fer_ros", "fer_training", "fuzz"]):
    from fuzz.targets import TARGETS, check


def main(arguments: list[str]) -> None:
    """Fuzz until libFuzzer's options say that it is enough, or a finding is there."""
    if not arguments or arguments[0] not in TARGETS:
        sys.exit(f"fuzz: expected one of {', '.join(TARGETS)}, got {arguments[:1]}")
    name, *options = arguments
    target = TARGETS[name]
    corpus = Path("build/fuzz/corpus") / name
    corpus.mkdir(parents=True, exist_ok=True)
    findings = Path("build/fuzz/findings")
    findings.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed{number}").write_bytes(seed)
    # In memory: a target writes thousands of small files a second.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="fer_fuzz_", dir=memory) as folder:
        limits = [f"-max_len={target.longest}", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"]
        artifacts = f"-artifact_prefix={findings}/{name}-"
        atheris.Setup(
            ["fuzz", *limits, artifacts, *options, str(corpus)], lambda data: check(name, data, Path(folder)) and None
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
