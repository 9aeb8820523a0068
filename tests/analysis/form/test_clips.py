"""Real sets through the whole of it: upload, pose model, count. Every sixth clip, all of them in `make soak`."""

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.form import jobs as form_jobs
from analysis.form.operations import DRAW
from analysis.vision.weights import ModelUnavailable
from exercises.models import Exercise
from fitai.common.models import Job
from tests.analysis.form.studio import Studio
from tests.soak import SOAK

PROFILES = {"ohp": "overhead_press"}
CLIPS = Path(__file__).parents[4] / "shared" / "data" / "clips"
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def labels() -> list[dict[str, Any]]:
    if not CLIPS.exists():
        pytest.skip(f"no clips in {CLIPS}")
    with_video = [label for label in json.loads((CLIPS / "labels.json").read_text()) if label["video"]]
    return with_video if SOAK else with_video[::6]


def test_every_clip_gives_its_count(
    studio: Studio, labels: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    try:
        form_jobs.load_estimator()
    except ModelUnavailable as missing:
        pytest.skip(str(missing))
    found, major = {}, {}
    for label in labels:
        exercise = Exercise.objects.create(
            slug=label["id"].replace("_", "-"),
            name=label["id"],
            status="approved",
            primary_muscles=["quads"],
            equipment=["barbell"],
            kind="strength",
            form_profile=PROFILES.get(label["exercise"], label["exercise"]),
        )
        video = (CLIPS / f"{label['id']}.mp4").read_bytes()
        result = studio.result(video, exercise_id=str(exercise.pk))["result"]
        Job.objects.filter(kind=DRAW).delete()  # drawing takes a third as long again, and has tests of its own
        found[label["id"]] = result["count"]
        major[label["id"]] = [cue["code"] for cue in result["cues"] if cue["severity"] == "major"]
    missed = [label["id"] for label in labels if not label["reps_full"] <= found[label["id"]] <= label["reps_started"]]
    assert len(missed) <= 1, found
    assert [label["id"] for label in labels if abs(found[label["id"]] - label["reps_full"]) > 1] == []
    good = [label["id"] for label in labels if "FAULT" not in label["notes"]]
    assert {id: major[id] for id in good if major[id]} == {}
