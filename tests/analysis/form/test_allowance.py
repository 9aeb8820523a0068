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
from analysis.form.models import FormAnalysis, VideoAllowance
from fitai.common.models import Job
from tests.analysis.form.studio import V1, Studio, stored
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
        video = studio.film()
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
    id = studio.ask(b"no video at all")
    studio.work()
    assert (stored(id).status, stored(id).charged_seconds, left(athlete)) == ("failed", 0, 1800)


def test_what_was_begun_and_cancelled_costs_its_time(studio: Studio, athlete: User) -> None:
    studio.model.before = lambda frame: frame or studio.device.post(f"{V1}/{id}/cancel")
    id = studio.ask()
    studio.work()
    assert (stored(id).status, left(athlete)) == ("cancelled", 1620)


def test_a_day_fills_it_and_no_more_than_that(athlete: User) -> None:
    VideoAllowance.objects.create(user=athlete, seconds=0, at=timezone.now() - timedelta(hours=12))
    assert left(athlete) == 900
    VideoAllowance.objects.update(at=timezone.now() - timedelta(days=3))
    assert left(athlete) == 1800
    VideoAllowance.objects.update(seconds=5, at=timezone.now() + timedelta(minutes=1))  # by a clock that goes ahead
    assert left(athlete) == 5


@pytest.mark.django_db(transaction=True)
def test_of_20_uploads_at_once_ten_fit(transactional_db: None, studio: Studio, athlete: User) -> None:
    videos = [studio.film(1) for _ in range(20)]
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
    assert {one.status for one in FormAnalysis.objects.all()} == {"succeeded"}


@pytest.mark.django_db(transaction=True)
def test_one_video_sent_ten_times_at_once_is_one_analysis(
    transactional_db: None, studio: Studio, athlete: User
) -> None:
    video, together = studio.film(1), threading.Barrier(10)
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
