"""What the benchmark of several views counts."""

import cv2
import numpy as np
import pictures
import pytest

from benchmarks.views import measure, table
from fer_ros.core import load_pipeline


def test_pictures_without_a_face_count_in_nothing_but_their_number(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), pictures.smiling())
    cv2.imwrite(str(tmp_path / "b.png"), pictures.serious())
    cv2.imwrite(str(tmp_path / "c.png"), np.full((200, 200, 3), 90, np.uint8))
    (tmp_path / "labels.csv").write_text("file,expression\na.png,happiness\nb.png,angry\nc.png,sad\n")
    results, count, found = measure(tmp_path, load_pipeline(), [1, 9])
    assert (count, found) == (3, 2)
    facts = {views: measured.facts(found) for views, measured in results.items()}
    assert [facts[views]["right"] for views in (1, 9)] == [1, 1] and facts[1]["accuracy"] == 0.5
    assert facts[1]["right_here_alone"] == facts[1]["right_with_one_view_alone"] == 0
    assert 0 < facts[9]["change_mean"] < facts[1]["change_mean"] <= facts[1]["change_p95"]
    data = {"faces": found, "pictures": count, "profile": "default", "views": facts}
    assert "| 9 | 50.0 % (1) |" in table(data)


def test_a_picture_that_cannot_be_read_is_an_error_that_names_it(tmp_path):
    (tmp_path / "a.png").write_bytes(b"no picture")
    (tmp_path / "labels.csv").write_text("file,expression\na.png,happy\n")
    with pytest.raises(ValueError, match="a.png: expected a picture"):
        measure(tmp_path, load_pipeline(), [1])
