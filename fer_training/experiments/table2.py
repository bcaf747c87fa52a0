"""Table 2: fine-tuning in one stage, from ImageNet, against two stages, by way of FER-2013; softmax alone."""

from __future__ import annotations

from fer_training.experiments.comparison import CKPLUS_SIX, JAFFE, compare
from fer_training.experiments.report import Report
from fer_training.experiments.study import ONE_STAGE, SOFTMAX, TWO_STAGES, Study

PAPER = {
    (CKPLUS_SIX, ONE_STAGE): 91.80,
    (CKPLUS_SIX, TWO_STAGES): 95.08,
    (JAFFE, ONE_STAGE): 71.43,
    (JAFFE, TWO_STAGES): 92.86,
}


def run(study: Study) -> Report:
    """Train both ways on CK+ (six classes, small) and JAFFE."""
    variants = [(spec, stages, SOFTMAX, stages, value) for (spec, stages), value in PAPER.items()]
    config = study.config("ckplus", SOFTMAX)
    alone, by_way = (study.initial_weights(stages).adapt(config).network for stages in (ONE_STAGE, TWO_STAGES))
    notes: tuple[str, ...] = ()
    if alone != by_way:
        shapes = [f"width {n.width:g} and stem stride {n.stem_stride}" for n in (alone, by_way)]
        notes = (f"not the stages alone: one stage has a network of {shapes[0]}, two stages of {shapes[1]}",)
    if study.config("ckplus", SOFTMAX, ONE_STAGE) != config:
        notes += ("one stage trains every layer, by the recipe `stage2_all_layers`; two stages train the last blocks",)
    return compare(study, "table2", "Table 2: one stage against two", variants, notes)
