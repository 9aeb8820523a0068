"""30 minutes of video a day: exact when uploads come at once, and only for what was really looked at."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import User
from analysis.form.allowance import lock_allowance
from analysis.form.jobs import note_watched
from analysis.form.models import FormAnalysis, VideoAllowance
from fitai.common import jobs
from fitai.common.models import Job
from tests.analysis.form.studio import RATE, V1, Squatter, Studio, stored
from tests.cast import client_of, run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_real_limit(settings: Any) -> None:
    settings.LIMITS_FACTOR = 1.0


def left(user: Any) -> int:
    return round(lock_allowance(user.pk).seconds)


def test_a_video_takes_the_longest_time_until_it_was_seen_and_then_its_own(studio: Studio, athlete: User) -> None:
    id = studio.ask()
    assert left(athlete) == 1620
    studio.work()
    seconds = stored(id).video_seconds
    assert seconds == pytest.approx(6, abs=0.2)
    assert (stored(id).charged_seconds, left(athlete)) == (seconds, round(1800 - seconds))
    studio.device.delete(f"{V1}/{id}")
    assert left(athlete) == round(1800 - seconds)


def test_past_the_limit_it_says_when_to_come_back(studio: Studio, athlete: User, stranger: User) -> None:
    now = timezone.now()
    VideoAllowance.objects.create(user=athlete, seconds=100, at=now)
    with time_machine.travel(now, tick=False):
        video = studio.roll()
        refused = studio.send(video)
        assert (refused.status_code, refused["Retry-After"]) == (429, "3840")  # 80 s at 75 s an hour
        assert (refused["RateLimit-Limit"], refused["RateLimit-Remaining"]) == ("1800", "100")
        assert (FormAnalysis.objects.count(), Job.objects.count(), studio.files()) == (0, 0, [])
        assert studio.send(video, client_of(stranger)).status_code == 202
    with time_machine.travel(now + timedelta(seconds=3839), tick=False):
        assert studio.send(video, client_of(athlete)).status_code == 429
    with time_machine.travel(now + timedelta(seconds=3841), tick=False):
        assert studio.send(video, client_of(athlete)).status_code == 202


def test_what_was_never_decoded_costs_nothing(studio: Studio, athlete: User) -> None:
    for video in (b"no video at all", studio.film(200, size=(16, 16)), studio.film(1, size=(4100, 16))):
        id = studio.ask(video)
        studio.work()
        assert (stored(id).status, stored(id).charged_seconds, left(athlete)) == ("failed", 0, 1800)


def test_what_is_refused_at_its_end_costs_what_was_watched(studio: Studio, athlete: User) -> None:
    cut = studio.film(60, suffix=".mkv")
    id = studio.ask(cut[: len(cut) // 2])
    studio.work()
    assert studio.see(id)["error"]["code"] == "unreadable"
    assert stored(id).charged_seconds == pytest.approx(studio.model.frames / RATE, abs=0.2) == pytest.approx(30, abs=10)
    assert left(athlete) == round(1800 - stored(id).charged_seconds)
    endless = studio.film(190, suffix=".mkv", container_options={"live": "1"})  # does not say how long it is
    id = studio.ask(endless)
    studio.work()
    assert studio.see(id)["error"]["code"] == "too_long"
    assert stored(id).charged_seconds == pytest.approx(180, abs=1)


@pytest.mark.parametrize("way", ["cancel", "delete"])
def test_what_was_begun_and_cancelled_costs_what_was_watched(
    studio: Studio, athlete: User, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    def stop(frame: int) -> None:
        if frame == 200:
            answer = studio.device.post(f"{V1}/{id}/cancel") if way == "cancel" else studio.device.delete(f"{V1}/{id}")
            assert answer.status_code in (200, 204)

    monkeypatch.setattr("analysis.form.jobs.TELL_EVERY_SECONDS", 0)
    studio.model = Squatter(before=stop)
    id = studio.ask(studio.film(60))
    studio.work()
    assert studio.model.frames < 300
    assert left(athlete) == pytest.approx(1800 - 20, abs=1.5)


def test_a_fault_of_ours_costs_nothing_however_much_was_watched(studio: Studio, athlete: User) -> None:
    def fail(frame: int) -> None:
        if frame == 200:
            raise RuntimeError("in the model")

    studio.model = Squatter(before=fail)
    id = studio.ask(studio.film(60))
    Job.objects.filter(pk=id).update(max_attempts=1)
    studio.work()
    assert (studio.see(id)["error"]["code"], stored(id).charged_seconds, left(athlete)) == ("failed", 0, 1800)


def test_what_is_given_up_costs_nothing(studio: Studio, athlete: User) -> None:
    id = studio.ask(studio.roll())
    FormAnalysis.objects.filter(pk=id).update(video_seconds=50)  # watched by a worker that was killed
    Job.objects.filter(pk=id).update(status="processing", attempts=3, lease_until=timezone.now())
    studio.work()
    assert (studio.see(id)["error"]["code"], stored(id).charged_seconds, left(athlete)) == ("gave_up", 0, 1800)


def test_what_is_begun_anew_has_not_been_watched(studio: Studio, athlete: User) -> None:
    video = studio.roll()
    id = studio.ask(video)
    FormAnalysis.objects.filter(pk=id).update(video_seconds=50)
    studio.device.post(f"{V1}/{id}/cancel")
    assert (stored(id).charged_seconds, left(athlete)) == (50, 1750)
    assert studio.ask(video) == id
    assert (stored(id).video_seconds, stored(id).charged_seconds, left(athlete)) == (None, 180, 1570)


def test_a_worker_that_was_replaced_says_nothing_of_what_was_watched(studio: Studio) -> None:
    id = studio.ask(studio.roll())
    held = jobs.claim(stored(id).pk)
    assert held is not None
    note_watched(held, 20)
    Job.objects.filter(pk=id).update(lease_token=held.token + 1)
    note_watched(held, 90)
    assert stored(id).video_seconds == 20


def test_a_day_fills_it_and_no_more_than_that(athlete: User) -> None:
    VideoAllowance.objects.create(user=athlete, seconds=0, at=timezone.now() - timedelta(hours=12))
    assert left(athlete) == 900
    VideoAllowance.objects.update(at=timezone.now() - timedelta(days=3))
    assert left(athlete) == 1800
    VideoAllowance.objects.update(seconds=5, at=timezone.now() + timedelta(minutes=1))  # by a clock that goes ahead
    assert left(athlete) == 5


@pytest.mark.django_db(transaction=True)
def test_of_20_uploads_at_once_ten_fit(transactional_db: None, studio: Studio, athlete: User) -> None:
    videos = [studio.roll() for _ in range(20)]
    devices = [client_of(athlete, f"phone {number}") for number in range(20)]
    together = threading.Barrier(20)

    def upload(number: int) -> int:
        together.wait()
        try:
            return int(studio.send(videos[number], devices[number]).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = sorted(pool.map(upload, range(20)))
    assert answers == [202] * 10 + [429] * 10
    assert FormAnalysis.objects.count() == Job.objects.count() == len(studio.files()) == 10
    assert VideoAllowance.objects.get().seconds < 1
    run_jobs()
    assert {one.status for one in FormAnalysis.objects.all()} == {"failed"}  # they are no videos


@pytest.mark.django_db(transaction=True)
def test_one_video_sent_ten_times_at_once_is_one_analysis(
    transactional_db: None, studio: Studio, athlete: User
) -> None:
    video, together = studio.roll(), threading.Barrier(10)
    devices = [client_of(athlete, f"phone {number}") for number in range(10)]

    def upload(number: int) -> Any:
        together.wait()
        try:
            return studio.send(video, devices[number]).json()["job_id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(upload, range(10)))) == 1
    assert FormAnalysis.objects.count() == Job.objects.count() == len(studio.files()) == 1
    assert VideoAllowance.objects.get().seconds == pytest.approx(1620, abs=1)
