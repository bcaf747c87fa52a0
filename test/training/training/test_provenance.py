"""A run says which code made it, at each start and resume."""

import json

from fer_training.training.provenance import ENVIRONMENT, code_of, environment


def test_states_of_the_code_are_named_once_each(tmp_path):
    old, new = {"commit": "old", "clean": True}, {"commit": "new", "clean": False}
    assert code_of(tmp_path) == []
    (tmp_path / ENVIRONMENT).write_text(json.dumps([{"git": old}, {"git": old}, {"git": new}]))
    assert code_of(tmp_path) == [old, new]
    (tmp_path / ENVIRONMENT).write_text(json.dumps({"git": old}))
    assert code_of(tmp_path) == [old], "as version 0.3.0 wrote it"


def test_versions_and_devices_are_told():
    found = environment()
    assert found["packages"]["tensorflow"] and found["devices"] and found["precision"] == "float32"
