"""The parts together: frames of several cameras in, tracked faces out."""

import numpy as np
import pytest
from pictures import two_faces

from core.scenes import scene
from fer_ros.core import pipeline as pipeline_module
from fer_ros.core.classification.bundle import BundleError, load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.config import PipelineConfig
from fer_ros.core.detection.detector import DetectorConfig
from fer_ros.core.detection.search import FaceSearch, SearchConfig
from fer_ros.core.pipeline import STAGES, Pipeline
from fer_ros.core.quality import QualityConfig
from fer_ros.core.smoothing import SmoothingConfig
from fer_ros.core.tracker_config import TrackerConfig
from fer_ros.core.types import Frame, Reasons, State

SMILING, SERIOUS = (0, 280, 170, 220), (1, 260, 470, 240)


@pytest.fixture(scope="module")
def classifier():
    return make_classifier(load_bundle(), "litert")


def test_two_people_are_told_apart_and_named(classifier):
    pipeline = Pipeline(classifier)
    for i in range(15):
        faces = pipeline.process({"camera": scene(i / 30, SMILING, SERIOUS)})["camera"]
    by_place = sorted(faces, key=lambda face: face.box.center[0])
    assert [face.state for face in by_place] == [State.STABLE] * 2
    assert by_place[0].smoothed.label == "happy" and by_place[1].smoothed.label != "happy"
    assert len({face.track_id for face in faces}) == 2
    for face in faces:
        assert face.raw.probabilities.array.sum() == pytest.approx(1, abs=1e-5)


def test_all_cameras_share_one_batch_and_no_ids(classifier):
    calls = []

    class Counting:
        labels, spec, bundle_id, name = classifier.labels, classifier.spec, "", ""

        def classify(self, batch):
            calls.append(len(batch))
            return classifier.classify(batch)

    pipeline = Pipeline(Counting())
    results = pipeline.process({"left": scene(0, SMILING, SERIOUS), "right": scene(0, SMILING), "empty": scene(0)})
    assert calls == [3]
    assert {name: len(faces) for name, faces in results.items()} == {"left": 2, "right": 1, "empty": 0}
    names = [face.track_id for faces in results.values() for face in faces]
    assert len(set(names)) == 3
    assert set(results.timings) == set(STAGES) and results.timings["detect"] > 0


def test_as_published_there_are_no_ids_and_no_smoothing(classifier):
    config = PipelineConfig(
        search=SearchConfig(full_scan_period=0, confirm_cascade=""),
        tracker=TrackerConfig(enabled=False),
        smoothing=SmoothingConfig(enabled=False),
    )
    (face,) = Pipeline(classifier, config).process({"camera": scene(0, SMILING)})["camera"]
    assert (face.track_id, face.state, face.smoothed) == ("", State.RAW, None)
    assert face.raw.label == "happy"


def test_a_clock_that_jumps_back_starts_afresh_with_new_ids(classifier):
    pipeline = Pipeline(classifier)
    (before,) = pipeline.process({"camera": scene(100.0, SMILING)})["camera"]
    (after,) = pipeline.process({"camera": scene(5.0, SMILING)})["camera"]
    (later,) = pipeline.process({"camera": scene(5.03, SMILING)})["camera"]
    assert before.track_id != after.track_id == later.track_id


def test_a_frame_without_faces_is_answered(classifier):
    pipeline = Pipeline(classifier)
    assert pipeline.process({"camera": Frame(np.zeros((480, 640), np.uint8), 1.0)}) == {"camera": ()}
    assert pipeline.process({}) == {}


def test_a_detector_that_does_not_load_is_reported_at_once(classifier):
    with pytest.raises(FileNotFoundError, match="nobody"):
        Pipeline(classifier, PipelineConfig(search=SearchConfig(confirm_cascade="nobody")))


def test_new_settings_are_taken_over_between_frames_and_ids_stay(classifier):
    pipeline = Pipeline(classifier)
    for i in range(10):
        (before,) = pipeline.process({"camera": scene(i / 30, SMILING)})["camera"]
    change = pipeline.prepare(
        PipelineConfig(
            detector=DetectorConfig(scale_factor=1.2),
            tracker=TrackerConfig(max_age=2.0),
            smoothing=SmoothingConfig(min_confidence=1.0),
        )
    )
    pipeline.apply(change)
    (after,) = pipeline.process({"camera": scene(0.34, SMILING)})["camera"]
    assert after.track_id == before.track_id
    assert (before.state, after.state) == (State.STABLE, State.UNCERTAIN)
    # Missed for longer than the old max_age, but not than the new one.
    (later,) = pipeline.process({"camera": scene(1.8, SMILING)})["camera"]
    assert later.track_id == before.track_id


def test_settings_that_do_not_load_change_nothing(classifier):
    pipeline = Pipeline(classifier)
    pipeline.process({"camera": scene(0, SMILING)})
    with pytest.raises(FileNotFoundError, match="nobody"):
        pipeline.prepare(PipelineConfig(detector=DetectorConfig(cascade="nobody")))
    assert pipeline.config == PipelineConfig()
    assert len(pipeline.process({"camera": scene(0.03, SMILING)})["camera"]) == 1


def test_a_camera_is_ready_before_its_first_image(classifier, monkeypatch):
    pipeline = Pipeline(classifier)
    pipeline.set_cameras(["left", "right"])
    made = []
    monkeypatch.setattr(pipeline_module, "FaceSearch", lambda *_: made.append(True))
    first = pipeline.process({"left": scene(0, SMILING), "right": scene(0, SMILING)})
    pipeline.reset()
    second = pipeline.process({"left": scene(0, SMILING)})
    assert not made
    assert first["left"][0].track_id != second["left"][0].track_id


def test_one_camera_can_be_forgotten(classifier):
    pipeline = Pipeline(classifier)
    first = pipeline.process({"left": scene(0, SMILING), "right": scene(0, SMILING)})
    pipeline.set_cameras(["right"])
    second = pipeline.process({"left": scene(0.03, SMILING), "right": scene(0.03, SMILING)})
    assert first["left"][0].track_id != second["left"][0].track_id
    assert first["right"][0].track_id == second["right"][0].track_id


def dark(stamp, *people):
    """Show the scene in a quarter of its light, with a sensor's noise."""
    frame = scene(stamp, *people)
    noise = np.random.default_rng(round(stamp * 1000)).normal(0, 1.0, frame.gray.shape)
    return Frame(np.clip(np.rint(frame.gray / 4 + noise), 0, 255).astype(np.uint8), stamp)


def test_a_face_in_good_light_never_has_a_reason(classifier):
    pipeline = Pipeline(classifier)
    for i in range(30):
        faces = pipeline.process({"camera": scene(i / 30, SMILING, SERIOUS)})["camera"]
        assert [face.reasons for face in faces] == [Reasons.NONE] * 2


def test_when_the_light_goes_the_label_stays_and_is_uncertain_until_it_comes_back(classifier):
    pipeline = Pipeline(classifier)
    for i in range(15):
        (before,) = pipeline.process({"camera": scene(i / 30, SMILING)})["camera"]
    confidences = []
    for i in range(15, 45):
        (during,) = pipeline.process({"camera": dark(i / 30, SMILING)})["camera"]
        assert (during.reasons, during.state) == (Reasons.TOO_DARK, State.UNCERTAIN)
        assert (during.track_id, during.smoothed.label) == (before.track_id, "happy")
        confidences.append(during.smoothed.confidence)
    assert confidences == sorted(confidences, reverse=True) and confidences[-1] < 0.2
    for i in range(45, 60):
        (after,) = pipeline.process({"camera": scene(i / 30, SMILING)})["camera"]
    assert (after.reasons, after.state, after.smoothed.label) == (Reasons.NONE, State.STABLE, "happy")


def test_each_face_has_its_own_reasons(classifier):
    light, dim = scene(0.0, SMILING, SERIOUS), dark(0.0, SMILING, SERIOUS)
    light.gray[:, :320] = dim.gray[:, :320]
    faces = Pipeline(classifier).process({"camera": light})["camera"]
    by_place = sorted(faces, key=lambda face: face.box.center[0])
    assert [face.reasons for face in by_place] == [Reasons.TOO_DARK, Reasons.NONE]


def test_without_smoothing_a_doubted_face_stays_raw_and_carries_the_reasons(classifier):
    config = PipelineConfig(smoothing=SmoothingConfig(enabled=False))
    (face,) = Pipeline(classifier, config).process({"camera": dark(0, SMILING)})["camera"]
    assert (face.state, face.smoothed, face.reasons) == (State.RAW, None, Reasons.TOO_DARK)


def test_without_the_checks_the_dark_is_no_reason(classifier):
    config = PipelineConfig(quality=QualityConfig(enabled=False))
    (face,) = Pipeline(classifier, config).process({"camera": dark(0, SMILING)})["camera"]
    assert face.reasons is Reasons.NONE


def test_a_search_is_made_once_and_swapped_in(classifier, monkeypatch):
    """Loading happens in `prepare`; `apply`, which waits for a frame to end, takes no time."""
    made = []
    monkeypatch.setattr(pipeline_module, "FaceSearch", lambda *given: made.append(given) or FaceSearch(*given))
    pipeline = Pipeline(classifier, cameras=["left", "right"])
    assert len(made) == 1, "cameras share their detectors"
    change = pipeline.prepare(PipelineConfig(detector=DetectorConfig(scale_factor=1.2)))
    assert len(made) == 2
    pipeline.apply(change)
    pipeline.process({"left": scene(0, SMILING), "right": scene(0, SMILING)})
    pipeline.apply(pipeline.prepare(PipelineConfig(change.config.detector, smoothing=SmoothingConfig(dwell=1.0))))
    assert len(made) == 2, "other settings need no new search"


def test_a_single_picture_is_searched_in_full_and_nothing_is_remembered(classifier):
    pipeline = Pipeline(classifier)
    colour = scene(0, SMILING, SERIOUS).rgb[..., ::-1]
    pictures = [np.ascontiguousarray(colour), scene(0, SMILING).gray, scene(0), scene(0, SMILING, SERIOUS)]
    found = [pipeline.look(picture) for picture in pictures]
    assert [len(faces) for faces in found] == [2, 1, 0, 2]
    for face in found[0]:
        assert (face.track_id, face.smoothed, face.state) == ("", None, State.RAW)
    smiling = min(found[0], key=lambda face: face.box.left)
    assert smiling.label == "happy" == max(smiling.probabilities, key=lambda item: item[1])[0]
    assert smiling.probabilities["happy"] == smiling.confidence
    with pytest.raises(ValueError, match="got None: OpenCV returns it for a picture that it cannot read"):
        pipeline.look(None)


def test_pictures_of_one_stamp_are_searched_in_full(classifier):
    pipeline = Pipeline(classifier)
    empty, one, two = (Frame(scene(0, *people).gray) for people in ((), (SMILING,), (SMILING, SERIOUS)))
    counts = [len(pipeline.process({"camera": frame})["camera"]) for frame in (empty, one, empty, two, two)]
    assert counts == [0, 1, 0, 2, 2]


@pytest.mark.parametrize("gap", [1 / 30, 0.2, 0.3, 1.0])
def test_two_people_are_two_however_seldom_images_come(classifier, gap):
    """Both cascades see a third face in the wall when a cascade searches the picture in one go; BlazeFace denies it."""
    pipeline, picture = Pipeline(classifier), two_faces()
    counts = [len(pipeline.process({"c": Frame.from_bgr(picture, 1 + n * gap)})["c"]) for n in range(15)]
    assert set(counts) == {2}


def test_stamps_that_stand_still_are_replaced_by_times_of_receipt(classifier):
    pipeline = Pipeline(classifier)
    frame = Frame(scene(0, SMILING).gray)
    for number in range(40):
        (face,) = pipeline.process({"camera": frame}, {"camera": 50 + number / 30})["camera"]
    assert pipeline.stands_still("camera")
    assert face.state is State.STABLE, "smoothing has seen time pass"
    assert not pipeline.stands_still("another")


def test_something_else_than_frames_by_camera_is_told(classifier):
    pipeline, picture = Pipeline(classifier), two_faces()
    with pytest.raises(TypeError, match=r'by camera, \{"camera": .*got Frame; `look` takes one picture'):
        pipeline.process(Frame.from_bgr(picture))
    with pytest.raises(TypeError, match="camera 'left': expected a Frame, .*got ndarray"):
        pipeline.process({"left": picture})


def test_a_mistyped_backend_or_precision_is_told():
    with pytest.raises(ValueError, match="got 'litrt': did you mean litert"):
        make_classifier(load_bundle(), "litrt")
    with pytest.raises(BundleError, match="expected precision default, float, int8, got 'int4'"):
        make_classifier(load_bundle(), "litert", "int4")
