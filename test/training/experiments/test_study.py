"""What the tables and figures share."""

from dataclasses import replace

from look_alike import tiny_config

from fer_training.experiments.datasets import DatasetPaths
from fer_training.experiments.stage1_model import Stage1Model
from fer_training.experiments.study import CENTER, ONE_STAGE, SOFTMAX, TWO_STAGES, Study
from fer_training.training.config import find_config, load_stage_config


def study_of(folder, config):
    paths = DatasetPaths(None, None, None)
    return Study(folder, Stage1Model(tiny_config(), folder, paths), config, config, paths)


def test_one_stage_from_imagenet_trains_every_layer_as_long_as_that_needs(tmp_path):
    short = replace(load_stage_config(find_config("ckplus")), seed=7)
    study = study_of(tmp_path, short)
    alone = study.config("ckplus", SOFTMAX, ONE_STAGE)
    assert (alone.trained_blocks, alone.steps, alone.center_weight, alone.seed) == (0, 600, 0.0, 7)
    assert study.config("ckplus", CENTER, TWO_STAGES) == short


def test_a_recipe_for_every_layer_is_taken_for_both(tmp_path):
    study = study_of(tmp_path, tiny_config())
    assert study.config("jaffe", CENTER, ONE_STAGE) == study.config("jaffe", CENTER) == tiny_config()
