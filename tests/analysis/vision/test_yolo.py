import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from analysis.core.analyse import analyse
from analysis.core.results import SetAnalysis, Severity, View
from analysis.vision.pipeline import detect
from analysis.vision.weights import ModelUnavailable, find_weights
from fitai.common.media.decoding import ACCEPTED
from fitai.demo.athlete.squats import SET, START_S
from tests.analysis.vision.cast import OWN_CLIP

yolo = pytest.importorskip("analysis.vision.yolo", reason="the requirements of the vision role are not installed")

with_model = pytest.mark.skipif(find_weights() is None, reason="there is no pose model here")


def bottoms_s() -> Iterator[float]:
    """When the person of the own clip is deepest, as it was drawn."""
    at_s = START_S
    for squat in SET:
        yield at_s + squat.down_s + squat.hold_s / 2
        at_s += squat.down_s + squat.hold_s + squat.up_s + squat.rest_s


@pytest.fixture(scope="module")
def own_set() -> SetAnalysis:
    detections = detect(OWN_CLIP, yolo.load_estimator(), limits=replace(ACCEPTED, out_rate=12))  # half the frames
    return analyse(detections, "squat")


@with_model
def test_the_own_clip_is_counted_and_judged(own_set: SetAnalysis) -> None:
    assert (own_set.count, own_set.strict_count, own_set.view) == (5, 4, View.SIDE)
    assert [one.extreme_s for one in own_set.repetitions] == pytest.approx(list(bottoms_s()), abs=0.2)
    graves = [(cue.code, cue.rep) for cue in own_set.cues if cue.severity == Severity.MAJOR]
    assert graves == [("depth", 4)]


@with_model
def test_the_side_towards_the_camera_is_seen_well(own_set: SetAnalysis) -> None:
    assert own_set.track
    for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
        assert (own_set.track.seen(f"right_{joint}") >= 0.5).mean() > 0.98


@with_model
def test_the_model_is_loaded_once() -> None:
    assert yolo.load_estimator() is yolo.load_estimator()


ALONE = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.exec"):
        print("tried", event, arguments, flush=True)
sys.addaudithook(refuse)
import numpy as np
from analysis.vision.yolo import load_estimator
estimator = load_estimator()
print(len(estimator.estimate([np.zeros((240, 320, 3), np.uint8)])), "picture")
"""


@with_model
def test_nothing_is_sent_fetched_or_installed() -> None:
    said = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    assert [line for line in said.stdout.splitlines() if line] == ["1 picture"]


def test_a_file_that_is_no_model_is_no_model(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "broken-pose.pt").write_text("no weights")
    settings.POSE_MODEL = str(tmp_path / "broken-pose.pt")
    with pytest.raises(ModelUnavailable, match=r"broken-pose\.pt"):
        yolo.load_estimator()
