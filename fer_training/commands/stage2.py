"""`fer-train stage2`: fine-tune a first stage on a small data set, fold by fold."""

from __future__ import annotations

import argparse
from pathlib import Path

from fer_training.commands.common import add_dataset, dataset_spec


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--config", required=True, help="a name in fer_training/configs, or a YAML file")
    add_dataset(parser)
    parser.add_argument(
        "--stage1", required=True, help="run folder or bundle to start from, such as 'default', or 'imagenet'"
    )
    parser.add_argument("--imagenet-weights", type=Path, help="Keras' file, for --stage1 imagenet")
    parser.add_argument(
        "--protocol",
        choices=("random", "disjoint"),
        default="random",
        help="random (default): five groups, as in the paper; disjoint: no person on both sides",
    )
    parser.add_argument("--fold", type=int, help="only this fold, counted from 0, such as for a bundle to ship")
    parser.add_argument("--seed", type=int, help="instead of the config's")
    parser.add_argument("--workers", type=int, default=1, help="folds that run at the same time")
    parser.add_argument("--ray", default="", help="address of a Ray cluster to run the folds on")
    parser.add_argument("--output", type=Path, required=True, help="one run folder a fold is made here")


def run(options: argparse.Namespace) -> int:
    """Train the folds, and print each result and their mean."""
    import sys
    from dataclasses import asdict, replace

    from fer_training.data.face_cropping import BoxCache, find_faces
    from fer_training.data.registry import read_dataset
    from fer_training.data.splits import PROTOCOLS, make_folds, save_folds
    from fer_training.experiments.report import fold_rows, write_folds
    from fer_training.models.devices import grow_gpu_memory
    from fer_training.training.config import find_config, load_stage_config
    from fer_training.training.fold_runner import Job, Workers
    from fer_training.training.initialization import ImageNetStart, open_start
    from fer_training.training.run_folder import RESULT, Answers

    grow_gpu_memory()
    spec = dataset_spec(options)
    if spec.name not in PROTOCOLS:
        raise ValueError(f"expected --dataset {' or '.join(PROTOCOLS)}, got {spec.name}: it is the first stage's")
    config = load_stage_config(find_config(options.config))
    if options.seed is not None:
        config = replace(config, seed=options.seed)
    start = ImageNetStart(options.imagenet_weights) if options.stage1 == "imagenet" else open_start(options.stage1)
    dataset = read_dataset(spec, options.path).without_reported()
    found = find_faces(dataset, start.adapt(config).preprocess.box_scale, BoxCache(options.output / "faces"))
    for problem in (*dataset.problems, *found.problems(dataset)):
        print(f"note: {problem}", file=sys.stderr)
    dataset = replace(dataset, samples=tuple(dataset.samples[i] for i in found.kept))
    rules = PROTOCOLS[spec.name][options.protocol]
    folds = make_folds(dataset, rules)
    if options.fold is not None and not 0 <= options.fold < len(folds):
        raise ValueError(f"--fold must be 0 to {len(folds) - 1}, got {options.fold}")
    output = options.output.resolve()
    save_folds(dataset, rules, folds, output / "folds.json")
    jobs = [
        Job(
            output / fold.name,
            config,
            start,
            found.crops.take(fold.train),
            found.crops.take(fold.validation),
            {"dataset": asdict(spec), "protocol": rules.label, "fold": fold.name},
        )
        for fold in (folds if options.fold is None else [folds[options.fold]])
    ]
    answers = Workers(options.workers, options.ray).run(jobs)
    done = [output / fold.name for fold in folds if (output / fold.name / RESULT).is_file()]
    write_folds([folder.name for folder in done], [Answers.load(folder) for folder in done], output / "folds.csv")
    for job, answer in zip(jobs, answers, strict=True):
        for row in fold_rows(job.folder.name, rules.label, [answer], None, best=options.protocol == "random"):
            print(f"{row.what}: {row.ours:.2f} % of {row.n}, {row.protocol}")
    for row in fold_rows(dataset.name, rules.label, answers, None, best=options.protocol == "random"):
        deviation = f" ± {row.deviation:.2f}" if row.deviation is not None else ""
        low, high = row.interval or (0.0, 0.0)
        print(f"{row.what}: {row.ours:.2f}{deviation} %, 95 % interval {low:.2f} to {high:.2f}, {row.protocol}")
    return 0
