import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from analysis.core.results import Severity
from analysis.form.api.outputs import FormMediaOutput, FormResultOutput
from analysis.management.commands.analyze_form import as_text, profile_of
from fitai.common.job_views import JobError
from tests.analysis.form.studio import Squatter
from tests.analysis.vision.cast import Reciter, cue, squats
from tests.common.media.videos import make_video

NOTHING_DRAWN: dict[str, Any] = {"video": None, "chart": None, "frames": []}
TIMES = [index / 20 for index in range(66)]


@pytest.fixture
def footage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    yolo = pytest.importorskip("analysis.vision.yolo", reason="the requirements of the vision role are not installed")
    monkeypatch.setattr(yolo, "load_estimator", Reciter)
    return make_video(tmp_path / "set.mp4", size=(320, 240), times=TIMES)


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("analyze_form", *arguments, stdout=out)
    return out.getvalue()


def test_json_is_the_result_of_the_api(footage: Path, tmp_path: Path) -> None:
    result = json.loads(said(str(footage), "--exercise", "squat", "--json", "--out", str(tmp_path / "drawn")))
    assert (result["count"], result["model"]) == (0, {"name": "reciter", "digest": "0" * 64})
    assert result["media"] == {
        "video": str(tmp_path / "drawn" / "annotated.mp4"),
        "chart": str(tmp_path / "drawn" / "chart.svg"),
        "frames": [],
    }
    assert (tmp_path / "drawn" / "annotated.mp4").stat().st_size > 0
    assert (tmp_path / "drawn" / "chart.svg").read_text().startswith("<svg")


def test_its_keys_are_those_of_the_api(footage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.vision.yolo.load_estimator", Squatter)
    asked = ("--exercise", "squat", "--view", "side", "--json", "--out", str(tmp_path))
    result = json.loads(said(str(make_video(tmp_path / "squats.mp4", times=[n / 10 for n in range(61)])), *asked))
    assert set(result) == set(FormResultOutput().fields)
    assert set(result["media"]) == set(FormMediaOutput().fields)
    assert (result["count"], result["media"]["frames"]) == (3, [str(tmp_path / "best.webp")])
    assert set(result["people"][0]) == set(FormResultOutput().fields["people"].child.fields)


def test_without_a_folder_nothing_is_written(footage: Path, tmp_path: Path) -> None:
    assert "0 repetitions" in said(str(footage), "--exercise", "squat")
    assert list(tmp_path.iterdir()) == [footage]


def test_the_table_says_when_to_look() -> None:
    text = as_text(squats(TIMES, (cue(2, 2.0, Severity.MAJOR),)), NOTHING_DRAWN)
    assert text.splitlines() == [
        "squat · seen from: side · 2 repetitions, 1 strict · tempo 0.5-0.0-0.5-0.0",
        "",
        " rep    from    turn      to   strict  range  tempo",
        "   1     0.5     1.0     1.5   yes       90°  0.5-?-?",
        "   2     1.5     2.0     2.5   no        60°  ?-?-?",
        "   3     2.5     3.0     3.2   begun          ?-?-?",
        "",
        "✗    2.0 s  rep 2   Go a little deeper.",
        "                   major: knee_angle_deg 115.00, aim 90 (ours)",
    ]


@pytest.mark.parametrize(
    ("exercise", "profile"),
    [
        ("", None),
        ("squat", "squat"),
        ("push-up", "push_up"),
        ("Push Up", "push_up"),
        ("overhead_press", "overhead_press"),
    ],
)
def test_exercises_are_known_by_their_profile(exercise: str, profile: str | None) -> None:
    assert profile_of(exercise) == profile


def test_an_unknown_exercise_is_a_wrong_call(footage: Path) -> None:
    for name in ("yoga", "../../etc/passwd"):
        with pytest.raises(CommandError, match="no exercise") as wrong:
            said(str(footage), "--exercise", name)
        assert wrong.value.returncode == 2


def test_a_video_that_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="not a file") as wrong:
        said(str(tmp_path / "gone.mp4"))
    assert wrong.value.returncode == 2


def test_what_is_no_video_is_refused_by_its_code(footage: Path) -> None:
    footage.write_text("#EXTM3U\n")
    with pytest.raises(CommandError, match=r"^unreadable: ") as refused:
        said(str(footage), "--exercise", "squat")
    assert refused.value.returncode == 1
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("analyze_form", str(footage), "--json", stdout=out)
    error = json.loads(out.getvalue())["error"]
    assert (set(error), error["code"]) == (set(JobError().fields), "unreadable")


def test_without_a_model_it_says_so(tmp_path: Path, settings: Settings) -> None:
    pytest.importorskip("cv2", reason="the requirements of the vision role are not installed")
    settings.POSE_MODEL = str(tmp_path / "gone.pt")
    with pytest.raises(CommandError, match=r"^model_unavailable: ") as missing:
        said(str(make_video(tmp_path / "set.mp4")))
    assert missing.value.returncode == 3
