"""The work of a form analysis, when something is wrong with the video, the model, or the machine."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from analysis.form import jobs as form_jobs
from analysis.form.keypoints import packed, unpacked
from analysis.vision.pipeline import detect
from analysis.vision.weights import ModelUnavailable
from fitai.common import jobs
from fitai.common.media.decoding import ACCEPTED
from fitai.common.models import Event, Job
from tests.analysis.form.studio import V1, Squatter, Studio, stored
from tests.cast import committed
from tests.common.media.videos import make_bomb

pytestmark = pytest.mark.django_db
really_load = form_jobs.load_estimator  # which the studio replaces
CHECKOUT = Path(__file__).parents[3]


def error(studio: Studio, id: str) -> Any:
    shown = studio.see(id)
    assert (shown["status"], shown["result"]) == ("failed", None)
    return shown["error"]["code"]


def told(user: User) -> list[Any]:
    """How its owner was told that it ended, each time."""
    events = Event.objects.filter(stream=f"user:{user.pk}", type="job").order_by("seq")
    ends = [event.payload for event in events if event.payload["status"] not in ("queued", "processing")]
    return [(end["status"], end["error"] and end["error"]["code"]) for end in ends]


def again(id: str) -> None:
    """Run what waits for its next attempt now."""
    Job.objects.filter(pk=id).update(not_before=timezone.now())
    with committed():
        jobs.run(stored(id).pk)


class TestResult:
    def test_keypoints_are_kept_as_they_were_seen(self, studio: Studio) -> None:
        id = studio.ask()
        studio.work()
        seen = unpacked(studio.home / "media" / stored(id).keypoints)
        assert seen.points.shape == (studio.model.frames, 1, 17, 3)
        found = form_jobs.judged(stored(id), seen)
        assert found.to_json() == {name: value for name, value in stored(id).result.items() if name != "model"}

    def test_the_row_says_what_it_was_made_with(self, studio: Studio) -> None:
        analysis = stored(studio.ask())
        studio.work()
        analysis.refresh_from_db()
        assert (analysis.profile, analysis.core_version, analysis.rubric_version) == ("squat", 1, 1)

    def test_a_result_outlives_its_job(self, studio: Studio) -> None:
        id = studio.ask()
        studio.work()
        before = studio.see(id)
        Job.objects.all().delete()
        after = studio.see(id)
        assert (after["status"], after["progress"], after["result"]["count"]) == ("succeeded", 1.0, 3)
        assert before["created_at"] == after["created_at"]

    def test_an_attempt_that_ended_just_before_its_end_is_not_repeated(self, studio: Studio, athlete: User) -> None:
        id = studio.ask()
        held = jobs.claim(stored(id).pk)
        assert held is not None
        form_jobs.analyse_form(held)  # and the worker is killed
        frames = studio.model.frames
        Job.objects.filter(pk=id).update(lease_until=timezone.now() - timedelta(seconds=1))
        studio.work()
        assert (studio.see(id)["status"], studio.model.frames) == ("succeeded", frames)
        assert told(athlete) == [("succeeded", None)]


class TestDrawing:
    def test_the_pictures_come_after_the_result(self, studio: Studio, athlete: User) -> None:
        id = studio.ask()
        studio.work()
        before = studio.see(id)
        assert (before["status"], before["result"]["media"]["video"], before["result"]["media"]["frames"]) == (
            "succeeded",
            None,
            [],
        )
        assert studio.files() == [".npz", ".svg", ".video"]
        studio.work()
        media = studio.see(id)["result"]["media"]
        assert media["video"].endswith("/annotated.mp4")
        assert [link.rpartition("/")[2] for link in media["frames"]] == [f"rep-{best(studio.see(id))}-best.webp"]
        video = studio.device.get(media["video"].removeprefix("http://testserver"))
        assert (video.status_code, b"".join(video)[4:8]) == (200, b"ftyp")
        picture = studio.device.get(media["frames"][0].removeprefix("http://testserver"))
        assert (picture["Content-Type"], b"".join(picture)[8:12]) == ("image/webp", b"WEBP")
        assert studio.files() == [".mp4", ".npz", ".svg", ".webp"]  # the original is gone
        drawn = Event.objects.get(stream=f"user:{athlete.pk}", type="form_analysis")
        assert drawn.payload == {"job_id": id, "drawn": True}
        assert Job.objects.get(kind="form.draw").visible is False

    def test_who_asks_for_it_keeps_the_video(self, studio: Studio) -> None:
        video = studio.film()
        id = studio.ask(video, keep_video="true")
        studio.work()
        studio.work()
        assert (studio.home / "media" / stored(id).original).read_bytes() == video

    def test_where_it_cannot_be_drawn_the_result_stands_and_the_video_goes(
        self, studio: Studio, athlete: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        id = studio.ask()
        studio.work()
        monkeypatch.setitem(sys.modules, "analysis.vision.draw", None)
        studio.work()
        shown = studio.see(id)
        assert (shown["status"], shown["result"]["count"], shown["result"]["media"]["video"]) == ("succeeded", 3, None)
        said = Event.objects.get(stream=f"user:{athlete.pk}", type="form_analysis")
        assert said.payload == {"job_id": id, "drawn": False}
        assert Job.objects.get(kind="form.draw").error["code"] == "model_unavailable"  # type: ignore[index]
        assert studio.files() == [".npz", ".svg"]

    def test_a_worker_that_is_killed_is_followed_by_another(self, studio: Studio) -> None:
        id = studio.ask()
        studio.work()
        drawing = Job.objects.get(kind="form.draw")
        assert jobs.claim(drawing.pk) is not None
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        studio.work()
        drawing.refresh_from_db()
        assert (drawing.status, drawing.attempts, bool(stored(id).video)) == ("succeeded", 2, True)

    def test_what_is_deleted_meanwhile_is_not_drawn(self, studio: Studio) -> None:
        id = studio.ask()
        studio.work()
        held = jobs.claim(Job.objects.get(kind="form.draw").pk)
        assert held is not None
        assert studio.device.delete(f"{V1}/{id}").status_code == 204
        with pytest.raises(jobs.Fenced):
            form_jobs.draw_form(held)
        assert (Job.objects.count(), studio.files()) == (0, [])


def best(shown: Any) -> int:
    """The number of the repetition with the widest range, all without a fault."""
    ranges = [one["metrics"]["rom_deg"] for one in shown["result"]["repetitions"]]
    return ranges.index(max(ranges)) + 1


@pytest.mark.parametrize("again_sent", [False, True])
def test_what_is_cancelled_just_before_its_end_came_to_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, again_sent: bool
) -> None:
    def analyse_and_be_cancelled(claim: jobs.Claim) -> Any:
        done = form_jobs.analyse_form(claim)
        assert studio.device.post(f"{V1}/{id}/cancel").status_code == 200
        return done

    video = studio.film()
    with monkeypatch.context() as patch:
        late = replace(jobs.HANDLERS["form.analyse"], function=analyse_and_be_cancelled)
        patch.setitem(jobs.HANDLERS, "form.analyse", late)
        id = studio.ask(video)
        studio.work()
    assert (studio.see(id)["status"], stored(id).result, studio.files()) == ("cancelled", None, [])
    assert Job.objects.filter(kind="form.draw").count() == 0
    if again_sent:
        assert studio.ask(video) == id
        studio.work()
        studio.work()
        assert studio.see(id)["result"]["media"]["video"]


def test_the_pictures_of_what_is_cancelled_after_they_are_drawn_go_too(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker that analysed is stopped just before its end, another draws, and then it is cancelled."""
    video = studio.film()
    id = studio.ask(video)
    held = jobs.claim(stored(id).pk)
    assert held is not None
    with committed():
        form_jobs.analyse_form(held)
        jobs.run(Job.objects.get(kind="form.draw").pk)
    assert (bool(stored(id).video), len(stored(id).frames)) == (True, 1)
    assert studio.device.post(f"{V1}/{id}/cancel").status_code == 200
    Job.objects.filter(pk=id).update(lease_until=timezone.now() - timedelta(seconds=1))
    studio.work()
    left = stored(id)
    assert (left.status, left.video, left.frames, left.chart, left.keypoints) == ("cancelled", "", [], "", "")
    assert studio.files() == []


def test_a_claim_outlasts_a_decoder_that_is_silent_and_is_renewed_between_the_stages(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert timedelta(seconds=4 * ACCEPTED.stall_seconds) <= form_jobs.LEASE
    renewed: list[str] = []
    advance, load, judge = jobs.Claim.advance, form_jobs.load_estimator, form_jobs.judged

    def tell(claim: jobs.Claim, progress: float, stage: str = "") -> None:
        renewed.append(stage)
        advance(claim, progress, stage)

    monkeypatch.setattr(jobs.Claim, "advance", tell)
    monkeypatch.setattr(form_jobs, "load_estimator", lambda: renewed.append("- loads") or load())
    monkeypatch.setattr(form_jobs, "judged", lambda *asked: renewed.append("- judges") or judge(*asked))
    monkeypatch.setattr(form_jobs, "packed", lambda seen: renewed.append("- packs") or packed(seen))
    studio.model.before = lambda frame: renewed.append("- looks") if frame == 0 else None
    studio.ask()
    studio.work()
    assert [stage for at, stage in enumerate(renewed) if stage != renewed[at - 1] or stage.startswith("-")] == [
        *("loading", "- loads", "watching", "- looks", "watching", "judging", "- judges", "judging", "- packs")
    ]


def truncated(studio: Studio) -> bytes:
    video = studio.film()
    return video[: len(video) * 2 // 3]


def playlist(studio: Studio) -> bytes:
    return b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/squat.ts\n#EXT-X-ENDLIST\n"


def bomb(studio: Studio) -> bytes:
    return make_bomb(studio.home / "bomb.mp4").read_bytes()


HOSTILE: dict[str, tuple[Callable[[Studio], bytes], str]] = {
    "no video": (lambda studio: b"I am no video. " * 1000, "unreadable"),
    "truncated": (truncated, "unreadable"),
    "a playlist": (playlist, "unreadable"),
    "a decompression bomb": (bomb, "too_many_pixels"),
    "a picture that is too large": (lambda studio: studio.film(1, size=(8192, 16)), "too_many_pixels"),
    "too long": (lambda studio: studio.film(200, size=(16, 16)), "too_long"),
}


class TestRefusals:
    @pytest.mark.parametrize("kind", HOSTILE)
    def test_what_is_no_good_video_is_a_typed_error_and_the_worker_goes_on(
        self, studio: Studio, athlete: User, kind: str
    ) -> None:
        make, code = HOSTILE[kind]
        video = make(studio)
        id, good = studio.ask(video), studio.ask()
        began = time.monotonic()
        studio.work()
        assert time.monotonic() - began < 20
        assert (error(studio, id), Job.objects.get(pk=id).attempts) == (code, 1)
        assert not any((studio.home / "media" / "form" / id).glob("*"))
        assert studio.see(good)["result"]["count"] == 3
        assert told(athlete) == [("failed", code), ("succeeded", None)]
        assert studio.send(video).json() == {"job_id": id, "status": "failed"}  # it would be refused again
        assert Job.objects.get(pk=id).status == "failed"

    def test_without_a_model_it_says_so_and_the_same_video_may_be_sent_later(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def missing() -> None:
            raise ModelUnavailable("There is no pose model in /srv/secret.")

        video = studio.film()
        with monkeypatch.context() as patch:
            patch.setattr(form_jobs, "load_estimator", missing)
            id = studio.ask(video)
            studio.work()
        assert error(studio, id) == "model_unavailable"
        assert "/srv" not in str(studio.see(id))
        assert studio.files() == [".video"]  # until the purge: staff may try again
        assert studio.send(video).json() == {"job_id": id, "status": "queued"}
        assert studio.files() == [".video"]
        studio.work()
        assert studio.see(id)["result"]["count"] == 3

    def test_a_fault_of_ours_is_tried_again_and_then_admitted(self, studio: Studio, athlete: User) -> None:
        studio.fault = RuntimeError("in the model")
        id = studio.ask(studio.roll())
        for _ in range(3):
            again(id)
        assert (error(studio, id), Job.objects.get(pk=id).attempts) == ("failed", 3)
        assert told(athlete) == [("failed", "failed")]
        assert stored(id).charged_seconds == 0

    def test_an_analysis_that_always_kills_its_worker_is_given_up(self, studio: Studio, athlete: User) -> None:
        id = studio.ask(studio.roll())
        for _ in range(3):
            assert jobs.claim(stored(id).pk) is not None
            Job.objects.filter(pk=id).update(lease_until=timezone.now() - timedelta(seconds=1))
        studio.work()
        assert (error(studio, id), stored(id).status, told(athlete)) == ("gave_up", "failed", [("failed", "gave_up")])
        assert stored(id).finished_at is not None


def reading() -> list[psutil.Process]:
    """The process that reads the video, unless it has ended."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if any(part.endswith("decoder.py") for part in child.cmdline()):
                found.append(child)
    return found


def kill_the_child(frame: int) -> None:
    for child in reading():
        with suppress(psutil.Error):
            child.kill()


class TestKilled:
    def test_the_child_that_reads_the_video(self, studio: Studio, athlete: User) -> None:
        killed: list[int] = []

        def once(frame: int) -> None:
            if not killed:
                killed.append(frame)
                kill_the_child(frame)

        studio.model = Squatter(before=once)
        id = studio.ask(studio.film(60, size=(320, 240)))
        studio.work()
        assert (studio.see(id)["status"], stored(id).result) == ("queued", None)
        again(id)
        assert (studio.see(id)["result"]["count"], Job.objects.get(pk=id).attempts) == (3, 2)
        assert told(athlete) == [("succeeded", None)]

    def test_the_child_each_time(self, studio: Studio, athlete: User) -> None:
        studio.model = Squatter(before=kill_the_child)
        id = studio.ask(studio.film(60, size=(320, 240)))
        for _ in range(3):
            again(id)
        assert (error(studio, id), told(athlete)) == ("gave_up", [("failed", "gave_up")])
        assert sorted(studio.files()) == [".video"]

    def test_a_child_that_is_stopped_says_nothing_of_the_video(
        self, studio: Studio, athlete: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        impatient = replace(ACCEPTED, stall_seconds=1)
        monkeypatch.setattr(form_jobs, "detect", partial(detect, limits=impatient))
        stopped: list[int] = []

        def stop(frame: int) -> None:
            if len(stopped) < 2:
                stopped.append(frame)
                for child in reading():
                    child.suspend()

        studio.model = Squatter(before=stop)
        video = studio.film(60, size=(320, 240))
        id = studio.ask(video)
        studio.work()
        assert (studio.see(id)["status"], stored(id).error) == ("queued", None)
        Job.objects.filter(pk=id).update(max_attempts=2)
        stopped.clear()
        again(id)
        assert (error(studio, id), told(athlete), stored(id).charged_seconds) == (
            "gave_up",
            [("failed", "gave_up")],
            0,
        )
        assert studio.send(video).json() == {"job_id": id, "status": "queued"}
        again(id)
        assert studio.see(id)["result"]["count"] == 3

    @pytest.mark.django_db(transaction=True)
    def test_the_worker(self, transactional_db: None, studio: Studio, athlete: User) -> None:
        """A worker of its own is killed in mid-analysis; another does it, once."""
        id = studio.ask()
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, id, str(studio.home / "media")],
            cwd=CHECKOUT,
            env={**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "fitai.settings.test"},
            stdout=subprocess.PIPE,
        )
        try:
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"watching\n"
            reading = psutil.Process(worker.pid).children()
        finally:
            worker.kill()
            worker.wait()
        assert [child.is_running() and psutil.wait_procs([child], 5)[1] for child in reading] in ([[]], [False])
        job = Job.objects.get(pk=id)
        assert (job.status, job.attempts, stored(id).result) == ("processing", 1, None)
        jobs.run(job.pk)  # its lease holds
        assert Job.objects.get(pk=id).attempts == 1
        Job.objects.filter(pk=id).update(lease_until=timezone.now())
        jobs.run(job.pk)
        assert (studio.see(id)["result"]["count"], Job.objects.get(pk=id).attempts) == (3, 2)
        assert told(athlete) == [("succeeded", None)]


# Runs one job, seeing nothing but a long wait.
WORKER = """
import sys, time
import django
django.setup()
from uuid import UUID
from django.conf import settings
from analysis.form import jobs as form_jobs
from fitai.common import jobs
from tests.analysis.form.studio import Squatter
settings.MEDIA_ROOT = sys.argv[2]
def wait(frame):
    print("watching", flush=True)
    time.sleep(60)
form_jobs.load_estimator = lambda: Squatter(before=wait)
jobs.run(UUID(sys.argv[1]))
"""


def database_url() -> str:
    """Of the database that the test itself uses."""
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    name = connection.settings_dict["NAME"]
    return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


class TestWithoutVision:
    def test_the_web_process_imports_nothing_of_it(self) -> None:
        code = (
            "import sys, django; django.setup(); import fitai.urls, fitai.asgi;"
            "print(sorted({'torch', 'torchvision', 'ultralytics', 'cv2', 'av', 'openvino'} & set(sys.modules)))"
        )
        said = subprocess.run(
            [sys.executable, "-c", code],
            cwd=CHECKOUT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "fitai.settings.test"},
            capture_output=True,
            check=True,
        )
        assert said.stdout == b"[]\n"

    def test_without_its_requirements_an_upload_ends_as_model_unavailable(
        self, studio: Studio, athlete: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(form_jobs, "load_estimator", really_load)
        for name in ("torch", "torchvision", "ultralytics", "cv2", "av", "openvino"):
            monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.delitem(sys.modules, "analysis.vision.yolo", raising=False)
        video = studio.roll()
        id = studio.ask(video)
        studio.work()
        assert (error(studio, id), told(athlete)) == ("model_unavailable", [("failed", "model_unavailable")])
        assert (stored(id).charged_seconds, studio.files()) == (0, [".video"])
        assert studio.send(video).json() == {"job_id": id, "status": "queued"}

    def test_without_the_decoder_alone_it_is_the_same(self, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("fitai.common.media.decoding.importlib.util.find_spec", lambda name: None)
        id = studio.ask(studio.roll())
        studio.work()
        assert (error(studio, id), stored(id).charged_seconds) == ("model_unavailable", 0)
