"""A still picture is answered from several views of each face."""

from dataclasses import replace

import numpy as np
import pictures
import pytest

from fer_ros.core import Box, Face, Frame, Pipeline, load_pipeline
from fer_ros.core.classification.preprocessing import PreprocessSpec, crop_faces
from fer_ros.core.classification.views import MOST_VIEWS, classify_views, view_boxes


class Counting:
    """A classifier that calls the left half's brightness 'happy', and notes what it was shown."""

    labels, spec, name, bundle_id = ("happy", "sad"), PreprocessSpec(), "", ""

    def __init__(self):
        self.batches = []

    def classify(self, batch):
        self.batches.append(batch)
        left = (batch[:, :, :24].mean(axis=(1, 2, 3)) + 1) / 2
        return np.stack([left, 1 - left], axis=1).astype(np.float32)


@pytest.mark.parametrize("views", range(1, MOST_VIEWS + 1, 2))
def test_the_views_lean_to_neither_side(views):
    box = Box(10, 20, 110, 140)
    boxes = view_boxes(box, views)
    assert boxes[0] == box and len(set(boxes)) == views
    assert np.mean([view.center for view in boxes], axis=0) == pytest.approx(box.center)
    assert all(view.iou(box) > 0.7 for view in boxes)


@pytest.mark.parametrize("views", [0, 2, 11, -1, 3.0, True])
def test_another_number_of_views_is_refused(views):
    with pytest.raises(ValueError, match=f"odd number from 1 to {MOST_VIEWS}, got"):
        view_boxes(Box(0, 0, 9, 9), views)


def test_each_face_gets_the_mean_of_its_own_views_and_their_mirror_images():
    gray = np.zeros((100, 200), np.uint8)
    gray[:, :50], gray[:, 100:] = 255, 255
    frame, faces, classifier = (
        Frame(gray),
        [Face(Box(20, 20, 80, 80), 1.0), Face(Box(120, 20, 180, 80), 1.0)],
        Counting(),
    )
    rows = classify_views(classifier, frame, faces, crop_faces(frame, faces, classifier.spec), 9)
    assert classifier.batches[0].shape == (2 * 9 * 2, 48, 48, 1)
    # The first is bright on one half, which mirroring evens out; the second is bright all over.
    np.testing.assert_allclose(rows, [[0.5, 0.5], [1, 0]], atol=0.02)
    np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-6)


def test_one_view_is_the_crop_itself():
    gray = np.random.default_rng(0).integers(0, 255, (100, 100), np.uint8)
    frame, faces, classifier = Frame(gray), [Face(Box(20, 20, 80, 80), 1.0)], Counting()
    crops = crop_faces(frame, faces, classifier.spec)
    rows = classify_views(classifier, frame, faces, crops, 1)
    assert len(classifier.batches[0]) == 1
    np.testing.assert_array_equal(rows, classifier.classify(classifier.batches[0]))


def test_a_picture_without_faces_has_no_answers():
    classifier = Counting()
    rows = classify_views(classifier, Frame(np.zeros((9, 9), np.uint8)), [], np.empty((0, 48, 48), np.uint8), 9)
    assert rows.shape == (0, 2) and not classifier.batches


def test_the_answer_hangs_less_on_the_box():
    """The very case for which there are views: moved by a few pixels, a face's answer stays."""
    pipeline = load_pipeline()
    frame = Frame.from_bgr(pictures.serious())
    (face,) = pipeline.look(frame)

    def spread(views):
        faces = [
            replace(face.detection, box=face.box.moved(dx, dy)) for dx, dy in ((0, 0), (4, 0), (-4, 0), (0, 4), (0, -4))
        ]
        crops = crop_faces(frame, faces, pipeline.classifier.spec)
        rows = classify_views(pipeline.classifier, frame, faces, crops, views)
        return float(np.ptp(rows, axis=0).max())

    assert spread(9) < 0.6 * spread(1)


def test_looking_with_views_finds_the_same_faces():
    pipeline = Pipeline(load_pipeline().classifier)
    once, often = (pipeline.look(pictures.two_faces(), views=views) for views in (1, 9))
    assert [face.box for face in once] == [face.box for face in often]
    assert [face.label for face in often] == ["neutral", "happy"]
    assert any(a.confidence != b.confidence for a, b in zip(once, often, strict=True))
    with pytest.raises(ValueError, match="views must be"):
        pipeline.look(pictures.two_faces(), views=4)
